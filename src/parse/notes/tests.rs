use super::*;

fn note(text: &str, file_name: &str) -> Note {
    let mut document = Document::from_bytes(Vec::new());
    document.file_name = Some(file_name.to_owned()).filter(|name| !name.is_empty());
    read(text, &document)
}

fn date(entry: &RawEntry) -> String {
    entry
        .published
        .map(|date| date.format("%F").to_string())
        .unwrap_or_default()
}

fn terms(entry: &RawEntry) -> Vec<&str> {
    entry
        .categories
        .iter()
        .map(|category| category.term.as_str())
        .collect()
}

#[test]
fn yaml_front_matter_is_read() {
    let entry = note(
        "---\ntitle: A day\ndate: 2018-11-06 10:00:00 +0100\nlastmod: 2018-11-07\ntags: [ops, Dev]\ncategories:\n- dev\n- events\nauthors:\n- Ann\n- name: Bo\n  url: https://bo.example/\ndescription: >\n  Two\n  lines\nlang: en\n---\n\n# A day\n\nText\n",
        "a.md",
    )
    .entry;
    assert_eq!(entry.title, Some(Text::plain("A day")));
    assert_eq!(
        entry.published.unwrap().to_rfc3339(),
        "2018-11-06T09:00:00+00:00"
    );
    assert_eq!(
        entry.updated.unwrap().to_rfc3339(),
        "2018-11-07T00:00:00+00:00"
    );
    assert_eq!(terms(&entry), ["ops", "Dev", "events"]);
    assert_eq!(entry.authors[1].uri.as_deref(), Some("https://bo.example/"));
    assert_eq!(entry.summary, Some(Text::plain("Two lines")));
    assert_eq!(
        (entry.guid.as_str(), entry.language.as_deref()),
        ("a.md", Some("en"))
    );
    assert_eq!(entry.content, Some(Text::html("<p>Text</p>\n")));
    assert_eq!(entry.repairs, []);
}

#[test]
fn toml_front_matter_is_read() {
    let note = note(
        "+++\ntitle = 'A day'\ndate = 2018-11-06T10:00:00Z\ndraft = true\ntags = ['ops']\n[author]\nname = 'Ann'\n+++\nText",
        "",
    );
    assert!(note.draft);
    assert_eq!(date(&note.entry), "2018-11-06");
    assert_eq!(terms(&note.entry), ["ops"]);
    assert_eq!(note.entry.authors[0].name.as_deref(), Some("Ann"));
    assert!(note.entry.guid.starts_with("urn:blake3:"));
}

#[test]
fn broken_front_matter_is_read_line_by_line() {
    let entry = note(
        "---\ntitle: Notes: the \"second\" day\ndate: 2018-11-06\ntags:\n  - ops\n  - 'dev'\ndescription: \"begins\nand ends\"\n---\nText",
        "",
    )
    .entry;
    assert_eq!(entry.title, Some(Text::plain("Notes: the \"second\" day")));
    assert_eq!(
        (date(&entry).as_str(), terms(&entry)),
        ("2018-11-06", vec!["ops", "dev"])
    );
    assert_eq!(entry.summary, Some(Text::plain("begins and ends")));
    assert_eq!(entry.repairs[0].kind, "front-matter");
    let entry = note("+++\ntitle = A day\ntags = [\"a\", \"b\"]\n+++\nText", "").entry;
    assert_eq!(
        (entry.title.clone(), terms(&entry)),
        (Some(Text::plain("A day")), vec!["a", "b"])
    );
}

#[test]
fn rules_are_no_front_matter() {
    assert!(!begins_with_fence("---\n\nProse between rules\n\n---\n"));
    assert!(!begins_with_fence("--- a: b\n---\n"));
    assert!(!begins_with_fence("---\ntitle: never closed\n"));
    assert!(begins_with_fence("---\r\ntitle: a\r\n---\r\n"));
}

#[test]
fn dates_come_from_front_matter_file_name_text_and_file_in_this_order() {
    let mut document = Document::from_bytes(Vec::new());
    document.modified = crate::parse::dates::instant("2001-01-01");
    assert_eq!(date(&read("Text", &document).entry), "2001-01-01");
    assert_eq!(
        date(&read("# Day, 6 Nov 2018", &document).entry),
        "2018-11-06"
    );
    document.file_name = Some("2017-05-04-day.md".to_owned());
    assert_eq!(
        date(&read("# Day, 6 Nov 2018", &document).entry),
        "2017-05-04"
    );
    assert_eq!(
        date(&read("---\ndate: 2016-01-02\n---\n# Day", &document).entry),
        "2016-01-02"
    );
    // A date that is none does not hide the others.
    assert_eq!(
        date(&read("---\ndate: soon\n---\n# Day", &document).entry),
        "2017-05-04"
    );
}

#[test]
fn titles_fall_back_to_the_file_name() {
    let titled = |name| note("- a\n- b", name).entry.title.map(|title| title.value);
    assert_eq!(
        titled("talks/2018-11-06-day-two.md").as_deref(),
        Some("day two")
    );
    assert_eq!(titled("2018-11-06.md").as_deref(), Some("2018-11-06"));
    assert_eq!(titled("day_two/index.md").as_deref(), Some("day two"));
    assert_eq!(titled(""), None);
}

#[test]
fn hostile_front_matter_is_survived() {
    let started = std::time::Instant::now();
    let bomb = "a: &a [x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b]\nd: &d [*c,*c,*c,*c,*c,*c,*c,*c]\ne: &e [*d,*d,*d,*d,*d,*d,*d,*d]\nf: [*e,*e,*e,*e,*e,*e,*e,*e]\n";
    for block in [
        bomb.to_owned(),
        format!("a: {}", "[".repeat(60_000)),
        "- ".repeat(30_000) + "a: b",
        format!("a: {}", "{a: ".repeat(15_000)),
        format!("title: {}", "x".repeat(60_000)),
        "? ".repeat(30_000) + ": b",
    ] {
        note(&format!("---\n{block}\n---\nText"), "");
        note(&format!("+++\na = {block}\n+++\nText"), "");
    }
    assert!(started.elapsed().as_secs() < 20);
}
