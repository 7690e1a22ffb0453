//! Markdown notes, with or without front matter.

mod dated;
mod front_matter;
mod markdown;
mod permalink;
mod shortcodes;
mod slips;

use std::borrow::Cow;
use std::path::Path;

use chrono::{DateTime, Datelike, Utc};
use url::Url;

use crate::model::{Category, RawEntry, Repair, Text};
use crate::source::{self, Document};

use super::head::head;
use super::mojibake;
use super::repair::Repairs;
use dated::Order;
use front_matter::FrontMatter;

pub(super) use front_matter::begins_with_fence;
pub(super) use markdown::looks_like_markdown;

/// A note read.
pub(super) struct Note {
    pub(super) entry: RawEntry,
    /// Whether its front matter says it is not to be published.
    pub(super) draft: bool,
    /// Its day where the day comes first, while nothing in the note settles that.
    day_first: Option<DateTime<Utc>>,
    /// How the note writes its days, where one of them tells.
    order: Option<Order>,
}

/// Settles months against days that a note alone leaves open by the folder's other notes. What they leave
/// open, too, has the month first, and says so.
pub(super) fn settle(notes: &mut [Note]) {
    let count = |order| {
        notes
            .iter()
            .filter(|note| note.order == Some(order))
            .count()
    };
    let (month_first, day_first) = (count(Order::MonthFirst), count(Order::DayFirst));
    for note in notes {
        let Some(other) = note.day_first.take() else {
            continue;
        };
        if day_first > month_first {
            note.entry.published = Some(other);
        } else if day_first == month_first {
            note.entry.repairs.push(Repair {
                kind: "ambiguous-date",
                count: 1,
            });
        }
    }
}

pub(super) fn is_note(file_name: &str) -> bool {
    source::is_note_name(Path::new(file_name))
}

/// Whether a text begins with more control characters than any writer leaves in one.
pub(super) fn is_binary(text: &str) -> bool {
    let window = head(text, 4096);
    let controls = window
        .chars()
        .filter(|c| c.is_ascii_control() && !c.is_ascii_whitespace() && *c != '\u{1b}');
    controls.count() * 50 > window.chars().count()
}

fn is_markup_name(file_name: &str) -> bool {
    let name = file_name.to_ascii_lowercase();
    name.ends_with(".html") || name.ends_with(".htm")
}

/// The page's own title or its first heading.
fn markup_title(html: &str) -> Option<String> {
    let lower = html.to_ascii_lowercase();
    let own = || {
        let start = lower.find("<title")?;
        let start = start + lower[start..].find('>')? + 1;
        let end = start + lower[start..].find("</title")?;
        markdown::text_of_markup(&html[start..end])
    };
    own().or_else(|| markdown::heading_of_markup(html))
}

/// What a page says beside its navigation, where it tells them apart.
fn main_part(html: &str) -> &str {
    let lower = html.to_ascii_lowercase();
    let inside = |name: &str| {
        let start = lower.find(&format!("<{name}"))?;
        let open = lower[start..].find('>')? + 1;
        let end = lower.rfind(&format!("</{name}"))?;
        (start + open <= end).then(|| &html[start + open..end])
    };
    ["main", "article", "body"]
        .iter()
        .find_map(|name| inside(name))
        .unwrap_or(html)
}

/// Hugo's `_index.md` describes a list of pages and is none.
pub(super) fn is_list_page(document: &Document) -> bool {
    let name = document.file_name.as_deref().unwrap_or_default();
    let own = name
        .rsplit('/')
        .next()
        .unwrap_or_default()
        .to_ascii_lowercase();
    matches!(own.as_str(), "_index.md" | "_index.html") || NO_NOTES.contains(&own.as_str())
}

/// Texts that stand in folders for programs and lawyers.
const NO_NOTES: [&str; 8] = [
    "robots.txt",
    "humans.txt",
    "ads.txt",
    "security.txt",
    "requirements.txt",
    "license.txt",
    "cmakelists.txt",
    "404.html",
];

