//! A view of the config as a question with the shape of its answer.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use chrono::format::{Item, StrftimeItems};
use clap::ValueEnum;
use toml::Spanned;
use url::Url;

use super::answer::{Answer, Target};
use super::publish::Publication;
use super::{ByOption, GroupOption, SortOption, pages};
use crate::archive::Archive;
use crate::commands::context::Context;
use crate::commands::exit::CommandError;
use crate::config::ViewConfig;
use crate::query::{self, Asked, By, Cursor, Filter};
use crate::render::{self, Format};

/// A view, to be shown.
pub(crate) struct View {
    /// Of its cursor in the archive, another than `run`'s own; empty where this is no view of the config.
    pub(crate) cursor: String,
    pub(crate) answer: Answer,
}

impl View {
    /// The view of this name; a mistake in it is told with its place in the config.
    pub(crate) fn read(name: &str, context: &Context<'_>) -> Result<Self, CommandError> {
        let Some(view) = context.config.views.get(name) else {
            return Err(unknown(name, context));
        };
        Ok(Self {
            cursor: format!("view:{name}"),
            answer: answer(name, view, context)?,
        })
    }

    /// Shows it where it goes; says whether there was anything (new) to show.
    pub(crate) fn publish(
        &self,
        archive: &Archive,
        context: &Context<'_>,
        until: Cursor,
        peek: bool,
    ) -> Result<bool, CommandError> {
        if let Target::File { path, .. } = &self.answer.target
            && let Some(folder) = path.parent().filter(|_| !self.cursor.is_empty() && !peek)
        {
            // A pattern such as {year}/{date}.md asks for folders of its own.
            std::fs::create_dir_all(folder)
                .map_err(|error| CommandError::of_output(&error, &folder.display().to_string()))?;
        }
        if self.answer.since_last {
            return Publication {
                archive,
                context,
                cursor: &self.cursor,
                answer: &self.answer,
                until,
                peek,
            }
            .publish();
        }
        pages::write(&self.answer, archive).map(|()| true)
    }
}

fn unknown(name: &str, context: &Context<'_>) -> CommandError {
    let error = CommandError::usage(format!("there is no view `{name}`"));
    let names = || context.config.views.keys().map(String::as_str);
    let distance = |known: &str| strsim::damerau_levenshtein(known, name);
    let nearest = names().min_by_key(|known| distance(known));
    match nearest {
        None => error.with_hint("a view is a [views.NAME] in the config"),
        Some(known) if distance(known) <= 2 => error.with_hint(format!("did you mean @{known}?")),
        Some(_) => {
            let names: Vec<String> = names().map(|name| format!("@{name}")).collect();
            error.with_hint(format!("there are {}", names.join(", ")))
        }
    }
}

fn answer(name: &str, view: &ViewConfig, context: &Context<'_>) -> Result<Answer, CommandError> {
    let mut asked = asked(view, context)?;
    if let Some(limit) = view.limit {
        asked.limit = Some(limit.get());
    }
    let title = view.title.as_deref().unwrap_or(name);
    let mut answer = Answer::new(title, asked, context);
    answer.query.per_feed = view.per_feed.map(std::num::NonZeroU64::get);
    if let Some(by) = word::<ByOption>(view.by.as_ref(), context)? {
        answer.query.by = match by {
            ByOption::Entry => By::Entry,
            ByOption::Talk => By::Talk,
            ByOption::Event => {
                let message = "a view is by entry or by talk";
                return Err(mistake(view.by.as_ref(), message, None, context));
            }
        };
    }
    if let Some(sort) = word::<SortOption>(view.sort.as_ref(), context)? {
        answer.query.sort = sort.into();
    }
    if let Some(group) = word::<GroupOption>(view.group.as_ref(), context)? {
        answer.group(group.into());
    }
    if let Some(format) = word::<Format>(view.format.as_ref(), context)? {
        answer.format = format;
    }
    if let Some(template) = &view.template {
        answer.read_template(&resolved(template, context))?;
    }
    if let Some(to) = &view.to {
        if !render::are_addresses(to.get_ref()) {
            let message = "these are no mail addresses, with commas between";
            return Err(mistake(Some(to), message, None, context));
        }
        answer.settings.to = Some(to.get_ref().clone());
    }
    if let Some(url) = &view.self_url {
        let parsed = Url::parse(url.get_ref());
        let parsed = parsed.map_err(|_| mistake(Some(url), "this is no URL", None, context))?;
        answer.settings.self_url = Some(parsed);
    }
    if let Some(output) = &view.output {
        answer.target = target(name, output, context)?;
    }
    answer.query.merge = view.merge.unwrap_or(true);
    answer.pages = view.pages;
    answer.if_changed = true;
    answer.settle();
    answer.check().map_err(|message| {
        CommandError::usage(format!("[views.{name}] in the config: {message}"))
    })?;
    Ok(answer)
}

