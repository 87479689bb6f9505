//! Onsets and rimes of the standard spelling, and how letters split into the two.

/// Longest first, so that the first that fits is the onset.
const ONSETS: [&str; 27] = [
    "ngh", "ch", "gh", "gi", "kh", "ng", "nh", "ph", "qu", "th", "tr", "b", "c", "d", "đ", "g",
    "h", "k", "l", "m", "n", "p", "r", "s", "t", "v", "x",
];

/// Rimes, sorted, without tones.
#[rustfmt::skip]
const RIMES: &[&str] = &[
    "a", "ac", "ach", "ai", "am", "an", "ang", "anh", "ao", "ap", "at", "au", "ay",
    "e", "ec", "em", "en", "eng", "eo", "ep", "et",
    "i", "ia", "ich", "im", "in", "inh", "ip", "it", "iu",
    "iêc", "iêm", "iên", "iêng", "iêp", "iêt", "iêu",
    "o", "oa", "oac", "oach", "oai", "oam", "oan", "oang", "oanh", "oao", "oap", "oat", "oay",
    "oc", "oe", "oem", "oen", "oeo", "oet", "oi", "om", "on", "ong", "ooc", "oong", "op", "ot",
    "oăc", "oăm", "oăn", "oăng", "oăp", "oăt",
    "u", "ua", "uc", "ui", "um", "un", "ung", "up", "ut", "uy", "uya", "uych", "uyn", "uynh", "uyp", "uyt", "uyu",
    "uyên", "uyêt", "uân", "uâng", "uât", "uây", "uê", "uêch", "uên", "uênh", "uêt",
    "uôc", "uôi", "uôm", "uôn", "uông", "uôt", "uơ",
    "y", "yêm", "yên", "yêng", "yêt", "yêu",
    "âc", "âm", "ân", "âng", "âp", "ât", "âu", "ây",
    "ê", "êch", "êm", "ên", "êng", "ênh", "êp", "êt", "êu",
    "ô", "ôc", "ôi", "ôm", "ôn", "ông", "ôp", "ôt",
    "ăc", "ăm", "ăn", "ăng", "ăp", "ăt",
    "ơ", "ơi", "ơm", "ơn", "ơp", "ơt",
    "ư", "ưa", "ưc", "ưi", "ưm", "ưn", "ưng", "ưt", "ưu",
    "ươc", "ươi", "ươm", "ươn", "ương", "ươp", "ươt", "ươu",
];

/// What may follow `qu`, whose u is the glide: the rimes that begin with o or u elsewhere, without it.
#[rustfmt::skip]
const AFTER_QU: &[&str] = &[
    "a", "ac", "ach", "ai", "am", "an", "ang", "anh", "ao", "ap", "at", "au", "ay",
    "e", "en", "eo", "et", "i", "in", "it", "y", "ych", "yn", "ynh", "yt", "yu", "yên", "yêt",
    "ân", "âng", "ât", "âu", "ây", "ê", "êch", "ên", "ênh", "êt", "ôc", "ăc", "ăm", "ăn", "ăng", "ăp", "ăt", "ơ",
];

/// Onset and rime of letters without tone; `None` where they are no syllable.
pub(super) fn split(letters: &str) -> Option<(&'static str, &'static str)> {
    // The i of `gi` is also the vowel where no other follows: gì, gìn, giêng.
    if let Some(rest) = letters.strip_prefix('g') {
        if rest.starts_with('i')
            && rest.starts_with("iê") | matches!(rest, "i" | "in" | "im" | "inh" | "ich")
        {
            return Some(("gi", find(RIMES, rest)?));
        }
    }
    if let Some(rest) = letters.strip_prefix("qu") {
        return Some(("qu", find(AFTER_QU, rest)?));
    }
    let onset = ONSETS.iter().find(|onset| {
        letters
            .strip_prefix(**onset)
            .is_some_and(|rest| !rest.is_empty())
    });
    let (onset, rest) = match onset {
        Some(onset) => (*onset, letters.get(onset.len()..)?),
        None => ("", letters),
    };
    let rime = find(RIMES, rest)?;
    let front = rime.starts_with(['e', 'ê', 'i', 'y']);
    let fits = match onset {
        "k" | "gh" | "ngh" => front,
        "c" | "g" | "ng" => !front,
        // The i of `gi` is written once.
        "gi" => !rime.starts_with('i') && !rime.starts_with("yê"),
        // `yê` stands alone; after an onset it is written `iê`.
        "" => !rime.starts_with("iê"),
        _ => !rime.starts_with("yê"),
    };
    fits.then_some((onset, rime))
}

/// Whether letters without any marks are a syllable whose marks were left out: `thien`, `duong`.
pub(crate) fn is_bare(letters: &str) -> bool {
    let onset = ONSETS.iter().find(|onset| {
        letters
            .strip_prefix(**onset)
            .is_some_and(|rest| !rest.is_empty())
    });
    let (onset, rest) = match onset {
        Some(onset) => (*onset, letters.get(onset.len()..).unwrap_or_default()),
        None => ("", letters),
    };
    let table = if onset == "qu" { AFTER_QU } else { RIMES };
    let front = rest.starts_with(['e', 'i', 'y']);
    let fits = match onset {
        "k" | "gh" | "ngh" => front,
        "c" | "ng" => !front,
        _ => true,
    };
    let is_rime = |rest: &str| {
        table
            .iter()
            .any(|rime| rime.chars().map(plain).eq(rest.chars()))
    };
    // The i of `gi` may be the vowel, too: `gieng`.
    fits && (is_rime(rest) || (onset == "gi" && is_rime(letters.get(1..).unwrap_or_default())))
        || letters == "gi"
}

fn plain(vowel: char) -> char {
    match vowel {
        'ă' | 'â' => 'a',
        'ê' => 'e',
        'ô' | 'ơ' => 'o',
        'ư' => 'u',
        other => other,
    }
}

fn find(table: &'static [&'static str], rime: &str) -> Option<&'static str> {
    table.iter().find(|known| **known == rime).copied()
}

/// Some onset and rime put together, valid or not.
#[cfg(test)]
pub(super) fn nth(onset: usize, rime: usize) -> String {
    let onset = ONSETS.get(onset).copied().unwrap_or_default();
    format!("{onset}{}", RIMES[rime % RIMES.len()])
}