/// Reads a note. Everything is a note, so this never fails.
pub(super) fn read(text: &str, document: &Document) -> Note {
    let mut repairs = Repairs::default();
    let mended = mojibake::mend(text, &mut repairs);
    let unmended = matches!(mended, Cow::Owned(_)).then(|| unmended(text));
    let (front, body) = front_matter::split(&mended, &mut repairs);
    let body = shortcodes::remove(body, &mut repairs);
    let file_name = document.file_name.as_deref();
    let is_markup = file_name.is_some_and(is_markup_name);
    let body = match is_markup {
        true => body,
        false => Cow::Owned(slips::mend(&body, &mut repairs).into_owned()),
    };
    let title = front
        .title
        .clone()
        .or_else(|| match is_markup {
            true => markup_title(&body),
            false => markdown::title(&body),
        })
        .or_else(|| file_name.and_then(title_of_file));
    let known = front
        .date
        .or_else(|| file_name.and_then(dated::in_file_name));
    let found = match known {
        Some(_) => None,
        None => dated::in_text(title.as_deref(), front.summary.as_deref(), &body, file_name),
    };
    let month = || {
        let month = dated::month_in_text(title.as_deref(), &body)?;
        // The commit knows the day.
        let same = |at: &DateTime<Utc>| (at.year(), at.month()) == (month.year(), month.month());
        Some(document.created.filter(same).unwrap_or(month))
    };
    let published = known
        .or(found.map(|found| found.at))
        .or_else(month)
        .or(document.created)
        .or_else(|| file_name.and_then(dated::in_folders))
        .or(document.modified);
    let mut content = match is_markup {
        true => main_part(&body).to_owned(),
        false => markdown::to_html(&body, title.as_deref()),
    };
    // A folder's notes are all held until the last is read.
    content.shrink_to_fit();
    let address = front
        .url
        .clone()
        .or_else(|| permalink::of(&front, file_name?, title.as_deref(), published));
    let FrontMatter {
        updated,
        tags,
        authors,
        summary,
        draft,
        language,
        ..
    } = front;
    let mut entry = RawEntry {
        guid: String::new(),
        url: address,
        title: title.map(Text::plain),
        authors,
        categories: tags,
        published,
        updated,
        summary: summary.map(Text::plain),
        content: Some(Text::html(content)).filter(|content| !content.value.trim().is_empty()),
        language,
        unmended,
        repairs: repairs.into_vec(),
        is_note: true,
        ..RawEntry::default()
    };
    if let Some(name) = file_name {
        add_folder_categories(&mut entry, name);
    }
    entry.guid = file_name.map_or_else(|| hash(&entry, text), str::to_owned);
    Note {
        entry,
        draft,
        day_first: found.and_then(|found| found.day_first),
        order: dated::order(text),
    }
}

/// Jekyll takes the folders above `_posts` for categories.
fn add_folder_categories(entry: &mut RawEntry, file_name: &str) {
    let Some((above, _)) = file_name.split_once("/_posts/") else {
        return;
    };
    for folder in above.split('/').filter(|folder| !folder.is_empty()) {
        let known = |category: &Category| category.term.eq_ignore_ascii_case(folder);
        if !entry.categories.iter().any(known) {
            entry.categories.push(Category {
                term: folder.to_owned(),
                ..Category::default()
            });
        }
    }
}

/// The content as it would be without mending.
fn unmended(text: &str) -> Text {
    let mut ignored = Repairs::default();
    let (front, body) = front_matter::split(text, &mut ignored);
    let body = shortcodes::remove(body, &mut ignored);
    let body = slips::mend(&body, &mut ignored);
    Text::html(markdown::to_html(&body, front.title.as_deref()))
}

/// Where a file's note stands on its site: `content/talks/day-two.md` at `talks/day-two/`.
pub(super) fn address(file_name: &str, site: &Url) -> Option<String> {
    let path = file_name.strip_prefix("content/").unwrap_or(file_name);
    let path = Path::new(path).with_extension("");
    let page = match path.file_name()?.to_str()? {
        "index" | "README" => path.parent()?,
        _ => &path,
    };
    let mut url = site.clone();
    let mut segments = url.path_segments_mut().ok()?;
    segments.pop_if_empty();
    for part in page.to_str()?.split('/').filter(|part| !part.is_empty()) {
        segments.push(part);
    }
    segments.push("");
    drop(segments);
    Some(url.into())
}

/// A path of the site, below the site's own.
pub(super) fn below(path: &str, site: &Url) -> Option<String> {
    let above = site.path().trim_end_matches('/');
    let path = match path.strip_prefix(above) {
        Some(rest) if rest.starts_with('/') => rest,
        _ => path,
    };
    site.join(&format!("{above}{path}")).ok().map(String::from)
}

/// Names a note that came without a name: the same text is the same note.
fn hash(entry: &RawEntry, text: &str) -> String {
    let mut hasher = blake3::Hasher::new();
    let title = entry
        .title
        .as_ref()
        .map_or("", |title| title.value.as_str());
    for part in [title, text] {
        hasher.update(&(part.len() as u64).to_le_bytes());
        hasher.update(part.as_bytes());
    }
    format!("urn:blake3:{}", &hasher.finalize().to_hex()[..32])
}

/// `talks/2018-11-06-day-two.md` to `day two`.
fn title_of_file(file_name: &str) -> Option<String> {
    let stem = Path::new(file_name).file_stem()?.to_str()?;
    // A page bundle is named by its folder.
    let stem = if matches!(stem, "index" | "_index" | "README") {
        Path::new(file_name).parent()?.file_name()?.to_str()?
    } else {
        stem
    };
    let undated =
        stem.trim_start_matches(|c: char| c.is_ascii_digit() || matches!(c, '-' | '.' | '_' | ' '));
    let words = if undated.is_empty() {
        stem.to_owned()
    } else {
        undated.replace(['-', '_'], " ")
    };
    Some(words).filter(|words| !words.trim().is_empty())
}

#[cfg(test)]
mod tests;
