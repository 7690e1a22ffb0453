//! Feeds that hold a payload in every field an entry or a feed can have.

use std::fmt::Write as _;

use serde_json::{Value, json};

use super::payloads::Payload;

/// As XML 1.0 can write it: the characters that it forbids are left out.
pub(crate) fn xml(text: &str) -> String {
    let allowed = |c: &char| {
        matches!(c, '\t' | '\n' | '\r' | ' '..='\u{fffd}' | '\u{10000}'..)
            && !matches!(c, '\u{fffe}' | '\u{ffff}')
    };
    let mut escaped = String::new();
    for c in text.chars().filter(allowed) {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\t' | '\n' | '\r' | '\u{7f}'..='\u{9f}' => {
                let _ = write!(escaped, "&#{};", u32::from(c));
            }
            _ => escaped.push(c),
        }
    }
    escaped
}

/// Between two sentences that must both be found in the entry's own article, unless the payload swallows
/// the second one, which is its own. One in four is the first of two talks.
fn content(number: usize, payload: &str) -> String {
    let (before, after) = match number % 4 {
        3 => (
            "<p>Slides of the talks:</p><h2>Quiet queues — Anna Fischer</h2>",
            "<h2>Small tools — Peter Rossi</h2><p>b</p>",
        ),
        _ => ("", ""),
    };
    format!("{before}<p>BEGIN{number}.</p>{payload}<p>behind it</p>{after}")
}

pub(crate) fn atom(payloads: &[Payload]) -> String {
    let mut feed = String::from(
        "<feed xmlns=\"http://www.w3.org/2005/Atom\" xmlns:media=\"http://search.yahoo.com/mrss/\">\
         <title>Hostile Atom</title><id>urn:x:atom</id><link href=\"https://notes.example/\"/>\
         <updated>2026-11-20T00:00:00Z</updated>",
    );
    for (number, payload) in payloads.iter().enumerate() {
        let x = xml(&payload.text);
        let body = xml(&content(number, &payload.text));
        // A third each: with the payload as address, without any, and with one of its own.
        let link = match number % 3 {
            0 => format!("<link href=\"{x}\"/>"),
            1 => String::new(),
            _ => format!("<link href=\"https://notes.example/{number}\"/>"),
        };
        let kind = ["html", "text"][number % 2];
        let _ = write!(
            feed,
            "<entry xml:base=\"{x}\" xml:lang=\"{x}\"><id>{x} {number}</id><title type=\"{kind}\">{x}</title>{link}\
             <link rel=\"enclosure\" href=\"{x}\" type=\"{x}\" length=\"{x}\" title=\"{x}\"/>\
             <link rel=\"via\" href=\"{x}\" title=\"{x}\"/><link rel=\"{x}\" href=\"{x}\"/><link rel=\"replies\" href=\"{x}\"/>\
             <updated>2026-11-20T00:00:00Z</updated><author><name>{x}</name><uri>{x}</uri><email>{x}</email></author>\
             <contributor><name>{x}</name><uri>{x}</uri></contributor><category term=\"{x}\" scheme=\"{x}\" label=\"{x}\"/>\
             <summary type=\"html\">{x}</summary><rights type=\"html\">{x}</rights>\
             <media:thumbnail url=\"{x}\"/><media:content url=\"{x}\"><media:title>{x}</media:title></media:content>\
             <source><id>{x}</id><title>{x}</title><link href=\"{x}\"/><author><name>{x}</name><uri>{x}</uri></author></source>\
             <content type=\"html\">{body}</content></entry>"
        );
    }
    feed + "</feed>"
}

