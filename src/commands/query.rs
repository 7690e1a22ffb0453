use std::io::{self, Write};
use std::path::{Path, PathBuf};

use clap::ValueEnum;
use tempfile::NamedTempFile;
use url::Url;

use super::context::Context;
use super::counts::{event_item, event_line, newest_first, write_lines};
use super::exit::{CommandError, Exit};
use crate::archive::{Archive, SearchError};
use crate::model::Tag;
use crate::query::{self, By, Filter, HealthQuery, Query, Sort};
use crate::render::{self, Format};
use crate::terminal::result_output;

/// Find entries or talks
///
/// Words and "phrases" must all match; -word excludes; OR and parentheses. Fields: tag: feed: author:
/// speaker: event: title: url: lang: kind: has: is: since: after: before: on:. Without a QUERY: the newest.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[arg(value_name = "QUERY", allow_hyphen_values = true)]
    query: Option<String>,
    // Words of a query without quotes around the whole. They are an argument of their own, because the
    // one above may begin with the query language's `-`, and a list that may would swallow every flag.
    #[arg(hide = true)]
    more: Vec<String>,
    /// Only with this tag; may be repeated
    #[arg(long = "tag", value_name = "TAG")]
    tags: Vec<String>,
    /// Only since: 36h, 7d, 2w, 3m, 1y or a date
    #[arg(long, value_name = "WHEN")]
    since: Option<String>,
    /// Only before: a date
    #[arg(long, value_name = "DATE")]
    until: Option<String>,
    /// At most so many [default: 20 in text, 100 in markdown, html, eml and feeds, else all]
    #[arg(long, value_name = "N")]
    limit: Option<u64>,
    #[arg(long, value_enum, default_value = "newest")]
    sort: SortOption,
    /// What one line of the answer is
    #[arg(long, value_enum, default_value = "entry")]
    by: ByOption,
    #[arg(long, value_enum, default_value = "text")]
    format: Format,
    /// Write to this file, whole or not at all
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Instead of entries: feeds that broke, came back, moved, went, fell silent or spoke again
    #[arg(long, conflicts_with_all = ["query", "tags", "by", "sort", "no_merge"])]
    health: bool,
    /// Show a post that came through several feeds once for each of them
    #[arg(long)]
    no_merge: bool,
    /// Where the feed will be found, for its link to itself
    #[arg(long, value_name = "URL")]
    self_url: Option<Url>,
    /// What becomes of pictures (html, eml)
    #[arg(long, value_enum, default_value = "none")]
    images: render::Images,
    /// Whom the mail is for (--format eml)
    #[arg(long, value_name = "ADDRESS", value_parser = addresses)]
    to: Option<String>,
    /// Who sends the mail [default: whom it is for]
    #[arg(long, value_name = "ADDRESS", value_parser = address)]
    from: Option<String>,
}

impl Args {
    fn words(&self) -> Vec<String> {
        self.query.iter().chain(&self.more).cloned().collect()
    }
}

fn addresses(text: &str) -> Result<String, &'static str> {
    match render::are_addresses(text) {
        true => Ok(text.to_owned()),
        false => Err("no mail addresses, with commas between"),
    }
}

