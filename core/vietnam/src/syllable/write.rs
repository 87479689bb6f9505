//! Writing a syllable: where its tone goes.

use std::fmt;

use unicode_normalization::UnicodeNormalization;

use super::{Syllable, Tone};

/// Which vowel of `oa`, `oe`, `uy` carries the tone in an open syllable. Everywhere else the two agree.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum TonePlacement {
    /// On the glide: `hòa`, `thủy`; what most keyboards and state papers write. (Linguists call it the old way.)
    #[default]
    Traditional,
    /// On the main vowel: `hoà`, `thuỷ`; what schoolbooks write.
    Reformed,
}

impl Syllable {
    /// The syllable in small letters, composed (NFC).
    ///
    /// ```
    /// use hues_vietnam::{Syllable, TonePlacement};
    /// let s = Syllable::parse("HOÀ").ok_or("a syllable")?;
    /// assert_eq!(s.written(TonePlacement::Traditional), "hòa");
    /// assert_eq!(s.written(TonePlacement::Reformed), "hoà");
    /// # Ok::<(), &str>(())
    /// ```
    #[must_use]
    pub fn written(&self, placement: TonePlacement) -> String {
        let Some(mark) = self.tone.mark() else {
            return format!("{}{}", self.before_rime(), self.rime);
        };
        let carrier = self.carrier(placement);
        let mut letters = String::with_capacity(16);
        letters.push_str(self.before_rime());
        for (place, c) in self.rime.chars().enumerate() {
            letters.push(c);
            if place == carrier {
                letters.push(mark);
            }
        }
        letters.nfc().collect()
    }

    /// `gi` before a rime that begins with i shares the letter.
    fn before_rime(&self) -> &'static str {
        match self.onset {
            "gi" if self.rime.starts_with('i') => "g",
            onset => onset,
        }
    }

    /// Which letter of the rime carries the tone.
    fn carrier(&self, placement: TonePlacement) -> usize {
        let rime: Vec<char> = self.rime.chars().collect();
        let vowels = rime.iter().take_while(|c| is_vowel(**c)).count();
        // A vowel with a mark of its own carries the tone, of ươ the second.
        if let Some(marked) = rime.iter().rposition(|c| "âăêôơư".contains(*c)) {
            return marked;
        }
        let closed = rime.len() > vowels;
        match (vowels, closed) {
            (0 | 1, _) => 0,
            (_, true) => vowels - 1,
            (2, false) if matches!(self.rime, "oa" | "oe" | "uy") => {
                usize::from(placement == TonePlacement::Reformed)
            }
            (2, false) => 0,
            _ => 1, // oai, oay, uya, uyu, oao, oeo
        }
    }
}

/// In small letters, the tone in its traditional place.
impl fmt::Display for Syllable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.written(TonePlacement::Traditional))
    }
}

fn is_vowel(c: char) -> bool {
    "aăâeêioôơuưy".contains(c)
}

impl Tone {
    /// All six, in the order of dictionaries.
    pub const ALL: [Tone; 6] = [
        Tone::Ngang,
        Tone::Huyen,
        Tone::Hoi,
        Tone::Nga,
        Tone::Sac,
        Tone::Nang,
    ];
}
