use serde_json::Value;

use crate::support::server::{Reply, Server};
use crate::support::{Hall, LATER, atom};

const ONE: (&str, &str, &str) = ("one", "First Evening", "<p>Of pipes.</p>");

/// The members of a line, in the contract's order.
const MEMBERS: [&str; 8] = [
    "url",
    "status",
    "http_status",
    "new",
    "updated",
    "error",
    "error_kind",
    "next_due",
];

fn of<'a>(lines: &'a [Value], url: &str) -> &'a Value {
    lines
        .iter()
        .find(|line| line["url"] == url)
        .unwrap_or_else(|| panic!("no line of {url} in {lines:#?}"))
}

#[test]
fn json_gives_one_object_a_feed() {
    let server = Server::start();
    server.reply(
        "/well",
        [Reply::ok(atom("Well", &[ONE]))
            .header("ETag", "\"1\"")
            .conditional()],
    );
    server.reply("/ill", [Reply::status(500)]);
    server.reply("/gone", [Reply::status(410)]);
    let mut hall = Hall::with_server(&server);
    let (well, ill, gone) = (server.url("/well"), server.url("/ill"), server.url("/gone"));
    hall.run(["add", "--no-fetch", &well, &ill, &gone])
        .status(0);

    let ran = hall.run(["fetch", "--json"]);
    let lines = ran.status(3).stdout_json_lines();
    assert_eq!(lines.len(), 3);
    for line in &lines {
        let members: Vec<&str> = line
            .as_object()
            .unwrap()
            .keys()
            .map(String::as_str)
            .collect();
        assert_eq!(members, MEMBERS);
    }
    assert_eq!(of(&lines, &well)["status"], "new");
    assert_eq!(of(&lines, &well)["http_status"], 200);
    assert_eq!(of(&lines, &well)["new"], 1);
    assert_eq!(of(&lines, &well)["error"], Value::Null);
    assert_eq!(of(&lines, &ill)["status"], "failed");
    assert_eq!(of(&lines, &ill)["http_status"], 500);
    assert_ne!(of(&lines, &ill)["error"], Value::Null);
    assert_eq!(of(&lines, &gone)["status"], "gone");
    for line in &lines {
        if let Some(due) = line["next_due"].as_str() {
            assert!(due > "2026-11-21T12:00:00Z" && due.ends_with('Z'), "{due}");
        }
    }

    // Nothing is due yet.
    let lines = hall.run(["fetch", "--json"]).status(0).stdout_json_lines();
    assert_eq!(of(&lines, &well)["status"], "skipped");

    hall.later(LATER);
    let lines = hall.run(["fetch", "--json"]).stdout_json_lines();
    assert_eq!(of(&lines, &well)["status"], "unchanged");
    assert_eq!(of(&lines, &well)["http_status"], 304);
    assert_eq!(of(&lines, &well)["new"], 0);
    assert_eq!(
        server.requests("/gone").len(),
        1,
        "a feed that is gone is left alone"
    );
}

#[test]
fn without_json_stdout_stays_empty() {
    let server = Server::start();
    server.reply("/feed", [Reply::ok(atom("Well", &[ONE]))]);
    let hall = Hall::with_server(&server);
    hall.run(["add", "--no-fetch", &server.url("/feed")])
        .status(0);
    hall.run(["fetch"]).status(0).stdout("").stderr("");
}

#[test]
fn all_polls_what_is_not_due() {
    let server = Server::start();
    server.reply("/feed", [Reply::ok(atom("Well", &[ONE]))]);
    let hall = Hall::with_server(&server);
    hall.run(["add", &server.url("/feed")]).status(0);
    hall.run(["fetch"]).status(0);
    assert_eq!(server.requests("/feed").len(), 1);
    hall.run(["fetch", "--all"]).status(0);
    assert_eq!(server.requests("/feed").len(), 2);
    hall.run(["fetch", "well"]).status(0);
    assert_eq!(server.requests("/feed").len(), 3);
}

#[test]
fn a_validator_comes_with_its_entries_or_not_at_all() {
    let server = Server::start();
    server.reply(
        "/feed",
        [
            Reply::ok("<html><body>Try later</body></html>")
                .header("Content-Type", "text/html")
                .header("ETag", "\"page\""),
            Reply::ok(atom("Well", &[ONE])).header("ETag", "\"feed\""),
        ],
    );
    let mut hall = Hall::with_server(&server);
    hall.run(["add", "--no-fetch", &server.url("/feed")])
        .status(0);
    hall.run(["fetch"]).status(3);
    hall.later("2026-12-21T12:00:00Z");
    hall.run(["fetch"]).status(0);
    let asked = server.requests("/feed");
    assert_eq!(asked.last().unwrap().header("If-None-Match"), None);
}

#[test]
fn an_unknown_feed_is_named() {
    let hall = Hall::new();
    hall.write("feed.xml", atom("Well", &[ONE]));
    hall.run(["add", "feed.xml"]).status(0);
    hall.run(["fetch", "elsewhere"])
        .status(1)
        .stdout("")
        .stderr("error: no feed is called elsewhere\nhint: `hallway feeds` lists them\n");
}