fn asked(view: &ViewConfig, context: &Context<'_>) -> Result<Asked, CommandError> {
    let text = view.query.as_ref().map_or("", |query| query.get_ref());
    let mut asked = query::read_asked(text, context.now).map_err(|error| {
        let hint = error.hint.clone();
        mistake(view.query.as_ref(), &error.to_string(), hint, context)
    })?;
    let time = |at: &Option<Spanned<String>>| match at {
        None => Ok(None),
        Some(at) => query::read_since(at.get_ref(), context.now)
            .map(Some)
            .ok_or_else(|| {
                let hint = "for example \"last\", \"7d\", \"yesterday\" or \"2019-01-01\"";
                mistake(Some(at), "this is no time", Some(hint.into()), context)
            }),
    };
    let mut filters = Vec::new();
    if asked.filter != Filter::All {
        filters.push(asked.filter);
    }
    if view
        .since
        .as_ref()
        .is_some_and(|since| since.get_ref() == "last")
    {
        asked.since_last = true;
    } else {
        filters.extend(time(&view.since)?.map(Filter::From));
    }
    filters.extend(time(&view.until)?.map(Filter::Until));
    asked.filter = Filter::all_of(filters);
    Ok(asked)
}

/// One of the words that a flag takes too.
fn word<T: ValueEnum>(
    at: Option<&Spanned<String>>,
    context: &Context<'_>,
) -> Result<Option<T>, CommandError> {
    let Some(at) = at else {
        return Ok(None);
    };
    T::from_str(at.get_ref(), false).map(Some).map_err(|_| {
        let words: Vec<String> = T::value_variants()
            .iter()
            .filter_map(|value| Some(value.to_possible_value()?.get_name().to_owned()))
            .collect();
        let hint = format!("there are {}", words.join(", "));
        let message = format!("there is no `{}`", at.get_ref());
        mistake(Some(at), &message, Some(hint), context)
    })
}

fn mistake(
    at: Option<&Spanned<String>>,
    message: &str,
    hint: Option<String>,
    context: &Context<'_>,
) -> CommandError {
    match at {
        Some(at) => context.config.mistake(at, message, hint).into(),
        None => CommandError::usage(message),
    }
}

/// The words in braces that an output's name may hold, and what they are in strftime's letters.
const PLACEHOLDERS: [(&str, &str); 6] = [
    ("{date}", "%Y-%m-%d"),
    ("{year}", "%Y"),
    ("{month}", "%Y-%m"),
    ("{week}", "%G-W%V"),
    ("{day}", "%d"),
    ("{time}", "%H%M%S"),
];

fn target(
    name: &str,
    output: &Spanned<String>,
    context: &Context<'_>,
) -> Result<Target, CommandError> {
    let wrong = |message: &str, hint: Option<&str>| {
        Err(mistake(
            Some(output),
            message,
            hint.map(str::to_owned),
            context,
        ))
    };
    if output.get_ref() == "-" {
        return Ok(Target::Stdout);
    }
    let mut pattern = output.get_ref().replace("{name}", &name.replace('%', "%%"));
    for (word, letters) in PLACEHOLDERS {
        pattern = pattern.replace(word, letters);
    }
    if pattern.contains(['{', '}']) {
        let hint = "there are {date}, {year}, {month}, {week}, {day}, {time} and {name}";
        return wrong("there is no such placeholder", Some(hint));
    }
    let items: Vec<Item<'_>> = StrftimeItems::new(&pattern).collect();
    if items.contains(&Item::Error) {
        let hint = "the letters are strftime's; a % itself is %%";
        return wrong("there is no such placeholder behind the %", Some(hint));
    }
    let gathers = items
        .iter()
        .any(|item| matches!(item, Item::Numeric(..) | Item::Fixed(_)));
    let mut path = String::new();
    let formatted = context.now.format_with_items(items.iter());
    if write!(path, "{formatted}").is_err() || path.is_empty() || path.ends_with('/') {
        return wrong("this names no file", None);
    }
    Ok(Target::File {
        path: resolved(&path, context),
        gathers,
    })
}

/// Below the config's folder, wherever hallway is run; `~/` is the home folder.
pub(crate) fn resolved(path: &str, context: &Context<'_>) -> PathBuf {
    let home = path.strip_prefix("~/").zip(directories::BaseDirs::new());
    match (home, context.config.folder()) {
        (Some((below, folders)), _) => folders.home_dir().join(below),
        (None, Some(folder)) => folder.join(path),
        (None, None) => Path::new(path).to_owned(),
    }
}
