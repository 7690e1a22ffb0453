//! Feeds that lead to this machine, where the config refuses it. The server is the person's own proxy as
//! well, so that there is an outside from which a feed can lead inwards.

use crate::support::server::{Reply, Server};
use crate::support::{Hall, Ran, atom};

const DENY: &str = "[fetch]\nprivate_addresses = \"deny\"\n";

const REFUSED: &str = "not asked: it leads to a private address of this machine or network";

fn through_proxy<'a>(hall: &'a Hall, server: &Server, arguments: &[&str]) -> Ran<'a> {
    hall.write("home/config/hallway/hallway.toml", DENY);
    let mut command = hall.command();
    command
        .env("http_proxy", server.url(""))
        .env("NO_PROXY", "")
        .arg("--archive")
        .arg(hall.archive())
        .args(arguments);
    hall.finish(command, b"")
}

#[test]
fn a_feed_of_this_machine_is_refused_with_what_permits_it() {
    let server = Server::start();
    let hall = Hall::with_server(&server);
    server.reply("/feed", [Reply::ok(atom("Inner", &[]))]);
    hall.write("home/config/hallway/hallway.toml", DENY);
    hall.run(["add", &server.url("/feed")])
        .status(1)
        .stderr_contains(REFUSED)
        .stderr_contains("`[fetch] private_addresses = \"allow\"` in hallway.toml");
    assert!(server.all_requests().is_empty());
}

#[test]
fn a_persons_proxy_may_be_anywhere_but_no_redirect_leads_inwards() {
    let server = Server::start();
    let hall = Hall::with_server(&server);
    let one = [("one", "An evening", "<p>Of pipes.</p>")];
    server.reply("http://outer.example/a", [Reply::ok(atom("Outer", &one))]);
    server.reply(
        "http://outer.example/b",
        [Reply::redirect(302, &server.url("/secret"))],
    );
    server.reply("/secret", [Reply::ok(atom("Inner", &one))]);
    let (a, b) = ("http://outer.example/a", "http://outer.example/b");
    through_proxy(&hall, &server, &["add", "--no-fetch", a, b]).status(0);
    through_proxy(&hall, &server, &["fetch"])
        .status(3)
        .stderr_contains(b)
        .stderr_contains(REFUSED)
        .stderr_lacks(a);
    assert!(server.requests("/secret").is_empty());
}

#[test]
fn no_page_leads_inwards_by_the_feed_it_names() {
    let server = Server::start();
    let hall = Hall::with_server(&server);
    let inner = server.url("/secret");
    let page = format!(
        "<!doctype html><html><head><link rel=alternate type=application/atom+xml href='{inner}'></head>"
    );
    let page = Reply::ok(page).header("Content-Type", "text/html");
    server.reply("http://outer.example/", [page]);
    server.reply("/secret", [Reply::ok(atom("Inner", &[]))]);
    through_proxy(&hall, &server, &["add", "http://outer.example/"])
        .status(1)
        .stderr_contains(REFUSED);
    assert!(server.requests("/secret").is_empty());
}
