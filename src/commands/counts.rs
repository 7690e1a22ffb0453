use std::io::{self, Write};

use clap::ValueEnum;
use serde_json::{Value, json};

use super::context::Context;
use super::exit::{CommandError, Exit};
use crate::query::{self, Counted, CountedEvent, Query};
use crate::terminal::{escape, result_output};

/// List tags with how many entries have them
#[derive(Debug, clap::Args)]
pub(crate) struct TagsArgs {
    #[command(flatten)]
    list: List,
}

/// List speakers with how many talks they gave
#[derive(Debug, clap::Args)]
pub(crate) struct SpeakersArgs {
    #[command(flatten)]
    list: List,
}

/// List events with their days, entries, talks and feeds
#[derive(Debug, clap::Args)]
pub(crate) struct EventsArgs {
    #[command(flatten)]
    list: List,
    /// What comes first: the most talks, or the newest
    #[arg(long, value_enum, default_value = "count")]
    sort: EventSort,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum EventSort {
    Count,
    Date,
}

#[derive(Debug, clap::Args)]
struct List {
    /// Only of what this query selects
    #[arg(value_name = "QUERY")]
    query: Vec<String>,
    /// At most so many [default: all]
    #[arg(long, value_name = "N")]
    limit: Option<usize>,
    /// Print one JSON object a line
    #[arg(long)]
    json: bool,
}

impl List {
    fn query(&self, context: &Context<'_>) -> Result<Query, CommandError> {
        Ok(Query {
            filter: query::read(&self.query.join(" "), context.now)?,
            ..Query::all()
        })
    }

    fn print(&self, lines: impl Iterator<Item = (String, Value)>) -> Result<Exit, CommandError> {
        write_lines(lines.take(self.limit.unwrap_or(usize::MAX)), self.json)
    }
}

pub(crate) fn tags(args: &TagsArgs, context: &Context<'_>) -> Result<Exit, CommandError> {
    let query = args.list.query(context)?;
    let Some(archive) = context.archive_to_read()? else {
        return Ok(Exit::Well);
    };
    let counted = archive.count_tags(&query)?;
    args.list.print(counted.iter().map(|tag| {
        let Counted { name, entries, .. } = tag;
        (
            format!("{entries:>6}  {}", escape(name)),
            json!({"tag": name, "entries": entries}),
        )
    }))
}

pub(crate) fn speakers(args: &SpeakersArgs, context: &Context<'_>) -> Result<Exit, CommandError> {
    let query = args.list.query(context)?;
    let Some(archive) = context.archive_to_read()? else {
        return Ok(Exit::Well);
    };
    let counted = archive.count_speakers(&query)?;
    args.list.print(counted.iter().map(|speaker| {
        let Counted {
            name,
            entries,
            talks,
            ..
        } = speaker;
        (
            format!("{talks:>6}  {}", escape(name)),
            json!({"speaker": name, "talks": talks, "entries": entries}),
        )
    }))
}

pub(crate) fn events(args: &EventsArgs, context: &Context<'_>) -> Result<Exit, CommandError> {
    let query = args.list.query(context)?;
    let Some(archive) = context.archive_to_read()? else {
        return Ok(Exit::Well);
    };
    let mut counted = archive.count_events(&query)?;
    if matches!(args.sort, EventSort::Date) {
        newest_first(&mut counted);
    }
    args.list.print(counted.iter().map(event_line))
}

pub(super) fn newest_first(events: &mut [CountedEvent]) {
    events.sort_by(|a, b| (b.last, &a.key).cmp(&(a.last, &b.key)));
}

/// The same as a Markdown list item.
pub(super) fn event_item(event: &CountedEvent) -> String {
    let name: String = escape(&event.name)
        .chars()
        .flat_map(|c| {
            let marks = matches!(c, '*' | '_' | '`' | '[' | ']' | '<' | '>' | '\\' | '#');
            marks.then_some('\\').into_iter().chain([c])
        })
        .collect();
    format!("- **{name}**: {}", facts(event))
}

/// For people and for programs; `query --by event` prints the same.
pub(super) fn event_line(event: &CountedEvent) -> (String, Value) {
    let (first, last) = days(event);
    let text = format!("{}  {}", escape(&event.name), facts(event));
    let json = json!({
        "event": event.name, "key": event.key, "first": first, "last": last,
        "entries": event.entries, "talks": event.talks, "feeds": event.feeds,
    });
    (text, json)
}

fn days(event: &CountedEvent) -> (String, String) {
    let day = |at: chrono::DateTime<chrono::Utc>| at.format("%Y-%m-%d").to_string();
    (day(event.first), day(event.last))
}

/// `2019-10-30, 2 entries, 12 talks, 1 feed`.
fn facts(event: &CountedEvent) -> String {
    let (first, last) = days(event);
    let days = if first == last {
        first.clone()
    } else {
        format!("{first} to {last}")
    };
    let number = |count: u64, one: &str, many: &str| {
        format!("{count} {}", if count == 1 { one } else { many })
    };
    format!(
        "{days}, {}, {}, {}",
        number(event.entries, "entry", "entries"),
        number(event.talks, "talk", "talks"),
        number(event.feeds, "feed", "feeds")
    )
}

pub(super) fn write_lines(
    mut lines: impl Iterator<Item = (String, Value)>,
    json: bool,
) -> Result<Exit, CommandError> {
    let mut out = result_output();
    lines
        .try_for_each(|(text, value)| -> io::Result<()> {
            if json {
                writeln!(out, "{value}")
            } else {
                writeln!(out, "{text}")
            }
        })
        .and_then(|()| out.flush())
        .map_err(|error| CommandError::of_output(&error, "the list"))?;
    Ok(Exit::Well)
}
