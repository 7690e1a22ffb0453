use super::*;
use crate::model::{ContentHash, Original, SafeHtml, Tag, TagOrigin, TalkKind};

pub(super) fn post(title: &str, html: &str) -> Entry {
    Entry {
        guid: "1".to_owned(),
        url: Some("https://notes.example/post/".to_owned()),
        title: Some(title.to_owned()),
        authors: Vec::new(),
        tags: Vec::new(),
        published: None,
        updated: None,
        summary: None,
        content: SafeHtml::vouch(html.to_owned()),
        enclosures: Vec::new(),
        language: None,
        source: None,
        comments_url: None,
        extras: None,
        talks: Vec::new(),
        event: None,
        hash: ContentHash([0; 32]),
        fingerprint: None,
        original: Original::default(),
    }
}

fn told(entry: &Entry) -> Vec<(String, String)> {
    let talks = talks(entry);
    talks
        .into_iter()
        .map(|talk| (talk.title, talk.speakers.join("+")))
        .collect()
}

fn pair(title: &str, speakers: &str) -> (String, String) {
    (title.to_owned(), speakers.to_owned())
}

#[test]
fn talks_stand_on_two_levels_and_furniture_on_none() {
    let entry = post(
        "PipeConf 2019: day one",
        "<p>Hi</p><h2 id=\"a\">Pipes — Ann Poe</h2><p>x</p><h3 id=\"q\">Questions</h3><p>y</p>\
         <h2 id=\"b\">Tubes — Bo Roe</h2><h2>Ignites</h2><h3 id=\"c\">Hoses — Cy Doe</h3><p>z</p><h2>The end</h2><p>.</p>",
    );
    let talks = talks(&entry);
    let titles: Vec<_> = talks.iter().map(|talk| talk.title.as_str()).collect();
    assert_eq!(titles, ["Pipes", "Tubes", "Hoses"]);
    assert_eq!(
        talks[0].url.as_deref(),
        Some("https://notes.example/post/#a")
    );
    assert_eq!(
        entry.content_of(&talks[0]).as_str(),
        "<p>x</p><h3 id=\"q\">Questions</h3><p>y</p>"
    );
    assert_eq!(entry.content_of(&talks[2]).as_str(), "<p>z</p>");
    assert_eq!((talks[2].level, talks[2].kind), (3, TalkKind::Ignite));
    assert_eq!(event(&entry).as_deref(), Some("PipeConf 2019"));
}

#[test]
fn one_order_for_the_whole_post() {
    let entry = post(
        "PipeConf",
        "<h2>Ann Poe - Pipes – Changing water</h2><h2>Bo Roe - Tubes</h2><h2>Hoses - why and when?</h2>\
         <h2>A Valve Story - Cy Doe</h2>",
    );
    let expected = [
        pair("Pipes – Changing water", "Ann Poe"),
        pair("Tubes", "Bo Roe"),
        pair("Hoses - why and when?", ""),
        pair("A Valve Story - Cy Doe", ""),
    ];
    assert_eq!(told(&entry), expected);
}

#[test]
fn a_styled_end_is_the_speaker() {
    let entry = post(
        "My notes from Pipe Days",
        "<h2>Pipes: A Story: <em>Ann Poe</em></h2><h2>Ignite Session: Tubes: <em>Bo Roe and Cy Doe</em></h2>\
         <h2>Valves Open Session</h2><h1>Conference Takeaways</h1>",
    );
    let expected = [
        pair("Pipes: A Story", "Ann Poe"),
        pair("Ignite Session: Tubes", "Bo Roe+Cy Doe"),
        pair("Valves Open Session", ""),
    ];
    assert_eq!(told(&entry), expected);
    assert_eq!(talks(&entry)[2].kind, TalkKind::OpenSpace);
}

