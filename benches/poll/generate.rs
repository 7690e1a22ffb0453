//! A set of feeds like those of a thousand conference-notes blogs: seeded, so that the same number of feeds
//! is the same bytes on every machine, and a smaller set is the beginning of a larger one.
//!
//! Twenty entries a feed, about 7 KB of HTML each and a few of 60 KB; 45 % RSS 2.0, 35 % Atom, 10 % RSS 1.0,
//! 10 % JSON Feed. One entry in three has talks by headings, one feed in three relative links, some HTML has
//! what must not stay: scripts, handlers, styles, tracking pixels. One feed in twenty has a second version
//! with one entry more.

use std::fmt::Write as _;
use std::path::Path;
use std::{fs, io};

use chrono::{DateTime, Duration, SecondsFormat, Utc};

use crate::words::{Random, Vocabulary, capitalised};

const ENTRIES: usize = 20;

/// One feed in so many changes.
pub(crate) const CHANGES_EVERY: usize = 20;

/// Stands in one entry of 5,000.
pub(crate) const RARE: &str = "quibblefen";

const GIVEN: &[&str] = &[
    "Amira", "Bogdan", "Carmen", "Dmitri", "Elif", "Fionn", "Giulia", "Hanna", "Ivo", "Jonas",
    "Keiko", "Leticia", "Marta", "Nils", "Olga", "Pavel", "Rosa", "Stefan", "Tariq", "Uma", "Vera",
    "Wanda", "Zoë",
];
const FAMILY: &[&str] = &[
    "Aalto",
    "Bianchi",
    "Castro",
    "Dahl",
    "Eriksen",
    "Fischer",
    "García",
    "Horvat",
    "Ito",
    "Jansen",
    "Kovács",
    "Lindqvist",
    "Moreau",
    "Novák",
    "Okoro",
    "Petrov",
    "Rossi",
    "Šimić",
    "Tanaka",
    "Weber",
];
const TOPICS: &[&str] = &[
    "rust",
    "python",
    "databases",
    "networking",
    "security",
    "performance",
    "accessibility",
    "keynote",
    "devops",
    "testing",
    "compilers",
    "culture",
    "open-source",
    "hardware",
    "privacy",
    "storage",
    "observability",
    "linux",
    "embedded",
    "education",
    "Q&A",
    "R & D",
];

/// How a feed is written.
#[derive(Clone, Copy, PartialEq)]
enum Kind {
    Rss,
    Atom,
    Rdf,
    Json,
}

struct Entry {
    title: String,
    url: String,
    guid: String,
    date: DateTime<Utc>,
    author: String,
    topics: Vec<&'static str>,
    summary: String,
    html: String,
}

struct Feed {
    kind: Kind,
    site: String,
    title: String,
    entries: Vec<Entry>,
}

/// Writes the set below a folder, as `1/NNNNN.xml` and, where it changes, `2/NNNNN.xml`; answers how many
/// bytes the first version has.
pub(crate) fn write(folder: &Path, feeds: usize) -> io::Result<u64> {
    let vocabulary = Vocabulary::new();
    fs::create_dir_all(folder.join("1"))?;
    fs::create_dir_all(folder.join("2"))?;
    let mut bytes = 0;
    for number in 0..feeds {
        let feed = make(&vocabulary, number);
        let name = format!("{number:05}.xml");
        let first = text(&feed, 1);
        bytes += first.len() as u64;
        fs::write(folder.join("1").join(&name), first)?;
        if number % CHANGES_EVERY == 7 {
            fs::write(folder.join("2").join(&name), text(&feed, 0))?;
        }
    }
    Ok(bytes)
}

/// One entry more than the first version shows.
fn make(vocabulary: &Vocabulary, number: usize) -> Feed {
    let mut random = Random::new(2_018, number as u64 + 1);
    let kind = match number * 7 % 20 {
        0..=8 => Kind::Rss,
        9..=15 => Kind::Atom,
        16..=17 => Kind::Rdf,
        _ => Kind::Json,
    };
    let site = format!("https://notes-{number}.example");
    let relative = random.chance(0.3);
    let author = person(&mut random);
    let mut date = DateTime::<Utc>::UNIX_EPOCH + Duration::days(20_600);
    let mut entries = Vec::new();
    for at in (0..=ENTRIES).rev() {
        date -= Duration::minutes(random.between(60, 60 * 24 * 40) as i64);
        let words = random.between(3, 9);
        let slug = vocabulary.phrase(&mut random, 3);
        let slug: String = slug.chars().filter(char::is_ascii_alphabetic).collect();
        let url = format!("{site}/{at}/{slug}");
        entries.push(Entry {
            title: capitalised(&vocabulary.phrase(&mut random, words)),
            guid: match at % 2 {
                0 => url.clone(),
                _ => format!("tag:notes-{number}.example,2026:{at}"),
            },
            url,
            date,
            author: match random.chance(0.8) {
                true => author.clone(),
                false => person(&mut random),
            },
            topics: (0..random.between(0, 5))
                .map(|_| random.one(TOPICS))
                .collect(),
            summary: vocabulary.sentence(&mut random),
            html: html(vocabulary, &mut random, &site, relative),
        });
    }
    let title = format!("{} notes", capitalised(&vocabulary.phrase(&mut random, 2)));
    Feed {
        kind,
        site,
        title,
        entries,
    }
}

