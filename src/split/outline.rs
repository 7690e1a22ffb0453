//! The blocks of a post, in order: what stands on a line of its own, with what marks it.

use std::ops::Range;

use crate::model::{Attributes, SafeHtml, Token, decode, is_block};

/// Something on a line of its own that is not inside a list, a quotation or a table; those stand here as
/// one block without text.
#[derive(Debug, Default)]
pub(super) struct Block {
    /// 1 to 6 for headings, 0 for anything else.
    pub(super) level: u8,
    pub(super) kind: BlockKind,
    /// Decoded, white space collapsed, `<br>` as a line break.
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
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum BlockKind {
    #[default]
    Text,
    List,
    /// A quotation, a table, code, a rule.
    Other,
}

impl Block {
    pub(super) fn is_heading(&self) -> bool {
        self.level > 0
    }
}

pub(super) fn blocks(content: &SafeHtml) -> Vec<Block> {
    let mut reader = Reader::default();
    for (range, token) in content.tokens() {
        reader.token(range, token);
    }
    reader.flush(content.as_str().len());
    let mut blocks = reader.blocks;
    for at in 1..blocks.len() {
        blocks[at - 1].over_list = blocks[at].kind == BlockKind::List;
    }
    blocks
}

#[derive(Default)]
struct Reader {
    blocks: Vec<Block>,
    current: Option<Block>,
    /// How deep inside a list, a quotation, a table, code.
    enclosed: usize,
    /// A space is due before the next word.
    space: bool,
    /// Where the open styled parts began.
    styles: Vec<usize>,
    /// Open `b` and `strong`, and how many characters stood outside of them.
    bold: usize,
    plain: usize,
    /// The id of an empty anchor in front of the next block, or of the element around it.
    before: Option<String>,
}

impl Reader {
    fn token(&mut self, range: Range<usize>, token: Token<'_>) {
        match token {
            Token::Open { name, attributes } => self.open(name, attributes, range),
            Token::Close { name } => self.close(name, range.end),
            Token::Text(raw) if self.enclosed == 0 => self.text(&decode(raw), range.start),
            Token::Text(_) => {}
        }
    }

    fn open(&mut self, name: &str, attributes: Attributes<'_>, range: Range<usize>) {
        if let Some(kind) = enclosing(name) {
            if self.enclosed == 0 {
                self.flush(range.start);
                self.blocks.push(Block {
                    kind,
                    range: range.clone(),
                    ..Block::default()
                });
            }
            self.enclosed += 1;
            return;
        }
        if self.enclosed > 0 {
            return;
        }
        let id = attributes.get("id").map(String::from);
        if is_block(name) {
            self.flush(range.start);
            if name == "hr" {
                self.blocks.push(Block {
                    kind: BlockKind::Other,
                    range,
                    ..Block::default()
                });
                return;
            }
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
        self.inline(name, attributes, id);
    }

    fn inline(&mut self, name: &str, attributes: Attributes<'_>, id: Option<String>) {
        if let Some(id) = id.filter(|_| matches!(name, "a" | "span")) {
            // An anchor of the author's own is what links to the post use.
            let own = attributes.get("href").is_none();
            match &mut self.current {
                Some(block) if own || block.anchor.is_none() => block.anchor = Some(id),
                Some(_) => {}
                None => self.before = Some(id),
            }
        }
        match name {
            "br" => {
                if let Some(block) = &mut self.current {
                    if !block.text.is_empty() {
                        block.text.push('\n');
                    }
                    self.space = false;
                }
            }
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
            self.enclosed = self.enclosed.saturating_sub(1);
            if self.enclosed == 0
                && let Some(block) = self.blocks.last_mut()
            {
                block.range.end = end;
            }
        } else if self.enclosed > 0 {
        } else if is_block(name) {
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

    fn text(&mut self, text: &str, at: usize) {
        if self.current.is_none() {
            if text.trim().is_empty() {
                return;
            }
            self.start(at, 0);
        }
        self.space |= text.starts_with(char::is_whitespace);
        for word in text.split_whitespace() {
            self.write_space();
            if let Some(block) = &mut self.current {
                block.text.push_str(word);
                if self.bold == 0 {
                    self.plain += word.len();
                }
            }
            self.space = true;
        }
        if !text.trim().is_empty() {
            self.space = text.ends_with(char::is_whitespace);
        }
    }

    fn write_space(&mut self) {
        if let Some(block) = self.current.as_mut().filter(|_| self.space)
            && !block.text.is_empty()
            && !block.text.ends_with(['\n', ' '])
        {
            block.text.push(' ');
        }
        self.space = false;
    }

    fn start(&mut self, at: usize, level: u8) {
        self.current = Some(Block {
            level,
            anchor: self.before.take(),
            range: at..at,
            ..Block::default()
        });
        self.styles.clear();
        (self.space, self.bold, self.plain) = (false, 0, 0);
    }

    fn flush(&mut self, end: usize) {
        let Some(mut block) = self.current.take() else {
            return;
        };
        block.range.end = end;
        block.bold = self.plain == 0;
        let trimmed = without_permalink_sign(&block.text).trim_end().len();
        block.text.truncate(trimmed);
        for styled in &mut block.styled {
            styled.end = styled.end.min(trimmed);
        }
        block.styled.retain(|styled| styled.start < styled.end);
        if block.text.is_empty() {
            self.before = block.anchor;
        } else {
            self.blocks.push(block);
        }
    }
}

/// Site generators put a sign that links to the heading at its end.
fn without_permalink_sign(text: &str) -> &str {
    text.trim_end_matches(['¶', '🔗', '⚓', '§', ' '])
        .trim_end_matches(" #")
}

fn level(name: &str) -> u8 {
    match name.as_bytes() {
        [b'h', digit @ b'1'..=b'6'] => digit - b'0',
        _ => 0,
    }
}

fn enclosing(name: &str) -> Option<BlockKind> {
    match name {
        "ul" | "ol" => Some(BlockKind::List),
        "blockquote" | "table" | "pre" | "dl" | "figure" | "aside" | "details" => {
            Some(BlockKind::Other)
        }
        _ => None,
    }
}

fn is_style(name: &str) -> bool {
    matches!(name, "a" | "em" | "i" | "strong" | "b" | "u" | "cite")
}
