//! The search key of a name: what is left when spaces, signs, marks and the choice between `i` and `y` do not count.
//!
//! Invariant: texts with one fold have one key; the names of an edition are sorted by it, which [`super::Edition::parse`] checks.

use std::cmp::Ordering;

use crate::fold::fold_char;

/// `Ea H'leo` and `ea hleo` are `eahleo`, `Quy Nhơn` and `Qui Nhơn` are `quinhon`, `Phường 01` and `Phường 1` are `phuong1`.
pub(super) fn key(name: &str) -> String {
    let mut key = String::with_capacity(name.len());
    write(name, |c| {
        key.push(c);
        true
    });
    key
}

/// Compares the key of `name` with a key, without making it.
pub(super) fn compare(name: &str, key: &str) -> Ordering {
    let mut rest = key.chars();
    let mut order = Ordering::Equal;
    write(name, |c| {
        order = rest.next().map_or(Ordering::Greater, |k| c.cmp(&k));
        order == Ordering::Equal
    });
    match order {
        Ordering::Equal if rest.next().is_some() => Ordering::Less,
        order => order,
    }
}

/// Gives the characters of the key one by one, while `emit` wants more.
fn write(name: &str, mut emit: impl FnMut(char) -> bool) {
    let (mut before, mut last, mut go_on) = (' ', ' ', true);
    for c in name.chars() {
        fold_char(c, |mut c| {
            if !go_on || !c.is_alphanumeric() {
                return;
            }
            if c == '0' && !last.is_ascii_digit() {
                return; // `01` is 1
            }
            // `Mỹ` or `Mĩ`, `Quy` or `Qui`: one sound, two schools of writing. `Thúy` and `Thúi` are two.
            let after_consonant = !matches!(last, 'a' | 'e' | 'i' | 'o' | 'u' | 'y');
            if c == 'y' && (after_consonant || (before == 'q' && last == 'u')) {
                c = 'i';
            }
            (before, last) = (last, c);
            go_on = emit(c);
        });
        if !go_on {
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn spellings_of_one_name_have_one_key() {
        for (a, b) in [
            ("Ea H'leo", "ea hleo"),
            ("Chân Mây - Lăng Cô", "chanmay–langco"),
            ("Quy Nhơn", "Qui Nhơn"),
            ("Mỹ Thượng", "mi thuong"),
            ("Thuận Hoà", "THUẬN HÒA"),
            ("12", "012"),
        ] {
            assert_eq!(key(a), key(b));
        }
        assert_ne!(key("Thúy"), key("Thúi"));
        assert_ne!(key("10"), key("1"));
    }

    proptest! {
        #[test]
        fn comparing_is_comparing_keys(a in "[a-zđạế0-9' -]{0,12}", b in "[a-zđạế0-9' -]{0,12}") {
            prop_assert_eq!(compare(&a, &key(&b)), key(&a).cmp(&key(&b)));
        }
    }
}
