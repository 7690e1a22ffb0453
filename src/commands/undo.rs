use super::context::Context;
use super::exit::{CommandError, Exit};
use super::poll::name_of;

/// Take back a move that a permanent redirect made
///
/// `feeds --moved` lists them with their numbers. The feed is polled at its old address again.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The move's number; without it the last move that stands
    #[arg(value_name = "MOVE")]
    id: Option<i64>,
}

pub(crate) fn run(args: &Args, context: &Context<'_>) -> Result<Exit, CommandError> {
    let Some(archive) = context.archive_to_read()? else {
        return Ok(Exit::Failed);
    };
    let moves = archive.moves()?;
    let found = match args.id {
        Some(id) => moves.into_iter().find(|one| one.id == id),
        None => moves.into_iter().find(|one| one.undone_at.is_none()),
    };
    let listed = "`hallway feeds --moved` lists them";
    let Some(found) = found else {
        return Err(match args.id {
            Some(id) => CommandError::failed(format!("there is no move {id}")).with_hint(listed),
            None => CommandError::failed("there is no move to undo"),
        });
    };
    match archive.undo_move(found.id, context.now)? {
        Some(feed) => {
            if let Some(feed) = archive.subscription(feed)? {
                context
                    .terminal
                    .note(&format!("{} is polled there again", name_of(&feed)));
            }
            Ok(Exit::Well)
        }
        None => Err(CommandError::failed(format!(
            "move {} cannot be undone: it was undone before, the feed has moved on, or its old address is \
             taken",
            found.id
        ))
        .with_hint(listed)),
    }
}
