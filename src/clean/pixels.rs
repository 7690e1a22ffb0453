//! Pictures that nobody is meant to see: they tell their server who reads, and when.

use url::Url;

/// Hosts that serve nothing else. A name beginning with `.` stands for all below it.
const HOSTS: &[&str] = &[
    "pixel.wp.com",
    "stats.wordpress.com",
    "pixel.quantserve.com",
    "secure.quantserve.com",
    "b.scorecardresearch.com",
    "sb.scorecardresearch.com",
    "www.google-analytics.com",
    "ssl.google-analytics.com",
    "ad.doubleclick.net",
    "googleads.g.doubleclick.net",
    "stats.g.doubleclick.net",
    "pagead2.googlesyndication.com",
    "feedads.g.doubleclick.net",
    "pi.feedsportal.com",
    "da.feedsportal.com",
    "rss.feedsportal.com",
    "ads.pheedo.com",
    "www.pheedo.com",
    "pixel.mathtag.com",
    "bat.bing.com",
    "ct.pinterest.com",
    "t.co",
    "px.ads.linkedin.com",
    "track.hubspot.com",
    ".list-manage.com",
    ".mailchimp-tracking.com",
    ".sendgrid.net",
    ".vgwort.de",
    ".met.vgwort.de",
    ".statcounter.com",
    ".2o7.net",
    ".omtrdc.net",
];

/// Where a host serves other things, too: the beginning of the path.
const PATHS: &[(&str, &str)] = &[
    ("feeds.feedburner.com", "/~r/"),
    ("feeds.feedburner.com", "/~ff/"),
    ("feeds2.feedburner.com", "/~r/"),
    ("feedproxy.google.com", "/~r/"),
    ("feedproxy.google.com", "/~ff/"),
    ("feeds.wordpress.com", "/1.0/"),
    ("medium.com", "/_/stat"),
    ("www.facebook.com", "/tr"),
    ("px4.ads.linkedin.com", "/collect"),
    ("blogger.googleusercontent.com", "/tracker/"),
];

/// The files by which counters run on a site's own host are known: Matomo, WordPress, mailers.
const FILES: &[&str] = &[
    "/matomo.php",
    "/piwik.php",
    "/b.gif",
    "/pixel.gif",
    "/pixel.png",
    "/track.gif",
    "/tracker.gif",
    "/tracking.gif",
    "/wf/open",
    "/1x1.gif",
    "/1x1.png",
    "/__utm.gif",
    "/beacon.gif",
    "/count.gif",
];

/// Whether this address is known to serve a counter and no picture.
pub(super) fn is_counter(address: &str) -> bool {
    let Ok(url) = Url::parse(address) else {
        return false;
    };
    let host = url.host_str().unwrap_or_default();
    let path = url.path();
    HOSTS.iter().any(|known| {
        let below = known.starts_with('.');
        host == *known || (below && (host.ends_with(known) || host == &known[1..]))
    }) || PATHS
        .iter()
        .any(|(known, beginning)| host == *known && path.starts_with(beginning))
        || FILES.iter().any(|file| path.ends_with(file))
}

/// Whether a style makes its picture too small to be seen, or hides it.
pub(super) fn hides(style: &str) -> bool {
    let bare: String = style
        .chars()
        .filter(|c| !c.is_whitespace())
        .flat_map(char::to_lowercase)
        .collect();
    bare.split(';').any(|declaration| {
        let Some((name, value)) = declaration.split_once(':') else {
            return false;
        };
        let value = value.trim_end_matches("!important");
        match name {
            "display" => value == "none",
            "visibility" => matches!(value, "hidden" | "collapse"),
            "opacity" => value.trim_end_matches('%').parse() == Ok(0.0),
            "width" | "height" | "max-width" | "max-height" => is_tiny(value),
            "content-visibility" => value == "hidden",
            "transform" | "scale" => matches!(value, "scale(0)" | "0"),
            // Cut to nothing, or far outside of the page.
            "clip" => {
                value.starts_with("rect(") && value.chars().all(|c| !('2'..='9').contains(&c))
            }
            "clip-path" => matches!(value, "inset(50%)" | "inset(100%)" | "circle(0)"),
            "left" | "top" | "right" | "bottom" | "margin-left" | "margin-top" => {
                let digits = value.strip_prefix('-').unwrap_or_default();
                digits.bytes().take_while(u8::is_ascii_digit).count() >= 3
            }
            _ => false,
        }
    })
}

/// A length of no more than one pixel: `1`, `0px`, ` 01 `, `1px;`.
pub(super) fn is_tiny(length: &str) -> bool {
    let length = length.trim();
    let end = length.find(|c: char| !c.is_ascii_digit() && c != '.');
    let (number, unit) = length.split_at(end.unwrap_or(length.len()));
    let unit = unit.trim_start();
    (unit.is_empty() || unit.starts_with("px") || unit.starts_with(';'))
        && number
            .parse::<f32>()
            .is_ok_and(|pixels| (0.0..=1.0).contains(&pixels))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counters_are_known_by_host_path_or_file() {
        for counter in [
            "https://pixel.wp.com/b.gif?host=a.example",
            "http://feeds.feedburner.com/~r/ann/~4/x",
            "https://a.example/stats/matomo.php?idsite=1&rec=1",
            "https://news.us1.list-manage.com/track/open.php?u=1",
        ] {
            assert!(is_counter(counter), "{counter}");
        }
        for picture in [
            "https://feeds.feedburner.com/ann.png",
            "https://a.example/pixel-art.png",
            "https://a.example/b.gif.png",
            "https://notpixel.wp.com.example/a.png",
            "no address",
        ] {
            assert!(!is_counter(picture), "{picture}");
        }
    }

    #[test]
    fn what_cannot_be_seen_is_hidden() {
        for style in [
            "display:none",
            "color:red; DISPLAY : none !important",
            "width:1px;height:1px",
            "opacity:0.0",
            "visibility: hidden",
            "max-height:0",
            "position:absolute;left:-9999px",
            "clip: rect(0, 0, 0, 0)",
            "clip:rect(1px,1px,1px,1px)",
            "transform:scale(0)",
        ] {
            assert!(hides(style), "{style}");
        }
        for style in [
            "",
            "width:10px",
            "width:100%",
            "opacity:.5",
            "display:block",
            "margin-left:-5px",
            "clip:rect(0,200px,200px,0)",
            "width:1em",
            "x",
        ] {
            assert!(!hides(style), "{style}");
        }
        assert!(
            is_tiny(" 01 ") && is_tiny("0") && is_tiny("1px") && is_tiny("1 px;") && is_tiny("0.5")
        );
        assert!(!is_tiny("1%") && !is_tiny("-1") && !is_tiny("10") && !is_tiny(""));
    }
}
