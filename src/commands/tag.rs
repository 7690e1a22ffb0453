use super::context::Context;
use super::exit::{CommandError, Exit};
use super::poll::entries_of;
use super::select;
use crate::model::TagOrigin;
use crate::query;

/// Give an entry tags of your own
#[derive(Debug, clap::Args)]
pub(crate) struct TagArgs {
    /// The entry's number, address or guid; with --query the first TAG
    #[arg(required_unless_present = "rules")]
    entry: Option<String>,
    #[arg(value_name = "TAG")]
    tags: Vec<String>,
    /// Tag every entry that this query selects
    #[arg(long, value_name = "QUERY", conflicts_with = "rules")]
    query: Option<String>,
    /// Apply the config's rules to what is archived already; tags of rules that are no more go
    #[arg(long, conflicts_with_all = ["entry", "tags"])]
    rules: bool,
}

/// Take tags from an entry, whoever gave them
#[derive(Debug, clap::Args)]
pub(crate) struct UntagArgs {
    /// The entry's number, address or guid; with --query the first TAG
    entry: String,
    #[arg(value_name = "TAG")]
    tags: Vec<String>,
    /// Take them from every entry that this query selects
    #[arg(long, value_name = "QUERY")]
    query: Option<String>,
}

pub(crate) fn tag(args: &TagArgs, context: &Context<'_>) -> Result<Exit, CommandError> {
    let mut names = args.tags.clone();
    let filter = match &args.query {
        Some(text) => {
            names.extend(args.entry.clone());
            Some(query::read(text, context.now)?)
        }
        None => None,
    };
    if let Some(blank) = names.iter().find(|tag| tag.trim().is_empty()) {
        return Err(CommandError::usage(format!("`{blank}` is no tag")));
    }
    if names.is_empty() && !args.rules {
        return Err(CommandError::usage("no TAG is given").with_hint("hallway tag ENTRY TAG..."));
    }
    let Some(archive) = context.archive_to_read()? else {
        return Ok(Exit::Failed);
    };
    if args.rules {
        let given = archive.apply_rules()?;
        context
            .terminal
            .note(&format!("the rules gave {given} tags"));
        return Ok(Exit::Well);
    }
    if let Some(filter) = filter {
        let ids = archive.select(&filter)?;
        for id in &ids {
            archive.tag(*id, &names, TagOrigin::User)?;
        }
        let number = entries_of(ids.len() as u64);
        context.terminal.note(&format!("{number} tagged"));
        return Ok(Exit::Well);
    }
    let entry = select::entry(&archive, args.entry.as_deref().unwrap_or_default())?;
    let added = archive.tag(entry.id, &names, TagOrigin::User)?;
    if added == 0 {
        context.terminal.note("the entry has these tags already");
    }
    Ok(Exit::Well)
}

pub(crate) fn untag(args: &UntagArgs, context: &Context<'_>) -> Result<Exit, CommandError> {
    let mut names = args.tags.clone();
    let filter = match &args.query {
        Some(text) => {
            names.push(args.entry.clone());
            Some(query::read(text, context.now)?)
        }
        None => None,
    };
    if names.is_empty() {
        return Err(CommandError::usage("no TAG is given").with_hint("hallway untag ENTRY TAG..."));
    }
    let Some(archive) = context.archive_to_read()? else {
        return Ok(Exit::Failed);
    };
    if let Some(filter) = filter {
        let mut number = 0;
        for id in archive.select(&filter)? {
            number += u64::from(archive.untag(id, &names)? > 0);
        }
        let number = entries_of(number);
        context.terminal.note(&format!("{number} untagged"));
        return Ok(Exit::Well);
    }
    let entry = select::entry(&archive, &args.entry)?;
    let removed = archive.untag(entry.id, &args.tags)?;
    if removed == 0 {
        context.terminal.note("the entry has none of these tags");
    }
    Ok(Exit::Well)
}