pub(crate) fn rss(payloads: &[Payload]) -> String {
    let mut feed = String::from(
        "<rss version=\"2.0\" xmlns:dc=\"http://purl.org/dc/elements/1.1/\" xmlns:content=\"http://purl.org/rss/1.0/modules/content/\" \
         xmlns:itunes=\"http://www.itunes.com/dtds/podcast-1.0.dtd\" xmlns:media=\"http://search.yahoo.com/mrss/\" \
         xmlns:wfw=\"http://wellformedweb.org/CommentAPI/\"><channel><title>Hostile RSS</title><link>https://notes.example/</link>\
         <description>d</description>",
    );
    for (number, payload) in payloads.iter().enumerate() {
        let x = xml(&payload.text);
        let body = xml(&content(number, &payload.text));
        let _ = write!(
            feed,
            "<item><title>{x}</title><link>{x}</link><guid isPermaLink=\"{}\">{x} {number}</guid><author>{x}</author>\
             <dc:creator>{x}</dc:creator><category domain=\"{x}\">{x}</category><comments>{x}</comments><wfw:commentRss>{x}</wfw:commentRss>\
             <enclosure url=\"{x}\" type=\"{x}\" length=\"{x}\"/><source url=\"{x}\">{x}</source><itunes:image href=\"{x}\"/>\
             <media:content url=\"{x}\" medium=\"{x}\"/><media:player url=\"{x}\"/><description>{x}</description>\
             <content:encoded>{body}</content:encoded></item>",
            number % 2 == 0,
        );
    }
    feed + "</channel></rss>"
}

pub(crate) fn json_feed(payloads: &[Payload]) -> String {
    let item = |(number, payload): (usize, &Payload)| {
        let x = &payload.text;
        let field = ["content_html", "content_text"][usize::from(number % 4 == 3)];
        json!({
            "id": format!("{x} {number}"), "url": x, "external_url": x, "title": x, "summary": x,
            field: content(number, x), "image": x, "banner_image": x, "language": x, "tags": [x],
            "authors": [{"name": x, "url": x, "avatar": x}],
            "attachments": [{"url": x, "mime_type": x, "title": x, "size_in_bytes": x}],
            "date_published": "2026-11-20T00:00:00Z",
        })
    };
    let items: Vec<Value> = payloads.iter().enumerate().map(item).collect();
    json!({
        "version": "https://jsonfeed.org/version/1.1", "title": "Hostile JSON",
        "home_page_url": "https://notes.example/", "items": items,
    })
    .to_string()
}

/// A note: Markdown is HTML, too. With some prose, without which a file of controls is taken for no text.
pub(crate) fn note(number: usize, payload: &str) -> String {
    let quoted = json!(payload);
    // An address of a page that a note takes for a picture is a picture that a person may wish for.
    let picture = match payload.contains("/leak") {
        true => String::new(),
        false => format!("![picture]({payload} \"{payload}\")"),
    };
    let prose = "Queues grow when nobody looks, said the second speaker. ".repeat(30);
    format!(
        "---\ntitle: {quoted}\nauthor: {quoted}\ntags: [{quoted}]\nlink: {quoted}\nurl: {quoted}\nid: {quoted}\nsummary: {quoted}\n\
         date: 2026-11-20\n---\n\n# {payload}\n\nBEGIN{number}. {prose}\n\n{payload}\n\n[link]({payload}) {picture}\n\n- {payload}\n"
    )
}

/// A feed that is hostile itself, with an entry that is not.
pub(crate) fn head(number: usize, payload: &str) -> String {
    let x = payload;
    json!({
        "version": "https://jsonfeed.org/version/1.1", "title": x, "description": x, "user_comment": x,
        "home_page_url": x, "feed_url": x, "next_url": x, "icon": x, "favicon": x, "language": x,
        "authors": [{"name": x, "url": x, "avatar": x}], "hubs": [{"type": x, "url": x}],
        "items": [{"id": format!("head-{number}"), "content_html": format!("<p>BEGIN{number}.</p>"), "date_published": "2026-11-20T00:00:00Z"}],
    })
    .to_string()
}

pub(crate) fn opml(payloads: &[Payload]) -> String {
    let mut list =
        String::from("<opml version=\"2.0\"><head><title>Hostile list</title></head><body>");
    for payload in payloads {
        let x = xml(&payload.text);
        let _ = write!(
            list,
            "<outline text=\"{x}\"><outline type=\"rss\" text=\"{x}\" title=\"{x}\" xmlUrl=\"{x}\" htmlUrl=\"{x}\" \
             category=\"{x}\" description=\"{x}\" language=\"{x}\"/></outline>"
        );
    }
    list + "</body></opml>"
}