fn person(random: &mut Random) -> String {
    format!("{} {}", random.one(GIVEN), random.one(FAMILY))
}

fn html(vocabulary: &Vocabulary, random: &mut Random, site: &str, relative: bool) -> String {
    let target = (8.0 + 1.15 * random.normal()).exp().clamp(150.0, 80_000.0);
    let with_talks = random.chance(0.35);
    let mut html = String::new();
    if random.chance(1.0 / 5_000.0) {
        let _ = writeln!(html, "<p>{RARE}</p>");
    }
    let mut headings = 0;
    while html.len() < target as usize {
        let part = random.share();
        let _ = match part {
            ..0.09 => {
                headings += 1;
                let words = random.between(2, 7);
                let title = escaped(&capitalised(&vocabulary.phrase(random, words)));
                match with_talks {
                    true => writeln!(
                        html,
                        "<h2 id=\"s{headings}\">{title} — {}</h2>",
                        person(random)
                    ),
                    false => writeln!(html, "<h3>{title}</h3>"),
                }
            }
            ..0.17 => {
                let items = random.between(2, 8);
                let items: String = (0..items)
                    .map(|_| format!("<li>{}</li>\n", escaped(&vocabulary.sentence(random))))
                    .collect();
                writeln!(html, "<ul>\n{items}</ul>")
            }
            ..0.22 => {
                let image = random.between(1, 100_000);
                let src = match relative {
                    true => format!("/img/{image}.png"),
                    false => format!("{site}/i/{image}.jpg"),
                };
                let caption = escaped(&vocabulary.sentence(random));
                writeln!(
                    html,
                    "<figure><img src=\"{src}\" alt=\"board {image}\" width=\"640\" class=\"size-full\">\
                     <figcaption>{caption}</figcaption></figure>"
                )
            }
            ..0.25 => {
                let cells = |random: &mut Random| -> String {
                    (0..3)
                        .map(|_| format!("<td>{}</td>", escaped(&vocabulary.phrase(random, 2))))
                        .collect()
                };
                let rows: String = (0..random.between(2, 7))
                    .map(|_| format!("<tr>{}</tr>", cells(random)))
                    .collect();
                writeln!(html, "<table><tbody>{rows}</tbody></table>")
            }
            ..0.31 => {
                let lines: String = (0..random.between(2, 9))
                    .map(|_| format!("    let kept = {}(&line)?;\n", vocabulary.phrase(random, 1)))
                    .collect();
                writeln!(
                    html,
                    "<pre><code class=\"language-rust\">{}</code></pre>",
                    escaped(&lines)
                )
            }
            ..0.35 => writeln!(
                html,
                "<blockquote>{}</blockquote>",
                paragraph(vocabulary, random, site, relative)
            ),
            ..0.365 => writeln!(
                html,
                "<div class=\"share\" style=\"color:red\" onclick=\"count()\"><script>seen({headings});</script>\
                 <span data-n=\"1\">{}</span></div>",
                escaped(&vocabulary.sentence(random))
            ),
            _ => writeln!(html, "{}", paragraph(vocabulary, random, site, relative)),
        };
    }
    if random.chance(0.25) {
        let _ = writeln!(
            html,
            "<img src=\"{site}/pixel.gif?post=1\" width=\"1\" height=\"1\" alt=\"\">"
        );
    }
    html
}

fn paragraph(vocabulary: &Vocabulary, random: &mut Random, site: &str, relative: bool) -> String {
    let mut text = String::from("<p>");
    for _ in 0..random.between(1, 6) {
        text.push_str(&escaped(&vocabulary.sentence(random)));
        text.push(' ');
        let words = escaped(&vocabulary.phrase(random, 2));
        let page = random.between(1, 10_000);
        let _ = match random.share() {
            ..0.15 if relative => write!(text, "<a href=\"../{page}.html\">{words}</a> "),
            ..0.15 => write!(
                text,
                "<a href=\"{site}/a/{page}\" rel=\"noopener\">{words}</a> "
            ),
            ..0.25 => write!(text, "<em>{words}</em> "),
            ..0.3 => write!(text, "<code>{words}</code> "),
            _ => Ok(()),
        };
    }
    text.push_str("</p>");
    text
}

