//! PNG: 210 pictures of every colour type and depth, and those that must be refused.

use std::io::Cursor;

use png::{BitDepth, ColorType, Decoder, Encoder};
use samleng::files::{Kind, Refused, Sent};

use super::{CANARY, Dice, cleaned, marked, refused, tiff};

type Chunk = ([u8; 4], Vec<u8>);

const FORMS: [(ColorType, BitDepth); 15] = [
    (ColorType::Grayscale, BitDepth::One),
    (ColorType::Grayscale, BitDepth::Two),
    (ColorType::Grayscale, BitDepth::Four),
    (ColorType::Grayscale, BitDepth::Eight),
    (ColorType::Grayscale, BitDepth::Sixteen),
    (ColorType::Rgb, BitDepth::Eight),
    (ColorType::Rgb, BitDepth::Sixteen),
    (ColorType::Indexed, BitDepth::One),
    (ColorType::Indexed, BitDepth::Two),
    (ColorType::Indexed, BitDepth::Four),
    (ColorType::Indexed, BitDepth::Eight),
    (ColorType::GrayscaleAlpha, BitDepth::Eight),
    (ColorType::GrayscaleAlpha, BitDepth::Sixteen),
    (ColorType::Rgba, BitDepth::Eight),
    (ColorType::Rgba, BitDepth::Sixteen),
];

pub(super) fn chunks(png: &[u8]) -> Vec<Chunk> {
    let mut found = Vec::new();
    let mut rest = &png[8..];
    while !rest.is_empty() {
        let length = u32::from_be_bytes(rest[..4].try_into().unwrap()) as usize;
        let data = rest[8..8 + length].to_vec();
        found.push((rest[4..8].try_into().unwrap(), data));
        rest = &rest[12 + length..];
    }
    found
}

pub(super) fn written(chunks: &[Chunk]) -> Vec<u8> {
    let mut png = b"\x89PNG\r\n\x1a\n".to_vec();
    for (id, data) in chunks {
        let body = [id.as_slice(), data].concat();
        png.extend(u32::try_from(data.len()).unwrap().to_be_bytes());
        png.extend(&body);
        png.extend(crc32fast::hash(&body).to_be_bytes());
    }
    png
}

pub(super) fn pristine(seed: u64) -> Vec<u8> {
    let mut dice = Dice::new(seed);
    let (colour, depth) = FORMS[seed as usize % FORMS.len()];
    // A picture of one pixel is the same interlaced or not, but for its header.
    let one = seed % 7 == 6;
    let most = if one { 1 } else { 70 };
    let (width, height) = (dice.side(most), dice.side(most));
    let mut png = Vec::new();
    let mut encoder = Encoder::new(&mut png, width, height);
    encoder.set_color(colour);
    encoder.set_depth(depth);
    if colour == ColorType::Indexed {
        encoder.set_palette(dice.bytes(3 << depth as u8));
    }
    if seed.is_multiple_of(2) {
        match colour {
            ColorType::Grayscale => encoder.set_trns(vec![0, 1]),
            ColorType::Rgb => encoder.set_trns(vec![0, 1, 0, 2, 0, 3]),
            ColorType::Indexed => encoder.set_trns(vec![0, 128]),
            ColorType::GrayscaleAlpha | ColorType::Rgba => {}
        }
    }
    let bits = width as usize * colour.samples() * depth as usize;
    let data = dice.bytes(bits.div_ceil(8) * height as usize);
    let mut writer = encoder.write_header().unwrap();
    writer.write_image_data(&data).unwrap();
    drop(writer);
    let mut chunks = chunks(&png);
    if one {
        chunks[0].1[12] = 1;
    }
    // Large pictures come with many data chunks.
    let at = chunks.iter().position(|(id, _)| id == b"IDAT").unwrap();
    let (_, data) = chunks.remove(at);
    let size = data.len().div_ceil(1 + seed as usize % 3);
    let parts = data.chunks(size).map(|part| (*b"IDAT", part.to_vec()));
    chunks.splice(at..at, parts);
    written(&chunks)
}

pub(super) fn soiled(pristine: &[u8], seed: u64, orientation: u8) -> Vec<u8> {
    let exif = tiff::exif(orientation, seed % 2 == 1);
    let before: Vec<Chunk> = vec![
        (*b"gAMA", CANARY[..4].to_vec()),
        (*b"cHRM", [CANARY; 6].concat()[..32].to_vec()),
        (*b"sRGB", vec![0]),
        (*b"sBIT", CANARY.to_vec()),
        (*b"iCCP", marked("Display\0\0")),
        (*b"cICP", CANARY[..4].to_vec()),
        (*b"acTL", vec![0, 0, 0, 2, 0, 0, 0, 0]),
    ];
    let mut all = Vec::new();
    for chunk in chunks(pristine) {
        let palette = pristine[25] == 3;
        match &chunk.0 {
            b"IHDR" => {
                all.push(chunk);
                all.extend(before.clone());
                // A palette that is only a proposal.
                if matches!(pristine[25], 2 | 6) {
                    all.push((*b"PLTE", CANARY.to_vec()));
                }
            }
            b"IDAT" if all.last().is_none_or(|(id, _)| id != b"IDAT") => {
                all.push((*b"bKGD", CANARY.to_vec()));
                all.push((*b"hIST", CANARY.to_vec()));
                all.push((*b"sPLT", marked("palette\0")));
                all.push((*b"pHYs", [CANARY, &[0, 0, 1]].concat()));
                all.push((*b"tEXt", marked("Author\0")));
                all.push((*b"zTXt", marked("Raw profile type exif\0\0")));
                all.push((*b"iTXt", marked("XML:com.adobe.xmp\0\0\0\0\0")));
                all.push((*b"tIME", vec![7, 234, 1, 17, 9, 0, 0]));
                all.push((*b"caNb", marked("private")));
                if palette {
                    all.push((*b"eXIf", exif.clone()));
                }
                all.push(chunk);
            }
            b"IEND" => {
                all.push((*b"fcTL", [CANARY; 5].concat()[..26].to_vec()));
                all.push((*b"fdAT", marked("a frame")));
                if !palette {
                    all.push((*b"eXIf", exif.clone()));
                }
                all.push((*b"tEXt", marked("Comment\0")));
                all.push(chunk);
            }
            _ => all.push(chunk),
        }
    }
    let mut dirty = written(&all);
    // The checksum of what goes does not matter.
    let text = dirty.windows(4).position(|id| id == b"caNb").unwrap();
    dirty[text + 5] ^= 0xFF;
    // The picture before it was cropped.
    dirty.extend(pristine);
    dirty.extend(CANARY);
    dirty
}

