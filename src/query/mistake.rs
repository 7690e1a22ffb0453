//! A mistake in a query, shown where it is.

use std::fmt;

use unicode_width::UnicodeWidthStr;

/// How much of a long query is shown on either side of the place, in characters.
const AROUND: usize = 60;

/// A mistake in a query.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct QueryError {
    message: String,
    /// What stands around the place, on one line.
    shown: String,
    /// Where in it, in columns from 0.
    column: usize,
    pub(crate) hint: Option<String>,
}

impl QueryError {
    /// `at`: in bytes.
    pub(super) fn new(query: &str, at: usize, message: &str, hint: Option<&str>) -> Self {
        let (before, after) = query.split_at(at);
        let mut start = before.char_indices().rev().map(|(at, _)| at);
        let start = start.nth(AROUND - 1).filter(|&at| at > 0).unwrap_or(0);
        let end = after.char_indices().nth(AROUND).map(|(at, _)| at);
        let mut left = one_line(&before[start..]);
        if start > 0 {
            left.insert(0, '…');
        }
        let right = one_line(&after[..end.unwrap_or(after.len())]);
        let more = if end.is_some() { "…" } else { "" };
        Self {
            message: message.to_owned(),
            column: left.width(),
            shown: format!("{left}{right}{more}"),
            hint: hint.map(str::to_owned),
        }
    }
}

/// A query in a config may stand on several lines.
fn one_line(text: &str) -> String {
    let blank = |c: char| if c.is_control() { ' ' } else { c };
    text.chars().map(blank).collect()
}

impl std::error::Error for QueryError {}

impl fmt::Display for QueryError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(out, "{}", self.message)?;
        writeln!(out, "  {}", self.shown)?;
        write!(out, "  {}^", " ".repeat(self.column))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_place_is_below_what_is_meant() {
        let error = QueryError::new("分散 x\n(y", 9, "wrong", None);
        assert_eq!(error.to_string(), "wrong\n  分散 x (y\n         ^");
    }

    #[test]
    fn of_a_long_query_only_the_place_is_shown() {
        let query = "a".repeat(1_000);
        let error = QueryError::new(&query, 500, "wrong", None).to_string();
        let lines: Vec<&str> = error.lines().collect();
        assert_eq!(lines[1].chars().count(), 2 + 1 + 60 + 60 + 1);
        assert_eq!(lines[2].chars().count(), 2 + 1 + 60 + 1);
    }
}
