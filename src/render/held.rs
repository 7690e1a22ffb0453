//! Holds an output's body back until its contents are known, which stand above it.
//!
//! What is held lies in memory while it is small, then in a temporary file, so that a long answer takes no
//! more memory than a short one.

use std::io::{self, Read, Seek, SeekFrom, Write};

use tempfile::SpooledTempFile;

/// So much is held in memory, in bytes.
const IN_MEMORY: usize = 1 << 20;

/// Passes on what is written to it, or holds it.
pub(super) struct Held<'a> {
    out: Box<dyn Write + 'a>,
    held: Option<SpooledTempFile>,
}

impl<'a> Held<'a> {
    pub(super) fn new(out: Box<dyn Write + 'a>) -> Self {
        Self { out, held: None }
    }

    /// From now on what is written waits.
    pub(super) fn hold(&mut self) {
        self.held = Some(spool());
    }

    pub(super) fn is_holding(&self) -> bool {
        self.held.is_some()
    }

    /// Writes `first`, then what has waited; what follows waits no more.
    pub(super) fn release(&mut self, first: &[u8]) -> io::Result<()> {
        let held = self.held.take();
        self.out.write_all(first)?;
        match held {
            Some(mut held) => copy_from_start(&mut held, &mut self.out),
            None => Ok(()),
        }
    }
}

impl Write for Held<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match &mut self.held {
            Some(held) => held.write(bytes),
            None => self.out.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match &mut self.held {
            Some(_) => Ok(()),
            None => self.out.flush(),
        }
    }
}

pub(super) fn spool() -> SpooledTempFile {
    tempfile::spooled_tempfile(IN_MEMORY)
}

pub(super) fn copy_from_start(held: &mut SpooledTempFile, out: &mut dyn Write) -> io::Result<()> {
    held.seek(SeekFrom::Start(0))?;
    let mut block = vec![0; 1 << 16];
    loop {
        match held.read(&mut block)? {
            0 => return Ok(()),
            length => out.write_all(&block[..length])?,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_held_comes_behind_its_contents_however_long() {
        let mut out = Vec::new();
        let mut held = Held::new(Box::new(&mut out));
        held.write_all(b"head ").unwrap();
        held.hold();
        let long = vec![b'x'; 3 * IN_MEMORY];
        held.write_all(&long).unwrap();
        held.release(b"contents ").unwrap();
        held.write_all(b" end").unwrap();
        drop(held);
        assert!(out.starts_with(b"head contents xx") && out.ends_with(b"xx end"));
        assert_eq!(out.len(), long.len() + 18);
    }
}
