use super::*;

fn shown(text: &str) -> (String, Vec<(&'static str, u32)>) {
    let mut stream = Stream::new("", text);
    let mut seen = String::new();
    while let Some(event) = stream.next() {
        match event {
            Event::Start(element) => {
                seen.push_str(&format!("<{:?} {}", element.namespace, element.local));
                for attribute in stream.attributes() {
                    seen.push_str(&format!(" {}={}", attribute.name, attribute.value));
                }
                seen.push('>');
            }
            Event::Text(text) => seen.push_str(&text),
            Event::End => seen.push_str("</>"),
            Event::Cut => seen.push('✂'),
        }
    }
    let repairs = stream.into_repairs().into_vec();
    (
        seen,
        repairs
            .iter()
            .map(|repair| (repair.kind, repair.count))
            .collect(),
    )
}

#[test]
fn a_document_in_order_needs_no_repair() {
    let (seen, repairs) = shown(
        "<rss xmlns:d='http://purl.org/dc/elements/1.1/'><pubDate>a &amp; b</pubDate><d:date/><x xmlns='http://www.w3.org/1999/xhtml'><br></br></x></rss>",
    );
    assert_eq!(
        (seen.as_str(), repairs),
        (
            "<Core rss xmlns:d=http://purl.org/dc/elements/1.1/><Core pubdate>a & b</><Dc date></><Xhtml x xmlns=http://www.w3.org/1999/xhtml><Xhtml br></></></>",
            vec![]
        )
    );
}

#[test]
fn elements_are_closed_where_they_have_to_be() {
    for (text, expected, kind) in [
        (
            "<r><a><b>x</a></r>",
            "<Core r><Core a><Core b>x</></></>",
            "unclosed-element",
        ),
        (
            "<r><b><i>x</b></i></r>",
            "<Core r><Core b><Core i>x</></></>",
            "unclosed-element",
        ),
        ("<r></r></r>", "<Core r></>", "unmatched-end-tag"),
        ("<R><a></A></r>", "<Core r><Core a></></>", ""),
        (
            "<r><title>x<link>y</link></r>",
            "<Core r><Core title>x</><Core link>y</></>",
            "unclosed-element",
        ),
        (
            "<r><item><title>x<item><title>y</title></item></r>",
            "<Core r><Core item><Core title>x</></><Core item><Core title>y</></></>",
            "unclosed-element",
        ),
        (
            "<r><d>a<br>b</d></r>",
            "<Core r><Core d>a<Core br></>b</></>",
            "unclosed-element",
        ),
        (
            "<r><a>x</a><b>y",
            "<Core r><Core a>x</><Core b>y✂</></>",
            "truncated",
        ),
        ("<r><a>x</a><b", "<Core r><Core a>x</>✂</>", "truncated"),
        ("<r/>junk", "<Core r></>", ""),
        ("<r></r>junk", "<Core r></>", "trailing-junk"),
        (
            "<r><dc:date/></r>",
            "<Core r><Dc date></></>",
            "undeclared-prefix",
        ),
        (
            "<r xmlns:dc='x'><dc:date/></r>",
            "<Core r xmlns:dc=x><Dc date></></>",
            "unknown-namespace",
        ),
    ] {
        let (seen, repairs) = shown(text);
        assert_eq!(seen, expected, "{text}");
        assert_eq!(
            repairs.first().map_or("", |repair| repair.0),
            kind,
            "{text}"
        );
    }
}

#[test]
fn depth_and_number_end_somewhere() {
    let (seen, repairs) = shown(&format!(
        "<r>{}x{}<b/></r>",
        "<a>".repeat(100_000),
        "</a>".repeat(100_000)
    ));
    assert!(seen.ends_with("<Core b></></>"), "{}", seen.len());
    assert_eq!(repairs[0].0, "too-deep");
    let namespaces: String = (0..150).map(|n| format!(" xmlns:a{n}='x'")).collect();
    assert_eq!(
        shown(&format!(
            "<r{namespaces}>{}</r>",
            format!("<b{namespaces}>").repeat(9)
        ))
        .1[0]
            .0,
        "too-many-attributes"
    );
}
