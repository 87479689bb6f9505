//! Pictures spread over several scans: progressive ones (T.81 annex G) and sequential ones with a scan a component.
//!
//! All coefficients must be held until the last scan. A picture that is being reduced needs only the lowest of each
//! block; of the others one bit is kept, "not zero", because later scans are read by it. That makes 10 to 40 bytes a
//! block instead of 128.

use super::bits::Bits;
use super::frame::Frame;
use super::header::{Header, Scan};
use super::huffman::Huffman;
use super::idct::Factors;
use super::strips::Strips;
use super::{blocks, ZIGZAG};
use crate::MediaError;

/// How often an average block may be visited. Encoders need about ten scans; thousands are an attack on the battery.
const VISITS: usize = 32;

/// Coefficients of one component.
struct Plane {
    columns: usize,
    rows: usize,
    /// Lowest coefficients, `side` × `side` a block.
    kept: Vec<i16>,
    /// A bit a coefficient in the order of the file: it is not zero.
    nonzero: Vec<u64>,
    /// From the table in force at the first scan; `None` until then.
    factors: Option<Factors>,
}

/// Coefficients of a whole picture.
pub(super) struct Store {
    side: usize,
    planes: Vec<Plane>,
}

/// A block within its plane.
struct Block<'a> {
    side: usize,
    kept: &'a mut [i16],
    nonzero: &'a mut u64,
}

impl Block<'_> {
    fn slot(&mut self, at: usize) -> Option<&mut i16> {
        let place = usize::from(*ZIGZAG.get(at)?);
        let (row, column) = (place / 8, place % 8);
        if row >= self.side || column >= self.side {
            return None;
        }
        self.kept.get_mut(row * self.side + column)
    }

    fn set(&mut self, at: usize, value: i32) {
        *self.nonzero |= 1 << at;
        if let Some(slot) = self.slot(at) {
            *slot = value as i16;
        }
    }

    fn is_set(&self, at: usize) -> bool {
        *self.nonzero >> at & 1 == 1
    }

    /// Adds `bit` to the magnitude unless it is there.
    fn refine(&mut self, at: usize, bit: i16) {
        if let Some(slot) = self.slot(at).filter(|slot| **slot & bit == 0) {
            *slot = if *slot >= 0 {
                slot.wrapping_add(bit)
            } else {
                slot.wrapping_sub(bit)
            };
        }
    }
}

impl Store {
    /// Bytes that holding `frame` at `side` samples a block takes.
    pub(super) fn bytes(frame: &Frame, side: usize) -> usize {
        let blocks: usize = frame
            .components
            .iter()
            .map(|c| frame.blocks(c))
            .map(|(columns, rows)| columns * rows)
            .sum();
        blocks * (side * side * 2 + 8)
    }

    fn new(frame: &Frame, side: usize) -> Self {
        let plane = |(columns, rows): (usize, usize)| Plane {
            columns,
            rows,
            kept: vec![0; columns * rows * side * side],
            nonzero: vec![0; columns * rows],
            factors: None,
        };
        Store {
            side,
            planes: frame
                .components
                .iter()
                .map(|c| plane(frame.blocks(c)))
                .collect(),
        }
    }

    fn block(&mut self, plane: usize, column: usize, row: usize) -> Result<Block<'_>, MediaError> {
        let side = self.side;
        let plane = self.planes.get_mut(plane).ok_or(MediaError::Damaged)?;
        let index = row * plane.columns + column;
        let kept = plane
            .kept
            .get_mut(index * side * side..(index + 1) * side * side)
            .ok_or(MediaError::Damaged)?;
        let nonzero = plane.nonzero.get_mut(index).ok_or(MediaError::Damaged)?;
        Ok(Block {
            side,
            kept,
            nonzero,
        })
    }

    /// Hands out the rows of the collected picture.
    ///
    /// # Errors
    /// [`MediaError::Damaged`] if a component never came.
    pub(super) fn render(
        &self,
        header: &Header<'_>,
        strips: &mut Strips,
        rows: &mut dyn FnMut(&[u8]),
    ) -> Result<(), MediaError> {
        let area = self.side * self.side;
        for line in 0..header.frame.mcus().1 {
            for (c, (component, plane)) in
                header.frame.components.iter().zip(&self.planes).enumerate()
            {
                let factors = plane.factors.as_ref().ok_or(MediaError::Damaged)?;
                for row in 0..component.v {
                    let from =
                        (line * component.v + row).min(plane.rows - 1) * plane.columns * area;
                    let blocks = plane
                        .kept
                        .get(from..from + plane.columns * area)
                        .unwrap_or_default();
                    for (column, block) in blocks.chunks_exact(area).enumerate() {
                        strips.put(c, (column, row), factors, block, self.side);
                    }
                }
            }
            strips.emit(rows);
        }
        Ok(())
    }
}

