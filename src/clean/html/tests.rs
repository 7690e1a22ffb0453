use proptest::prelude::{ProptestConfig, Strategy, prop_assert_eq, prop_oneof, proptest};
use url::Url;

use super::*;

fn cleaned(html: &str) -> String {
    let location = Url::parse("https://notes.example/post/").unwrap();
    let bases = Bases::new(&[], Some(&location), Some("https://notes.example/post/"));
    clean(html, &bases).to_string()
}

/// Inputs that try to run, to load, to style, to cover or to confuse.
const NASTY: &[&str] = &[
    "<script>alert(1)</script><scr<script>ipt>alert(1)</script>",
    "<img src=x onerror=alert(1)><p onclick='a()' style='position:fixed' class=x>t</p>",
    "<a href='java&#115;cript:alert(1)'>a</a><a href=' &#1;javascript:alert(1)'>b</a><a href='jav&Tab;ascript:x'>c</a>",
    "<a href=data:text/html,x>d</a><a href=\"vbscript:x\">e</a><a ping=https://t.example href=/x>f</a>",
    "<svg><script>alert(1)</script><a xlink:href=javascript:alert(1)>x</a></svg>",
    "<svg></p><style><a id=\"</style><img src=1 onerror=alert(1)>\">",
    "<math><mtext><table><mglyph><style><!--</style><img title=\"--&gt;&lt;img src=1 onerror=alert(1)&gt;\">",
    "<form><math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>",
    "<noscript><p title=\"</noscript><img src=x onerror=alert(1)>\">",
    "<iframe srcdoc='<script>alert(1)</script>'></iframe><iframe src=javascript:x></iframe>",
    "<iframe src=/v><a title=\"</iframe><img src=x onerror=alert(1)>\">",
    "<object data=x.swf><embed src=javascript:x></object><link rel=stylesheet href=x><meta http-equiv=refresh content=0>",
    "<base href=https://evil.example/><a href=x>x</a>",
    "<form action=https://evil.example><input name=q><button formaction=x>go</button></form>",
    "<img srcset='javascript:x 1x, /a.png 2x'><video poster=https://t.example/p src=/v.mp4 autoplay>",
    "<textarea><img title=\"</textarea><img src=x onerror=alert(1)>\"></textarea>",
    "<template><script>x</script></template><plaintext><b>x",
    "<p><form><p>a<div>b</form></p><table><p>c<td>d<a href=/1>e<a href=/2>f",
    "<b><p><i><div>x</b></p></i>y<a><div><a>z",
    "a\u{0}b&#0;c&#x1b;[31md&#x80;e\u{fffe}f",
    "<p title='a\"><script>x'>t</p><p title=\"&lt;/p&gt;&lt;script&gt;\">u</p>",
    "<!--><img src=x onerror=alert(1)>--><![CDATA[<script>x</script>]]><?php <b> ?>c",
    "<img width=1 height=1 src=https://t.example/pixel><img src=data:image/png;base64,x alt='a <b>'>",
    "<details open><summary>s</summary>t</details><a name=poe></a><input type=checkbox checked> done",
    "<pre>\n\n x</pre><xmp><script>x</script></xmp><a href='https://a.example/?a=1&amp;b=2'>q</a>",
    "<h2><h3>x</h2><h2 id='a b'>y</h2><ruby>a<rp>(</rp><rt>b</rt></ruby>",
];

fn check(nasty: &str, safe: &str) {
    for (_, token) in SafeHtml::vouch(safe.to_owned()).tokens() {
        let crate::model::Token::Open { name, attributes } = token else {
            continue;
        };
        assert!(TAGS.contains(&name), "{name} of {nasty:?} in {safe}");
        assert!(!["iframe", "embed", "input"].contains(&name), "{safe}");
        for bad in [
            "style", "onerror", "onclick", "srcdoc", "ping", "poster", "autoplay", "name",
        ] {
            assert_eq!(attributes.get(bad), None, "{nasty:?} gave {safe}");
        }
        for address in ["href", "src"] {
            let fine = |url: &str| url.starts_with("https://") || url.starts_with("http://");
            assert!(
                attributes.get(address).is_none_or(|url| fine(&url)),
                "{nasty:?} gave {safe}"
            );
        }
    }
    assert!(
        !safe.contains(|c: char| c.is_control() && !matches!(c, '\n' | '\t')),
        "{safe:?}"
    );
}

