//! The blocks of a post, in order: what stands on a line of its own, with what marks it.

use std::ops::Range;

use super::furniture::{Sort, sort};
use super::wording::{is_as_kept, spaced_once};
use crate::model::{Attributes, SafeHtml, Token, decode, is_block};

/// Something on a line of its own that is not inside a quotation or a table; those stand here as one block
/// without text. A list is one such block, followed by the first line of each of its items.
#[derive(Debug, Default, Clone)]
pub(super) struct Block {
    /// 1 to 6 for headings, 0 for anything else.
    pub(super) level: u8,
    pub(super) kind: BlockKind,
    /// Decoded, white space collapsed; `<br>` is a line break, and so is the end of a source line outside of
    /// headings: notes put title and speaker on two of them.
    pub(super) text: String,
    /// The parts of `text` that are emphasized or linked, in order.
    pub(super) styled: Vec<Range<usize>>,
    /// The whole text is bold.
    pub(super) bold: bool,
    pub(super) anchor: Option<String>,
    /// In the content, tags included.
    pub(super) range: Range<usize>,
    /// The next block is a list.
    pub(super) over_list: bool,
    /// A rule stands before it.
    pub(super) after_rule: bool,
    /// Of an item: more follows in it than its line.
    pub(super) nested: bool,
    /// Where each further line of the text begins: in `text` and in the content.
    pub(super) breaks: Vec<(usize, usize)>,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum BlockKind {
    #[default]
    Text,
    List,
    /// The first line of an item of the list before it.
    Item,
    Rule,
    /// A quotation, a table, code.
    Other,
}

impl Block {
    pub(super) fn is_heading(&self) -> bool {
        self.level > 0
    }

    pub(super) fn is_text(&self) -> bool {
        self.kind == BlockKind::Text && self.level == 0
    }
}

pub(super) fn blocks(content: &SafeHtml) -> Vec<Block> {
    let mut reader = Reader {
        // A paragraph has some two hundred bytes and more.
        blocks: Vec::with_capacity(content.as_str().len() / 200 + 8),
        ..Reader::default()
    };
    for (range, token) in content.tokens() {
        reader.token(range, token);
    }
    reader.flush(content.as_str().len());
    let mut blocks = reader.blocks;
    for at in 1..blocks.len() {
        blocks[at - 1].over_list = blocks[at].kind == BlockKind::List;
        blocks[at].after_rule = blocks[at - 1].kind == BlockKind::Rule;
    }
    blocks
}

/// What the first blocks say, so many that `lines` lines of them are not blank; all of them where fewer are.
pub(super) fn first_texts(content: &SafeHtml, lines: usize) -> Vec<String> {
    let mut reader = Reader::default();
    let (mut seen, mut said) = (0, 0);
    for (range, token) in content.tokens() {
        reader.token(range, token);
        let new = reader.blocks[seen..].iter();
        let new = new.flat_map(|block| block.text.lines());
        said += new.filter(|line| !line.trim().is_empty()).count();
        seen = reader.blocks.len();
        if said >= lines {
            break;
        }
    }
    if said < lines {
        reader.flush(content.as_str().len());
    }
    reader.blocks.into_iter().map(|block| block.text).collect()
}

#[derive(Default)]
struct Reader {
    blocks: Vec<Block>,
    current: Option<Block>,
    /// How deep inside a list, a quotation, a table, code.
    enclosed: usize,
    /// Where the open list stands among the blocks, and which of its items is being read.
    list: Option<usize>,
    /// How deep the items are that are read: one deeper below an item that is a day or a track.
    depth: usize,
    in_item: bool,
    /// A space is due before the next word.
    space: bool,
    /// A line break is, and where its line ends in the content.
    line: Option<usize>,
    /// Where the open styled parts began.
    styles: Vec<usize>,
    /// Open `b` and `strong`, and whether anything stood outside of them.
    bold: usize,
    plain: bool,
    /// The id of an empty anchor in front of the next block, or of the element around it.
    before: Option<String>,
}

impl Reader {
    fn token(&mut self, range: Range<usize>, token: Token<'_>) {
        match token {
            Token::Open { name, attributes } => self.open(name, attributes, range),
            Token::Close { name } => self.close(name, range.end),
            Token::Text(raw) if self.enclosed == 0 || self.in_item => self.lines(raw, range.start),
            Token::Text(_) => {}
        }
    }

