//! Where a note stands on its site, where its front matter or Jekyll's file name says so: a path, to be
//! resolved against the site.

use std::path::Path;

use chrono::{DateTime, Datelike, Utc};

use super::front_matter::FrontMatter;

/// Jekyll's own patterns.
const NAMED: [(&str, &str); 4] = [
    ("date", "/:categories/:year/:month/:day/:title.html"),
    ("pretty", "/:categories/:year/:month/:day/:title/"),
    ("ordinal", "/:categories/:year/:y_day/:title.html"),
    ("none", "/:categories/:title.html"),
];

/// `None` where the file's path says it all.
pub(super) fn of(
    front: &FrontMatter,
    file_name: &str,
    title: Option<&str>,
    date: Option<DateTime<Utc>>,
) -> Option<String> {
    let stem = stem(file_name)?;
    let is_post = file_name.starts_with("_posts/") || file_name.contains("/_posts/");
    let pattern = front.pattern.as_deref();
    let named = |name: &str| NAMED.iter().find(|(own, _)| *own == name);
    let pattern = match pattern {
        Some(pattern) => named(pattern).map_or(pattern, |(_, pattern)| pattern),
        None if is_post => NAMED[0].1,
        None => return slugged(front.slug.as_deref()?, file_name),
    };
    if !pattern.contains(':') {
        return Some(format!("/{}", pattern.trim_start_matches('/')));
    }
    let of_file = undated(stem);
    let slug = front.slug.clone().unwrap_or_else(|| of_file.to_owned());
    let mut categories: Vec<String> = Vec::new();
    if let Some((above, _)) = file_name.split_once("/_posts/") {
        categories.extend(above.split('/').map(segment));
    }
    for category in front.categories.iter().map(|name| segment(name)) {
        if !categories.contains(&category) {
            categories.push(category);
        }
    }
    let mut path = String::new();
    let mut rest = pattern;
    while let Some((before, after)) = rest.split_once(':') {
        path.push_str(before);
        let length = after
            .find(|c: char| !c.is_ascii_alphabetic() && c != '_')
            .unwrap_or(after.len());
        let (token, behind) = after.split_at(length);
        let day = |format: &str| date.map(|date| date.format(format).to_string());
        let value = match token {
            "year" => day("%Y")?,
            "short_year" => day("%y")?,
            "month" => day("%m")?,
            "i_month" => date?.month().to_string(),
            "short_month" => day("%b")?,
            "long_month" => day("%B")?,
            "day" => day("%d")?,
            "i_day" => date?.day().to_string(),
            "y_day" => day("%j")?,
            "title" => segment(if is_post {
                &slug
            } else {
                title.unwrap_or(of_file)
            }),
            "slug" | "name" | "basename" | "filename" => segment(&slug),
            "slugified_title" => segment(title?),
            "categories" => categories.join("/"),
            "category" => categories.first().cloned().unwrap_or_default(),
            "output_ext" => ".html".to_owned(),
            // Not known here: better no address than a wrong one.
            _ => return None,
        };
        path.push_str(&value);
        rest = behind;
    }
    path.push_str(rest);
    while path.contains("//") {
        path = path.replace("//", "/");
    }
    Some(format!("/{}", path.trim_start_matches('/')))
}

/// Hugo's `slug` takes the place of the file's name.
fn slugged(slug: &str, file_name: &str) -> Option<String> {
    let path = file_name.strip_prefix("content/").unwrap_or(file_name);
    let mut page = Path::new(path).parent()?;
    if matches!(stem(file_name)?, "index" | "README") {
        page = page.parent()?;
    }
    let folders = page.to_str()?;
    let between = if folders.is_empty() { "" } else { "/" };
    Some(format!("/{folders}{between}{}/", segment(slug)))
}

fn stem(file_name: &str) -> Option<&str> {
    Path::new(file_name).file_stem()?.to_str()
}

/// `2018-11-06-day-two` to `day-two`.
fn undated(stem: &str) -> &str {
    let name = stem.trim_start_matches(|c: char| c.is_ascii_digit() || c == '-');
    if name.is_empty() { stem } else { name }
}

/// As the generators write names into addresses: lower case, hyphens for what is no letter.
fn segment(name: &str) -> String {
    let mut slug = String::new();
    for character in name.trim().chars() {
        if character.is_alphanumeric() || matches!(character, '_' | '.') {
            slug.extend(character.to_lowercase());
        } else if !slug.ends_with('-') && !slug.is_empty() {
            slug.push('-');
        }
    }
    slug.trim_end_matches('-').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn path(pattern: &str, slug: &str, file_name: &str) -> Option<String> {
        let given = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
        let front = FrontMatter {
            categories: vec!["Conf Notes".to_owned()],
            slug: given(slug),
            pattern: given(pattern),
            ..FrontMatter::default()
        };
        let date = crate::parse::dates::instant("2018-11-06");
        of(&front, file_name, Some("Day two: queues"), date)
    }

    #[test]
    fn jekylls_patterns_are_filled() {
        let post = "_posts/2018-11-06-day-two.md";
        for (pattern, wanted) in [
            ("", "/conf-notes/2018/11/06/day-two.html"),
            ("pretty", "/conf-notes/2018/11/06/day-two/"),
            ("/:year/:i_month/:title:output_ext", "/2018/11/day-two.html"),
            ("/notes/:slug/", "/notes/day-two/"),
            ("about.html", "/about.html"),
        ] {
            assert_eq!(
                path(pattern, "", post).as_deref(),
                Some(wanted),
                "{pattern}"
            );
        }
        assert_eq!(path("/:unheard/x", "", post), None);
        assert_eq!(
            path("", "", "talks/_posts/2018-11-06-a.md").as_deref(),
            Some("/talks/conf-notes/2018/11/06/a.html")
        );
    }

    #[test]
    fn hugos_slug_takes_the_files_place() {
        assert_eq!(
            path("", "x", "content/talks/a.md").as_deref(),
            Some("/talks/x/")
        );
        assert_eq!(
            path("", "x", "content/talks/a/index.md").as_deref(),
            Some("/talks/x/")
        );
        assert_eq!(path("", "", "content/talks/a.md"), None);
    }
}
