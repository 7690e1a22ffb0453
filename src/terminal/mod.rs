//! The terminal edge: what is told on stderr beside the result, in which style, and how foreign text
//! is kept from acting on a terminal.
//!
//! Results go to stdout and are written by `render`; nothing here writes there.

mod escape;
mod facts;

use std::collections::BTreeSet;
use std::io::{self, BufWriter, StdoutLock, Write};
use std::sync::{Mutex, MutexGuard, PoisonError};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressState, ProgressStyle};

pub(crate) use escape::escape;
pub(crate) use facts::{ColorChoice, Facts, Verbosity};

/// Where a command talks to the person, beside its result.
///
/// Every text given to it may be foreign: it is made harmless here. Failing to write to stderr is no
/// reason to stop, so nothing here returns an error.
pub(crate) struct Terminal {
    facts: Facts,
    choice: ColorChoice,
    verbosity: Verbosity,
    talk: Mutex<Talk>,
}

struct Talk {
    stderr: Box<dyn Write + Send>,
    /// Advice for the end of the run, each piece once.
    hints: Vec<String>,
    hinted: BTreeSet<String>,
    progress: ProgressBar,
    /// Since the progress began.
    failed: usize,
    new: usize,
}

impl Terminal {
    pub(crate) fn new(choice: ColorChoice, verbosity: Verbosity) -> Self {
        Self::over(Facts::read(), choice, verbosity, Box::new(io::stderr()))
    }

    /// With other surroundings than the process's own.
    pub(crate) fn over(
        facts: Facts,
        choice: ColorChoice,
        verbosity: Verbosity,
        stderr: Box<dyn Write + Send>,
    ) -> Self {
        let talk = Talk {
            stderr,
            hints: Vec::new(),
            hinted: BTreeSet::new(),
            progress: ProgressBar::hidden(),
            failed: 0,
            new: 0,
        };
        Self {
            facts,
            choice,
            verbosity,
            talk: Mutex::new(talk),
        }
    }

    /// Columns to write the result for.
    pub(crate) fn width(&self) -> usize {
        self.facts.width()
    }

    /// Columns of the terminal that shows the result; `None` where a file or a program takes it.
    pub(crate) fn result_width(&self) -> Option<usize> {
        self.facts.stdout_is_terminal.then(|| self.facts.width())
    }

    /// Whether the result is to be coloured.
    pub(crate) fn colour(&self) -> bool {
        self.facts
            .colour(self.choice, self.facts.stdout_is_terminal)
    }

    /// Whether the result may hold OSC 8 links.
    pub(crate) fn hyperlinks(&self) -> bool {
        self.facts.hyperlinks(self.choice)
    }

    /// Whether a person sees what is told, or has asked for it.
    pub(crate) fn is_watched(&self) -> bool {
        self.facts.stderr_is_terminal || self.verbosity >= Verbosity::Verbose
    }

    /// Whether more was asked for than usual.
    pub(crate) fn is_verbose(&self) -> bool {
        self.verbosity >= Verbosity::Verbose
    }

    /// One line a person may want to know; not with `-q`.
    pub(crate) fn note(&self, message: &str) {
        if self.verbosity >= Verbosity::Normal {
            self.talk().line(&escape(message));
        }
    }

    /// One line about what went well; with `-v`.
    pub(crate) fn detail(&self, message: &str) {
        if self.verbosity >= Verbosity::Verbose {
            self.talk().line(&escape(message));
        }
    }

    /// What failed with one feed, while the rest goes on; also with `-q`. The feed's name stands in
    /// front, as in `warning: Ann's notes: the server answered 500`.
    pub(crate) fn warn(&self, feed: &str, message: &str, hint: Option<&str>) {
        let label = self.label("warning:", "1;33");
        self.talk()
            .line(&format!("{label} {}: {}", escape(feed), escape(message)));
        if let Some(hint) = hint {
            self.hint(hint);
        }
    }

    /// Why the command failed; its hint stands below it at once. The message may have several lines.
    pub(crate) fn error(&self, message: &str, hint: Option<&str>) {
        let mut talk = self.talk();
        let label = self.label("error:", "1;31");
        let lines: Vec<_> = message.lines().map(escape).collect();
        talk.line(&format!("{label} {}", lines.join("\n")));
        if let Some(hint) = hint {
            talk.line(&format!("{} {}", self.label("hint:", "1;36"), escape(hint)));
        }
    }

    /// Advice for the end of the run: the same words are printed once, however many feeds they are for.
    pub(crate) fn hint(&self, advice: &str) {
        let mut talk = self.talk();
        let advice = escape(advice).into_owned();
        if talk.hinted.insert(advice.clone()) {
            talk.hints.push(advice);
        }
    }

    /// Prints the advice that was gathered; at the end of the run.
    pub(crate) fn print_hints(&self) {
        let mut talk = self.talk();
        let hints = std::mem::take(&mut talk.hints);
        talk.hinted.clear();
        for hint in hints {
            talk.line(&format!("{} {hint}", self.label("hint:", "1;36")));
        }
    }

