//! What a shell offers where a tag, a feed or a view is to be named: asked by the scripts that
//! `completions` prints, which know the rest of the command line by themselves.

use std::ffi::OsString;
use std::io::Write;
use std::path::{Path, PathBuf};

use super::context;
use super::exit::{CommandError, Exit};
use crate::archive::Archive;
use crate::model::{Tag, TalkKind};
use crate::query::Query;
use crate::terminal::result_output;

/// More are no help at a prompt.
const MOST: usize = 200;

/// What is to be named.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Wanted {
    Tag,
    Feed,
    /// A word of the query language.
    Query,
}

/// Options of the whole program that take a value.
const GLOBAL_VALUES: [&str; 3] = ["--archive", "--config", "--color"];

/// The command line up to the cursor, if this is `hallway complete-values -- LINE`.
pub(crate) fn asked(arguments: &[OsString]) -> Option<String> {
    let [_, command, dashes, line] = arguments else {
        return None;
    };
    let is_asked = command == "complete-values" && dashes == "--";
    is_asked.then(|| line.to_string_lossy().into_owned())
}

/// Prints what may stand in the place of the last word, a line each; nothing where the shell's own list is
/// right. Trouble is silence: nobody wants an error in the middle of a line.
pub(crate) fn run(line: &str, command: &clap::Command) -> Exit {
    let mut words = split(line);
    // The program's own name.
    if !words.is_empty() {
        words.remove(0);
    }
    let current = words.pop().unwrap_or_default();
    let mut out = result_output();
    let mut values = values(&words, &current, command).into_iter();
    let written = values.try_for_each(|value| {
        let line = value.replace(char::is_control, " ");
        writeln!(out, "{line}")
    });
    match written.and_then(|()| out.flush()) {
        Ok(()) => Exit::Well,
        Err(_) => Exit::Failed,
    }
}

fn values(before: &[String], current: &str, command: &clap::Command) -> Vec<String> {
    let (start, wanted, current) = match wanted(before, current, command) {
        Some((start, wanted)) => (start, wanted, &current[start.len()..]),
        None => return Vec::new(),
    };
    let named = |option: &str| {
        let at = before.iter().position(|word| word == option)?;
        before.get(at + 1).map(PathBuf::from)
    };
    let archive =
        named("--archive").or_else(|| std::env::var_os("HALLWAY_ARCHIVE").map(PathBuf::from));
    let config =
        named("--config").or_else(|| std::env::var_os("HALLWAY_CONFIG").map(PathBuf::from));
    let views = || views(config.as_deref());
    if let (Wanted::Query, Some(part)) = (wanted, current.strip_prefix('@')) {
        let mut names = views();
        names.retain(|name| name.starts_with(part));
        return names.iter().map(|name| format!("{start}@{name}")).collect();
    }
    let Some(archive) = open(archive) else {
        return Vec::new();
    };
    let found = match wanted {
        Wanted::Tag => tags(&archive, current),
        Wanted::Feed => feeds(&archive, current),
        Wanted::Query => words_of_query(&archive, current),
    };
    let mut found = found.unwrap_or_default();
    found.truncate(MOST);
    found
        .iter()
        .map(|value| format!("{start}{value}"))
        .collect()
}

/// Without the config, which may be wrong while somebody works on it.
fn open(archive: Option<PathBuf>) -> Option<Archive> {
    let path = archive.or_else(context::archive_file)?;
    path.exists().then(|| Archive::open(&path).ok())?
}

/// The command line's words as a shell would take them apart; a quote left open is still being typed.
fn split(line: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut quote = None;
    let mut characters = line.trim_start().chars();
    while let Some(character) = characters.next() {
        let is_between = quote.is_none() && character.is_whitespace();
        let Some(word) = words.last_mut() else {
            break;
        };
        match character {
            _ if is_between && !word.is_empty() => words.push(String::new()),
            _ if is_between => {}
            '\\' if quote != Some('\'') => word.extend(characters.next()),
            '\'' | '"' if quote == Some(character) => quote = None,
            '\'' | '"' if quote.is_none() => quote = Some(character),
            character => word.push(character),
        }
    }
    words
}

/// What the word under the cursor names, and what stands before that in the word (`--tag=`).
fn wanted<'a>(
    before: &[String],
    current: &'a str,
    command: &clap::Command,
) -> Option<(&'a str, Wanted)> {
    let mut words = before.iter();
    let sub = loop {
        let word = words.next()?;
        if GLOBAL_VALUES.contains(&word.as_str()) {
            words.next()?;
        } else if !word.starts_with('-') {
            break command.find_subcommand(word)?;
        }
    };
    let takes_value = |word: &str| {
        let option = sub.get_arguments().find(|arg| {
            let long = arg.get_long().map(|long| format!("--{long}"));
            let short = arg.get_short().map(|short| format!("-{short}"));
            long.as_deref() == Some(word) || short.as_deref() == Some(word)
        });
        option.map_or(GLOBAL_VALUES.contains(&word), |arg| {
            arg.get_action().takes_values()
        })
    };
    let mut place = 0;
    let mut option = None;
    for word in words {
        option = match option {
            Some(_) => None,
            None if takes_value(word) => Some(word.as_str()),
            None => {
                place += usize::from(!word.starts_with('-') || word == "-");
                None
            }
        };
    }
    if let Some(option) = option {
        return (option == "--tag").then_some(("", Wanted::Tag));
    }
    if let Some(tag) = current.strip_prefix("--tag=") {
        return Some((&current[..current.len() - tag.len()], Wanted::Tag));
    }
    if current.starts_with("--") {
        return None;
    }
    let wanted = match (sub.get_name(), place) {
        ("query" | "tags" | "speakers" | "events", _) => Wanted::Query,
        ("fetch" | "remove" | "pause" | "resume", _) => Wanted::Feed,
        ("tag" | "untag", 1..) => Wanted::Tag,
        _ => return None,
    };
    Some(("", wanted))
}