/// Reads all scans.
pub(super) fn collect(header: &mut Header<'_>, side: usize) -> Result<Store, MediaError> {
    let mut store = Store::new(&header.frame, side);
    let blocks: usize = store.planes.iter().map(|plane| plane.nonzero.len()).sum();
    let mut visits = 0;
    while let Some(scan) = header.next_scan()? {
        for (index, _, _) in &scan.components {
            let table = header
                .frame
                .components
                .get(*index)
                .map(|c| c.table)
                .ok_or(MediaError::Damaged)?;
            let plane = store.planes.get_mut(*index).ok_or(MediaError::Damaged)?;
            if plane.factors.is_none() {
                plane.factors = Some(Factors::new(
                    side,
                    header.quantisation[table]
                        .as_ref()
                        .ok_or(MediaError::Damaged)?,
                ));
            }
            visits += plane.nonzero.len();
        }
        if visits > blocks.saturating_mul(VISITS) {
            return Err(MediaError::Damaged);
        }
        header.at = read_scan(header, &scan, &mut store)?;
    }
    Ok(store)
}

/// What a scan carries from block to block.
struct State {
    predictors: [i32; 4],
    /// Blocks still to come that have nothing (more) in this band.
    end_run: u32,
}

fn read_scan(header: &Header<'_>, scan: &Scan, store: &mut Store) -> Result<usize, MediaError> {
    let mut bits = Bits::new(header.data, header.at);
    let mut state = State {
        predictors: [0; 4],
        end_run: 0,
    };
    let frame = &header.frame;
    // One component alone: its MCU is one block, and the padding of interleaved scans is absent.
    let alone = scan.components.len() == 1;
    let (columns, lines) = match scan.components.as_slice() {
        [(index, _, _)] => frame
            .components
            .get(*index)
            .map(|c| frame.own_blocks(c))
            .ok_or(MediaError::Damaged)?,
        _ => frame.mcus(),
    };
    let mut until_restart = header.restart;
    for line in 0..lines {
        for column in 0..columns {
            if header.restart > 0 {
                if until_restart == 0 {
                    bits.restart()?;
                    state = State {
                        predictors: [0; 4],
                        end_run: 0,
                    };
                    until_restart = header.restart;
                }
                until_restart -= 1;
            }
            for (place, (index, dc, ac)) in scan.components.iter().enumerate() {
                let tables = (header.dc[*dc].as_ref(), header.ac[*ac].as_ref());
                let (h, v) = if alone {
                    (1, 1)
                } else {
                    frame.components.get(*index).map_or((1, 1), |c| (c.h, c.v))
                };
                for (row, inner) in (0..v).flat_map(|row| (0..h).map(move |inner| (row, inner))) {
                    let block = store.block(*index, column * h + inner, line * v + row)?;
                    if frame.progressive {
                        progressive(&mut bits, scan, tables, place, &mut state, block)?;
                    } else {
                        sequential(&mut bits, tables, &mut state.predictors[place & 3], block)?;
                    }
                    bits.check()?;
                }
            }
        }
    }
    Ok(bits.end_of_scan())
}

type Tables<'a> = (Option<&'a Huffman>, Option<&'a Huffman>);

