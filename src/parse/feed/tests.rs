use super::*;
use crate::model::Text;

fn xml(text: &str) -> Result<RawFeed, ParseError> {
    let root = Root::find(text).unwrap();
    let mut repairs = Repairs::default();
    let location = Url::parse("https://blog.example/feed.xml").unwrap();
    let feed = read_xml(text, &root, Some(&location), Telling::All, &mut repairs);
    feed.map(|mut feed| {
        feed.repairs = repairs.into_vec();
        feed
    })
}

const ATOM: &str = "<?xml version='1.0' encoding='windows-1251'?>
<feed xmlns='http://www.w3.org/2005/Atom' xml:lang='en' xml:base='/notes/'>
 <id>urn:x</id><title type='html'>A &amp;amp; B</title><subtitle>Plain &lt;b&gt;</subtitle>
 <link rel='self' href='atom.xml'/><link href='./'/><updated>2020-01-02T03:04:05Z</updated>
 <author><name>map[name:Ann Poe uri:https://poe.example/]</name></author><rights>CC</rights>
 <generator>Press</generator><icon>/i.png</icon>
 <entry xml:base='2020/' xml:lang='de'>
  <id> urn:a </id><title>One</title><link rel='alternate' href='one'/><link rel='enclosure' href='a.mp3' type='audio/mpeg' length='0'/>
  <link rel='replies' type='text/html' href='one#comments'/>
  <published>2020-01-01</published><updated>2020-01-02T00:00:00Z</updated>
  <category term='ops' scheme='s' label='Ops'/><author><name>Bo</name><email>bo@x.example</email></author>
  <contributor><name>Cy</name></contributor><summary>short</summary>
  <content type='xhtml' xml:base='x/'><div xmlns='http://www.w3.org/1999/xhtml'><p>Hi &amp; bye</p></div></content>
  <source><id>urn:src</id><title>Planet</title><link rel='self' href='no'/><link href='https://src.example/'/></source>
 </entry>
</feed>";

#[test]
fn atom_is_read_field_by_field() {
    let feed = xml(ATOM).unwrap();
    assert_eq!(feed.format, FeedFormat::Atom10);
    assert_eq!(feed.guid.as_deref(), Some("urn:x"));
    assert_eq!(feed.title, Some(Text::html("A &amp; B")));
    assert_eq!(feed.subtitle, Some(Text::plain("Plain <b>")));
    assert_eq!(
        feed.self_url.as_deref(),
        Some("https://blog.example/notes/atom.xml")
    );
    assert_eq!(
        feed.site_url.as_deref(),
        Some("https://blog.example/notes/")
    );
    assert_eq!(feed.authors[0].name.as_deref(), Some("Ann Poe"));
    assert_eq!(feed.authors[0].uri.as_deref(), Some("https://poe.example/"));
    assert_eq!(feed.repairs[0].kind, "author-map");
    assert_eq!(
        (feed.language.as_deref(), feed.generator.as_deref()),
        (Some("en"), Some("Press"))
    );
    assert_eq!(feed.image.as_deref(), Some("https://blog.example/i.png"));
    assert!(feed.rights.is_some() && feed.updated.is_some());
}

#[test]
fn an_atom_entry_is_read_field_by_field() {
    let entry = xml(ATOM).unwrap().entries.remove(0);
    assert_eq!(entry.guid, "urn:a");
    assert_eq!(
        entry.url.as_deref(),
        Some("https://blog.example/notes/2020/one")
    );
    assert_eq!(
        entry.comments_url.as_deref(),
        Some("https://blog.example/notes/2020/one#comments")
    );
    assert_eq!(
        entry.enclosures[0].url,
        "https://blog.example/notes/2020/a.mp3"
    );
    assert_eq!(entry.enclosures[0].length, None);
    assert_eq!(
        entry.base.as_deref(),
        Some("https://blog.example/notes/2020/x/")
    );
    assert_eq!(entry.language.as_deref(), Some("de"));
    assert_eq!(entry.content, Some(Text::html("<p>Hi &amp; bye</p>")));
    assert_eq!(entry.summary, Some(Text::plain("short")));
    assert_eq!(entry.categories[0].label.as_deref(), Some("Ops"));
    assert_eq!(entry.authors[0].email.as_deref(), Some("bo@x.example"));
    assert_eq!(entry.contributors[0].name.as_deref(), Some("Cy"));
    assert_eq!(
        entry.published.unwrap().to_rfc3339(),
        "2020-01-01T00:00:00+00:00"
    );
    let source = entry.source.unwrap();
    assert_eq!(source.guid.as_deref(), Some("urn:src"));
    assert_eq!(source.title.as_deref(), Some("Planet"));
    assert_eq!(source.url.as_deref(), Some("https://src.example/"));
}

#[test]
fn rss_is_read_field_by_field() {
    let feed = xml("<rss version='2.0' xmlns:content='http://purl.org/rss/1.0/modules/content/' xmlns:dc='http://purl.org/dc/elements/1.1/' xmlns:atom='http://www.w3.org/2005/Atom'><channel>
      <title>Tips &lt;b&gt;now&lt;/b&gt;</title><link>https://blog.example/</link><description>D</description>
      <atom:link rel='self' href='/rss.xml'/><language>en-GB</language><ttl>60</ttl><managingEditor>ed@x.example (Ed Roe)</managingEditor>
      <webMaster>web@x.example</webMaster><image><url>/logo.png</url></image>
      <item><title>A &amp;amp; B</title><guid>https://blog.example/p1</guid><pubDate>Tue, 06 Nov 2018 10:00:00 GMT</pubDate>
        <description>&lt;p&gt;short</description><content:encoded><![CDATA[<p>a &mdash; b]]></content:encoded><dc:creator>Ann</dc:creator>
        <dc:subject>ops</dc:subject><category domain='d'>dev</category><category> </category><comments>https://blog.example/p1#c</comments>
        <enclosure url='https://blog.example/a.mp3' length='10' type='audio/mpeg'/><source url='https://src.example/rss'>Src</source></item>
      <item><title>B</title><guid isPermaLink='false'>https://blog.example/p2</guid><description>only</description></item>
      <item><title>C</title><link>https://blog.example/p3</link></item>
      <item><description>nothing else</description></item>
    </channel></rss>").unwrap();
    assert_eq!(
        (feed.format, feed.hints.ttl, feed.guid),
        (FeedFormat::Rss20, Some(60), None)
    );
    assert_eq!(feed.title, Some(Text::html("Tips <b>now</b>")));
    assert_eq!(
        feed.self_url.as_deref(),
        Some("https://blog.example/rss.xml")
    );
    assert_eq!(feed.authors.len(), 1);
    assert_eq!(feed.authors[0].name.as_deref(), Some("Ed Roe"));
    let [a, b, c, d] = &feed.entries[..] else {
        panic!("{:?}", feed.entries)
    };
    assert_eq!(
        (a.guid.as_str(), a.url.as_deref()),
        ("https://blog.example/p1", Some("https://blog.example/p1"))
    );
    assert_eq!(
        (a.title.clone(), a.summary.clone()),
        (Some(Text::html("A &amp; B")), Some(Text::html("<p>short")))
    );
    assert_eq!(a.content, Some(Text::html("<p>a &mdash; b")));
    assert_eq!((a.updated, a.published.is_some()), (None, true));
    let terms: Vec<_> = a.categories.iter().map(|c| c.term.as_str()).collect();
    assert_eq!(terms, ["ops", "dev"]);
    assert_eq!(a.enclosures[0].length, Some(10));
    assert_eq!(a.comments_url.as_deref(), Some("https://blog.example/p1#c"));
    assert_eq!(
        a.source.as_ref().unwrap().url.as_deref(),
        Some("https://src.example/rss")
    );
    assert_eq!((b.url.as_deref(), b.summary.as_ref()), (None, None));
    assert_eq!(b.content, Some(Text::html("only")));
    assert_eq!(c.guid, "https://blog.example/p3");
    assert!(d.guid.starts_with("urn:blake3:"));
}

#[test]
fn every_version_of_rss_is_told() {
    let of = |root: &str| {
        let feed = xml(&format!(
            "<rss {root}><channel><title>T</title></channel></rss>"
        ))
        .unwrap();
        (feed.format.word(), feed.repairs.len())
    };
    assert_eq!(of("version='0.91'"), ("rss091", 0));
    assert_eq!(of("version='0.92'"), ("rss092", 0));
    assert_eq!(of("version=\"0.93\""), ("rss093", 0));
    assert_eq!(of("version='0.94' a='b'"), ("rss094", 0));
    assert_eq!(of("version='2.0'"), ("rss20", 0));
    assert_eq!(of("version='2.0.1'"), ("rss20", 1));
    assert_eq!(of("version='2'"), ("rss20", 1));
    assert_eq!(of("xmlns:a='x'"), ("rss20", 1));
    assert_eq!(of(""), ("rss20", 1));
}

#[test]
fn rdf_is_read_in_both_its_namespaces() {
    for (namespace, word) in [
        ("http://purl.org/rss/1.0/", "rss10"),
        ("http://my.netscape.com/rdf/simple/0.9/", "rss090"),
    ] {
        let feed = xml(&format!("<rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#' xmlns:dc='http://purl.org/dc/elements/1.1/' xmlns='{namespace}'>
          <channel><title>T</title><link>https://x.example/</link><dc:language>sv</dc:language></channel>
          <item rdf:about='urn:1'><title>No link</title></item>
          <item rdf:about='urn:2'><title>B</title><link>https://x.example/b</link><dc:date>2018-11-06</dc:date><dc:language>no</dc:language></item>
        </rdf:RDF>")).unwrap();
        assert_eq!(
            (feed.format.word(), feed.language.as_deref()),
            (word, Some("sv"))
        );
        let [first, second] = &feed.entries[..] else {
            panic!("{:?}", feed.entries)
        };
        assert_eq!((first.guid.as_str(), first.url.as_deref()), ("urn:1", None));
        assert_eq!(
            (second.guid.as_str(), second.language.as_deref()),
            ("urn:2", Some("no"))
        );
    }
}

#[test]
fn what_makes_feed_rs_panic_is_read() {
    let feed = xml("<rss version='2.0'><channel><title>T</title><item><author>ann@x.example（安）</author></item></channel></rss>").unwrap();
    let author = &feed.entries[0].authors[0];
    assert_eq!(
        (author.name.as_deref(), author.email.as_deref()),
        (Some("安"), Some("ann@x.example"))
    );
}

#[test]
fn a_namespace_nobody_knows_is_the_feeds_own() {
    let feed = xml("<feed xmlns='http://wrong.example/'><title>T</title></feed>").unwrap();
    assert_eq!(feed.title, Some(Text::plain("T")));
    assert!(matches!(
        xml("<feed xmlns='http://purl.org/atom/ns#' version='0.3'/>"),
        Err(ParseError::Hollow { .. })
    ));
}

#[test]
fn what_is_complete_of_a_cut_document_is_kept() {
    let feed = xml("<rss version='2.0'><channel><title>T</title><item><title>a</title><link>https://x.example/a</link></item><item><title>b</title><description>and th").unwrap();
    assert_eq!(feed.entries.len(), 2);
    assert_eq!(feed.entries[1].title, Some(Text::plain("b")));
    assert_eq!(feed.entries[1].content, None);
    assert_eq!(feed.repairs[0].kind, "truncated");
}

#[test]
fn hostile_documents_are_read_in_no_time() {
    let started = std::time::Instant::now();
    let in_rss = |inside: &str| {
        xml(&format!(
            "<rss version='2.0'><channel><title>T</title>{inside}</channel></rss>"
        ))
        .unwrap()
    };
    for part in [
        "<a>",
        "</a",
        "<a ",
        "<a b='",
        "<!--",
        "<![CDATA[",
        "<![CDATA[</a>",
        "&",
        "&a",
        "&#",
        "<item>",
        "<item><title>",
        "<a xml:base='aaaaaaaaaaaaaaaa/'>",
        "<a xmlns:b='c'>",
        "<?",
        "<!DOCTYPE",
        "<content xmlns='http://www.w3.org/2005/Atom' type='xhtml'>",
        "<item><link>x</link></item>",
    ] {
        in_rss(&part.repeat(200_000));
    }
    let many: String = (0..200_000).map(|n| format!(" a{n}='1'")).collect();
    in_rss(&format!("<a{many}/>"));
    let bomb = "<!DOCTYPE rss [<!ENTITY a 'aaaaaaaaaa'><!ENTITY b '&a;&a;&a;&a;'>]><rss version='2.0'><channel><title>&b;</title></channel></rss>";
    assert_eq!(xml(bomb).unwrap().title, Some(Text::plain("a".repeat(40))));
    assert!(started.elapsed().as_secs() < 60, "{:?}", started.elapsed());
}

/// feed-rs reads the same in what is in order.
#[test]
fn feed_rs_agrees_on_what_is_in_order() {
    let rss = "<rss version='2.0' xmlns:content='http://purl.org/rss/1.0/modules/content/'><channel><title>Hall</title><link>https://x.example/</link><description>D</description><language>en</language><item><title>One</title><link>https://x.example/1</link><guid isPermaLink='false'>urn:1</guid><pubDate>Tue, 06 Nov 2018 10:00:00 GMT</pubDate><description>short</description><content:encoded>&lt;p&gt;long</content:encoded><category>ops</category><enclosure url='https://x.example/1.mp3' length='5' type='audio/mpeg'/></item></channel></rss>";
    for text in [ATOM, rss] {
        let root = Root::find(text).unwrap();
        let location = Url::parse("https://blog.example/feed.xml").unwrap();
        let normal = repair::normalised(text, &root);
        let theirs = through_feed_rs(&normal, Some(&location), "XML").unwrap();
        let ours = xml(text).unwrap();
        let theirs = map::feed(theirs, ours.format);
        let value = |text: &Option<Text>| text.as_ref().map(|text| text.value.clone());
        assert_eq!(
            (ours.site_url, ours.language),
            (theirs.site_url, theirs.language)
        );
        assert_eq!(
            (value(&ours.title), ours.updated),
            (value(&theirs.title), theirs.updated)
        );
        for (ours, theirs) in ours.entries.iter().zip(&theirs.entries) {
            assert_eq!(ours.guid, theirs.guid.trim());
            assert_eq!(
                (
                    &ours.url,
                    value(&ours.title),
                    value(&ours.content),
                    value(&ours.summary)
                ),
                (
                    &theirs.url,
                    value(&theirs.title),
                    value(&theirs.content),
                    value(&theirs.summary)
                )
            );
            assert_eq!(
                (
                    &ours.categories,
                    &ours.enclosures,
                    ours.published,
                    ours.updated
                ),
                (
                    &theirs.categories,
                    &theirs.enclosures,
                    theirs.published,
                    theirs.updated
                )
            );
        }
    }
}

mod beside_feed_rs;
mod reasons;
mod speed;
