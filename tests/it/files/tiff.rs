//! Exif as cameras write it: make, model, place, time, a maker's note, a thumbnail, and the orientation.

use super::{CANARY, marked};

/// What the room may leave of it.
pub(super) fn only(orientation: u8) -> Option<Vec<u8>> {
    let block = b"MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0?\0\0\0\0\0\0";
    let block = block.map(|byte| if byte == b'?' { orientation } else { byte });
    (2..=8).contains(&orientation).then(|| block.to_vec())
}

/// An orientation of 0 stands for none; 1 to 8 are legal.
pub(super) fn exif(orientation: u8, big: bool) -> Vec<u8> {
    let long = |value: usize| {
        let value = u32::try_from(value).unwrap();
        if big {
            value.to_be_bytes()
        } else {
            value.to_le_bytes()
        }
    };
    let short = |value: u16| {
        if big {
            value.to_be_bytes().to_vec()
        } else {
            value.to_le_bytes().to_vec()
        }
    };
    let wide: Vec<u8> = CANARY.iter().flat_map(|byte| [*byte, 0]).collect();
    let thumbnail = [b"\xFF\xD8".as_slice(), &marked("small"), b"\xFF\xD9"].concat();
    // The first pass learns how long the directories are, the second writes where they stand.
    let mut at = [8; 4];
    loop {
        let mut first = vec![
            (0x010F, 2, marked("Make")),
            (0x0110, 2, marked("Model")),
            (0x0132, 2, b"2026:01:17 09:00:00\0".to_vec()),
            (0x013B, 2, marked("Artist")),
            (0x8769, 4, long(at[0]).to_vec()),
            (0x8825, 4, long(at[1]).to_vec()),
            (0x9C9C, 1, wide.clone()),
        ];
        if orientation > 0 {
            first.insert(2, (0x0112, 3, short(orientation.into())));
        }
        let camera = vec![(0x927C, 7, marked("note")), (0xA431, 2, marked("serial"))];
        let place = vec![
            (0x0001, 2, b"N\0".to_vec()),
            (0x0002, 5, marked("eleven degrees")),
            (0x001B, 7, marked("method")),
        ];
        let small = vec![
            (0x0201, 4, long(at[3]).to_vec()),
            (0x0202, 4, long(thumbnail.len()).to_vec()),
        ];
        let mut block = if big {
            b"MM\0*\0\0\0\x08".to_vec()
        } else {
            b"II*\0\x08\0\0\0".to_vec()
        };
        let mut now = [0; 4];
        directory(&mut block, &first, at[2], &long, &short);
        now[0] = block.len();
        directory(&mut block, &camera, 0, &long, &short);
        now[1] = block.len();
        directory(&mut block, &place, 0, &long, &short);
        now[2] = block.len();
        directory(&mut block, &small, 0, &long, &short);
        now[3] = block.len();
        block.extend(&thumbnail);
        if now == at {
            return block;
        }
        at = now;
    }
}

fn directory(
    block: &mut Vec<u8>,
    entries: &[(u16, u16, Vec<u8>)],
    next: usize,
    long: &impl Fn(usize) -> [u8; 4],
    short: &impl Fn(u16) -> Vec<u8>,
) {
    let mut values: Vec<u8> = Vec::new();
    let after = block.len() + 2 + entries.len() * 12 + 4;
    block.extend(short(u16::try_from(entries.len()).unwrap()));
    for (tag, kind, value) in entries {
        let size = [1, 1, 1, 2, 4, 8, 1, 1][usize::from(*kind)];
        block.extend(short(*tag));
        block.extend(short(*kind));
        block.extend(long(value.len().div_ceil(size)));
        if value.len() <= 4 {
            let mut value = value.clone();
            value.resize(4, 0);
            block.extend(value);
        } else {
            block.extend(long(after + values.len()));
            values.extend(value);
        }
    }
    block.extend(long(next));
    block.extend(values);
}
