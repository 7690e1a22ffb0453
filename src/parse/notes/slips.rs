//! Markdown that is not what its writer meant: `#Title` without a blank, and the marks that only kramdown
//! and its kin take away. What stands in code is left alone.

use std::borrow::Cow;

use crate::parse::repair::Repairs;

/// A heading is no longer; a longer line is prose that begins with a number sign.
const MAX_HEADING: usize = 120;

pub(super) fn mend<'a>(body: &'a str, repairs: &mut Repairs) -> Cow<'a, str> {
    if !body.contains('#')
        && !body.contains("{:")
        && !body.contains("[TOC]")
        && !body.contains("[[_TOC_]]")
    {
        return Cow::Borrowed(body);
    }
    let mut out = String::with_capacity(body.len() + 16);
    let mut headings = 0;
    let mut changed = false;
    let mut fence: Option<char> = None;
    let mut before_blank = true;
    // Who never puts a blank there writes all headings so, also right below text.
    let habit = body
        .lines()
        .filter(|line| hashes(line).is_some())
        .nth(1)
        .is_some()
        && !body.lines().any(is_heading);
    for line in body.split_inclusive('\n') {
        let bare = line.trim();
        let mark = ['`', '~']
            .into_iter()
            .find(|mark| bare.starts_with(&mark.to_string().repeat(3)));
        let in_code = fence.is_some() || mark.is_some();
        match (fence, mark) {
            (Some(open), Some(close)) if open == close => fence = None,
            (None, Some(open)) => fence = Some(open),
            _ => {}
        }
        if !in_code && is_instruction(bare) {
            changed = true;
            continue;
        }
        let begins = |level: usize| before_blank || level > 1 || habit;
        match hashes(line).filter(|&level| !in_code && begins(level)) {
            Some(level) => {
                out.push_str(&line[..level]);
                out.push(' ');
                out.push_str(line[level..].trim_start_matches('\u{a0}'));
                headings += 1;
            }
            None => out.push_str(line),
        }
        before_blank = bare.is_empty();
    }
    repairs.add("heading-blank", headings);
    if changed || headings > 0 {
        Cow::Owned(out)
    } else {
        Cow::Borrowed(body)
    }
}

/// `{: .class}`, `{:toc}`, `[TOC]`.
fn is_instruction(line: &str) -> bool {
    matches!(line, "[TOC]" | "[toc]" | "[[_TOC_]]")
        || (line.starts_with("{:") && line.ends_with('}'))
}

fn is_heading(line: &str) -> bool {
    let text = line.trim_start_matches('#');
    text.len() < line.len() && text.starts_with(' ')
}

/// How many number signs begin a line that is a heading but for its blank. A lone `#word` is a tag,
/// `#12` a number, `#!` names an interpreter.
fn hashes(line: &str) -> Option<usize> {
    let rest = line.trim_start_matches('#');
    let level = line.len() - rest.len();
    let text = rest.trim();
    let first = text.chars().next()?;
    let unspaced = !rest.starts_with([' ', '\t']);
    let words = text.split_whitespace().count();
    let tags = text
        .split_whitespace()
        .any(|word| word.starts_with('#') && word.len() > 1);
    let begins = first.is_uppercase() || matches!(first, '“' | '"' | '[' | '*' | '_');
    let clear = level > 1 || words > 1 || rest.starts_with('\u{a0}');
    ((1..=6).contains(&level) && unspaced && begins && clear && !tags && text.len() <= MAX_HEADING)
        .then_some(level)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mended(text: &str) -> String {
        mend(text, &mut Repairs::default()).into_owned()
    }

    #[test]
    fn headings_get_their_blank() {
        assert_eq!(
            mended("#A day\n\ntext\n\n##Two\n"),
            "# A day\n\ntext\n\n## Two\n"
        );
        assert_eq!(mended("##\u{a0}Two\r\n"), "## Two\r\n");
        assert_eq!(mended("# A\n\ntext\n##Two\n"), "# A\n\ntext\n## Two\n");
        assert_eq!(
            mended("#A day\ntext\n#Day two\n"),
            "# A day\ntext\n# Day two\n"
        );
    }

    #[test]
    fn tags_numbers_and_code_are_none() {
        for text in [
            "#devops\n",
            "#Devops #Ghent\n",
            "#12 is mended\n",
            "```\n#A day\n```\n",
            "text\n#A day\n",
            "#!/bin/sh\n",
        ] {
            assert_eq!(mended(text), text);
        }
    }

    #[test]
    fn instructions_go() {
        assert_eq!(
            mended("# A\n{: .big}\n\n* TOC\n{:toc}\n\n[TOC]\ntext"),
            "# A\n\n* TOC\n\ntext"
        );
        assert_eq!(mended("~~~\n{: .big}\n~~~"), "~~~\n{: .big}\n~~~");
    }
}