#[test]
fn topics_stand_over_lists() {
    let entry = post(
        "Pipe Coffee 02/06/2020",
        "<p>8 attendees</p><p>All Topics</p><ul><li>a</li></ul><p>Why pipes?</p><ul><li>b</li></ul>\
         <p>Tube migrations (3 votes)</p><ul><li>c</li></ul><p>Epiphanies</p><ul><li>d</li></ul>",
    );
    assert_eq!(
        told(&entry),
        [pair("Why pipes?", ""), pair("Tube migrations", "")]
    );
    let talks = talks(&entry);
    assert_eq!(
        talks[1].url.as_deref(),
        Some("https://notes.example/post/#:~:text=Tube%20migrations%20%283%20votes%29")
    );
    assert_eq!(entry.content_of(&talks[1]).as_str(), "<ul><li>c</li></ul>");
    assert_eq!((talks[1].kind, talks[1].level), (TalkKind::Topic, 0));
}

#[test]
fn posts_of_no_event_hold_no_talks() {
    let html = "<h2>Setting up</h2><p>x</p><h2>Running</h2><p>y</p><h2>Summary</h2>";
    assert!(talks(&post("How the site is built", html)).is_empty());
    assert!(
        talks(&post(
            "Podcasts I like, DevOps edition",
            "<h2>A — Ann Poe</h2><h2>B — Bo Roe</h2>"
        ))
        .is_empty()
    );
    let mut tagged = post("All Pipes", html);
    tagged.tags.push(Tag::new("conference", TagOrigin::Feed));
    assert_eq!(talks(&tagged).len(), 2);
}

#[test]
fn an_anchor_in_the_heading_is_the_permalink() {
    let entry = post(
        "PipeConf",
        "<h2 id=\"made\"><a id=\"poe\"></a>Pipes</h2><h2><a href=\"#t\" id=\"t\">#</a> Tubes</h2>",
    );
    let anchors: Vec<_> = talks(&entry)
        .into_iter()
        .filter_map(|talk| talk.anchor)
        .collect();
    assert_eq!(anchors, ["poe", "t"]);
}

#[test]
fn speakers_stand_below_their_title() {
    let entry = post(
        "PipeConf",
        "<h2>Pipes</h2><p><strong>by Ann Poe @annpoe</strong></p><p>Text.</p><h3>Takeaways</h3>\
         <h2>Tubes</h2><p><a href=\"https://a.example/\">Bo Roe</a></p><p>Text.</p>\
         <h2>Hoses</h2><h3>Speakers: Cy Doe, Di Moe</h3><h2>Valves</h2>\
         <p><a href=\"https://a.example/\">Ed Loe</a> talked about valves and how to mend them at night</p>",
    );
    let expected = [
        pair("Pipes", "Ann Poe"),
        pair("Tubes", "Bo Roe"),
        pair("Hoses", "Cy Doe+Di Moe"),
        pair("Valves", "Ed Loe"),
    ];
    assert_eq!(told(&entry), expected);
}

#[test]
fn one_post_may_be_one_talk() {
    let entry = post(
        "Pipes",
        "<h1>Pipes at night - Ann Poe</h1><h2>Why</h2><p>x</p><h2>Questions to ask</h2>",
    );
    assert_eq!(told(&entry), [pair("Pipes at night", "Ann Poe")]);
    assert_eq!(talks(&entry)[0].section.end, entry.content.as_str().len());
}

#[test]
fn odd_markup_does_no_harm() {
    for html in [
        "<h2></h2>",
        "<h2>—</h2><h2> — Ann Poe</h2>",
        "<h1>1.</h1><h1>(</h1><h1>)</h1>",
        "</p></li>",
        "<h2>a",
        "<h2>\u{a0}<br><br></h2><p>:</p>",
    ] {
        for talk in talks(&post("PipeConf", html)) {
            assert!(
                !talk.title.is_empty() && talk.section.end >= talk.section.start,
                "{html}"
            );
        }
    }
    let many = "<h2>Pipes and <em>more</em> — Ann Poe</h2><p>x</p>".repeat(20_000);
    let started = std::time::Instant::now();
    assert_eq!(talks(&post("PipeConf", &many)).len(), MOST);
    assert!(started.elapsed().as_secs() < 30, "{:?}", started.elapsed());
}

