//! A folder, the binary, a fixed clock: what each test stands on.
//!
//! ```text
//! let hall = Hall::new();
//! hall.write("notes/a.md", "…");
//! hall.run(["add", "notes"]).status(0).stdout("").stderr("subscribed to …\n");
//! ```
//!
//! In expected text `[DIR]` stands for the folder and `[SERVER]` for the server's address.

mod differences;
pub(crate) mod server;
pub(crate) mod xml;

use std::ffi::OsStr;
use std::fmt::Write as _;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::thread;

use serde_json::Value;
use tempfile::TempDir;

pub(crate) use differences::{json_difference, line_difference, missing_in_json};

/// The clock of every test that sets no other.
pub(crate) const NOW: &str = "2026-11-21T12:00:00Z";

/// Ten minutes short of two days later: every feed is due again.
pub(crate) const LATER: &str = "2026-11-23T11:50:00Z";

/// A test's own folder and how the binary is run in it.
pub(crate) struct Hall {
    folder: TempDir,
    now: String,
    server: Option<String>,
}

impl Hall {
    pub(crate) fn new() -> Self {
        let folder = tempfile::Builder::new().prefix("hall").tempdir().unwrap();
        Self {
            folder,
            now: NOW.to_owned(),
            server: None,
        }
    }

    /// With `[SERVER]` in expected text standing for this server's address.
    pub(crate) fn with_server(server: &server::Server) -> Self {
        Self {
            server: Some(server.url("").trim_end_matches('/').to_owned()),
            ..Self::new()
        }
    }

    /// Moves the clock on, to an RFC 3339 instant.
    pub(crate) fn later(&mut self, now: &str) {
        now.clone_into(&mut self.now);
    }

    /// The folder, without symbolic links in its path.
    pub(crate) fn dir(&self) -> PathBuf {
        self.folder.path().canonicalize().unwrap()
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.dir().join(name)
    }

    pub(crate) fn archive(&self) -> PathBuf {
        self.path("hallway.db")
    }

    /// Writes a file and the folders above it.
    pub(crate) fn write(&self, name: &str, text: impl AsRef<[u8]>) -> &Self {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
        self
    }

    pub(crate) fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap()
    }

    /// Runs the binary with these arguments behind `--archive`, nothing on stdin.
    pub(crate) fn run<A: AsRef<OsStr>>(&self, arguments: impl IntoIterator<Item = A>) -> Ran<'_> {
        self.run_with_stdin(arguments, b"")
    }

    pub(crate) fn run_with_stdin<A: AsRef<OsStr>>(
        &self,
        arguments: impl IntoIterator<Item = A>,
        stdin: &[u8],
    ) -> Ran<'_> {
        let mut command = self.command();
        command.arg("--archive").arg(self.archive()).args(arguments);
        self.finish(command, stdin)
    }

    /// The binary with a cleared environment, to be given arguments.
    pub(crate) fn command(&self) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_hallway"));
        command.current_dir(self.dir()).env_clear();
        for (name, folder) in [
            ("HOME", "home"),
            ("XDG_CONFIG_HOME", "home/config"),
            ("XDG_DATA_HOME", "home/data"),
            ("XDG_CACHE_HOME", "home/cache"),
        ] {
            command.env(name, self.path(folder));
        }
        // A proxy of the machine must not stand between the test and its server.
        command.env("NO_PROXY", "*");
        command.env("HALLWAY_NOW", &self.now);
        command
    }

    /// Runs a command to its end, with its stdin fed from another thread, so that neither side waits.
    pub(crate) fn finish(&self, mut command: Command, stdin: &[u8]) -> Ran<'_> {
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut pipe = child.stdin.take().unwrap();
        let output = thread::scope(|scope| {
            scope.spawn(move || {
                // The command may end without reading all of it.
                let _ = pipe.write_all(stdin);
            });
            child.wait_with_output().unwrap()
        });
        Ran {
            hall: self,
            line: line_of(&command),
            output,
        }
    }

    /// `text` as the binary would print it in this folder.
    fn filled(&self, text: &str) -> String {
        let filled = text.replace("[DIR]", &self.dir().to_string_lossy());
        match &self.server {
            Some(address) => filled.replace("[SERVER]", address),
            None => filled,
        }
    }

    fn listing(&self) -> String {
        let mut lines = String::new();
        list(&self.dir(), &self.dir(), &mut lines);
        lines
    }
}

