use std::io::{self, Write};

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

/// List events with their days, entries, talks and feeds, the newest first
#[derive(Debug, clap::Args)]
pub(crate) struct EventsArgs {
    #[command(flatten)]
    list: List,
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
    let counted = archive.count_events(&query)?;
    args.list.print(counted.iter().map(event_line))
}

/// For people and for programs; `query --by event` prints the same.
pub(super) fn event_line(event: &CountedEvent) -> (String, Value) {
    let (first, last) = (
        event.first.format("%Y-%m-%d").to_string(),
        event.last.format("%Y-%m-%d").to_string(),
    );
    let days = if first == last {
        first.clone()
    } else {
        format!("{first} to {last}")
    };
    let number = |count: u64, one: &str, many: &str| {
        format!("{count} {}", if count == 1 { one } else { many })
    };
    let text = format!(
        "{}  {days}, {}, {}, {}",
        escape(&event.name),
        number(event.entries, "entry", "entries"),
        number(event.talks, "talk", "talks"),
        number(event.feeds, "feed", "feeds")
    );
    let json = json!({
        "event": event.name, "key": event.key, "first": first, "last": last,
        "entries": event.entries, "talks": event.talks, "feeds": event.feeds,
    });
    (text, json)
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