#[test]
fn nothing_runs_loads_or_styles() {
    for nasty in NASTY {
        let safe = cleaned(nasty);
        check(nasty, &safe);
        assert!(!safe.contains("evil.example"), "{safe}");
    }
}

#[test]
fn cleaning_again_changes_nothing() {
    for nasty in NASTY {
        let once = cleaned(nasty);
        assert_eq!(cleaned(&once), once, "of {nasty:?}");
    }
}

#[test]
fn what_notes_need_stays() {
    for kept in [
        "<h2 id=\"ann--poe\">Queues — Ann Poe</h2>",
        "<dl><dt>a</dt><dd>b</dd></dl>",
        "<pre><code class=\"language-c++\">x &lt; y</code></pre>",
        "<table><thead><tr><th scope=\"col\">a</th></tr></thead><tbody><tr><td colspan=\"2\">b</td></tr></tbody></table>",
        "<p><q>a</q> b<sup id=\"fn1\">1</sup> <kbd>c</kbd></p>",
        "<details open=\"\"><summary>s</summary>t</details>",
        "<ol start=\"3\"><li>a<ul><li>b</li></ul></li></ol>",
        "<blockquote cite=\"https://a.example/\"><p>a</p></blockquote>",
    ] {
        assert_eq!(cleaned(kept), kept);
    }
}

#[test]
fn players_become_links_and_pictures_are_quiet() {
    assert_eq!(
        cleaned("<iframe src='//v.example/1' title='Talk'>x<b></iframe>after"),
        "<a href=\"https://v.example/1\" rel=\"noopener noreferrer\">Talk</a>after"
    );
    assert_eq!(
        cleaned("<img src=a.png alt='a &amp; b' style=x>"),
        "<img src=\"https://notes.example/post/a.png\" alt=\"a &amp; b\" loading=\"lazy\" referrerpolicy=\"no-referrer\">"
    );
    assert_eq!(
        cleaned("<video autoplay src=/v.mp4></video>"),
        "<video src=\"https://notes.example/v.mp4\" controls=\"\" preload=\"none\"></video>"
    );
    assert_eq!(cleaned("<img src=data:x width=0><img src=/p height=1>"), "");
    assert_eq!(
        cleaned(
            "<img src='data:image/gif;base64,x' data-src=/lazy.png><noscript><b>n</b></noscript>"
        ),
        "<img src=\"https://notes.example/lazy.png\" loading=\"lazy\" referrerpolicy=\"no-referrer\"><b>n</b>"
    );
}

#[test]
fn old_anchors_become_ids_and_boxes_signs() {
    assert_eq!(
        cleaned("<h2><a name=poe></a>Q</h2>"),
        "<h2><a id=\"poe\"></a>Q</h2>"
    );
    assert_eq!(
        cleaned("<li><input type=checkbox checked disabled>a</li>"),
        "<li>☑ a</li>"
    );
    assert_eq!(
        cleaned("<code class='x language-rust y'>a</code>"),
        "<code class=\"language-rust\">a</code>"
    );
}

#[test]
fn storms_are_ridden_out() {
    let storms = [
        "<div>".repeat(100_000),
        "<b x><p>".repeat(50_000),
        (0..50_000).map(|n| format!("<i id={n}><p>")).collect(),
        "<a><div>".repeat(50_000),
        "<table><tr><td>".repeat(30_000),
        "<svg><g>".repeat(50_000),
        "<".repeat(500_000),
        "<!--".repeat(100_000),
        "<script>".repeat(100_000),
        "&".repeat(500_000),
        format!("<p {}>x", "a ".repeat(300_000)),
        "</p></div></li>".repeat(50_000),
        (0..50_000).map(|n| format!("<x{n}>")).collect(),
    ];
    for storm in storms {
        let started = std::time::Instant::now();
        let safe = cleaned(&storm);
        assert!(safe.len() < 30 * storm.len());
        let took = started.elapsed();
        assert!(
            took.as_secs() < 20,
            "{took:?} for {:?}…",
            &storm[..storm.len().min(30)]
        );
    }
}

