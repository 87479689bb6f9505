//! Round trips at every boundary, and each way a disk or a hand can spoil a sealed file.

use super::*;
use hues_env::SeededRandom;
use proptest::prelude::*;

fn key() -> SecretKey {
    SecretKey::random(&mut SeededRandom::new(1))
}

fn plain(len: usize) -> Vec<u8> {
    (0..len).map(|i| (i % 251) as u8).collect()
}

fn sealed(len: usize) -> Vec<u8> {
    seal_bytes(&key(), b"ctx", &plain(len), &mut SeededRandom::new(2))
}

#[test]
fn frozen_bytes() {
    insta::assert_snapshot!(hex::encode(sealed(40)));
}

#[test]
fn lengths_around_the_chunk_border_round_trip() {
    for len in [
        0,
        1,
        CHUNK_LEN - 1,
        CHUNK_LEN,
        CHUNK_LEN + 1,
        2 * CHUNK_LEN,
        3 * CHUNK_LEN + 17,
    ] {
        let bytes = sealed(len);
        assert_eq!(bytes.len() as u64, sealed_len(len as u64));
        assert_eq!(
            &open_bytes(&key(), b"ctx", &bytes, u64::MAX).unwrap()[..],
            &plain(len)[..]
        );
    }
}

#[test]
fn writing_in_pieces_gives_a_file_that_opens_the_same() {
    let data = plain(2 * CHUNK_LEN + 5);
    let mut writer = SealedWriter::new(
        Vec::new(),
        &key(),
        b"ctx",
        data.len() as u64,
        &mut SeededRandom::new(2),
    )
    .unwrap();
    for piece in data.chunks(1_000) {
        writer.write(piece).unwrap();
    }
    assert_eq!(writer.finish().unwrap(), sealed(data.len()));
}

#[test]
fn the_announced_length_is_kept() {
    let start =
        |len| SealedWriter::new(Vec::new(), &key(), b"", len, &mut SeededRandom::new(2)).unwrap();
    assert_eq!(start(3).write(b"four"), Err(CryptoError::Length));
    let mut short = start(3);
    short.write(b"ab").unwrap();
    assert_eq!(short.finish().err(), Some(CryptoError::Length));
}

#[test]
fn wrong_key_context_and_version_are_told_apart_from_damage() {
    let bytes = sealed(10);
    let other = SecretKey::random(&mut SeededRandom::new(9));
    assert_eq!(
        open_bytes(&other, b"ctx", &bytes, 99).err(),
        Some(CryptoError::WrongKey)
    );
    assert_eq!(
        open_bytes(&key(), b"other", &bytes, 99).err(),
        Some(CryptoError::WrongKey)
    );
    let mut newer = bytes.clone();
    newer[9] = 2;
    assert!(matches!(
        open_bytes(&key(), b"ctx", &newer, 99),
        Err(CryptoError::Damaged(_))
    ));
    let mut header = [0; HEADER_LEN];
    header.copy_from_slice(&newer[..HEADER_LEN]);
    newer[52..60].copy_from_slice(&checksum(&header));
    assert_eq!(
        open_bytes(&key(), b"ctx", &newer, 99).err(),
        Some(CryptoError::Newer { found: 2, known: 1 })
    );
    assert!(matches!(
        open_bytes(&key(), b"ctx", &bytes, 9),
        Err(CryptoError::Unrepresentable(_))
    ));
}

#[test]
fn chunks_cannot_be_swapped_dropped_or_repeated() {
    let bytes = sealed(3 * CHUNK_LEN);
    let step = CHUNK_LEN + TAG_LEN;
    let chunk = |i: usize| bytes[HEADER_LEN + i * step..HEADER_LEN + (i + 1) * step].to_vec();
    let with = |order: &[usize]| {
        let mut out = bytes[..HEADER_LEN].to_vec();
        order.iter().for_each(|i| out.extend(chunk(*i)));
        open_bytes(&key(), b"ctx", &out, u64::MAX).err()
    };
    assert_eq!(with(&[0, 1, 2]), None);
    for order in [
        &[1, 0, 2][..],
        &[0, 2, 1],
        &[0, 1],
        &[0, 1, 2, 2],
        &[0, 0, 2],
        &[],
    ] {
        assert!(
            matches!(with(order), Some(CryptoError::Damaged(_))),
            "{order:?}"
        );
    }
}

#[test]
fn a_range_reads_only_its_chunks() {
    let mut bytes = sealed(3 * CHUNK_LEN);
    bytes[HEADER_LEN + 5] ^= 1; // chunk 0 is spoiled
    let reader = SealedReader::open(&bytes[..], &key(), b"ctx").unwrap();
    let c = CHUNK_LEN as u64;
    assert_eq!(
        &reader.read_range(c + 3..2 * c + 9).unwrap()[..],
        &plain(3 * CHUNK_LEN)[CHUNK_LEN + 3..2 * CHUNK_LEN + 9]
    );
    assert!(reader.read_range(0..1).is_err());
    assert!(reader.read_range(3 * c..9 * c).unwrap().is_empty());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn any_flip_or_cut_is_refused(len in 0usize..70_000, at in any::<proptest::sample::Index>(), bit in 0u8..8) {
        let bytes = sealed(len);
        let i = at.index(bytes.len());
        let mut flipped = bytes.clone();
        flipped[i] ^= 1 << bit;
        prop_assert!(matches!(open_bytes(&key(), b"ctx", &flipped, u64::MAX), Err(CryptoError::Damaged(_))));
        prop_assert!(matches!(open_bytes(&key(), b"ctx", &bytes[..i], u64::MAX), Err(CryptoError::Damaged(_))));
    }

    #[test]
    fn any_range_equals_the_slice(a in 0u64..140_000, b in 0u64..140_000) {
        let data = plain(131_500);
        let bytes = sealed(131_500);
        let reader = SealedReader::open(&bytes[..], &key(), b"ctx").unwrap();
        let (from, to) = ((a as usize).min(data.len()), (b as usize).min(data.len()));
        let want = if a < b { &data[from..to] } else { &[][..] };
        prop_assert_eq!(&reader.read_range(a..b).unwrap()[..], want);
    }

    #[test]
    fn hostile_bytes_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        let _ = open_bytes(&key(), b"", &bytes, 1_000);
        let mut header = [0; HEADER_LEN];
        for (to, from) in header.iter_mut().zip(&bytes) { *to = *from }
        header[..12].copy_from_slice(b"HUESSEAL\0\x01\x10\0");
        let sum = checksum(&header);
        header[52..].copy_from_slice(&sum);
        let _ = open_bytes(&key(), b"", &header, 1_000);
    }
}
