//! Words typed with the input method switched off: `hues` (Telex) and `hue61` (VNI) for *huế*.
//!
//! Invariant: opt-in, and never in the way: a word that is a syllable as it stands is no slip, and nothing outside this file
//! reads keystrokes. A search asks for the words as typed first and for these when it found nothing.

use unicode_normalization::UnicodeNormalization;

use super::{table, Syllable, Tone, TonePlacement};
use crate::fold::fold;
use crate::token::tokens;

/// The input method a word was meant for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TypingMethod {
    /// Letters for marks: `ddaf`.
    Telex,
    /// Digits for marks: `d9a2`.
    Vni,
}

/// What a slip was meant to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Slip {
    /// How it was typed.
    pub method: TypingMethod,
    /// What the input method would have made of it, in small letters, composed. A syllable, or one of whose marks some were
    /// not typed at all (`hues`: *hué*).
    pub meant: String,
}

/// Longest word looked at: `nghieengs` and what a hesitating hand adds.
const MAX_KEYS: usize = 16;

/// Reads one word as keystrokes; `None` where it is a syllable as it stands or makes none. (`xoong` is read as *xông*: its rime is
/// almost always Telex.)
///
/// ```
/// use hues_vietnam::{read_slip, TypingMethod};
/// let slip = read_slip("Hue61").ok_or("a slip")?;
/// assert_eq!((slip.method, slip.meant.as_str()), (TypingMethod::Vni, "huế"));
/// assert_eq!(read_slip("dduwowngf").map(|s| s.meant).as_deref(), Some("đường"));
/// assert!(read_slip("lan").is_none() && read_slip("report").is_none());
/// # Ok::<(), &str>(())
/// ```
#[must_use]
pub fn read_slip(word: &str) -> Option<Slip> {
    if word.len() > MAX_KEYS || !word.bytes().all(|b| b.is_ascii_alphanumeric()) {
        return None;
    }
    let keys = word.to_ascii_lowercase();
    // `oong` and `ooc` are rimes of a few loan words (xoong, soóc) and far oftener Telex for `ông` and `ôc`.
    let is_loan = keys.ends_with("oong") || keys.ends_with("ooc");
    if !is_loan && (Syllable::parse(&keys).is_some() || table::is_bare(&keys)) {
        return None;
    }
    let method = if keys.bytes().any(|b| b.is_ascii_digit()) {
        TypingMethod::Vni
    } else {
        TypingMethod::Telex
    };
    let mut typed = Typed::default();
    for key in keys.chars() {
        match method {
            TypingMethod::Telex => typed.telex(key)?,
            TypingMethod::Vni => typed.vni(key)?,
        }
    }
    let meant = typed.meant()?;
    Some(Slip { method, meant })
}

/// The fold of a text with its slips read; `None` when it has none, so that there is nothing else to look for.
///
/// ```
/// assert_eq!(hues_vietnam::fold_slips("dduwowngf Le Loi, Hue61").as_deref(), Some("duong le loi, hue"));
/// assert_eq!(hues_vietnam::fold_slips("đường Lê Lợi"), None);
/// ```
#[must_use]
pub fn fold_slips(text: &str) -> Option<String> {
    let mut read = String::with_capacity(text.len());
    let mut after = 0;
    for token in tokens(text) {
        let Some(slip) = text.get(token.range.clone()).and_then(read_slip) else {
            continue;
        };
        read.push_str(text.get(after..token.range.start)?);
        read.push_str(&slip.meant);
        after = token.range.end;
    }
    if after == 0 {
        return None;
    }
    read.push_str(text.get(after..)?);
    Some(fold(&read))
}

#[derive(Default)]
struct Typed {
    letters: Vec<char>,
    tone: Tone,
}

impl Typed {
    /// The word, if it is a syllable or would be with more marks.
    fn meant(&self) -> Option<String> {
        let letters: String = self.letters.iter().collect();
        if let Some(syllable) = Syllable::of_letters(&letters, self.tone) {
            return Some(syllable.written(TonePlacement::Traditional));
        }
        if !table::is_bare(&fold(&letters)) {
            return None;
        }
        let carrier = self
            .letters
            .iter()
            .rposition(|c| "aăâeêioôơuưy".contains(*c))?;
        let mut marked = self.letters.clone();
        marked.splice(carrier + 1..carrier + 1, self.tone.mark());
        Some(marked.into_iter().nfc().collect())
    }

