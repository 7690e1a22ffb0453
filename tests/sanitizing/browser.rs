//! A page of the program's in headless Chromium, with a script of ours at its end that looks at it.

use std::process::Command;

use serde_json::Value;

use crate::support::Hall;

const CHECK: &str = include_str!("check.js");

pub(crate) fn chromium() -> Option<&'static str> {
    let names = ["chromium", "chromium-browser", "google-chrome"];
    let there = names.into_iter().find(|name| {
        let asked = Command::new(name).arg("--version").output();
        asked.is_ok_and(|asked| asked.status.success())
    });
    if there.is_none() {
        println!("skipped: there is no Chromium on this machine");
    }
    there
}

/// What the script finds in `page`. Its Content-Security-Policy is taken off before: the cleaning has to
/// hold without it, as it has to in a mail and in a reader. `kind` is `digest` for the program's own page.
pub(crate) fn look(hall: &Hall, chromium: &str, page: &str, kind: &str) -> Value {
    let bare = page.replace("http-equiv=\"Content-Security-Policy\"", "name=\"policy\"");
    let script = format!("<script data-kind=\"{kind}\">{CHECK}</script>");
    hall.write("page.html", bare + &script);
    let output = Command::new(chromium)
        .args([
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-quic",
            "--no-first-run",
        ])
        .args([
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
        ])
        .args([
            "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
            "--window-size=1200,4000",
        ])
        .args([
            "--timeout=60000",
            "--virtual-time-budget=20000",
            "--dump-dom",
        ])
        .arg(format!(
            "--user-data-dir={}",
            hall.path("chromium").display()
        ))
        .arg(format!("file://{}", hall.path("page.html").display()))
        .output()
        .unwrap();
    let printed = String::from_utf8_lossy(&output.stdout).into_owned();
    // The last one: an entry may hold the word as well.
    let report = printed
        .rsplit_once("REPORT")
        .and_then(|(_, rest)| rest.split("END<").next());
    let report = report
        .unwrap_or_default()
        .replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&nbsp;", "\u{a0}")
        .replace("&amp;", "&");
    serde_json::from_str(&report).unwrap_or_else(|error| {
        let said = String::from_utf8_lossy(&output.stderr);
        let tail: String = printed
            .chars()
            .rev()
            .take(2_000)
            .collect::<Vec<_>>()
            .into_iter()
            .rev()
            .collect();
        panic!("the script at the page's end did not report ({error}): …{tail}\n{said}")
    })
}

/// A page as a reader app makes it of contents: one article each, nothing else between them and the page.
pub(crate) fn shell(articles: &[String]) -> String {
    let mut page = String::from(
        "<!doctype html><html><head><meta charset=\"utf-8\"><title>shell</title></head><body><header>h</header><main>",
    );
    for article in articles {
        page.extend(["<article>", article, "</article>"]);
    }
    page + "</main><footer>f</footer></body></html>"
}