#[test]
fn a_stage_over_talks_is_none_itself() {
    let entry = post(
        "PipeConf",
        "<h2>Pipes — Ann Poe</h2><h2>Tubes — Bo Roe</h2><h2>Under the Dome</h2><h3>Hoses — Cy Doe</h3>\
         <h2>Valves</h2><h3>Why</h3>",
    );
    let expected = [
        pair("Pipes", "Ann Poe"),
        pair("Tubes", "Bo Roe"),
        pair("Hoses", "Cy Doe"),
        pair("Valves", ""),
    ];
    assert_eq!(told(&entry), expected);
}

#[test]
fn each_talk_has_an_anchor_that_is_there() {
    let entry = post(
        "PipeConf 2019: day one",
        "<h2 id=\"a\">Pipes, and more — Ann Poe</h2><p>x</p><h2><a id=\"own\"></a>Tubes — Bo Roe</h2><p>y</p>\
         <h2>Hoses &amp; taps, one-by-one for those who never held a wrench in their hands — Maria Holm</h2><p>z</p>",
    );
    let talks = talks(&entry);
    let urls: Vec<_> = talks
        .iter()
        .filter_map(|talk| talk.url.as_deref())
        .collect();
    assert_eq!(
        urls,
        [
            "https://notes.example/post/#a",
            "https://notes.example/post/#own",
            "https://notes.example/post/#:~:text=Hoses%20%26%20taps%2C%20one%2Dby%2Done%20for%20those%20who%20never%20held%20a%20wrench%20in",
        ]
    );
    for talk in &talks {
        let anchor = talk.anchor.as_deref().unwrap();
        assert!(
            talk.url
                .as_deref()
                .unwrap()
                .ends_with(&format!("#{anchor}"))
        );
    }
    let mut unpublished = entry;
    unpublished.url = None;
    let talks = super::talks(&unpublished);
    assert!(
        talks
            .iter()
            .all(|talk| talk.url.is_none() && talk.anchor.is_some())
    );
}

#[test]
fn a_talks_links_are_told_apart() {
    let mut entry = post(
        "PipeConf 2019: day one",
        "<h2>Pipes — Ann Poe <a href=\"https://speakerdeck.com/poe/1\">deck</a></h2><p><a href=\"https://youtu.be/1\">her \
         talk</a>, <a href=\"https://github.com/poe/pipes\">pipes</a>, <a href=\"https://files.example/1.pdf\">here</a></p>\
         <h2>Tubes — Bo Roe</h2><p><a href=\"https://bo.example/\">Bo</a></p>",
    );
    entry.talks = talks(&entry);
    let kinds = |at: usize| -> Vec<&str> {
        let links = entry.links_of(&entry.talks[at]);
        links.iter().map(|link| link.kind.word()).collect()
    };
    assert_eq!(kinds(0), ["slides", "video", "code", "slides"]);
    assert_eq!(kinds(1), ["other"]);
}

#[test]
fn a_row_of_headings_may_end_in_an_empty_line() {
    let entry = post(
        "Pipes",
        "<p># Pipes at night<br><em></em></p><p># Hoses<br></p>",
    );
    assert_eq!(told(&entry), []);
}

#[test]
fn an_event_is_read_among_the_first_lines_and_no_later() {
    let talks = "<h2>Pipes at night — Ann Poe</h2><p>A talk at the conference</p><h2>Hoses by day — Bo Roe</h2><p>Her slides</p>";
    let event_behind = |lines: usize| {
        let content = format!(
            "{}<p>Event: PipeConf 2020</p>{talks}",
            "<p>a<br>b</p>\n".repeat(lines / 2)
        );
        let mut entry = post("Pipes, hoses and taps", &content);
        split(&mut entry);
        let alone = Entry {
            event: None,
            ..entry.clone()
        };
        assert_eq!(
            (super::talks(&alone), event(&alone)),
            (entry.talks, entry.event.clone())
        );
        entry.event
    };
    assert_eq!(event_behind(8).as_deref(), Some("PipeConf 2020"));
    assert_eq!(event_behind(10), None);
}
