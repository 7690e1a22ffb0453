use crate::support::server::{Reply, Server};
use crate::support::{Hall, atom};

const FEED: [(&str, &str, &str); 1] = [("one", "First Evening", "<p>Of pipes.</p>")];

#[test]
fn a_backup_is_an_archive_of_its_own_and_takes_the_place_of_an_older_one() {
    let server = Server::start();
    let reply = |entries: &[(&str, &str, &str)]| Reply::ok(atom("Well", entries));
    let two = [FEED[0], ("two", "Second Evening", "<p>Of tubes.</p>")];
    server.reply("/feed", [reply(&FEED), reply(&two)]);
    let hall = Hall::with_server(&server);
    hall.run(["add", &server.url("/feed")]).status(0);
    hall.run(["backup", "copy.db"])
        .status(0)
        .stdout("")
        .stderr("");
    hall.run(["fetch", "--all"]).status(0);
    let entries = |file: &str| {
        let mut command = hall.command();
        command.args(["--archive", file, "query", "--format", "jsonl"]);
        hall.finish(command, b"")
            .status(0)
            .stdout_json_lines()
            .len()
    };
    assert_eq!((entries("hallway.db"), entries("copy.db")), (2, 1));
    hall.run(["backup", "copy.db"]).status(0);
    assert_eq!(entries("copy.db"), 2);
    let mut command = hall.command();
    command.args(["--archive", "copy.db", "check"]);
    hall.finish(command, b"").status(0).stdout("");
}

#[test]
fn a_backup_never_writes_over_its_own_archive() {
    let hall = Hall::new();
    hall.write("feed.xml", atom("Well", &FEED));
    hall.run(["add", "feed.xml"]).status(0);
    hall.run(["backup", "hallway.db"])
        .status(2)
        .stderr_contains("the archive itself");
    hall.run(["check"]).status(0);
    hall.run(["backup", "nowhere/copy.db"])
        .status(1)
        .stderr_contains("nowhere/copy.db");
}
