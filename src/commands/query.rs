pub(crate) mod answer;
mod output;
mod pages;
pub(crate) mod publish;
pub(crate) mod view;

use std::num::NonZeroU64;
use std::path::PathBuf;

use clap::ValueEnum;
use url::Url;

use super::context::Context;
use super::counts::{event_item, event_line, newest_first, write_lines};
use super::exit::{CommandError, Exit};
use crate::archive::Archive;
use crate::model::Tag;
use crate::query::{self, Asked, By, Filter, Group, HealthQuery, Query, Sort};
use crate::render::{self, Format};
use answer::{Answer, Target, to_stdout};
use view::View;

/// The page behind the flags in `hallway help query`.
const HELP: &str = include_str!("query/help.txt");

/// Find entries or talks
///
/// Words and "phrases" must all match; -word excludes; OR and parentheses. Fields: tag: feed: author:
/// speaker: event: title: url: lang: kind: has: is: since: after: before: on: limit:. Without a QUERY: the
/// newest. `hallway help query` has it all.
#[derive(Debug, clap::Args)]
#[command(after_long_help = HELP)]
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
    /// Only since: 36h, 7d, 2w, 3mo, 1y, yesterday, monday or a date
    #[arg(long, value_name = "WHEN")]
    since: Option<String>,
    /// Only before: a date, or as --since
    #[arg(long, value_name = "DATE")]
    until: Option<String>,
    /// At most so many [default: 20 in text, 100 in markdown, html, eml and feeds, else all]
    #[arg(long, value_name = "N")]
    limit: Option<u64>,
    /// At most so many of each feed
    #[arg(long, value_name = "N")]
    per_feed: Option<NonZeroU64>,
    /// [default: newest]
    #[arg(long, value_enum)]
    sort: Option<SortOption>,
    /// What one line of the answer is [default: entry]
    #[arg(long, value_enum)]
    by: Option<ByOption>,
    /// Put headings between (text, markdown, html, eml)
    #[arg(long, value_enum)]
    group: Option<GroupOption>,
    /// [default: text]
    #[arg(long, value_enum)]
    format: Option<Format>,
    /// Your own format: a Jinja template, escaped by its name (.html, .xml). It sees title, updated, by,
    /// items and groups; an item has the names of jsonl. All items are held in memory
    #[arg(long, value_name = "FILE")]
    template: Option<PathBuf>,
    /// What stands above the answer, and names a combined feed
    #[arg(long, value_name = "TITLE")]
    title: Option<String>,
    /// Write to this file, whole or not at all; - is stdout
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Leave the file alone where its bytes would be the same
    #[arg(long)]
    if_changed: bool,
    /// Put all of a feed on archive documents of N entries beside it (RFC 5005)
    #[arg(long, value_name = "N")]
    pages: Option<NonZeroU64>,
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
    /// Look at a view without marking as shown what it shows
    #[arg(long)]
    peek: bool,
    /// Print how the query was read, and ask nothing
    #[arg(long)]
    explain: bool,
    /// Who sends the mail [default: whom it is for]
    #[arg(long, value_name = "ADDRESS", value_parser = address)]
    from: Option<String>,
}

