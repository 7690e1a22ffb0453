use quick_xml::Reader;

use super::*;

fn normal(text: &str) -> String {
    let mut repairs = Repairs::default();
    let text = characters(text, &mut repairs);
    let root = Root::find(&text)
        .or_else(|| Root::find_behind_junk(&text))
        .unwrap();
    normalised(&text, &root)
}

fn is_well_formed(text: &str) -> Result<(), String> {
    let mut reader = Reader::from_str(text);
    reader.config_mut().enable_all_checks(true);
    loop {
        match reader.read_event() {
            Ok(quick_xml::events::Event::Eof) => return Ok(()),
            Ok(quick_xml::events::Event::Start(tag)) => {
                for attribute in tag.attributes() {
                    let attribute = attribute.map_err(|error| error.to_string())?;
                    quick_xml::escape::unescape(&attribute.value)
                        .map_err(|error| error.to_string())?;
                }
            }
            Ok(_) => {}
            Err(error) => return Err(format!("{error} in {text}")),
        }
    }
}

#[test]
fn characters_in_order_are_borrowed() {
    let mut repairs = Repairs::default();
    assert!(matches!(
        characters("a\t\r\né ｆ\u{a0}", &mut repairs),
        Cow::Borrowed(_)
    ));
    assert_eq!(characters("a\u{1}b\u{FFFE}\0\u{92}", &mut repairs), "ab’");
    let kinds: Vec<_> = repairs
        .into_vec()
        .iter()
        .map(|repair| (repair.kind, repair.count))
        .collect();
    assert_eq!(
        kinds,
        [("forbidden-character", 3), ("control-character", 1)]
    );
}

#[test]
fn atom_of_yesterday_is_printed_as_atom_of_today() {
    let text = normal(
        "<feed version='0.3' xmlns='http://purl.org/atom/ns#'><tagline mode='escaped' type='text/html'>&lt;b&gt;</tagline><x:y/><modified>d</modified></feed>",
    );
    assert!(
        text.contains("<feed xmlns=\"http://www.w3.org/2005/Atom\""),
        "{text}"
    );
    assert!(text.contains("<subtitle type=\"html\">&lt;b&gt;</subtitle><x:y xmlns:x=\"urn:prefix:x\"></x:y><updated>d</updated></feed>"), "{text}");
}

#[test]
fn whatever_comes_in_what_is_printed_is_well_formed() {
    const PARTS: [&str; 24] = [
        "<rss version=2>",
        "<channel>",
        "</channel",
        "<item>",
        "</item>",
        "<a b='",
        "<a b=\"x\" b=y c>",
        "<![CDATA[",
        "]]>",
        "<!--",
        "-->",
        "&",
        "&#x",
        "&lt;",
        "<",
        ">",
        "\"",
        "'",
        "<x:y z:a='1'>",
        "</x:y>",
        "text",
        "<1>",
        "<é:ü>",
        "<br>",
    ];
    let mut state = 88_172_645_463_325_252_u64;
    for _ in 0..3000 {
        let mut text = "<rss>".to_owned();
        for _ in 0..30 {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            text.push_str(PARTS[(state >> 33) as usize % PARTS.len()]);
        }
        if let Err(error) = is_well_formed(&normal(&text)) {
            panic!("{error}\nout of {text}");
        }
    }
}