fn sequential(
    bits: &mut Bits<'_>,
    tables: Tables<'_>,
    predictor: &mut i32,
    block: Block<'_>,
) -> Result<(), MediaError> {
    let (Some(dc), Some(ac)) = tables else {
        return Err(MediaError::Damaged);
    };
    let mut whole = [0i16; 64];
    blocks::sequential(bits, dc, ac, predictor, &mut whole)?;
    let side = block.side;
    for (to, from) in block.kept.chunks_exact_mut(side).zip(whole.chunks_exact(8)) {
        to.copy_from_slice(from.get(..side).unwrap_or_default());
    }
    *block.nonzero = 1;
    Ok(())
}

fn progressive(
    bits: &mut Bits<'_>,
    scan: &Scan,
    (dc, ac): Tables<'_>,
    place: usize,
    state: &mut State,
    mut block: Block<'_>,
) -> Result<(), MediaError> {
    if scan.band.0 == 0 {
        if scan.refines {
            // The DC value was shifted as a number, not as a magnitude: its lower bits are simply there or not.
            if bits.bit() {
                if let Some(slot) = block.slot(0) {
                    *slot |= 1 << scan.low;
                }
            }
            return Ok(());
        }
        let predictor = &mut state.predictors[place & 3];
        *predictor =
            predictor.wrapping_add(blocks::dc_difference(bits, dc.ok_or(MediaError::Damaged)?)?);
        block.set(0, predictor.wrapping_shl(scan.low));
        return Ok(());
    }
    let ac = ac.ok_or(MediaError::Damaged)?;
    if scan.refines {
        refine(bits, scan, ac, &mut state.end_run, block)
    } else {
        first(bits, scan, ac, &mut state.end_run, block)
    }
}

/// A band's first scan (T.81 G.1.2.2).
fn first(
    bits: &mut Bits<'_>,
    scan: &Scan,
    ac: &Huffman,
    end_run: &mut u32,
    mut block: Block<'_>,
) -> Result<(), MediaError> {
    if *end_run > 0 {
        *end_run -= 1;
        return Ok(());
    }
    let (mut at, last) = scan.band;
    while at <= last {
        let symbol = ac.decode(bits)?;
        let (run, size) = (u32::from(symbol >> 4), u32::from(symbol & 15));
        if size == 0 {
            if run < 15 {
                *end_run = (1 << run) - 1 + bits.take(run) as u32;
                return Ok(());
            }
            at += 16;
            continue;
        }
        at += run as usize;
        if at > last {
            return Err(MediaError::Damaged);
        }
        block.set(at, bits.extend(size) << scan.low);
        at += 1;
    }
    Ok(())
}

/// A band's later scan (T.81 G.1.2.3): a bit for each coefficient that is not zero, and new ones of magnitude one.
fn refine(
    bits: &mut Bits<'_>,
    scan: &Scan,
    ac: &Huffman,
    end_run: &mut u32,
    mut block: Block<'_>,
) -> Result<(), MediaError> {
    let (mut at, last) = scan.band;
    let one = 1i16 << scan.low;
    if *end_run == 0 {
        while at <= last {
            let symbol = ac.decode(bits)?;
            let (mut run, size) = (u32::from(symbol >> 4), symbol & 15);
            let new = match size {
                0 if run < 15 => {
                    *end_run = (1 << run) + bits.take(run) as u32;
                    break;
                }
                0 => 0,
                1 if bits.take(1) == 1 => i32::from(one),
                1 => -i32::from(one),
                _ => return Err(MediaError::Damaged),
            };
            while at <= last {
                if block.is_set(at) {
                    if bits.bit() {
                        block.refine(at, one);
                    }
                } else if run == 0 {
                    break;
                } else {
                    run -= 1;
                }
                at += 1;
            }
            if new != 0 {
                if at > last {
                    return Err(MediaError::Damaged);
                }
                block.set(at, new);
            }
            at += 1;
        }
    }
    if *end_run > 0 {
        for at in at..=last {
            if block.is_set(at) && bits.bit() {
                block.refine(at, one);
            }
        }
        *end_run -= 1;
    }
    Ok(())
}
