//! Parts of a file read as if they stood together, without copying them: decoders get only the parts a picture needs.

use std::io::{BufRead, Error, ErrorKind, Read, Result, Seek, SeekFrom};

/// A reader over slices in a row.
pub(crate) struct Pieces<'a> {
    parts: Vec<&'a [u8]>,
    length: u64,
    /// The current part and the position in it.
    part: usize,
    at: usize,
}

impl<'a> Pieces<'a> {
    pub(crate) fn new(parts: Vec<&'a [u8]>) -> Self {
        let length = parts.iter().map(|part| part.len() as u64).sum();
        Pieces {
            parts,
            length,
            part: 0,
            at: 0,
        }
    }

    fn position(&self) -> u64 {
        self.parts
            .iter()
            .take(self.part)
            .map(|part| part.len() as u64)
            .sum::<u64>()
            + self.at as u64
    }
}

impl BufRead for Pieces<'_> {
    fn fill_buf(&mut self) -> Result<&[u8]> {
        while self
            .parts
            .get(self.part)
            .is_some_and(|part| self.at >= part.len())
        {
            self.part += 1;
            self.at = 0;
        }
        Ok(self
            .parts
            .get(self.part)
            .and_then(|part| part.get(self.at..))
            .unwrap_or_default())
    }

    fn consume(&mut self, amount: usize) {
        self.at += amount;
    }
}

impl Read for Pieces<'_> {
    fn read(&mut self, out: &mut [u8]) -> Result<usize> {
        let ready = self.fill_buf()?;
        let taken = ready.len().min(out.len());
        out[..taken].copy_from_slice(&ready[..taken]);
        self.consume(taken);
        Ok(taken)
    }
}

impl Seek for Pieces<'_> {
    fn seek(&mut self, to: SeekFrom) -> Result<u64> {
        let target = match to {
            SeekFrom::Start(at) => Some(at),
            SeekFrom::End(by) => self.length.checked_add_signed(by),
            SeekFrom::Current(by) => self.position().checked_add_signed(by),
        };
        let target = target.ok_or_else(|| Error::from(ErrorKind::InvalidInput))?;
        let mut left = target;
        self.part = 0;
        while let Some(part) = self
            .parts
            .get(self.part)
            .filter(|part| left >= part.len() as u64)
        {
            left -= part.len() as u64;
            self.part += 1;
        }
        // Past the end nothing is left to read, wherever exactly that is.
        self.at = if self.part < self.parts.len() {
            left as usize
        } else {
            0
        };
        Ok(target)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_across_parts_and_seeks() {
        let mut pieces = Pieces::new(vec![b"ab", b"", b"cde", b"f"]);
        let mut text = String::new();
        pieces.read_to_string(&mut text).unwrap();
        assert_eq!(text, "abcdef");
        let mut two = [0; 2];
        assert_eq!(pieces.seek(SeekFrom::Start(1)).unwrap(), 1);
        pieces.read_exact(&mut two).unwrap();
        assert_eq!(&two, b"bc");
        assert_eq!(pieces.stream_position().unwrap(), 3);
        assert_eq!(pieces.seek(SeekFrom::Current(2)).unwrap(), 5);
        assert_eq!(pieces.read(&mut two).unwrap(), 1);
        assert_eq!(pieces.seek(SeekFrom::End(-2)).unwrap(), 4);
        assert_eq!(pieces.seek(SeekFrom::Start(99)).unwrap(), 99);
        assert_eq!(pieces.read(&mut two).unwrap(), 0);
        assert!(pieces.seek(SeekFrom::End(-7)).is_err());
    }
}