    /// Shows how far `total` polls have come: only to a person who watches, so not under cron, with
    /// `-q` or `-v`, nor where stdout is for a program (`for_program`: `--json`).
    pub(crate) fn start_progress(&self, total: u64, for_program: bool) {
        let watched = self.facts.stderr_is_terminal && !self.facts.dumb;
        if !watched || for_program || self.verbosity != Verbosity::Normal {
            return;
        }
        let target = ProgressDrawTarget::stderr();
        let bar = ProgressBar::with_draw_target(Some(total), target);
        let coloured = self
            .facts
            .colour(self.choice, self.facts.stderr_is_terminal);
        // The figures come first: on a narrow terminal the bar gives way to them.
        let bar_of = match self.facts.width() {
            0..60 => String::new(),
            60..80 => format!("{{bar:10{}}} ", if coloured { ".cyan/dim" } else { "" }),
            _ => format!("{{bar:24{}}} ", if coloured { ".cyan/dim" } else { "" }),
        };
        let dimmed = if coloured { ":.dim" } else { "" };
        let template = format!("{bar_of}{{pos}}/{{len}} {{rate}} {{wide_msg{dimmed}}}");
        if let Ok(style) = ProgressStyle::with_template(&template) {
            let rate = |state: &ProgressState, out: &mut dyn std::fmt::Write| {
                // Failing to write is the bar's business.
                let _ = write!(out, "{:.1}/s", state.per_sec());
            };
            bar.set_style(style.with_key("rate", rate).progress_chars("━━╌"));
        }
        let mut talk = self.talk();
        talk.progress = bar;
        (talk.failed, talk.new) = (0, 0);
    }

    /// One more poll is done; `feed` is its name, `new` how many entries it brought.
    pub(crate) fn advance(&self, feed: &str, failed: bool, new: usize) {
        let mut talk = self.talk();
        talk.failed += usize::from(failed);
        talk.new += new;
        let message = format!("{} failed, {} new  {}", talk.failed, talk.new, escape(feed));
        talk.progress.set_message(message);
        talk.progress.inc(1);
    }

    /// Takes the progress bar away without a trace.
    pub(crate) fn end_progress(&self) {
        let mut talk = self.talk();
        talk.progress.finish_and_clear();
        talk.progress = ProgressBar::hidden();
    }

    fn label(&self, word: &str, code: &str) -> String {
        if self
            .facts
            .colour(self.choice, self.facts.stderr_is_terminal)
        {
            format!("\u{1b}[{code}m{word}\u{1b}[0m")
        } else {
            word.to_owned()
        }
    }

    fn talk(&self) -> MutexGuard<'_, Talk> {
        self.talk.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Talk {
    fn line(&mut self, line: &str) {
        let Self {
            stderr, progress, ..
        } = self;
        // In one piece, so that lines of several programs on one terminal do not mix.
        let whole = format!("{line}\n");
        progress.suspend(|| {
            let _ = stderr.write_all(whole.as_bytes());
        });
    }
}

/// Stdout for a result: buffered, so that a long answer is not written line by line. To be flushed.
pub(crate) fn result_output() -> BufWriter<StdoutLock<'static>> {
    BufWriter::with_capacity(64 * 1024, io::stdout().lock())
}

/// Whether writing failed only because the reader has seen enough (`hallway query | head`): that is
/// no error.
pub(crate) fn is_broken_pipe(error: &io::Error) -> bool {
    error.kind() == io::ErrorKind::BrokenPipe
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;

    #[derive(Clone, Default)]
    struct Heard(Arc<Mutex<Vec<u8>>>);

    impl Write for Heard {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().write(bytes)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    fn heard(choice: ColorChoice, verbosity: Verbosity, say: impl FnOnce(&Terminal)) -> String {
        let heard = Heard::default();
        let facts = Facts::default();
        say(&Terminal::over(
            facts,
            choice,
            verbosity,
            Box::new(heard.clone()),
        ));
        let bytes = heard.0.lock().unwrap().clone();
        String::from_utf8(bytes).unwrap()
    }

    fn say_all(terminal: &Terminal) {
        terminal.start_progress(3, false);
        terminal.note("2 new entries");
        terminal.detail("Ann's notes: unchanged");
        terminal.warn(
            "Ann\u{1b}[2J",
            "the server answered 500 Oh\r\nNo",
            Some("try later"),
        );
        terminal.warn("Bob's log", "the server answered 503", Some("try later"));
        terminal.advance("Bob's log", true, 0);
        terminal.end_progress();
        terminal.print_hints();
        terminal.print_hints();
    }

    #[test]
    fn advice_comes_once_at_the_end_and_foreign_text_is_harmless() {
        assert_eq!(
            heard(ColorChoice::Auto, Verbosity::Normal, say_all),
            "2 new entries\n\
             warning: Ann␛[2J: the server answered 500 Oh  No\n\
             warning: Bob's log: the server answered 503\n\
             hint: try later\n"
        );
    }

    #[test]
    fn quiet_keeps_what_went_wrong_and_verbose_adds_what_went_well() {
        let quiet = heard(ColorChoice::Auto, Verbosity::Quiet, say_all);
        assert!(quiet.starts_with("warning: Ann"), "{quiet}");
        let verbose = heard(ColorChoice::Auto, Verbosity::Verbose, say_all);
        assert!(verbose.contains("Ann's notes: unchanged\n"), "{verbose}");
    }

    #[test]
    fn an_error_is_followed_by_its_hint() {
        let told = |choice| {
            heard(choice, Verbosity::Quiet, |terminal| {
                terminal.error("no such entry: 12", Some("`hallway query` lists them"));
            })
        };
        assert_eq!(
            told(ColorChoice::Auto),
            "error: no such entry: 12\nhint: `hallway query` lists them\n"
        );
        assert_eq!(
            told(ColorChoice::Always),
            "\u{1b}[1;31merror:\u{1b}[0m no such entry: 12\n\
             \u{1b}[1;36mhint:\u{1b}[0m `hallway query` lists them\n"
        );
    }

    #[test]
    fn a_reader_who_has_seen_enough_is_no_error() {
        assert!(is_broken_pipe(&io::ErrorKind::BrokenPipe.into()));
        assert!(!is_broken_pipe(&io::ErrorKind::StorageFull.into()));
    }
}