fn address(text: &str) -> Result<String, &'static str> {
    match render::are_addresses(text) && !text.contains(',') {
        true => Ok(text.trim().to_owned()),
        false => Err("no mail address"),
    }
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum SortOption {
    Newest,
    Oldest,
    /// How well the words are answered, titles first
    Relevance,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum ByOption {
    Entry,
    Talk,
    /// A line an event: its days and how many entries, talks and feeds
    Event,
}

pub(crate) fn run(args: &Args, context: &Context<'_>) -> Result<Exit, CommandError> {
    let query = read(args, context)?;
    let Some(archive) = context.archive_to_read()? else {
        return Ok(Exit::Well);
    };
    if matches!(args.by, ByOption::Event) {
        return events(args, &archive, &query);
    }
    let title = title(args);
    let answer = |out: &mut dyn Write| match args.health {
        true => write_health(&archive, &query, args, context, out),
        false => write(&archive, &query, &title, args, context, out),
    };
    match &args.output {
        Some(path) => write_file(path, answer)?,
        None => {
            let mut out = result_output();
            answer(&mut out)?;
            out.flush()
                .map_err(|error| CommandError::of_output(&error, "the result"))?;
        }
    }
    Ok(Exit::Well)
}

/// Events have no shape in the formats of entries: text, a Markdown list, or one JSON object a line.
fn events(args: &Args, archive: &Archive, query: &Query) -> Result<Exit, CommandError> {
    let json = matches!(args.format, Format::Json | Format::Jsonl);
    let markdown = matches!(args.format, Format::Markdown);
    if args.output.is_some() || !(json || markdown || matches!(args.format, Format::Text)) {
        return Err(CommandError::usage(
            "events are printed as text, markdown or jsonl only",
        ));
    }
    let limit = query.limit.and_then(|limit| usize::try_from(limit).ok());
    let all = Query {
        limit: None,
        ..query.clone()
    };
    let mut counted = archive.count_events(&all)?;
    match query.sort {
        Sort::Newest => newest_first(&mut counted),
        Sort::Oldest => {
            newest_first(&mut counted);
            counted.reverse();
        }
        Sort::Relevance => {}
    }
    let lines = counted.iter().map(|event| match event_line(event) {
        (_, json) if markdown => (event_item(event), json),
        line => line,
    });
    write_lines(lines.take(limit.unwrap_or(usize::MAX)), json)
}

fn write(
    archive: &Archive,
    query: &Query,
    title: &str,
    args: &Args,
    context: &Context<'_>,
    out: &mut dyn Write,
) -> Result<(), SearchError> {
    let settings = render::Settings {
        self_url: args.self_url.clone(),
        to: args.to.clone(),
        from: args.from.clone(),
        images: args.images,
        ..context.render_settings()
    };
    let mut digest = render::renderer(args.format, &settings, out);
    archive.search(query, title, &mut *digest).map(|_| ())
}

/// Changes of health have no words, but dates.
fn write_health(
    archive: &Archive,
    query: &Query,
    args: &Args,
    context: &Context<'_>,
    out: &mut dyn Write,
) -> Result<(), SearchError> {
    let mut asked = HealthQuery {
        limit: query.limit,
        ..HealthQuery::default()
    };
    if let Filter::And(parts) = &query.filter {
        for part in parts {
            match part {
                Filter::From(from) => asked.from = Some(*from),
                Filter::Until(until) => asked.until = Some(*until),
                _ => {}
            }
        }
    }
    let settings = render::Settings {
        self_url: args.self_url.clone(),
        to: args.to.clone(),
        ..context.render_settings()
    };
    let mut digest = render::renderer(args.format, &settings, out);
    archive
        .search_health(&asked, "hallway: health of feeds", &mut *digest)
        .map(|_| ())
}

/// Writes aside, syncs and renames, so that nobody ever reads half a file.
fn write_file(
    path: &Path,
    fill: impl FnOnce(&mut dyn Write) -> Result<(), SearchError>,
) -> Result<(), CommandError> {
    let name = path.display().to_string();
    let of_output = |error: io::Error| CommandError::of_output(&error, &name);
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    let mut aside = NamedTempFile::new_in(folder).map_err(of_output)?;
    let mut out = io::BufWriter::new(aside.as_file_mut());
    fill(&mut out)?;
    out.flush().map_err(of_output)?;
    drop(out);
    readable_by_all(aside.as_file()).map_err(of_output)?;
    aside.as_file().sync_all().map_err(of_output)?;
    aside
        .persist(path)
        .map_err(|error| CommandError::of_output(&error.error, &name))?;
    Ok(())
}

/// A temporary file is its owner's alone; a digest is for the web server and the reader app.
#[cfg(unix)]
fn readable_by_all(file: &std::fs::File) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    file.set_permissions(std::fs::Permissions::from_mode(0o644))
}

#[cfg(not(unix))]
fn readable_by_all(_: &std::fs::File) -> io::Result<()> {
    Ok(())
}

fn read(args: &Args, context: &Context<'_>) -> Result<Query, CommandError> {
    let mut filters = Vec::new();
    match query::read(&args.words().join(" "), context.now)? {
        Filter::All => {}
        filter => filters.push(filter),
    }
    filters.extend(args.tags.iter().map(|tag| Filter::Tag {
        key: Tag::key(tag),
        prefix: false,
    }));
    if let Some(text) = &args.since {
        let from = query::read_since(text, context.now).ok_or_else(|| {
            CommandError::usage(format!("--since cannot be {text}"))
                .with_hint("for example --since 7d or --since 2019-01-01")
        })?;
        filters.push(Filter::From(from));
    }
    if let Some(text) = &args.until {
        let until = query::read_instant(text).ok_or_else(|| {
            CommandError::usage(format!("--until cannot be {text}"))
                .with_hint("for example --until 2019-01-01")
        })?;
        filters.push(Filter::Until(until.start));
    }
    Ok(Query {
        filter: if filters.is_empty() {
            Filter::All
        } else {
            Filter::And(filters)
        },
        by: match args.by {
            ByOption::Entry | ByOption::Event => By::Entry,
            ByOption::Talk => By::Talk,
        },
        sort: match args.sort {
            SortOption::Newest => Sort::Newest,
            SortOption::Oldest => Sort::Oldest,
            SortOption::Relevance => Sort::Relevance,
        },
        limit: args.limit.or(args.format.default_limit()),
        // Every feed that brought a post is one to subscribe to.
        merge: !args.no_merge && args.format != Format::Opml,
        ..Query::all()
    })
}

/// What a digest of this query is called.
fn title(args: &Args) -> String {
    let mut words: Vec<String> = args.tags.iter().map(|tag| format!("tag:{tag}")).collect();
    words.extend(args.words());
    if words.is_empty() {
        "hallway".to_owned()
    } else {
        format!("hallway: {}", words.join(" "))
    }
}