fn line_of(command: &Command) -> String {
    let mut line = String::from("hallway");
    for argument in command.get_args() {
        let argument = argument.to_string_lossy();
        if argument.is_empty() || argument.contains([' ', '"', '(', '*']) {
            let _ = write!(line, " '{argument}'");
        } else {
            let _ = write!(line, " {argument}");
        }
    }
    line
}

fn list(root: &Path, folder: &Path, lines: &mut String) {
    let mut paths: Vec<PathBuf> = fs::read_dir(folder)
        .map(|items| items.flatten().map(|item| item.path()).collect())
        .unwrap_or_default();
    paths.sort();
    for path in paths {
        let name = path.strip_prefix(root).unwrap_or(&path).display();
        if path.is_dir() {
            list(root, &path, lines);
        } else {
            let size = fs::metadata(&path).map_or(0, |facts| facts.len());
            let _ = writeln!(lines, "  {size:>9}  {name}");
        }
    }
}

/// A command that ended, to be asked what came out. Each question that is answered otherwise than
/// expected fails the test with everything there is to know.
pub(crate) struct Ran<'a> {
    hall: &'a Hall,
    line: String,
    output: Output,
}

impl Ran<'_> {
    #[track_caller]
    pub(crate) fn status(&self, expected: i32) -> &Self {
        if self.output.status.code() != Some(expected) {
            self.fail(&format!("expected status {expected}"));
        }
        self
    }

    /// The whole of stdout.
    #[track_caller]
    pub(crate) fn stdout(&self, expected: &str) -> &Self {
        self.compare("stdout", &self.out(), expected)
    }

    /// The whole of stderr.
    #[track_caller]
    pub(crate) fn stderr(&self, expected: &str) -> &Self {
        self.compare("stderr", &self.err(), expected)
    }

    #[track_caller]
    pub(crate) fn stdout_contains(&self, expected: &str) -> &Self {
        self.find("stdout", &self.out(), expected, true)
    }

    #[track_caller]
    pub(crate) fn stderr_contains(&self, expected: &str) -> &Self {
        self.find("stderr", &self.err(), expected, true)
    }

    #[track_caller]
    pub(crate) fn stdout_lacks(&self, unwanted: &str) -> &Self {
        self.find("stdout", &self.out(), unwanted, false)
    }

    #[track_caller]
    pub(crate) fn stderr_lacks(&self, unwanted: &str) -> &Self {
        self.find("stderr", &self.err(), unwanted, false)
    }

    /// The lines of stderr that begin with this.
    pub(crate) fn stderr_lines(&self, beginning: &str) -> Vec<String> {
        let lines = self.err();
        lines
            .lines()
            .filter(|line| line.starts_with(beginning))
            .map(str::to_owned)
            .collect()
    }

    pub(crate) fn out(&self) -> String {
        String::from_utf8_lossy(&self.output.stdout).into_owned()
    }

    /// `None` where a signal ended it.
    pub(crate) fn code(&self) -> Option<i32> {
        self.output.status.code()
    }

    pub(crate) fn err(&self) -> String {
        String::from_utf8_lossy(&self.output.stderr).into_owned()
    }

    /// Stdout as one JSON document.
    #[track_caller]
    pub(crate) fn stdout_json(&self) -> Value {
        match serde_json::from_slice(&self.output.stdout) {
            Ok(value) => value,
            Err(error) => self.fail(&format!("stdout is no JSON: {error}")),
        }
    }

    /// Stdout as JSON, one value a line.
    #[track_caller]
    pub(crate) fn stdout_json_lines(&self) -> Vec<Value> {
        let out = self.out();
        out.lines()
            .map(|line| match serde_json::from_str(line) {
                Ok(value) => value,
                Err(error) => self.fail(&format!("a line is no JSON: {error}\n{line}")),
            })
            .collect()
    }

    #[track_caller]
    fn compare(&self, stream: &str, actual: &str, expected: &str) -> &Self {
        let expected = self.hall.filled(expected);
        if actual != expected {
            let difference = line_difference(&expected, actual);
            self.fail(&format!(
                "{stream} differs (- expected, + printed):\n{difference}"
            ));
        }
        self
    }

    #[track_caller]
    fn find(&self, stream: &str, actual: &str, text: &str, wanted: bool) -> &Self {
        let text = self.hall.filled(text);
        if actual.contains(&text) != wanted {
            let what = if wanted { "lacks" } else { "holds" };
            self.fail(&format!("{stream} {what} {text:?}"));
        }
        self
    }

    #[track_caller]
    pub(crate) fn fail(&self, why: &str) -> ! {
        panic!(
            "{why}\n\ncommand: {}\nstatus:  {}\nfolder:  {}\n{}\n--- stdout ---\n{}\n--- stderr ---\n{}\n",
            self.line,
            self.output.status,
            self.hall.dir().display(),
            self.hall.listing(),
            shortened(&self.out()),
            shortened(&self.err()),
        )
    }
}

