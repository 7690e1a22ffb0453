//! What is asked and how the answer goes out, whether flags say so or a view.

use std::io::Write;
use std::num::NonZeroU64;
use std::path::{Path, PathBuf};

use super::{output, pages};
use crate::archive::{Archive, SearchError};
use crate::commands::context::Context;
use crate::commands::exit::CommandError;
use crate::query::{Asked, Cursor, Digest, DigestHead, Found, Group, Item, Query, Want};
use crate::render::{self, Format};
use crate::terminal::result_output;

/// A question and the shape of its answer.
#[derive(Debug, Clone)]
pub(crate) struct Answer {
    pub(crate) title: String,
    /// What is asked; its limit is what somebody said, see [`Answer::limited`].
    pub(crate) query: Query,
    pub(crate) since_last: bool,
    pub(crate) format: Format,
    pub(crate) settings: render::Settings,
    /// How many items an archive document of a feed holds.
    pub(crate) pages: Option<NonZeroU64>,
    /// A file with the same bytes is left as it is.
    pub(crate) if_changed: bool,
    pub(crate) target: Target,
}

/// Where an answer goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Target {
    Stdout,
    File {
        path: PathBuf,
        /// Its name holds the date: what arrives until the name changes is gathered in it.
        gathers: bool,
    },
}

impl Answer {
    /// Of the whole archive, as text to stdout.
    pub(crate) fn new(title: &str, asked: Asked, context: &Context<'_>) -> Self {
        Self {
            title: title.to_owned(),
            query: Query {
                filter: asked.filter,
                limit: asked.limit,
                ..Query::all()
            },
            since_last: asked.since_last,
            format: Format::default(),
            settings: context.render_settings(),
            pages: None,
            if_changed: false,
            target: Target::Stdout,
        }
    }

    /// With the limit of its format, where nobody named one and nothing would be lost.
    pub(crate) fn limited(&self) -> Query {
        let default = match self.since_last {
            true => None,
            false => self.format.default_limit(),
        };
        Query {
            limit: self.query.limit.or(default),
            merge: self.merges(),
            ..self.query.clone()
        }
    }

    /// What arrived between two positions of a view's cursor: whatever was not in the feed's past.
    pub(crate) fn arrived(&self, view: &str, after: Cursor, until: Cursor) -> Query {
        Query {
            shown_to: Some(view.to_owned()),
            arrived_after: Some(after),
            arrived_until: Some(until),
            limit: None,
            merge: self.merges(),
            ..self.query.clone()
        }
    }

    /// Every feed that brought a post is one to subscribe to.
    fn merges(&self) -> bool {
        self.query.merge && self.format != Format::Opml
    }

    pub(crate) fn group(&mut self, group: Group) {
        self.query.group = group;
        self.settings.group = group;
    }

    /// Answers with a person's own template.
    pub(crate) fn read_template(&mut self, path: &Path) -> Result<(), CommandError> {
        let template = render::Template::read(path)
            .map_err(|mistake| CommandError::usage(mistake.to_string()))?;
        self.settings.template = Some(template);
        self.format = Format::Template;
        Ok(())
    }

    /// What cannot be answered as it is asked.
    pub(crate) fn check(&self) -> Result<(), &'static str> {
        if self.format == Format::Template && self.settings.template.is_none() {
            return Err("the format template needs a template");
        }
        pages::check(self)
    }

    /// A file is the same whatever terminal it is made on.
    pub(crate) fn settle(&mut self) {
        if self.target != Target::Stdout {
            let anywhere = render::Settings::default();
            self.settings.width = anywhere.width;
            self.settings.style = anywhere.style;
        }
    }

    /// Passes the answer to its format.
    pub(crate) fn render(
        &self,
        archive: &Archive,
        query: &Query,
        settings: &render::Settings,
        out: &mut dyn Write,
    ) -> Result<u64, CommandError> {
        let mut digest = render::renderer(self.format, settings, out);
        archive
            .search(query, &self.title, &mut *digest)
            .map_err(told)
    }

    /// As [`Answer::render`], but an empty answer writes nothing at all.
    pub(crate) fn render_any(
        &self,
        archive: &Archive,
        query: &Query,
        out: &mut dyn Write,
    ) -> Result<bool, CommandError> {
        let mut digest = render::renderer(self.format, &self.settings, out);
        let mut any = OnlyIfAny {
            inner: &mut *digest,
            head: None,
            begun: false,
        };
        let items = archive.search(query, &self.title, &mut any).map_err(told)?;
        Ok(items > 0)
    }

    /// Writes the answer where it goes, an empty one too.
    pub(crate) fn write(&self, archive: &Archive) -> Result<(), CommandError> {
        let query = self.limited();
        self.send(|out| self.render(archive, &query, &self.settings, out).map(drop))
    }

    /// To stdout or into the file, whole or not at all.
    pub(crate) fn send(
        &self,
        fill: impl FnOnce(&mut dyn Write) -> Result<(), CommandError>,
    ) -> Result<(), CommandError> {
        match &self.target {
            Target::Stdout => to_stdout(fill),
            Target::File { path, .. } => output::write_file(path, self.if_changed, fill),
        }
    }
}

/// A template's mistake is not that of what is written to.
fn told(error: SearchError) -> CommandError {
    let SearchError::Output(output) = &error else {
        return error.into();
    };
    let cause = output.get_ref();
    match cause.and_then(|cause| cause.downcast_ref::<render::TemplateError>()) {
        Some(mistake) => CommandError::failed(mistake.to_string()),
        None => error.into(),
    }
}

/// Writes to stdout, to the last byte.
pub(crate) fn to_stdout<T>(
    fill: impl FnOnce(&mut dyn Write) -> Result<T, CommandError>,
) -> Result<T, CommandError> {
    let mut out = result_output();
    let answer = fill(&mut out)?;
    out.flush()
        .map_err(|error| CommandError::of_output(&error, "the result"))?;
    Ok(answer)
}

/// Holds the beginning back until there is something to say.
struct OnlyIfAny<'a, 'b> {
    inner: &'a mut (dyn Digest + 'b),
    head: Option<DigestHead>,
    begun: bool,
}

impl Digest for OnlyIfAny<'_, '_> {
    fn wants(&self, what: Want) -> bool {
        self.inner.wants(what)
    }

    fn begin(&mut self, head: &DigestHead) -> std::io::Result<()> {
        self.head = Some(head.clone());
        Ok(())
    }

    fn item(&mut self, item: Item<'_>) -> std::io::Result<()> {
        if let Some(head) = self.head.take() {
            self.inner.begin(&head)?;
            self.begun = true;
        }
        self.inner.item(item)
    }

    fn found(&mut self, found: Found) {
        self.inner.found(found);
    }

    fn end(&mut self) -> std::io::Result<()> {
        if self.begun { self.inner.end() } else { Ok(()) }
    }
}