#[test]
fn a_feed_has_settings_of_its_own_that_are_never_shown() {
    let (server, other) = (Server::start(), Server::start());
    server.reply("/members", [Reply::redirect(302, "/inside")]);
    server.reply("/inside", [Reply::ok(atom("Well", &[ONE]))]);
    server.reply("/away", [Reply::redirect(302, &other.url("/feed"))]);
    other.reply("/feed", [Reply::ok(atom("Away", &[ONE]))]);
    let hall = Hall::with_server(&server);
    hall.write("login.txt", "hunter2\n");
    hall.write(
        "hallway.toml",
        format!(
            "[[feed]]\nurl = \"{}\"\nauth = {{ user = \"ann\", password_file = \"login.txt\" }}\n\
             headers = {{ X-Member = \"key17\" }}\nmin_interval = \"6h\"\n",
            server.url("/*")
        ),
    );
    let run = |arguments: &[&str]| {
        let config = hall.path("hallway.toml");
        let config = config.to_str().unwrap();
        let mut all = vec!["--config", config];
        all.extend(arguments);
        hall.run(all)
    };
    let ran = run(&["add", "-v", &server.url("/members"), &server.url("/away")]);
    ran.status(0);
    run(&["fetch", "--all", "-vv"]).status(0);
    for shown in [
        ran,
        run(&["feeds", "--json"]),
        run(&["fetch", "--all", "--json", "-vv"]),
    ] {
        shown.stdout_lacks("hunter2").stderr_lacks("hunter2");
        shown.stdout_lacks("key17").stderr_lacks("key17");
    }
    for request in server.all_requests() {
        assert_eq!(request.header("X-Member"), Some("key17"));
        assert_eq!(
            request.header("Authorization"),
            Some("Basic YW5uOmh1bnRlcjI=")
        );
    }
    for request in other.all_requests() {
        assert_eq!(request.header("X-Member"), None);
        assert_eq!(request.header("Authorization"), None);
    }
    let due = run(&["fetch", "--json"]).stdout_json_lines();
    for line in due {
        assert!(line["next_due"].as_str().unwrap() >= "2026-11-21T17:59:00Z");
    }
}

#[test]
fn a_slip_beside_a_password_does_not_show_it() {
    let hall = Hall::new();
    hall.write(
        "hallway.toml",
        "[[feed]]\nurl = \"https://a.example/\"\nauth = { user = \"ann\", pasword = \"hunter2\" }\n",
    );
    let config = hall.path("hallway.toml");
    hall.run(["--config", config.to_str().unwrap(), "feeds"])
        .status(2)
        .stderr_contains("line 3: unknown field `pasword`")
        .stderr_lacks("hunter2");
}

#[test]
fn a_delta_adds_and_takes_nothing_away() {
    const TWO: (&str, &str, &str) = ("two", "Second Evening", "<p>Of valves.</p>");
    let server = Server::start();
    server.reply(
        "/feed",
        [
            Reply::ok(atom("Well", &[ONE])).header("ETag", "\"1\""),
            Reply::status(226)
                .header("IM", "feed")
                .header("ETag", "\"2\"")
                .body(atom("Well", &[TWO])),
            Reply::status(304),
        ],
    );
    let hall = Hall::with_server(&server);
    hall.run(["add", &server.url("/feed")]).status(0);
    let lines = hall.run(["fetch", "--all", "--json"]).stdout_json_lines();
    assert_eq!(
        (&lines[0]["status"], &lines[0]["new"]),
        (&"new".into(), &1.into())
    );
    hall.run(["fetch", "--all"]).status(0);
    let asked = server.requests("/feed");
    assert_eq!(asked[1].header("A-IM"), Some("feed"));
    assert_eq!(asked[2].header("If-None-Match"), Some("\"2\""));
    let feeds = hall.run(["feeds", "--json"]).stdout_json_lines();
    assert_eq!(feeds[0]["entries"], 2);
}

#[test]
fn validators_are_those_of_the_last_good_answer_and_nothing_else() {
    let server = Server::start();
    let good = atom("Well", &[ONE]);
    let reply = |etag: &str| Reply::ok(good.clone()).header("ETag", etag);
    server.reply(
        "/feed",
        [
            reply("W/\"1-gzip\""),
            // The same body under a new name, an error, a page, an empty and a cut body with names.
            reply("\"2\""),
            Reply::status(500).header("ETag", "\"error\""),
            Reply::ok("<html><body>Down</body></html>").header("ETag", "\"page\""),
            Reply::ok("").header("ETag", "\"empty\""),
            reply("\"cut\"").cut_after(20),
            Reply::status(304).header("Last-Modified", "then"),
            // A 200 without any.
            Reply::ok(atom("Well", &[])),
            Reply::status(304),
            reply("\"9\""),
        ],
    );
    let mut hall = Hall::with_server(&server);
    hall.run(["add", &server.url("/feed")]).status(0);
    for day in 1..=9 {
        hall.later(&format!("2027-0{day}-15T12:00:00Z"));
        hall.run(["fetch", "--all"]);
    }
    hall.later("2027-11-15T12:00:00Z");
    hall.run(["fetch", "--all"]).status(0);
    let sent: Vec<_> = server
        .requests("/feed")
        .iter()
        .map(|request| {
            let header = |name| request.header(name).map(str::to_owned);
            (header("If-None-Match"), header("If-Modified-Since"))
        })
        .collect();
    let etag = |etag: &str| (Some(etag.to_owned()), None);
    let none = (None, None);
    let second = etag("\"2\"");
    let both = (Some("\"2\"".to_owned()), Some("then".to_owned()));
    assert_eq!(
        sent,
        [
            none.clone(),
            etag("W/\"1-gzip\""),
            second.clone(),
            second.clone(),
            second.clone(),
            second.clone(),
            second,
            both,
            none.clone(),
            none,
            etag("\"9\""),
        ]
    );
}

