use crate::support::server::{Reply, Server};
use crate::support::{Hall, atom, each};

const POST: (&str, &str, &str) = ("harbour", "Harbour Days", "<p>Queues.</p>");

fn page(head: &str) -> Reply {
    Reply::ok(format!(
        "<!doctype html><html><head><title>Blog</title>{head}</head><body></body></html>"
    ))
    .header("Content-Type", "text/html")
}

fn urls(hall: &Hall) -> Vec<String> {
    let feeds = hall.run(["feeds", "--json"]).stdout_json_lines();
    each(&feeds, "url").into_iter().map(str::to_owned).collect()
}

#[test]
fn comments_stylesheets_and_translations_are_passed_over() {
    let server = Server::start();
    server.reply("/old", [Reply::redirect(302, "/blog/page")]);
    server.reply(
        "/blog/page",
        [page(
            "<link rel=stylesheet href=a.css><link rel=alternate hreflang=de href=/de/>\
             <link rel=alternate type=application/json+oembed href=/oembed>\
             <LINK REL='Alternate Home' TYPE=application/rss+xml HREF=comments/feed title='Comments'>\
             <link rel=alternate type=application/atom+xml href=atom.xml title='Blog'>\
             <link rel=alternate type=application/rss+xml href=rss.xml title='Blog RSS'>",
        )],
    );
    server.reply("/blog/atom.xml", [Reply::ok(atom("Third Row", &[POST]))]);
    let hall = Hall::with_server(&server);
    hall.run(["add", &server.url("/old")]).status(0);
    assert_eq!(urls(&hall), [server.url("/blog/atom.xml")]);
    assert_eq!(server.all_requests().len(), 3);
}

#[test]
fn where_only_a_person_can_choose_the_feeds_are_listed() {
    let server = Server::start();
    server.reply(
        "/",
        [page(
            "<link rel=alternate type=application/rss+xml href=/news.xml title='News'>\
             <link rel=alternate type=application/rss+xml href=/events.xml title='Events\u{1b}[2J'>",
        )],
    );
    let hall = Hall::with_server(&server);
    hall.run(["add", &server.url("/")])
        .status(2)
        .stdout("")
        .stderr(
            "  [SERVER]/news.xml  News\n  [SERVER]/events.xml  Events␛[2J\n\
             error: [SERVER]/: this page names several feeds, none of them clearly its own\n\
             hint: `hallway add` the address of the one you mean\n",
        );
    assert_eq!(server.all_requests().len(), 1);
    assert!(urls(&hall).is_empty());
}

#[test]
fn usual_places_are_tried_last_and_few() {
    let server = Server::start();
    server.reply(
        "/about/",
        [page("<meta name=generator content='Hugo 0.120'>")],
    );
    server.reply("/index.xml", [Reply::ok(atom("Third Row", &[POST]))]);
    let hall = Hall::with_server(&server);
    hall.run(["add", &server.url("/about/")]).status(0);
    assert_eq!(urls(&hall), [server.url("/index.xml")]);
    assert_eq!(server.all_requests().len(), 2);

    let bare = Server::start();
    bare.reply("/", [page("")]);
    hall.run(["add", &bare.url("/")]).status(1);
    assert!(bare.all_requests().len() <= 5, "{:?}", bare.all_requests());
}

#[test]
fn a_page_that_names_itself_ends() {
    let server = Server::start();
    let own = "<link rel=alternate type=application/rss+xml href=/b>";
    server.reply("/a", [page(own)]);
    server.reply(
        "/b",
        [page(
            "<link rel=alternate type=application/rss+xml href=/a>",
        )],
    );
    server.reply(
        "/self",
        [page(
            "<link rel=alternate type=application/rss+xml href=/self>",
        )],
    );
    let hall = Hall::with_server(&server);
    hall.run(["add", &server.url("/a")]).status(1);
    hall.run(["add", &server.url("/self")]).status(1);
    assert!(server.all_requests().len() <= 6);
}

#[test]
fn one_feed_under_several_addresses_is_one_subscription() {
    let server = Server::start();
    let own = atom("Third Row", &[POST]).replace(
        "<link href=\"https://notes.example/\"/>",
        &format!("<link rel=\"self\" href=\"{}\"/>", server.url("/feed")),
    );
    server.reply("/feed", [Reply::ok(own.clone())]);
    server.reply("/mirror", [Reply::ok(own)]);
    server.reply("/go", [Reply::redirect(302, "/feed")]);
    let hall = Hall::with_server(&server);
    hall.run(["add", &server.url("/feed")]).status(0);
    for other in ["/feed/", "/go", "/mirror"] {
        hall.run(["add", &server.url(other)])
            .status(0)
            .stderr("already subscribed to Third Row ([SERVER]/feed), 1 entry\n");
    }
    assert_eq!(urls(&hall), [server.url("/feed")]);
    assert_eq!(server.requests("/feed/").len(), 0);
}

#[test]
fn a_wrong_claim_of_address_hides_no_feed() {
    let server = Server::start();
    let claim = |title: &str, name: &str| {
        atom(title, &[(name, name, "x")]).replace(
            "<link href=\"https://notes.example/\"/>",
            &format!("<link rel=\"self\" href=\"{}\"/>", server.url("/index.xml")),
        )
    };
    server.reply("/index.xml", [Reply::ok(claim("All", "one"))]);
    server.reply("/tags/a.xml", [Reply::ok(claim("Tag", "two"))]);
    let hall = Hall::with_server(&server);
    hall.run(["add", &server.url("/index.xml"), &server.url("/tags/a.xml")])
        .status(0);
    assert_eq!(urls(&hall).len(), 2);
}