/// Size and form, pixels, palette and transparency.
type Decoded = (png::OutputInfo, Vec<u8>, [Option<Vec<u8>>; 2]);

fn pixels(png: &[u8]) -> Decoded {
    let mut reader = Decoder::new(Cursor::new(png)).read_info().unwrap();
    let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
    let info = reader.next_frame(&mut pixels).unwrap();
    let colours = [&reader.info().palette, &reader.info().trns]
        .map(|bytes| bytes.as_ref().map(|bytes| bytes.to_vec()));
    (info, pixels, colours)
}

#[test]
fn two_hundred_pictures_keep_their_pixels_and_nothing_else() {
    let (mut turned, mut clear, mut interlaced) = (0, 0, 0);
    for seed in 0..210 {
        let pristine = pristine(seed);
        let orientation = (seed % 10) as u8;
        let clean = cleaned(&soiled(&pristine, seed, orientation), Sent::Document);
        assert_eq!(clean.kind, Kind::Png);
        assert_eq!(pixels(&clean.bytes), pixels(&pristine), "picture {seed}");

        let mut kept = chunks(&clean.bytes);
        let orientations: Vec<Vec<u8>> = kept
            .extract_if(.., |(id, _)| id == b"eXIf")
            .map(|(_, data)| data)
            .collect();
        assert_eq!(orientations, Vec::from_iter(tiff::only(orientation)));
        assert_eq!(kept, chunks(&pristine), "picture {seed}");
        turned += orientations.len();
        clear += usize::from(kept.iter().any(|(id, _)| id == b"tRNS"));
        interlaced += usize::from(kept[0].1[12] == 1);
    }
    assert_eq!(turned, 147);
    assert!(clear >= 70, "{clear} with tRNS");
    assert!(interlaced >= 25, "{interlaced} interlaced");
}

#[test]
fn what_no_decoder_should_meet_is_refused() {
    // Two colours, with transparency.
    let whole = pristine(7 + 15 * 3);
    assert_eq!(
        [&chunks(&whole)[2].0, &chunks(&whole)[1].0],
        [b"tRNS", b"PLTE"]
    );
    let change = |change: &dyn Fn(&mut Vec<Chunk>)| {
        let mut all = chunks(&whole);
        change(&mut all);
        written(&all)
    };
    let sized = |width: u32, height: u32| {
        change(&|all| {
            all[0].1[..4].copy_from_slice(&width.to_be_bytes());
            all[0].1[4..8].copy_from_slice(&height.to_be_bytes());
        })
    };
    let data = |all: &[Chunk]| all.iter().position(|(id, _)| id == b"IDAT").unwrap();
    let mut flipped = whole.clone();
    let at = whole.windows(4).position(|id| id == b"IDAT").unwrap();
    flipped[at + 9] ^= 1;
    for (name, bytes, expected) in [
        ("a bomb", sized(60_000, 60_000), Refused::Bomb),
        ("a huge bomb", sized(u32::MAX, u32::MAX), Refused::Bomb),
        ("no width", sized(0, 9), Refused::Damaged),
        ("a flipped bit", flipped, Refused::Damaged),
        (
            "a critical chunk",
            change(&|all| all.insert(1, (*b"CgBI", CANARY.to_vec()))),
            Refused::Damaged,
        ),
        (
            "a second header",
            change(&|all| all.insert(1, all[0].clone())),
            Refused::Damaged,
        ),
        (
            "data in two places",
            change(&|all| {
                let at = data(all);
                let copy = all[at].clone();
                all.splice(at..at, [copy, (*b"tEXt", CANARY.to_vec())]);
            }),
            Refused::Damaged,
        ),
        (
            "no data",
            change(&|all| all.retain(|(id, _)| id != b"IDAT")),
            Refused::Damaged,
        ),
        (
            "no palette",
            change(&|all| all.retain(|(id, _)| id != b"PLTE")),
            Refused::Damaged,
        ),
        (
            "no end",
            change(&|all| all.retain(|(id, _)| id != b"IEND")),
            Refused::Damaged,
        ),
        (
            "a loud end",
            change(&|all| all.last_mut().unwrap().1.extend(CANARY)),
            Refused::Damaged,
        ),
        (
            "a palette with a tail",
            change(&|all| all[1].1.extend([0])),
            Refused::Damaged,
        ),
        (
            "a header with a tail",
            change(&|all| all[0].1.extend(CANARY)),
            Refused::Damaged,
        ),
        (
            "more transparency than colours",
            change(&|all| all[2].1 = vec![0; 3]),
            Refused::Damaged,
        ),
        (
            "transparency twice",
            change(&|all| all.insert(2, all[2].clone())),
            Refused::Damaged,
        ),
    ] {
        assert_eq!(refused(&bytes, Sent::Photo), expected, "{name}");
    }
}