    fn open(&mut self, name: &str, attributes: Attributes<'_>, range: Range<usize>) {
        if let Some(kind) = enclosing(name) {
            self.end_item(range.start, true);
            self.nest();
            if self.enclosed == 1 {
                let day = |item: &&Block| item.kind == BlockKind::Item && is_group(&item.text);
                let below = kind == BlockKind::List && self.blocks.last().filter(day).is_some();
                self.depth = 1 + usize::from(below);
            }
            if self.enclosed == 0 {
                self.depth = 1;
                self.flush(range.start);
                self.list = (kind == BlockKind::List).then_some(self.blocks.len());
                self.blocks.push(Block {
                    kind,
                    range: range.clone(),
                    ..Block::default()
                });
            }
            self.enclosed += 1;
            return;
        }
        if self.enclosed > 0 && !self.in_item {
            if name == "li" && self.enclosed == 1 {
                self.depth = 1;
            }
            if name == "li" && self.enclosed == self.depth && self.list.is_some() {
                self.in_item = true;
                self.before = None;
                self.start(range.start, 0);
            } else if name == "p" {
                self.nest();
            }
            return;
        }
        if self.in_item {
            match name {
                "p" => {}
                _ if is_line(name) => self.end_item(range.start, true),
                _ => self.inline(name, attributes, range.end),
            }
            return;
        }
        if is_line(name) {
            self.flush(range.start);
            if name == "hr" {
                self.blocks.push(Block {
                    kind: BlockKind::Rule,
                    range,
                    ..Block::default()
                });
                return;
            }
            let id = attributes.get("id").map(String::from);
            let level = level(name);
            if level > 0 || name == "p" {
                self.start(range.start, level);
                if let (Some(block), Some(id)) = (&mut self.current, id) {
                    block.anchor = Some(id);
                }
            } else {
                self.before = id.or(self.before.take());
            }
            return;
        }
        self.inline(name, attributes, range.end);
    }

    fn inline(&mut self, name: &str, attributes: Attributes<'_>, end: usize) {
        if matches!(name, "a" | "span")
            && let Some(id) = attributes.get("id").map(String::from)
        {
            // An anchor of the author's own is what links to the post use.
            let own = attributes.get("href").is_none();
            match &mut self.current {
                Some(block) if own || block.anchor.is_none() => block.anchor = Some(id),
                Some(_) => {}
                None => self.before = Some(id),
            }
        }
        match name {
            "br" if self.current.is_some() => self.line = Some(end),
            "br" => {}
            _ if is_style(name) => {
                self.write_space();
                let at = self.current.as_ref().map_or(0, |block| block.text.len());
                self.styles.push(at);
                self.bold += usize::from(matches!(name, "b" | "strong"));
            }
            _ => {}
        }
    }

    fn close(&mut self, name: &str, end: usize) {
        if enclosing(name).is_some() {
            self.end_item(end, false);
            self.enclosed = self.enclosed.saturating_sub(1);
            let at = self.list.unwrap_or(self.blocks.len().saturating_sub(1));
            if self.enclosed == 0
                && let Some(block) = self.blocks.get_mut(at)
            {
                block.range.end = end;
                self.list = None;
            }
        } else if self.in_item && matches!(name, "li" | "p") {
            self.end_item(end, false);
        } else if self.enclosed > 0 && !self.in_item {
        } else if is_line(name) {
            self.flush(end);
        } else if is_style(name) {
            self.bold -= usize::from(matches!(name, "b" | "strong") && self.bold > 0);
            if let (Some(start), Some(block)) = (self.styles.pop(), &mut self.current)
                && start < block.text.len()
            {
                block.styled.push(start..block.text.len());
            }
        }
    }

