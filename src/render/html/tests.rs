use super::super::{Format, samples};
use super::*;
use crate::model::EntryId;

fn page(settings: &Settings, answer: &samples::Answer) -> String {
    samples::rendered(Format::Html, settings, answer)
}

fn main_part(page: &str) -> &str {
    page.split_once("<main id=\"entries\">\n")
        .unwrap()
        .1
        .split_once("</main>")
        .unwrap()
        .0
}

#[test]
fn an_entry_is_an_article_with_its_talks_and_its_text() {
    let page = page(&Settings::default(), &samples::both());
    assert_eq!(
        main_part(&page),
        r##"<article id="e12" lang="en-GB">
<h2 dir="auto"><a href="https://notes.example/ghent">DevOpsDays Ghent 2019: &lt;two&gt; days &amp; many talks</a></h2>
<p class="facts"><span>Notes of a Visitor</span> <i>·</i> <span><time datetime="2019-10-30T12:00:00Z">2019-10-30</time></span> <i>·</i> <span>by Vera Visitor</span></p>
<ul class="tags" aria-label="Tags"><li>devops</li><li>Ghent 2019</li></ul>
<p class="lead" dir="auto">Two days in Ghent.</p>
<ol class="talks" aria-label="Talks">
<li><a href="https://notes.example/ghent#opening">Opening</a> <small>keynote</small> <span class="by">Ann Example</span></li>
<li><a href="https://notes.example/ghent#chaos">Chaos for small teams</a> <span class="by">Bob Sample, Åsa Öberg</span></li>
</ol>
<p class="file"><a href="https://notes.example/slides.pdf">slides.pdf</a> <span>application/pdf, 1 MB</span></p>
<div class="text" dir="auto"><h3 id="e12-opening">Opening — Ann Example</h3><p>Small steps &amp; <em>fast</em> feedback. See <a href="#e12-chaos">below</a>.</p><h3 id="e12-chaos">Chaos for small teams</h3><ul><li>Break one thing</li><li>Write it down</li></ul><h4>Questions</h4><p><span class="medium">[image: The board]</span></p><pre><code>kill -9 1
</code></pre></div>
</article>
<article id="e7">
<h2 dir="auto"><a href="https://log.example/runbooks">Runbooks</a></h2>
<p class="facts"><span>Ops log</span> <i>·</i> <span><time datetime="2019-05-06T07:08:09Z">2019-05-06</time></span></p>
<ul class="tags" aria-label="Tags"><li>ops</li></ul>
<div class="text" dir="auto"><p>Runbooks rot. Test them like code, said the panel, and throw away the rest.</p></div>
</article>
"##
    );
}

#[test]
fn a_talk_is_an_article_with_its_own_notes() {
    let page = page(&Settings::default(), &samples::talks());
    let first = main_part(&page)
        .split_inclusive("</article>")
        .next()
        .unwrap();
    assert_eq!(
        first,
        r#"<article id="e12t1" lang="en-GB">
<h2 dir="auto"><a href="https://notes.example/ghent#opening">Opening</a> <small>keynote</small></h2>
<p class="speakers">Ann Example</p>
<p class="facts"><span>in <a href="https://notes.example/ghent">DevOpsDays Ghent 2019: &lt;two&gt; days &amp; many talks</a></span> <i>·</i> <span>Notes of a Visitor</span> <i>·</i> <span><time datetime="2019-10-30T12:00:00Z">2019-10-30</time></span></p>
<ul class="tags" aria-label="Tags"><li>devops</li><li>Ghent 2019</li></ul>
<div class="text" dir="auto"><p>Small steps &amp; <em>fast</em> feedback. See <a href="https://notes.example/ghent#chaos">below</a>.</p></div>
</article>"#
    );
}

#[test]
fn long_notes_are_folded() {
    let mut entry = samples::short();
    entry.entry.content = SafeHtml::vouch(format!("<p>{}</p>", "word ".repeat(1_234)));
    let answer = samples::Answer {
        by_talk: false,
        entries: vec![entry],
    };
    let page = page(&Settings::default(), &answer);
    assert!(page.contains("<details><summary>Read the notes <span>1,234 words</span></summary>"));
    assert!(page.contains("</div>\n</details>\n</article>"));
}

#[test]
fn a_page_asks_for_nothing_unless_pictures_are_wished_for() {
    let quiet = page(&Settings::default(), &samples::both());
    assert!(quiet.contains("default-src 'none'") && quiet.contains("img-src 'none'"));
    for request in ["<script", "<img", "<link", "url(", "@import", " src="] {
        assert!(!quiet.contains(request), "{request}");
    }
    let settings = Settings {
        images: Images::Show,
        ..Settings::default()
    };
    let loud = page(&settings, &samples::both());
    assert!(loud.contains("img-src https: http:") && loud.contains("<img src="));
}

#[test]
fn hostile_text_stays_text() {
    for answer in [samples::hostile(), samples::hostile_talks()] {
        let page = page(&Settings::default(), &answer);
        assert!(
            !page.contains("<script") && !page.contains("javascript:1\""),
            "{page}"
        );
        assert_eq!(page.matches("</title>").count(), 1);
        assert_eq!(
            page.matches("<article").count(),
            page.matches("</article>").count()
        );
        assert_eq!(page.matches("<article").count(), 2);
    }
}

#[test]
fn an_empty_page_says_so() {
    let page = samples::nothing(Format::Html);
    assert!(page.contains("<p class=\"empty\">No entries.</p>"));
}

#[test]
fn contents_stand_above_what_is_neither_short_nor_endless() {
    for (count, expected) in [(3, 0), (4, 4), (300, 300), (301, 0)] {
        let entries = (1..=count).map(|id| {
            let mut entry = samples::short();
            entry.id = EntryId(id);
            entry
        });
        let answer = samples::Answer {
            by_talk: false,
            entries: entries.collect(),
        };
        let page = page(&Settings::default(), &answer);
        assert_eq!(page.matches("<li><a href=\"#e").count(), expected);
        let articles = page.matches("<article id=\"e").count();
        assert_eq!(articles, usize::try_from(count).unwrap());
        assert_eq!(page.matches("<main id=\"entries\">").count(), 1);
    }
    let talks = page(&Settings::default(), &samples::talks());
    assert!(talks.contains("<article id=\"e12t2\""));
}
