//! The HTML page in headless Chromium: narrow and wide, light and dark, it asks for nothing, complains of
//! nothing, fits its width, and its headings have no gaps. Where there is no Chromium this says so and passes.
//!
//! A page of our own holds the digest in a frame of the wanted width, measures, and is printed.

use std::fs;
use std::process::Command;

use serde_json::Value;

use crate::support::Hall;
use crate::support::server::{Reply, Server};

const CHROMIUMS: [&str; 3] = ["chromium", "chromium-browser", "google-chrome"];

const FRAME: &str = r#"<!doctype html><meta charset="utf-8"><body><pre id="out"></pre><script>
function measure(frame) {
  const doc = frame.contentDocument, root = doc.documentElement;
  const levels = [...doc.querySelectorAll("h1,h2,h3,h4,h5,h6")].map(h => +h.tagName[1]);
  doc.querySelectorAll("details").forEach(d => { d.open = true; });
  return {
    width: root.scrollWidth, inner: frame.contentWindow.innerWidth, levels,
    paper: frame.contentWindow.getComputedStyle(doc.body).backgroundColor,
    articles: doc.querySelectorAll("article").length,
    covered: [...doc.querySelectorAll("article > h2")].filter(h => h.getBoundingClientRect().width < 20).length,
  };
}
const frame = document.createElement("iframe");
frame.style = "border:0;height:900px;width:WIDTHpx";
frame.onload = () => { document.getElementById("out").textContent = "MEASURED" + JSON.stringify(measure(frame)) + "END"; };
frame.src = "page.html";
document.body.append(frame);
</script>"#;

fn chromium() -> Option<&'static str> {
    let there = CHROMIUMS.into_iter().find(|name| {
        let asked = Command::new(name).arg("--version").output();
        asked.is_ok_and(|asked| asked.status.success())
    });
    if there.is_none() {
        println!("skipped: there is no Chromium on this machine");
    }
    there
}

/// What the browser measures, and what it says on its console.
fn look(hall: &Hall, chromium: &str, width: u32, dark: bool) -> (Value, Vec<String>) {
    hall.write("frame.html", FRAME.replace("WIDTH", &width.to_string()));
    let output = Command::new(chromium)
        .args([
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--hide-scrollbars",
            "--disable-background-networking",
        ])
        .args([
            "--allow-file-access-from-files",
            "--enable-logging=stderr",
            "--v=0",
        ])
        .args([
            "--virtual-time-budget=4000",
            "--window-size=1400,1000",
            "--dump-dom",
        ])
        .arg(format!(
            "--blink-settings=preferredColorScheme={}",
            u8::from(!dark)
        ))
        .arg(format!(
            "--user-data-dir={}",
            hall.path("chromium").display()
        ))
        .arg(format!("file://{}", hall.path("frame.html").display()))
        .output()
        .unwrap();
    let printed = String::from_utf8_lossy(&output.stdout).into_owned();
    let said = String::from_utf8_lossy(&output.stderr);
    let console = said.lines().filter(|line| line.contains("CONSOLE"));
    let json = printed
        .split("MEASURED")
        .nth(1)
        .and_then(|rest| rest.split("END").next());
    let json = json
        .unwrap_or_default()
        .replace("&lt;", "<")
        .replace("&amp;", "&");
    let measured = serde_json::from_str(&json).unwrap_or_else(|_| panic!("{printed}\n{said}"));
    (measured, console.map(str::to_owned).collect())
}

/// Notes that hold everything too wide for a page, and pictures that would tell who reads them.
fn hall(server: &Server) -> Hall {
    let hall = Hall::new();
    let picture = server.url("/board.png");
    let cells: String = (0..40).map(|n| format!("<td>column_{n}</td>")).collect();
    let html = format!(
        "<h1>Loud</h1><h4>Deep — Ann Example</h4><p>{word}</p><table><tr>{cells}</tr></table>\
         <pre>{word} {word}</pre><img src=\"{picture}\" width=\"5000\" height=\"10\" alt=\"The board\">\
         <p style=\"position:fixed;inset:0\" class=\"skip\">{word}</p><ul><li><ul><li><ul><li>{word}</ul></ul></ul>\
         <p><code>{word}</code></p><h2>Back — Bob Sample</h2><p dir=\"rtl\" lang=\"he\">שלום עולם</p>",
        word = "Donaudampfschifffahrtsgesellschaft".repeat(12),
    );
    let escaped = html.replace('&', "&amp;").replace('<', "&lt;");
    let items: String = (1..=9)
        .map(|n| {
            format!(
                "<item><title>Notes from DevOpsDays Ghent 2019, day {n} {}</title><guid>urn:x:{n}</guid><link>https://notes.example/{n}</link>\
                 <category>{}</category><description>{escaped}</description></item>",
                "Averyveryverylongwordinatitle".repeat(9),
                "tag-without-end-".repeat(9),
            )
        })
        .collect();
    hall.write(
        "feed.xml",
        format!("<rss version=\"2.0\"><channel><title>Wide notes</title>{items}</channel></rss>"),
    );
    hall.run(["add", "feed.xml"]).status(0);
    hall
}

fn check(hall: &Hall, chromium: &str, by: &str) {
    let ran = hall.run(["query", "--format", "html", "--by", by, "-o", "page.html"]);
    ran.status(0);
    let mut papers = Vec::new();
    for width in [360, 1280] {
        for dark in [false, true] {
            let (page, console) = look(hall, chromium, width, dark);
            assert_eq!(console, [""; 0], "{by}, {width} px");
            assert_eq!(
                (&page["width"], &page["inner"]),
                (&width.into(), &width.into()),
                "{by}"
            );
            assert!(page["articles"].as_u64() >= Some(4), "{page}");
            assert_eq!(page["covered"], 0);
            let levels: Vec<u64> = serde_json::from_value(page["levels"].clone()).unwrap();
            assert_eq!(levels.iter().filter(|level| **level == 1).count(), 1);
            assert_eq!(levels[0], 1);
            for pair in levels.windows(2) {
                assert!(
                    pair[1] <= pair[0] + 1,
                    "h{} below h{}: {levels:?}",
                    pair[1],
                    pair[0]
                );
            }
            papers.push(page["paper"].to_string());
        }
    }
    assert_ne!(papers[0], papers[1], "light and dark look the same");
}

#[test]
fn a_page_fits_asks_for_nothing_and_can_be_walked_by_headings() {
    let Some(chromium) = chromium() else { return };
    let server = Server::start();
    server.reply(
        "/board.png",
        [Reply::ok("no picture").header("Content-Type", "image/png")],
    );
    let hall = hall(&server);
    for by in ["entry", "talk"] {
        check(&hall, chromium, by);
    }
    assert_eq!(server.all_requests().len(), 0);
    // The same browser asks where it is allowed to.
    let ran = hall.run([
        "query",
        "--format",
        "html",
        "--images",
        "show",
        "-o",
        "page.html",
    ]);
    ran.status(0);
    look(&hall, chromium, 360, false);
    assert!(
        !server.requests("/board.png").is_empty(),
        "no picture was asked for"
    );
    let page = fs::read_to_string(hall.path("page.html")).unwrap();
    assert!(page.contains("alt=\"The board\""));
}