    fn lines(&mut self, raw: &str, at: usize) {
        // Between blocks: what begins the next one asks for no space before it.
        if self.current.is_none() && raw.trim_ascii().is_empty() {
            return;
        }
        let (before, words, behind) = trimmed(raw);
        // As most text is: told in one walk.
        if is_as_kept(words) && !before.contains('\n') && !behind.contains('\n') {
            return self.write(!before.is_empty(), words, !behind.is_empty(), at);
        }
        let mut from = at;
        for (n, line) in raw.split('\n').enumerate() {
            if n > 0 {
                self.space = true;
                if self.current.as_ref().is_some_and(|block| block.level == 0) {
                    self.line = Some(from);
                }
            }
            self.text(&decode(line), from);
            from += line.len() + 1;
        }
    }

    fn text(&mut self, text: &str, at: usize) {
        let (before, words, behind) = trimmed(text);
        if words.is_empty() {
            self.space |= !text.is_empty();
            return;
        }
        let words = spaced_once(words);
        self.write(!before.is_empty(), &words, !behind.is_empty(), at);
    }

    /// Words with single spaces between them, and whether white space stands around them.
    fn write(&mut self, before: bool, words: &str, behind: bool, at: usize) {
        if self.current.is_none() {
            self.start(at, 0);
        }
        self.space |= before;
        self.write_space();
        if let Some(block) = &mut self.current {
            // Most blocks go on behind a link or two.
            if block.text.len() + words.len() > block.text.capacity() {
                block.text.reserve(words.len() + 256);
            }
            block.text.push_str(words);
            self.plain |= self.bold == 0;
        }
        self.space = behind;
    }

    fn write_space(&mut self) {
        let line = self.line.take();
        if let Some(block) = &mut self.current
            && !block.text.is_empty()
            && !block.text.ends_with(['\n', ' '])
        {
            if let Some(at) = line {
                block.text.push('\n');
                block.breaks.push((block.text.len(), at));
            } else if self.space {
                block.text.push(' ');
            }
        }
        self.space = false;
    }

    /// More follows in the item whose line was read last.
    fn nest(&mut self) {
        if self.enclosed == self.depth
            && let Some(block) = self.blocks.last_mut()
            && block.kind == BlockKind::Item
        {
            block.nested = true;
        }
    }

    /// The item's line is over; `nested` where more follows in the item.
    fn end_item(&mut self, end: usize, nested: bool) {
        if !std::mem::take(&mut self.in_item) {
            return;
        }
        let before = self.blocks.len();
        self.flush(end);
        if let Some(block) = self.blocks.get_mut(before) {
            (block.kind, block.nested) = (BlockKind::Item, nested);
        }
        self.before = None;
    }

    fn start(&mut self, at: usize, level: u8) {
        self.current = Some(Block {
            level,
            anchor: self.before.take(),
            range: at..at,
            ..Block::default()
        });
        self.styles.clear();
        (self.space, self.bold, self.plain) = (false, 0, false);
        self.line = None;
    }

