//! The check sum of a payment code: CRC-16/CCITT-FALSE (EMVCo QRCPS Merchant-Presented Mode 1.1, 4.7.3: polynomial 1021, initial FFFF,
//! not reflected, nothing xored at the end), over the UTF-8 bytes up to and including `6304`.

/// `TABLES[k][b]` moves byte `b` through the register and `k` further zero bytes: eight bytes a step.
static TABLES: [[u16; 256]; 8] = tables();

const fn tables() -> [[u16; 256]; 8] {
    let mut tables = [[0; 256]; 8];
    let mut byte = 0;
    while byte < 256 {
        let mut crc = (byte as u16) << 8;
        let mut bit = 0;
        while bit < 8 {
            crc = if crc & 0x8000 == 0 {
                crc << 1
            } else {
                (crc << 1) ^ 0x1021
            };
            bit += 1;
        }
        tables[0][byte] = crc;
        byte += 1;
    }
    let mut k = 1;
    while k < 8 {
        let mut byte = 0;
        while byte < 256 {
            let before = tables[k - 1][byte];
            tables[k][byte] = (before << 8) ^ tables[0][(before >> 8) as usize];
            byte += 1;
        }
        k += 1;
    }
    tables
}

/// The check sum of `bytes`.
#[must_use]
pub fn crc16(bytes: &[u8]) -> u16 {
    let [t0, t1, t2, t3, t4, t5, t6, t7] = &TABLES;
    let mut crc = 0xffff_u16;
    let (eights, rest) = bytes.as_chunks::<8>();
    for &[a, b, c, d, e, f, g, h] in eights {
        let [high, low] = crc.to_be_bytes();
        crc = t7[usize::from(a ^ high)]
            ^ t6[usize::from(b ^ low)]
            ^ t5[usize::from(c)]
            ^ t4[usize::from(d)]
            ^ t3[usize::from(e)]
            ^ t2[usize::from(f)]
            ^ t1[usize::from(g)]
            ^ t0[usize::from(h)];
    }
    for &byte in rest {
        let [high, _] = crc.to_be_bytes();
        crc = (crc << 8) ^ t0[usize::from(high ^ byte)];
    }
    crc
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bit_by_bit(bytes: &[u8]) -> u16 {
        bytes.iter().fold(0xffff, |crc, byte| {
            (0..8).fold(crc ^ (u16::from(*byte) << 8), |crc, _| {
                let carry = crc & 0x8000 != 0;
                (crc << 1) ^ if carry { 0x1021 } else { 0 }
            })
        })
    }

    #[test]
    fn the_check_value_of_the_catalogue() {
        assert_eq!(crc16(b"123456789"), 0x29b1);
        assert_eq!(crc16(b""), 0xffff);
    }

    proptest::proptest! {
        #[test]
        fn eight_at_a_time_is_bit_by_bit(bytes: Vec<u8>) {
            proptest::prop_assert_eq!(crc16(&bytes), bit_by_bit(&bytes));
        }
    }
}