/// Blanks would end the word; tags are the same with a hyphen.
fn tags(archive: &Archive, typed: &str) -> Result<Vec<String>, CommandError> {
    let key = Tag::key(typed);
    let names = archive.tags_beginning(&key, MOST)?.into_iter();
    Ok(names
        .map(|(key, name)| {
            let name = name.split_whitespace().collect::<Vec<_>>().join("-");
            // Shells offer only what goes on as it was begun.
            match name.starts_with(typed) || !key.starts_with(typed) {
                true => name,
                false => key,
            }
        })
        .collect())
}

/// By address, and by title where one is begun.
fn feeds(archive: &Archive, typed: &str) -> Result<Vec<String>, CommandError> {
    let mut found = Vec::new();
    for feed in archive.subscriptions()? {
        let address = feed.source.to_string();
        match feed.title {
            Some(title) if !typed.is_empty() && title.starts_with(typed) => found.push(title),
            _ if address.starts_with(typed) => found.push(address),
            _ => {}
        }
    }
    Ok(found)
}

fn words_of_query(archive: &Archive, typed: &str) -> Result<Vec<String>, CommandError> {
    let (sign, word) = match typed.strip_prefix('-') {
        Some(word) => ("-", word),
        None => ("", typed),
    };
    let Some((field, part)) = word.split_once(':') else {
        return Ok(Vec::new());
    };
    let values = match field {
        "tag" => tags(archive, part)?,
        "kind" => TalkKind::words().map(str::to_owned).collect(),
        "feed" => {
            let feeds = archive.subscriptions()?.into_iter();
            let mut hosts: Vec<String> = feeds
                .filter_map(|feed| feed.source.host().map(ToString::to_string))
                .collect();
            hosts.sort();
            hosts.dedup();
            hosts
        }
        "event" => {
            let events = archive.count_events(&Query::all())?.into_iter();
            events.map(|event| quoted(&event.name)).collect()
        }
        _ => Vec::new(),
    };
    let values = values.into_iter().filter(|value| {
        let begun = |value: &str| value.to_lowercase().starts_with(&part.to_lowercase());
        field == "tag" || begun(value) || begun(value.trim_matches('"'))
    });
    Ok(values
        .map(|value| format!("{sign}{field}:{value}"))
        .collect())
}

/// As the query language wants a value of several words.
fn quoted(value: &str) -> String {
    match value.contains(char::is_whitespace) {
        true => format!("\"{}\"", value.replace('"', " ")),
        false => value.to_owned(),
    }
}

/// The names in the config alone, whatever else it says.
fn views(config: Option<&Path>) -> Vec<String> {
    let Some(path) = config.map(Path::to_owned).or_else(context::config_file) else {
        return Vec::new();
    };
    let text = std::fs::read_to_string(path).unwrap_or_default();
    let table: toml::Table = text.parse().unwrap_or_default();
    let views = table.get("views").and_then(toml::Value::as_table);
    views
        .map(|views| views.keys().cloned().collect())
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::super::Cli;
    use super::*;

    #[test]
    fn a_line_is_taken_apart_as_a_shell_does() {
        assert_eq!(
            split("hallway tag 12 'two words' a\\ b \"c"),
            ["hallway", "tag", "12", "two words", "a b", "c"]
        );
        assert_eq!(split("hallway query "), ["hallway", "query", ""]);
        assert_eq!(split(""), [""]);
    }

    #[test]
    fn each_place_of_a_line_has_its_values() {
        let command = Cli::command();
        for (line, expected) in [
            ("query ", Some(Wanted::Query)),
            ("query --limit 3 tag:", Some(Wanted::Query)),
            ("--archive a.db query --tag de", Some(Wanted::Tag)),
            ("query --tag=de", Some(Wanted::Tag)),
            ("query --format ", None),
            ("query --for", None),
            ("add --tag ", Some(Wanted::Tag)),
            ("add ", None),
            ("remove ", Some(Wanted::Feed)),
            ("fetch --all http", Some(Wanted::Feed)),
            ("tag ", None),
            ("tag 12 ", Some(Wanted::Tag)),
            ("untag 12 a ", Some(Wanted::Tag)),
            ("", None),
            ("que", None),
        ] {
            let mut words = split(&format!("hallway {line}"));
            words.remove(0);
            let current = words.pop().unwrap();
            let found = wanted(&words, &current, &command).map(|(_, wanted)| wanted);
            assert_eq!(found, expected, "{line}");
        }
    }
}