/// The feed from this entry on; the first version hides the newest.
fn text(feed: &Feed, from: usize) -> String {
    let shown = &feed.entries[from..from + ENTRIES];
    match feed.kind {
        Kind::Rss => rss(feed, shown),
        Kind::Atom => atom(feed, shown),
        Kind::Rdf => rdf(feed, shown),
        Kind::Json => json(feed, shown),
    }
}

fn rss(feed: &Feed, entries: &[Entry]) -> String {
    let mut out = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<rss version=\"2.0\" \
         xmlns:content=\"http://purl.org/rss/1.0/modules/content/\" xmlns:dc=\"http://purl.org/dc/elements/1.1/\">\n\
         <channel>\n<title>{}</title>\n<link>{}/</link>\n<description>Notes</description>\n<language>en</language>\n",
        escaped(&feed.title),
        feed.site
    );
    for entry in entries {
        let _ = write!(
            out,
            "<item>\n<title>{}</title>\n<link>{}</link>\n<dc:creator>{}</dc:creator>\n<pubDate>{}</pubDate>\n\
             <guid isPermaLink=\"{}\">{}</guid>\n",
            escaped(&entry.title),
            entry.url,
            escaped(&entry.author),
            entry.date.to_rfc2822(),
            entry.guid == entry.url,
            entry.guid
        );
        for topic in &entry.topics {
            let _ = writeln!(out, "<category>{}</category>", escaped(topic));
        }
        let _ = writeln!(
            out,
            "<description>{}</description>\n<content:encoded><![CDATA[{}]]></content:encoded>\n</item>",
            escaped(&entry.summary),
            entry.html
        );
    }
    out.push_str("</channel>\n</rss>\n");
    out
}

fn atom(feed: &Feed, entries: &[Entry]) -> String {
    let newest = iso(entries[0].date);
    let mut out = format!(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<feed xmlns=\"http://www.w3.org/2005/Atom\" xml:lang=\"en\">\n\
         <title>{}</title>\n<id>{}/</id>\n<link href=\"{}/\"/>\n<updated>{newest}</updated>\n",
        escaped(&feed.title),
        feed.site,
        feed.site
    );
    for entry in entries {
        let _ = write!(
            out,
            "<entry>\n<title>{}</title>\n<id>{}</id>\n<link rel=\"alternate\" href=\"{}\"/>\n\
             <published>{3}</published>\n<updated>{3}</updated>\n<author><name>{4}</name></author>\n",
            escaped(&entry.title),
            entry.guid,
            entry.url,
            iso(entry.date),
            escaped(&entry.author)
        );
        for topic in &entry.topics {
            let _ = writeln!(out, "<category term=\"{}\"/>", escaped(topic));
        }
        let _ = writeln!(
            out,
            "<summary>{}</summary>\n<content type=\"html\">{}</content>\n</entry>",
            escaped(&entry.summary),
            escaped(&entry.html)
        );
    }
    out.push_str("</feed>\n");
    out
}

fn rdf(feed: &Feed, entries: &[Entry]) -> String {
    let mut out = format!(
        "<?xml version=\"1.0\"?>\n<rdf:RDF xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\" \
         xmlns=\"http://purl.org/rss/1.0/\" xmlns:content=\"http://purl.org/rss/1.0/modules/content/\" \
         xmlns:dc=\"http://purl.org/dc/elements/1.1/\">\n<channel rdf:about=\"{}/\">\n<title>{}</title>\n\
         <link>{0}/</link>\n<description>Notes</description>\n</channel>\n",
        feed.site,
        escaped(&feed.title)
    );
    for entry in entries {
        let _ = writeln!(
            out,
            "<item rdf:about=\"{}\">\n<title>{}</title>\n<link>{0}</link>\n<dc:date>{}</dc:date>\n\
             <dc:creator>{}</dc:creator>\n<description>{}</description>\n\
             <content:encoded>{}</content:encoded>\n</item>",
            entry.url,
            escaped(&entry.title),
            iso(entry.date),
            escaped(&entry.author),
            escaped(&entry.summary),
            escaped(&entry.html)
        );
    }
    out.push_str("</rdf:RDF>\n");
    out
}

fn json(feed: &Feed, entries: &[Entry]) -> String {
    let items: Vec<_> = entries
        .iter()
        .map(|entry| {
            serde_json::json!({
                "id": entry.guid, "url": entry.url, "title": entry.title, "summary": entry.summary,
                "content_html": entry.html, "date_published": iso(entry.date),
                "authors": [{"name": entry.author}], "tags": entry.topics,
            })
        })
        .collect();
    serde_json::json!({
        "version": "https://jsonfeed.org/version/1.1", "title": feed.title,
        "home_page_url": format!("{}/", feed.site), "language": "en", "items": items,
    })
    .to_string()
}

fn iso(date: DateTime<Utc>) -> String {
    date.to_rfc3339_opts(SecondsFormat::Secs, true)
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}
