//! What goes over the wire, as those who keep raw answers keep it: without secrets.

use reqwest::header::{
    AUTHORIZATION, COOKIE, HOST, HeaderMap, HeaderName, HeaderValue, PROXY_AUTHORIZATION,
    SET_COOKIE,
};
use reqwest::{Request, Response};
use url::Url;

use super::http::as_chars;
use super::own::FeedSettings;
use crate::source::{Exchange, without_credentials};

/// Names and values that let somebody in, wherever they stand.
const SECRET: [HeaderName; 4] = [AUTHORIZATION, PROXY_AUTHORIZATION, COOKIE, SET_COOKIE];

/// The head of a request as it goes out. A person's headers for the feed are left out whatever they say.
pub(super) fn request_head(request: &Request, own: &FeedSettings) -> String {
    let url = request.url();
    let mut head = format!("GET {} HTTP/1.1\r\n", target(url));
    head.push_str(&format!("{HOST}: {}\r\n", authority(url)));
    let is_own = |name: &HeaderName| {
        own.headers
            .iter()
            .any(|(own, _)| own.eq_ignore_ascii_case(name.as_str()))
    };
    write_headers(&mut head, request.headers(), is_own);
    head
}

pub(super) fn exchange(request: String, response: &Response, url: &Url, alone: bool) -> Exchange {
    let status = response.status();
    let reason = status.canonical_reason().unwrap_or_default();
    let mut head = format!("HTTP/1.1 {} {reason}\r\n", status.as_u16());
    write_headers(&mut head, response.headers(), |_| false);
    Exchange {
        url: without_credentials(url).to_string(),
        request,
        response: head,
        alone,
    }
}

fn write_headers(head: &mut String, headers: &HeaderMap, left_out: impl Fn(&HeaderName) -> bool) {
    for (name, value) in headers {
        if !is_secret(name, value) && !left_out(name) {
            head.push_str(&format!("{name}: {}\r\n", as_chars(value)));
        }
    }
}

fn is_secret(name: &HeaderName, value: &HeaderValue) -> bool {
    value.is_sensitive() || SECRET.contains(name)
}

fn target(url: &Url) -> String {
    match url.query() {
        Some(query) => format!("{}?{query}", url.path()),
        None => url.path().to_owned(),
    }
}

fn authority(url: &Url) -> String {
    let host = url.host_str().unwrap_or_default();
    match url.port() {
        Some(port) => format!("{host}:{port}"),
        None => host.to_owned(),
    }
}
