//! When two addresses lead to one page.

use std::borrow::Cow;

use url::Url;

/// What sites and mailers put into an address to learn where a reader came from.
const TRACKING: &[&str] = &[
    "fbclid",
    "gclid",
    "gclsrc",
    "dclid",
    "gbraid",
    "wbraid",
    "msclkid",
    "yclid",
    "twclid",
    "ttclid",
    "igshid",
    "igsh",
    "mc_cid",
    "mc_eid",
    "mkt_tok",
    "_hsenc",
    "_hsmi",
    "vero_id",
    "vero_conv",
    "oly_anon_id",
    "oly_enc_id",
    "wickedid",
    "rb_clickid",
    "s_cid",
    "sc_cid",
    "cmpid",
    "icid",
    "ncid",
    "xtor",
    "_openstat",
    "fb_action_ids",
    "fb_action_types",
    "fb_source",
    "fb_ref",
    "action_object_map",
    "action_type_map",
    "action_ref_map",
    "trk",
    "trkcampaign",
    "wt_mc",
    "wt.mc_id",
    "spm",
    "at_medium",
    "at_campaign",
    "__s",
    "__hssc",
    "__hstc",
    "__hsfp",
    "hsctatracking",
];

/// The beginnings of the same, each of a family.
const TRACKING_FAMILIES: &[&str] = &[
    "utm_", "pk_", "piwik_", "mtm_", "matomo_", "hsa_", "ga_", "itm_", "stm_",
];

/// Only said of where a reader comes from when the value says that it is a feed: `source=rss`.
const ORIGINS: &[&str] = &["source", "src", "ref", "from", "via", "referrer", "partner"];

/// What servers send for a folder; the address without it is the same page.
const FOLDER_PAGES: &[&str] = &[
    "index.html",
    "index.htm",
    "index.xhtml",
    "index.php",
    "default.htm",
    "default.html",
    "default.aspx",
];

/// An address without what makes no difference to the page it leads to: scheme, `www.`, default port,
/// user, last slash, the folder's own page, fragment, tracking parameters and the order of the others.
/// `None` for what is no web address, and for a site's first page: it names the site, and no post.
///
/// A fragment that a page's script takes for a path (`#/post/1`, `#!post`) stays.
pub(crate) fn canonical_link(address: &str) -> Option<String> {
    let mut url = Url::parse(address.trim()).ok()?;
    if !matches!(url.scheme(), "http" | "https") {
        return None;
    }
    let site = site_of(&url)?;
    let route = url
        .fragment()
        .filter(|fragment| fragment.len() > 1 && fragment.starts_with(['/', '!']))
        .map(|fragment| format!("#{fragment}"));
    url.set_fragment(None);
    let path = canonical_path(url.path());
    let query = canonical_query(&url);
    if path.is_empty() && query.is_empty() && route.is_none() {
        return None;
    }
    Some(format!("{site}{path}{query}{}", route.unwrap_or_default()))
}

/// The site an address belongs to: its host without `www.`, with the port where it is an unusual one.
pub(crate) fn site(address: &str) -> Option<String> {
    site_of(&Url::parse(address.trim()).ok()?)
}

fn site_of(url: &Url) -> Option<String> {
    let host = url.host_str()?.trim_end_matches('.');
    let host = host
        .strip_prefix("www.")
        .filter(|rest| rest.contains('.'))
        .unwrap_or(host);
    // Also 80 behind https and 443 behind http: the scheme is not looked at.
    let port = url
        .port()
        .filter(|port| !matches!(port, 80 | 443))
        .map(|port| format!(":{port}"));
    Some(format!("{host}{}", port.unwrap_or_default())).filter(|site| !site.is_empty())
}

fn canonical_path(path: &str) -> String {
    let plain = evenly_escaped(path);
    let mut path = plain.as_ref();
    if let Some((folder, page)) = path.rsplit_once('/')
        && FOLDER_PAGES
            .iter()
            .any(|known| page.eq_ignore_ascii_case(known))
    {
        path = folder;
    }
    path.trim_end_matches('/').to_owned()
}

fn canonical_query(url: &Url) -> String {
    let Some(query) = url.query() else {
        return String::new();
    };
    let mut kept: Vec<Cow<'_, str>> = query
        .split('&')
        .filter(|part| !part.is_empty() && !is_tracking(part))
        .map(evenly_escaped)
        .collect();
    kept.sort();
    match kept.is_empty() {
        true => String::new(),
        false => format!("?{}", kept.join("&")),
    }
}

/// Families whose beginning alone could be a site's own word: `pk_id` may be a key.
const SHARED_BEGINNINGS: &[&str] = &["pk_", "ga_", "itm_", "stm_"];

/// What of those families is about a campaign.
const CAMPAIGN_WORDS: &[&str] = &[
    "campaign", "kwd", "keyword", "source", "medium", "content", "cid", "term",
];

/// The address without tracking parameters, for a person to follow: everything else stays as it was
/// written, in its order. Stricter than [`canonical_link`], as a page must still open. Says whether there
/// were any.
pub(crate) fn without_tracking(url: &mut Url) -> bool {
    let Some(query) = url.query() else {
        return false;
    };
    let is_for_tracking = |part: &str| {
        let name = part.split('=').next().unwrap_or_default();
        let name = name.to_ascii_lowercase();
        let name = name.strip_prefix("amp;").unwrap_or(&name);
        match SHARED_BEGINNINGS
            .iter()
            .find_map(|family| name.strip_prefix(family))
        {
            Some(rest) => CAMPAIGN_WORDS.contains(&rest),
            None => {
                TRACKING.contains(&name)
                    || TRACKING_FAMILIES
                        .iter()
                        .any(|family| name.starts_with(family))
            }
        }
    };
    if !query.split('&').any(is_for_tracking) {
        return false;
    }
    let kept: Vec<&str> = query
        .split('&')
        .filter(|part| !is_for_tracking(part))
        .collect();
    let kept = (!kept.is_empty()).then(|| kept.join("&"));
    url.set_query(kept.as_deref());
    true
}