impl Args {
    /// The view that is asked for, and the query's words.
    fn words(&self) -> (Option<&str>, String) {
        let mut words: Vec<&str> = self
            .query
            .iter()
            .chain(&self.more)
            .map(String::as_str)
            .collect();
        let view = words.first().and_then(|first| first.strip_prefix('@'));
        if view.is_some() {
            words.remove(0);
        }
        (view, words.join(" "))
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
enum GroupOption {
    None,
    Day,
    Feed,
    Event,
}

impl From<GroupOption> for Group {
    fn from(option: GroupOption) -> Self {
        match option {
            GroupOption::None => Self::None,
            GroupOption::Day => Self::Day,
            GroupOption::Feed => Self::Feed,
            GroupOption::Event => Self::Event,
        }
    }
}

impl From<SortOption> for Sort {
    fn from(option: SortOption) -> Self {
        match option {
            SortOption::Newest => Self::Newest,
            SortOption::Oldest => Self::Oldest,
            SortOption::Relevance => Self::Relevance,
        }
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
    let (name, words) = args.words();
    let asked = read(args, &words, context)?;
    let is_narrowed = asked.filter != Filter::All;
    let view = match name {
        Some(name) => {
            let mut view = View::read(name, context)?;
            narrow(&mut view.answer, &asked);
            shape(&mut view.answer, args)?;
            view
        }
        None => plain(args, &words, asked, context)?,
    };
    if args.explain {
        return explain(&view.answer);
    }
    let Some(archive) = context.archive_to_read()? else {
        return Ok(Exit::Well);
    };
    if matches!(args.by, Some(ByOption::Event)) {
        return events(&view.answer, &archive);
    }
    if args.health {
        return health(&view.answer, &archive).map(|()| Exit::Well);
    }
    let until = archive.latest()?;
    // Who asks for a part has not seen the rest.
    if !view.publish(&archive, context, until, args.peek || is_narrowed)? {
        context.terminal.detail("nothing new");
    }
    Ok(Exit::Well)
}

/// An answer of no view.
fn plain(
    args: &Args,
    words: &str,
    asked: Asked,
    context: &Context<'_>,
) -> Result<View, CommandError> {
    if asked.since_last {
        return Err(CommandError::usage("`since:last` is for views")
            .with_hint("say it in [views.NAME] of the config, and ask `hallway query @NAME`"));
    }
    if args.peek {
        return Err(CommandError::usage("--peek looks at a view")
            .with_hint("for example hallway query @weekly --peek"));
    }
    let mut answer = Answer::new(&title(args, words), asked, context);
    shape(&mut answer, args)?;
    Ok(View {
        cursor: String::new(),
        answer,
    })
}

/// What the flags say of an answer, over what a view says.
fn shape(answer: &mut Answer, args: &Args) -> Result<(), CommandError> {
    if let Some(by) = args.by {
        answer.query.by = match by {
            ByOption::Entry | ByOption::Event => By::Entry,
            ByOption::Talk => By::Talk,
        };
    }
    if let Some(sort) = args.sort {
        answer.query.sort = sort.into();
    }
    if let Some(group) = args.group {
        answer.group(group.into());
    }
    if let Some(format) = args.format {
        // A view's file is in the view's format.
        if answer.format != format {
            answer.target = Target::Stdout;
        }
        answer.format = format;
    }
    if let Some(template) = &args.template {
        if args.format.is_some_and(|format| format != Format::Template) {
            return Err(CommandError::usage("--template is a format of its own"));
        }
        answer.read_template(template)?;
    }
    match args.output.as_deref() {
        None => {}
        Some(path) if path.as_os_str() == "-" => answer.target = Target::Stdout,
        Some(path) => {
            answer.target = Target::File {
                path: path.to_owned(),
                gathers: false,
            };
        }
    }
    answer.query.limit = args.limit.or(answer.query.limit);
    let per_feed = args.per_feed.map(NonZeroU64::get);
    answer.query.per_feed = per_feed.or(answer.query.per_feed);
    answer.pages = args.pages.or(answer.pages);
    answer.query.merge &= !args.no_merge;
    answer.if_changed |= args.if_changed;
    if let Some(title) = &args.title {
        answer.title.clone_from(title);
    }
    if let Some(url) = &args.self_url {
        answer.settings.self_url = Some(url.clone());
    }
    if let Some(to) = &args.to {
        answer.settings.to = Some(to.clone());
    }
    if let Some(from) = &args.from {
        answer.settings.from = Some(from.clone());
    }
    answer.settings.images = args.images;
    answer.settle();
    answer.check().map_err(CommandError::usage)
}

/// A view together with what else is asked.
fn narrow(answer: &mut Answer, asked: &Asked) {
    let both = [&answer.query.filter, &asked.filter];
    let parts = both.into_iter().filter(|part| **part != Filter::All);
    answer.query.filter = Filter::all_of(parts.cloned().collect());
    answer.query.limit = asked.limit.or(answer.query.limit);
    answer.since_last |= asked.since_last;
}

/// Events have no shape in the formats of entries: text, a Markdown list, or one JSON object a line.
fn events(answer: &Answer, archive: &Archive) -> Result<Exit, CommandError> {
    let json = matches!(answer.format, Format::Json | Format::Jsonl);
    let markdown = answer.format == Format::Markdown;
    let is_told = json || markdown || answer.format == Format::Text;
    if answer.target != Target::Stdout || !is_told || answer.since_last {
        return Err(CommandError::usage(
            "events are printed as text, markdown or jsonl only",
        ));
    }
    let limit = answer.limited().limit;
    let limit = limit.and_then(|limit| usize::try_from(limit).ok());
    let all = Query {
        limit: None,
        ..answer.query.clone()
    };
    let mut counted = archive.count_events(&all)?;
    match answer.query.sort {
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

/// How a query was read: in its shortest form, and in words.
fn explain(answer: &Answer) -> Result<Exit, CommandError> {
    let query = answer.limited();
    let asked = Asked {
        filter: query.filter.clone(),
        limit: query.limit,
        since_last: answer.since_last,
    };
    let mut text = format!("{asked}\n\n{}", query::in_words(&query));
    if answer.since_last {
        text.push_str("only what arrived since the view was last shown\n");
    }
    to_stdout(|out| {
        out.write_all(text.as_bytes())
            .map_err(|error| CommandError::of_output(&error, "the result"))
    })?;
    Ok(Exit::Well)
}

/// Changes of health have no words, but dates.
fn health(answer: &Answer, archive: &Archive) -> Result<(), CommandError> {
    let query = answer.limited();
    let mut asked = HealthQuery {
        limit: query.limit,
        ..HealthQuery::default()
    };
    let parts = match &query.filter {
        Filter::And(parts) => parts.as_slice(),
        one => std::slice::from_ref(one),
    };
    for part in parts {
        match part {
            Filter::From(from) => asked.from = Some(*from),
            Filter::Until(until) => asked.until = Some(*until),
            _ => {}
        }
    }
    answer.send(|out| {
        let mut digest = render::renderer(answer.format, &answer.settings, out);
        let title = "hallway: health of feeds";
        archive.search_health(&asked, title, &mut *digest)?;
        Ok(())
    })
}

/// The query's words with what flags narrow it by.
fn read(args: &Args, words: &str, context: &Context<'_>) -> Result<Asked, CommandError> {
    let mut asked = query::read_asked(words, context.now)?;
    let mut filters = Vec::new();
    if asked.filter != Filter::All {
        filters.push(asked.filter);
    }
    filters.extend(args.tags.iter().map(|tag| Filter::Tag {
        key: Tag::key(tag),
        prefix: false,
    }));
    match args.since.as_deref() {
        Some("last") => asked.since_last = true,
        since => filters.extend(time("--since", since, context)?.map(Filter::From)),
    }
    filters.extend(time("--until", args.until.as_deref(), context)?.map(Filter::Until));
    asked.filter = Filter::all_of(filters);
    Ok(asked)
}

fn time(
    flag: &str,
    text: Option<&str>,
    context: &Context<'_>,
) -> Result<Option<chrono::DateTime<chrono::Utc>>, CommandError> {
    let Some(text) = text else {
        return Ok(None);
    };
    let read = query::read_since(text, context.now).ok_or_else(|| {
        CommandError::usage(format!("{flag} cannot be {text}"))
            .with_hint(format!("for example {flag} 7d or {flag} 2019-01-01"))
    });
    read.map(Some)
}

/// What a digest of this query is called.
fn title(args: &Args, words: &str) -> String {
    let mut all: Vec<String> = args.tags.iter().map(|tag| format!("tag:{tag}")).collect();
    all.extend((!words.is_empty()).then(|| words.to_owned()));
    if all.is_empty() {
        "hallway".to_owned()
    } else {
        format!("hallway: {}", all.join(" "))
    }
}