/// The pieces of all nasty inputs, thrown together by a fixed sequence.
#[test]
fn mixtures_are_as_safe_and_as_stable() {
    let all = NASTY.concat();
    let mut pieces: Vec<&str> = all.split_inclusive(['>', '"', '\'', ' ']).collect();
    pieces.extend([
        "<",
        ">",
        "\"",
        "'",
        "<!--",
        "</",
        "<p>",
        "<a href=/>",
        "</table>",
        "<td>",
        "<h2>",
        "=",
        "&lt;",
        "\0",
    ]);
    let mut state = 7_u64;
    for round in 0..600 {
        let mut mixture = String::new();
        for _ in 0..25 {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            mixture.push_str(pieces[(state >> 33) as usize % pieces.len()]);
        }
        let once = cleaned(&mixture);
        check(&mixture, &once);
        assert_eq!(cleaned(&once), once, "round {round}: {mixture:?}");
    }
}

/// Markup thrown together from what parsers stumble over, and from anything.
fn markup() -> impl Strategy<Value = String> {
    let pieces: Vec<String> = NASTY
        .concat()
        .split_inclusive(['>', '"', '\'', ' '])
        .map(str::to_owned)
        .collect();
    let piece = prop_oneof![
        4 => proptest::sample::select(pieces),
        1 => ".{0,12}",
        1 => "<[a-z]{1,8}( [a-z]{1,6}=\"?[^>]{0,8}\"?)?>",
    ];
    proptest::collection::vec(piece, 0..30).prop_map(|pieces| pieces.concat())
}

/// What any HTML parser reads out of it, with nothing taken away that may stand in it.
fn read_again(safe: &str) -> String {
    let attributes = [
        "href",
        "src",
        "srcset",
        "alt",
        "title",
        "width",
        "height",
        "id",
        "lang",
        "dir",
        "loading",
        "referrerpolicy",
        "rel",
        "class",
        "cite",
        "datetime",
        "open",
        "start",
        "reversed",
        "type",
        "value",
        "colspan",
        "rowspan",
        "headers",
        "scope",
        "align",
        "span",
        "controls",
        "preload",
    ];
    Builder::empty()
        .tags(TAGS.iter().copied().collect())
        .generic_attributes(attributes.into())
        .url_schemes(["http", "https", "mailto", "tel", "ftp"].into())
        .link_rel(None)
        .strip_comments(false)
        .clean(safe)
        .to_string()
}

/// A browser reads the tree that was judged: nothing moves, nothing is mended.
#[test]
fn a_second_parse_finds_the_same_tree() {
    for nasty in NASTY {
        let once = cleaned(nasty);
        assert_eq!(read_again(&once), once, "of {nasty:?}");
    }
}

/// What fuzzing has found, and what it begins with.
#[test]
fn the_corpus_of_the_fuzzer_is_clean_after_once() {
    let corpus = concat!(env!("CARGO_MANIFEST_DIR"), "/fuzz/corpus/clean");
    for file in std::fs::read_dir(corpus).unwrap() {
        let html = std::fs::read_to_string(file.unwrap().path()).unwrap();
        let once = cleaned(&html);
        check(&html, &once);
        assert_eq!(cleaned(&once), once, "of {html:?}");
        assert_eq!(read_again(&once), once, "of {html:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn cleaning_any_markup_is_safe_and_done_once(html in markup()) {
        let once = cleaned(&html);
        check(&html, &once);
        prop_assert_eq!(&read_again(&once), &once);
        prop_assert_eq!(cleaned(&once), once);
    }
}

#[test]
fn counters_go_and_an_id_stands_once() {
    for counter in [
        "<img src=/p width=\" 1 \">",
        "<img src=/p style='display : none'>",
        "<img src=/p hidden>",
        "<img src=https://pixel.wp.com/b.gif?x=1>",
    ] {
        assert_eq!(cleaned(counter), "", "{counter}");
    }
    assert_eq!(
        cleaned("<p id=a>x</p><h2 id=a title=t>y</h2><a name=a>z</a><p id=b>w</p>"),
        "<p id=\"a\">x</p><h2 title=\"t\">y</h2><a>z</a><p id=\"b\">w</p>"
    );
    assert_eq!(
        cleaned("<a href='/x?utm_source=rss&amp;b=1&amp;fbclid=2'>x</a>"),
        "<a href=\"https://notes.example/x?b=1\" rel=\"noopener noreferrer\">x</a>"
    );
}

#[test]
fn a_line_break_at_the_beginning_of_pre_is_none_whatever_was_left_out_before_it() {
    for html in [
        "<pre>\n</pre>",
        "<pre><img width=1 height=1 src=/dot>\n</pre>",
        "<pre><script>x</script><source>\n\n</pre>",
        "<pre>\u{1}\n</pre>",
    ] {
        assert_eq!(cleaned(html), "<pre></pre>", "{html:?}");
    }
}
