//! Texts of a code made fit to be shown: normal form C, nothing that turns the direction of writing.

use std::borrow::Cow;

use super::note::{Notice, Warning};
use crate::payload::kept;

/// What was found in the texts of a code so far.
#[derive(Default)]
pub(super) struct Texts {
    bidi: bool,
    not_nfc: bool,
    hidden: bool,
    mixed: bool,
}

impl Texts {
    /// The text to show: normal form C, without controls of direction.
    pub(super) fn clean<'a>(&mut self, raw: &'a str) -> Cow<'a, str> {
        if raw.is_ascii() {
            return Cow::Borrowed(raw);
        }
        let kept = kept(raw);
        self.bidi |= kept.had_bidi;
        self.not_nfc |= kept.was_not_nfc;
        let text = kept.text;
        self.hidden |= text.contains(is_hidden);
        text
    }

    /// The same for a name of a payee, which is looked at for letters of several scripts, too.
    pub(super) fn name<'a>(&mut self, raw: &'a str) -> Cow<'a, str> {
        let text = self.clean(raw);
        self.mixed |= text.split_whitespace().any(is_mixed);
        text
    }

    /// What the texts of the code are warned of.
    pub(super) fn warnings(&self) -> impl Iterator<Item = Warning> {
        let bidi = self.bidi.then_some(Warning::BidiControl);
        bidi.into_iter()
            .chain(self.not_nfc.then_some(Warning::NotNfc))
    }

    /// What else a payer should know of them.
    pub(super) fn notices(&self) -> impl Iterator<Item = Notice> {
        let hidden = self.hidden.then_some(Notice::HiddenCharacters);
        hidden
            .into_iter()
            .chain(self.mixed.then_some(Notice::MixedScripts))
    }
}

/// Format characters that take no room; joiners (U+200C, U+200D) are part of some scripts and are none of these.
fn is_hidden(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{180e}' | '\u{200b}' | '\u{2060}'..='\u{2064}' | '\u{feff}' | '\u{e0000}'..='\u{e007f}')
}

/// Whether a word has letters of more than one of the scripts whose letters look alike (UTS #39, 5.1).
fn is_mixed(word: &str) -> bool {
    let mut scripts = word.chars().filter_map(script);
    let first = scripts.next();
    scripts.any(|s| Some(s) != first)
}

#[derive(PartialEq)]
enum Script {
    Latin,
    Greek,
    Cyrillic,
    Armenian,
    Cherokee,
    FullWidth,
}

fn script(c: char) -> Option<Script> {
    match c {
        'A'..='Z'
        | 'a'..='z'
        | '\u{c0}'..='\u{24f}'
        | '\u{1e00}'..='\u{1eff}'
        | '\u{250}'..='\u{2af}' => Some(Script::Latin),
        '\u{370}'..='\u{3ff}' | '\u{1f00}'..='\u{1fff}' => Some(Script::Greek),
        '\u{400}'..='\u{52f}' => Some(Script::Cyrillic),
        '\u{531}'..='\u{58f}' => Some(Script::Armenian),
        '\u{13a0}'..='\u{13ff}' => Some(Script::Cherokee),
        '\u{ff21}'..='\u{ff5a}' => Some(Script::FullWidth),
        _ => None,
    }
}

/// The first control character (C0, DEL, C1), in bytes from the start: no such character belongs in a code (QRCPS, formats: printable only).
pub(super) fn control(text: &str, ascii: bool) -> Option<usize> {
    let bytes = text.as_bytes();
    if bytes
        .iter()
        .fold(false, |any, b| any | (*b < 0x20) | (*b == 0x7f))
    {
        return bytes.iter().position(|b| *b < 0x20 || *b == 0x7f);
    }
    match ascii {
        true => None,
        false => text.find(|c: char| ('\u{80}'..='\u{9f}').contains(&c)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_reads_backwards_is_flagged_and_straightened() {
        let mut texts = Texts::default();
        assert_eq!(texts.name("CTY \u{202e}NAV NEYUGN"), "CTY NAV NEYUGN");
        assert_eq!(texts.warnings().collect::<Vec<_>>(), [Warning::BidiControl]);
    }

    #[test]
    fn decomposed_letters_are_composed() {
        let mut texts = Texts::default();
        assert_eq!(texts.clean("Hue\u{302}\u{301}"), "Huế");
        assert_eq!(texts.warnings().collect::<Vec<_>>(), [Warning::NotNfc]);
    }

    #[test]
    fn cyrillic_letters_inside_a_latin_word_are_noticed() {
        let mut texts = Texts::default();
        texts.name("Viet\u{0441}ombank");
        assert_eq!(texts.notices().collect::<Vec<_>>(), [Notice::MixedScripts]);
        let mut texts = Texts::default();
        texts.name("Đặc sản Москва");
        assert_eq!(texts.notices().count(), 0);
    }
}
