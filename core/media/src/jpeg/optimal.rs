//! The shortest Huffman tables for one picture (T.81 K.2). Worth six to ten per cent of a photo: half a minute at 2 KB/s.

/// A Huffman table as a file carries it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Code {
    /// Numbers of codes of 1 to 16 bits.
    pub(crate) counts: [u8; 16],
    /// Symbols, shortest code first.
    pub(crate) symbols: Vec<u8>,
}

impl Code {
    /// The best code for symbols that occur `frequency` times. No code is all ones (T.81 C.2).
    pub(crate) fn best(frequency: &[u32; 256]) -> Code {
        // Symbol 256 is the reserved one: it takes the longest code, so that no real one is all ones.
        let mut weights: Vec<u64> = frequency.iter().map(|count| u64::from(*count)).collect();
        weights.push(1);
        let mut sizes = lengths(weights);
        limit(&mut sizes);
        // The reserved symbol's place is given up among the longest.
        if let Some(longest) = sizes.iter_mut().rev().find(|count| **count > 0) {
            *longest -= 1;
        }
        let mut symbols: Vec<u8> = (0..=255u8)
            .filter(|symbol| frequency[usize::from(*symbol)] > 0)
            .collect();
        symbols.sort_by_key(|symbol| std::cmp::Reverse(frequency[usize::from(*symbol)]));
        let mut counts = [0u8; 16];
        for (count, size) in counts.iter_mut().zip(sizes.iter().skip(1)) {
            *count = u8::try_from(*size).unwrap_or(u8::MAX);
        }
        Code { counts, symbols }
    }

    /// Each symbol's code and length; length 0 for symbols that have none.
    pub(crate) fn words(&self) -> [(u16, u8); 256] {
        let mut words = [(0, 0); 256];
        let mut symbols = self.symbols.iter();
        let mut code = 0u32;
        for (length, count) in (1u8..).zip(self.counts) {
            for symbol in symbols.by_ref().take(usize::from(count)) {
                words[usize::from(*symbol)] = (code as u16, length);
                code += 1;
            }
            code <<= 1;
        }
        words
    }
}

/// How many symbols get codes of each length, by joining the two lightest trees until one is left.
fn lengths(weights: Vec<u64>) -> [usize; 260] {
    struct Tree {
        weight: u64,
        /// How many of its leaves lie at each depth.
        leaves: Vec<usize>,
    }
    let mut trees: Vec<Tree> = weights
        .into_iter()
        .filter(|weight| *weight > 0)
        .map(|weight| Tree {
            weight,
            leaves: vec![1],
        })
        .collect();
    while trees.len() > 1 {
        trees.sort_by_key(|tree| std::cmp::Reverse(tree.weight));
        let (Some(a), Some(b)) = (trees.pop(), trees.pop()) else {
            break;
        };
        let mut leaves = vec![0; a.leaves.len().max(b.leaves.len()) + 1];
        for tree in [&a, &b] {
            for (depth, count) in tree.leaves.iter().enumerate() {
                leaves[depth + 1] += count;
            }
        }
        trees.push(Tree {
            weight: a.weight + b.weight,
            leaves,
        });
    }
    let mut sizes = [0; 260];
    if let Some(tree) = trees.pop() {
        for (size, count) in sizes.iter_mut().zip(tree.leaves) {
            *size = count;
        }
    }
    // One symbol alone (the reserved one) is a tree without depth.
    if sizes[0] > 0 {
        (sizes[0], sizes[1]) = (0, 1);
    }
    sizes
}

/// Shortens codes to 16 bits (T.81 figure K.3): a pair too long moves up beside a shorter code that is split for it.
fn limit(sizes: &mut [usize; 260]) {
    for long in (17..sizes.len()).rev() {
        while sizes[long] > 0 {
            let Some(short) = (1..long - 1).rev().find(|length| sizes[*length] > 0) else {
                return;
            };
            sizes[long] = sizes[long].saturating_sub(2);
            sizes[long - 1] += 1;
            sizes[short + 1] += 2;
            sizes[short] -= 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn check(frequency: &[u32; 256]) {
        let code = Code::best(frequency);
        let total: usize = code.counts.iter().map(|count| usize::from(*count)).sum();
        assert_eq!(total, code.symbols.len());
        // Kraft's sum stays below one: room for the code of all ones.
        let used: u32 = (1u32..)
            .zip(code.counts)
            .map(|(length, count)| u32::from(count) << (16 - length))
            .sum();
        assert!(used < 1 << 16);
        let words = code.words();
        for (symbol, count) in frequency.iter().enumerate() {
            assert_eq!(words[symbol].1 > 0, *count > 0);
        }
    }

    #[test]
    fn extremes() {
        check(&[0; 256]);
        check(&[1; 256]);
        let mut one = [0; 256];
        one[7] = 5;
        check(&one);
        // Weights of a Fibonacci row make the deepest tree there is: 40 levels without the limit.
        let mut deep = [0u32; 256];
        let (mut a, mut b) = (1u32, 1u32);
        for slot in deep.iter_mut().take(40) {
            *slot = a;
            (a, b) = (b, a + b);
        }
        check(&deep);
    }

    proptest! {
        #[test]
        fn every_table_is_valid(seed in proptest::collection::vec(0u32..100_000, 256)) {
            let mut frequency = [0; 256];
            frequency.copy_from_slice(&seed);
            check(&frequency);
        }
    }
}