#[test]
fn a_429_skips_the_hosts_other_feeds_and_counts_against_none_of_them() {
    let server = Server::start();
    let limit = Reply::status(429).header("Retry-After", "7200");
    for path in ["/1", "/2", "/3", "/4"] {
        server.reply(
            path,
            [limit.clone().delay(std::time::Duration::from_millis(200))],
        );
    }
    let hall = Hall::with_server(&server);
    let urls = ["/1", "/2", "/3", "/4"].map(|path| server.url(path));
    hall.run(["add", "--no-fetch", &urls[0], &urls[1], &urls[2], &urls[3]])
        .status(0);
    let lines = hall.run(["fetch", "--json"]).status(3).stdout_json_lines();
    let asked = server.all_requests().len();
    assert!(asked <= 2, "{asked}");
    let skipped = lines.iter().filter(|line| line["status"] == "skipped");
    assert_eq!(skipped.count(), 4 - asked);
    hall.run(["fetch", "--all"]).status(0);
    assert_eq!(server.all_requests().len(), asked);
}

/// What a terminal of so many columns is sent by `fetch`, control codes taken out, line by line as they
/// are drawn. `None` where nothing here can play a terminal.
fn on_a_terminal(hall: &Hall, columns: usize) -> Option<Vec<String>> {
    let mut command = hall.command();
    let binary = command.get_program().to_string_lossy().into_owned();
    let archive = hall.archive();
    let line = format!(
        "stty cols {columns} rows 24 && exec {binary} --archive {} fetch",
        archive.display()
    );
    let environment: Vec<_> = command
        .get_envs()
        .filter_map(|(name, value)| Some((name.to_owned(), value?.to_owned())))
        .collect();
    command = std::process::Command::new("script");
    command
        .args(["-qec", &line, "/dev/null"])
        .env_clear()
        .envs(environment)
        .env("PATH", std::env::var_os("PATH")?)
        .env("TERM", "xterm");
    let sent = command.output().ok()?.stdout;
    let sent = String::from_utf8_lossy(&sent).into_owned();
    let mut plain = String::new();
    let mut rest = sent.as_str();
    while let Some((before, code)) = rest.split_once("\u{1b}[") {
        plain += before;
        let end = code.find(|c: char| c.is_ascii_alphabetic())?;
        assert!(
            matches!(&code[end..=end], "m" | "K"),
            "only colours and lines made empty: {code:?}"
        );
        rest = &code[end + 1..];
    }
    plain += rest;
    let lines = plain.split(['\r', '\n']).map(str::trim_end);
    Some(
        lines
            .filter(|line| !line.is_empty())
            .map(str::to_owned)
            .collect(),
    )
}

#[test]
fn a_person_who_watches_sees_how_far_it_is_on_one_line_of_any_terminal() {
    for columns in [40, 60, 100] {
        let server = Server::start();
        let hall = Hall::with_server(&server);
        for feed in 0..6 {
            let title = format!("Evenings 会議 with a long name {feed}");
            let reply = match feed {
                5 => Reply::status(500),
                _ => Reply::ok(atom(&title, &[("1", "One", "x")])),
            };
            let path = format!("/{feed}");
            server.reply(&path, [reply.delay(std::time::Duration::from_millis(80))]);
            hall.run(["add", "--no-fetch", &server.url(&path)])
                .status(0);
        }
        let Some(lines) = on_a_terminal(&hall, columns) else {
            eprintln!("skipped: no `script` here");
            return;
        };
        let (drawn, told): (Vec<_>, Vec<_>) = lines.iter().partition(|line| line.contains("/s "));
        for line in &drawn {
            let wide = line.chars().filter(|c| "会議".contains(*c)).count();
            assert!(line.chars().count() + wide <= columns, "{columns}: {line}");
            assert!(line.contains("/6 ") && line.contains(" failed, "), "{line}");
            assert!(line.contains(" new"), "{line}");
        }
        assert!(drawn.len() >= 3, "{lines:?}");
        assert_eq!(told.len(), 2, "{lines:?}");
        assert!(told[0].starts_with("warning: "), "{told:?}");
        assert_eq!(
            told[1],
            "6 polled, 1 failed, 0 not due; 5 new entries, 0 edited"
        );
    }
}