fn is_tracking(part: &str) -> bool {
    let (name, value) = part.split_once('=').unwrap_or((part, ""));
    let name = name.to_ascii_lowercase();
    let value = value.to_ascii_lowercase();
    let is_feed = |value: &str| {
        ["rss", "feed", "atom"]
            .iter()
            .any(|word| value.starts_with(word))
    };
    TRACKING.contains(&name.as_str())
        || TRACKING_FAMILIES
            .iter()
            .any(|family| name.starts_with(family))
        || (ORIGINS.contains(&name.as_str()) && is_feed(&value))
}

/// With every escape in upper case, and none where the letter itself may stand (RFC 3986, 6.2.2).
fn evenly_escaped(text: &str) -> Cow<'_, str> {
    if !text.contains('%') {
        return Cow::Borrowed(text);
    }
    let mut even = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('%') {
        even.push_str(before);
        let byte = after
            .get(..2)
            .and_then(|digits| u8::from_str_radix(digits, 16).ok());
        match byte.map(char::from) {
            Some(letter) if letter.is_ascii_alphanumeric() || "-._~".contains(letter) => {
                even.push(letter);
                rest = &after[2..];
            }
            Some(_) => {
                even.push('%');
                even.push_str(&after[..2].to_ascii_uppercase());
                rest = &after[2..];
            }
            None => {
                even.push('%');
                rest = after;
            }
        }
    }
    even.push_str(rest);
    Cow::Owned(even)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_makes_no_difference_is_left_out() {
        let post = canonical_link("https://blog.example/2019/ghent?p=1&q=a%20b");
        assert!(post.is_some());
        for same in [
            "http://blog.example/2019/ghent?p=1&q=a%20b",
            "https://www.blog.example/2019/ghent/?p=1&q=a%20b",
            "https://BLOG.example.:443/2019/ghent/?q=a%20b&p=1",
            "http://blog.example:80/2019/ghent?p=1&q=a%20b#comments",
            "https://ann@blog.example/2019/ghent/index.html?p=1&q=a%20b",
            "https://blog.example/2019/%67hent?utm_source=feed&p=1&UTM_medium=x&q=a%20b&fbclid=1",
            "https://blog.example/2019/ghent?p=1&q=a%20b&source=rss----5&",
        ] {
            assert_eq!(canonical_link(same), post, "{same}");
        }
    }

    #[test]
    fn what_makes_a_difference_stays() {
        let post = canonical_link("https://blog.example/2019/ghent");
        for other in [
            "https://blog.example/2019/Ghent",
            "https://other.example/2019/ghent",
            "https://notes.blog.example/2019/ghent",
            "https://blog.example:8080/2019/ghent",
            "https://blog.example/2019/ghent?page=2",
            "https://blog.example/2019/ghent?source=slides",
            "https://blog.example/2019",
            "https://blog.example/2019/ghent#/day/2",
            "https://blog.example/2019/gh%2Fent",
        ] {
            assert_ne!(canonical_link(other), post, "{other}");
        }
    }

    #[test]
    fn a_sites_first_page_names_no_post() {
        for address in [
            "https://blog.example",
            "https://www.blog.example/index.html#top",
            "https://blog.example/?utm_source=rss",
            "file:///home/ann/x.md",
            "mailto:ann@blog.example",
            "no address",
        ] {
            assert_eq!(canonical_link(address), None, "{address}");
        }
        assert!(canonical_link("https://blog.example/?p=12").is_some());
        assert!(canonical_link("https://blog.example/#!/ghent").is_some());
    }

    #[test]
    fn a_link_loses_its_tracking_and_nothing_else() {
        for (written, followed) in [
            (
                "https://a.example/?b=2&utm_source=rss&a=%31&&UTM_Medium=x#q",
                "https://a.example/?b=2&a=%31&#q",
            ),
            ("https://a.example/p?fbclid=1", "https://a.example/p"),
            (
                "https://a.example/p?x=1&amp;gclid=2",
                "https://a.example/p?x=1",
            ),
            (
                "https://a.example/p?pk_campaign=1&pk_id=7",
                "https://a.example/p?pk_id=7",
            ),
            (
                "https://a.example/p?source=rss&ref=a",
                "https://a.example/p?source=rss&ref=a",
            ),
            (
                "https://a.example/p?q=utm_source%3D1",
                "https://a.example/p?q=utm_source%3D1",
            ),
            (
                "mailto:a@b.example?subject=x",
                "mailto:a@b.example?subject=x",
            ),
        ] {
            let mut url = Url::parse(written).unwrap();
            without_tracking(&mut url);
            assert_eq!(url.as_str(), followed);
        }
    }

    #[test]
    fn hostile_escapes_are_no_danger() {
        for address in [
            "https://b.example/%",
            "https://b.example/%e",
            "https://b.example/%é%%41",
        ] {
            assert!(canonical_link(address).is_some(), "{address}");
        }
        assert_eq!(
            canonical_link("https://b.example/%c3%a9"),
            canonical_link("https://b.example/é")
        );
    }
}