    fn flush(&mut self, end: usize) {
        let Some(mut block) = self.current.take() else {
            return;
        };
        block.range.end = end;
        block.bold = !self.plain;
        let last = block.text.as_bytes().last();
        // As nearly all end: in what is neither white space nor one of the signs.
        let trimmed = match last.is_some_and(|byte| byte.is_ascii_graphic() && *byte != b'#') {
            true => block.text.len(),
            false => without_permalink_sign(&block.text).trim_end().len(),
        };
        block.text.truncate(trimmed);
        // A line that says nothing is gone with what was trimmed.
        block.breaks.retain(|&(from, _)| from < trimmed);
        for styled in &mut block.styled {
            styled.end = styled.end.min(trimmed);
        }
        block.styled.retain(|styled| styled.start < styled.end);
        block
            .styled
            .sort_by_key(|styled| (styled.start, std::cmp::Reverse(styled.end)));
        if block.text.is_empty() {
            self.before = block.anchor;
        } else if block.is_heading()
            || self.enclosed > 0
            || !block.text.starts_with('#')
            || block.breaks.len() > MOST_LINES
        {
            self.blocks.push(block);
        } else {
            self.blocks.extend(unhashed(&block));
        }
    }
}

/// White space, words, white space.
fn trimmed(text: &str) -> (&str, &str, &str) {
    let from_word = text.trim_start();
    let words = from_word.trim_end();
    let (before, behind) = (text.len() - from_word.len(), &from_word[words.len()..]);
    (&text[..before], words, behind)
}

/// A paragraph of more lines is no row of headings.
const MOST_LINES: usize = 200;

/// A paragraph whose lines begin with `#`, no blank behind it, as the headings its author meant.
fn unhashed(block: &Block) -> Vec<Block> {
    let mut starts = vec![(0, block.range.start)];
    starts.extend(&block.breaks);
    let mut parts: Vec<Block> = Vec::new();
    for (n, &(from, at)) in starts.iter().enumerate() {
        let next = starts.get(n + 1);
        let to = next.map_or(block.text.len(), |&(from, _)| from);
        let end = next.map_or(block.range.end, |&(_, at)| at);
        let line = block.text[from..to].trim_end();
        let heading = hash_heading(line);
        let continues = parts.last().is_some_and(|part| part.level == 0);
        if let (None, true, Some(part)) = (heading, continues, parts.last_mut()) {
            part.text.push('\n');
            part.text.push_str(line);
            part.range.end = end;
            continue;
        }
        let skipped = heading.map_or(0, |(_, skipped)| skipped);
        let from = from + skipped;
        let styled = block
            .styled
            .iter()
            .filter(|styled| styled.start >= from && styled.end <= to);
        parts.push(Block {
            level: heading.map_or(0, |(level, _)| level),
            text: line[skipped..].to_owned(),
            styled: styled
                .map(|styled| styled.start - from..styled.end - from)
                .collect(),
            anchor: if n == 0 { block.anchor.clone() } else { None },
            range: at..end,
            ..Block::default()
        });
    }
    parts
}

/// The level of a line such as `#Title`, and where its text begins; `None` for a row of hash tags.
fn hash_heading(line: &str) -> Option<(u8, usize)> {
    let marks = line.bytes().take_while(|&byte| byte == b'#').count();
    let text = line[marks..].trim_start();
    let tagged = text.split(' ').any(|word| word.starts_with('#'));
    let fits = (1..=6).contains(&marks) && !text.is_empty() && !tagged && text.len() <= 200;
    let level = u8::try_from(marks).ok().filter(|_| fits)?;
    Some((level, line.len() - text.len()))
}

/// Site generators put a sign that links to the heading at its end.
fn without_permalink_sign(text: &str) -> &str {
    text.trim_end_matches(['¶', '🔗', '⚓', '§', ' '])
        .trim_end_matches(" #")
}

/// `Day 1:` over the talks of the day.
fn is_group(text: &str) -> bool {
    sort(text.lines().next().unwrap_or_default()) == Sort::Group
}

fn level(name: &str) -> u8 {
    match name.as_bytes() {
        [b'h', digit @ b'1'..=b'6'] => digit - b'0',
        _ => 0,
    }
}

fn enclosing(name: &str) -> Option<BlockKind> {
    match name.as_bytes() {
        b"ul" | b"ol" => Some(BlockKind::List),
        b"blockquote" | b"table" | b"pre" | b"dl" | b"figure" | b"aside" | b"details" => {
            Some(BlockKind::Other)
        }
        _ => None,
    }
}

/// As [`is_block`]; the names that nearly all tags have are not looked for among the others.
fn is_line(name: &str) -> bool {
    match name.as_bytes() {
        b"p" | b"li" | [b'h', b'1'..=b'6'] => true,
        b"code" | b"img" | b"br" | b"span" => false,
        _ => !is_style(name) && is_block(name),
    }
}

fn is_style(name: &str) -> bool {
    matches!(
        name.as_bytes(),
        b"a" | b"em" | b"i" | b"strong" | b"b" | b"u" | b"cite" | b"small"
    )
}
