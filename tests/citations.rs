use crate::support::Hall;

const FEED: &str = r#"<?xml version="1.0" encoding="utf-8"?>
<feed xmlns="http://www.w3.org/2005/Atom"><title>Notes &amp; more</title><id>tag:notes.example,2019:all</id>
<link href="https://notes.example/"/><updated>2019-10-30T00:00:00Z</updated>
<author><name>Ida Quist</name></author>
<entry><title>DevOpsDays Ghent 2019</title><id>tag:notes.example,2019:ghent</id>
<link href="https://notes.example/ghent/"/><published>2019-10-30T08:00:00Z</published><updated>2019-10-30T08:00:00Z</updated>
<content type="html">&lt;h2 id="opening"&gt;Opening {50% &amp;amp; more} — José Öberg&lt;/h2&gt;&lt;p&gt;Of pipes, in a few words that make a talk.&lt;/p&gt;
&lt;h2 id="chaos"&gt;Chaos for small teams — Ann Poe and Bo Ray&lt;/h2&gt;&lt;p&gt;Of drums, in a few words that make a talk.&lt;/p&gt;</content></entry></feed>"#;

fn hall() -> Hall {
    let hall = Hall::new();
    hall.write("feed.xml", FEED);
    hall.run(["add", "feed.xml"]).status(0);
    hall
}

#[test]
fn a_talk_is_named_by_its_anchor_its_number_or_its_address() {
    let hall = hall();
    let by_anchor = hall.run(["show", "1#chaos", "--format", "bibtex"]);
    by_anchor.status(0).stderr("");
    for name in [
        "1#2",
        "https://notes.example/ghent/#chaos",
        "https://notes.example/ghent/#2",
        "tag:notes.example,2019:ghent#chaos",
    ] {
        hall.run(["show", name, "--format", "bibtex"])
            .status(0)
            .stdout(&by_anchor.out());
    }
    for name in ["1#0", "1#3", "1#nothing", "1#"] {
        hall.run(["show", name])
            .status(1)
            .stdout("")
            .stderr_contains("entry 1 has no talk")
            .stderr_contains("hallway show 1");
    }
    hall.run(["show", "2#1"]).status(1).stdout("");
}

#[test]
fn a_talk_is_cited_in_three_ways() {
    let hall = hall();
    let key = hall
        .run(["show", "1#2", "--format", "csl-json"])
        .stdout_json()[0]["id"]
        .as_str()
        .unwrap()
        .to_owned();
    hall.run(["show", "1#2", "--format", "markdown"]).stdout(
        "Ann Poe, Bo Ray: [Chaos for small teams](https://notes.example/ghent/#chaos). Talk at DevOpsDays Ghent \
         2019, 2019-10-30. Notes by Ida Quist, [Notes & more](https://notes.example/).\n",
    );
    hall.run(["show", "1#2", "--format", "bibtex"])
        .stdout(&format!(
            "@misc{{{key},
  author = {{Poe, Ann and Ray, Bo}},
  title = {{{{Chaos for small teams}}}},
  howpublished = {{Talk at DevOpsDays Ghent 2019}},
  eventtitle = {{DevOpsDays Ghent 2019}},
  venue = {{Ghent}},
  year = {{2019}},
  month = oct,
  day = {{30}},
  url = {{https://notes.example/ghent/#chaos}},
  urldate = {{2026-11-21}},
  note = {{Notes by Ida Quist, Notes \\& more}},
}}
"
        ));
    let csl = hall
        .run(["show", "1#1", "--format", "csl-json"])
        .stdout_json();
    assert_eq!(csl[0]["type"], "speech");
    assert_eq!(csl[0]["author"][0]["family"], "Öberg");
    assert_eq!(
        csl[0]["issued"]["date-parts"][0],
        serde_json::json!([2019, 10, 30])
    );
    hall.run(["show", "1#1", "--format", "bibtex"])
        .stdout_contains("author = {{\\\"O}berg, Jos{\\'e}},")
        .stdout_contains("title = {{Opening {\\textbraceleft}50\\% \\& more{\\textbraceright}}},");
}

#[test]
fn an_entry_is_cited_as_a_post_and_keys_are_the_same_in_every_archive() {
    let hall = hall();
    let csl = hall
        .run(["show", "1", "--format", "csl-json"])
        .stdout_json();
    assert_eq!(csl[0]["type"], "post-weblog");
    assert_eq!(csl[0]["author"][0]["family"], "Quist");
    let other = Hall::new();
    other.write(
        "other.xml",
        FEED.replace(
            "tag:notes.example,2019:ghent",
            "tag:notes.example,2019:first",
        ),
    );
    other.write("feed.xml", FEED);
    other.run(["add", "other.xml"]).status(0);
    other.run(["add", "feed.xml"]).status(0);
    let ids = |hall: &Hall, name: &str| {
        hall.run(["show", name, "--format", "csl-json"])
            .stdout_json()[0]["id"]
            .clone()
    };
    let guid = "tag:notes.example,2019:ghent#chaos";
    assert_eq!(ids(&hall, guid), ids(&other, guid));
}

#[test]
fn a_talk_is_shown_for_people_and_for_programs() {
    let hall = hall();
    hall.run(["show", "1#chaos"])
        .status(0)
        .stdout_contains("Chaos for small teams\n")
        .stdout_contains("Speaker     Ann Poe, Bo Ray\n")
        .stdout_contains("Of drums")
        .stdout_lacks("Of pipes");
    let talk = hall
        .run(["show", "1#chaos", "--format", "json"])
        .stdout_json();
    assert_eq!(talk["entry"]["id"], 1);
    let entry = hall.run(["show", "1", "--format", "json"]).stdout_json();
    assert_eq!(entry["talks"].as_array().unwrap().len(), 2);
    hall.run(["show", "1", "--format", "atom"])
        .status(2)
        .stdout("");
}