/// Enough to see what happened, not the whole of an archive.
fn shortened(text: &str) -> String {
    const MOST: usize = 6_000;
    if text.len() <= MOST {
        return text.to_owned();
    }
    let mut end = MOST;
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    format!("{}\n… {} bytes more", &text[..end], text.len() - end)
}

/// A file of the repository.
pub(crate) fn repository(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

/// The strings of a JSON array of strings.
pub(crate) fn strings(list: &Value) -> Vec<&str> {
    list.as_array()
        .map(|items| items.iter().filter_map(Value::as_str).collect())
        .unwrap_or_default()
}

/// One field of each value, as text; missing ones are empty.
pub(crate) fn each<'a>(values: &'a [Value], field: &str) -> Vec<&'a str> {
    values
        .iter()
        .map(|value| value[field].as_str().unwrap_or_default())
        .collect()
}

/// The titles of entries, in the order of the alphabet.
pub(crate) fn sorted_titles(entries: &[Value]) -> Vec<String> {
    let mut titles = each(entries, "title");
    titles.sort_unstable();
    titles.into_iter().map(str::to_owned).collect()
}

/// A small Atom feed: for each entry its name, title and HTML content. The name is the last part of
/// its id and of its link; the dates count up by days from 2026-11-01.
pub(crate) fn atom(title: &str, entries: &[(&str, &str, &str)]) -> String {
    let mut feed = format!(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<feed xmlns=\"http://www.w3.org/2005/Atom\">\n\
         <title>{title}</title>\n<id>tag:notes.example,2026:{title}</id>\n\
         <link href=\"https://notes.example/\"/>\n<updated>2026-11-20T00:00:00Z</updated>\n\
         <author><name>Ida Quist</name></author>\n"
    );
    for (day, (name, title, content)) in (1..).zip(entries) {
        let content = content.replace('&', "&amp;").replace('<', "&lt;");
        let _ = write!(
            feed,
            "<entry><title>{title}</title><id>tag:notes.example,2026:{name}</id>\n\
             <link href=\"https://notes.example/{name}/\"/>\n\
             <published>2026-11-{day:02}T08:00:00Z</published>\n\
             <updated>2026-11-{day:02}T08:00:00Z</updated>\n\
             <category term=\"devops\"/>\n<content type=\"html\">{content}</content></entry>\n"
        );
    }
    feed.push_str("</feed>\n");
    feed
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_run_sees_nothing_of_the_machine() {
        let hall = Hall::new();
        let command = hall.command();
        let names: Vec<String> = command
            .get_envs()
            .map(|(name, _)| name.to_string_lossy().into_owned())
            .collect();
        assert!(!names.contains(&"PATH".to_owned()), "{names:?}");
        assert!(names.contains(&"HALLWAY_NOW".to_owned()), "{names:?}");
    }

    #[test]
    fn placeholders_stand_for_what_differs_by_machine() {
        let hall = Hall::new();
        let filled = hall.filled("at [DIR]/a");
        assert_eq!(filled, format!("at {}/a", hall.dir().display()));
    }
}