    fn telex(&mut self, key: char) -> Option<()> {
        let has_vowel = self.letters.iter().any(|c| "aăâeêioôơuưy".contains(*c));
        let tone = match key {
            's' => Some(Tone::Sac),
            'f' => Some(Tone::Huyen),
            'r' => Some(Tone::Hoi),
            'x' => Some(Tone::Nga),
            'j' => Some(Tone::Nang),
            _ => None,
        };
        match (key, tone) {
            (_, Some(tone)) if has_vowel => self.set_tone(tone),
            ('a' | 'e' | 'o', _) if self.replace_last(key, circumflex(key)?) => Some(()),
            ('d', _) if self.replace_last('d', 'đ') => Some(()),
            ('w', _) => {
                if !self.horn() {
                    self.letters.push('ư');
                }
                Some(())
            }
            ('f' | 'j' | 'z', _) => None,
            _ => {
                self.letters.push(key);
                Some(())
            }
        }
    }

    fn vni(&mut self, key: char) -> Option<()> {
        match key {
            '1' => self.set_tone(Tone::Sac),
            '2' => self.set_tone(Tone::Huyen),
            '3' => self.set_tone(Tone::Hoi),
            '4' => self.set_tone(Tone::Nga),
            '5' => self.set_tone(Tone::Nang),
            '6' => {
                let place = self.letters.iter().rposition(|c| "aeo".contains(*c))?;
                let letter = self.letters.get_mut(place)?;
                *letter = circumflex(*letter)?;
                Some(())
            }
            '7' => self.horn_of_u_and_o().then_some(()),
            '8' => self.replace_last('a', 'ă').then_some(()),
            '9' => self.replace_last('d', 'đ').then_some(()),
            '0' => None,
            _ => {
                self.letters.push(key);
                Some(())
            }
        }
    }

    fn set_tone(&mut self, tone: Tone) -> Option<()> {
        // A second tone key undoes or changes the first: such a word is no slip of habit.
        (self.tone == Tone::Ngang && !self.letters.is_empty()).then(|| self.tone = tone)
    }

    fn replace_last(&mut self, plain: char, marked: char) -> bool {
        let place = self.letters.iter().rposition(|c| *c == plain);
        let letter = place.and_then(|place| self.letters.get_mut(place));
        letter.map(|letter| *letter = marked).is_some()
    }

    /// The w of Telex: a horn on u and o (on both of `uo`), a breve on a; of `ua` it marks the u.
    fn horn(&mut self) -> bool {
        let place = self.letters.iter().rposition(|c| "auo".contains(*c));
        let Some(place) = place.filter(|place| self.letters.get(*place) == Some(&'a')) else {
            return self.horn_of_u_and_o();
        };
        let before = |back: usize| place.checked_sub(back).and_then(|p| self.letters.get(p));
        if before(1) == Some(&'u') && before(2) != Some(&'q') {
            return self.set(place - 1, 'ư');
        }
        self.set(place, 'ă')
    }

    fn horn_of_u_and_o(&mut self) -> bool {
        // `uo` before the end of the word takes both; `huơ`, `thuở` and `quơ` are typed with the key after o and mean o alone,
        // which the inventory tells.
        for place in (0..self.letters.len()).rev() {
            let after_u = place > 0 && matches!(self.letters.get(place - 1), Some('u' | 'ư'));
            match self.letters.get(place) {
                Some('o') if after_u => {
                    let after_q = place > 1 && self.letters.get(place - 2) == Some(&'q');
                    let both = !after_q && place + 1 < self.letters.len();
                    if let (true, Some(u)) = (both, self.letters.get_mut(place - 1)) {
                        *u = 'ư';
                    }
                    return self.set(place, 'ơ');
                }
                Some('o') => return self.set(place, 'ơ'),
                // The a of `ua` stays: `mua` + w is `mưa`.
                Some('u') if !(place > 0 && self.letters.get(place - 1) == Some(&'q')) => {
                    return self.set(place, 'ư')
                }
                _ => {}
            }
        }
        false
    }

    fn set(&mut self, place: usize, letter: char) -> bool {
        self.letters
            .get_mut(place)
            .map(|old| *old = letter)
            .is_some()
    }
}

fn circumflex(letter: char) -> Option<char> {
    Some(match letter {
        'a' => 'â',
        'e' => 'ê',
        'o' => 'ô',
        _ => return None,
    })
}
