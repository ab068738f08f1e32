//! WebP: 150 pictures, lossless and lossy, and those that must be refused.

use std::io::Cursor;

use image_webp::{ColorType, WebPDecoder, WebPEncoder};
use samleng::files::{Kind, Refused, Sent};

use super::{CANARY, Dice, cleaned, marked, refused, tiff};

pub(super) type Chunk = ([u8; 4], Vec<u8>);

/// 25 by 17 pixels; the second with transparency.
const LOSSY: [&[u8]; 2] = [
    include_bytes!("../../data/files/lossy.webp"),
    include_bytes!("../../data/files/lossy-alpha.webp"),
];

pub(super) fn chunks(mut rest: &[u8]) -> Vec<Chunk> {
    let mut found = Vec::new();
    while !rest.is_empty() {
        let length = u32::from_le_bytes(rest[4..8].try_into().unwrap()) as usize;
        found.push((rest[..4].try_into().unwrap(), rest[8..8 + length].to_vec()));
        rest = &rest[8 + length.next_multiple_of(2)..];
    }
    found
}

pub(super) fn body(chunks: &[Chunk]) -> Vec<u8> {
    let mut body = Vec::new();
    for (id, data) in chunks {
        body.extend(id);
        body.extend(u32::try_from(data.len()).unwrap().to_le_bytes());
        body.extend(data);
        body.resize(body.len().next_multiple_of(2), 0);
    }
    body
}

pub(super) fn written(chunks: &[Chunk]) -> Vec<u8> {
    let body = [b"WEBP".as_slice(), &body(chunks)].concat();
    let size = u32::try_from(body.len()).unwrap().to_le_bytes();
    [b"RIFF".as_slice(), &size, &body].concat()
}

/// The chunks of a file, whose size must be right.
pub(super) fn chunks_of(webp: &[u8]) -> Vec<Chunk> {
    let size = u32::from_le_bytes(webp[4..8].try_into().unwrap()) as usize;
    assert_eq!(webp.len(), size + 8);
    chunks(&webp[12..])
}

pub(super) fn lossless(dice: &mut Dice, width: u32, height: u32) -> Vec<u8> {
    let (colour, bytes) = [
        (ColorType::Rgb8, 3),
        (ColorType::Rgba8, 4),
        (ColorType::L8, 1),
        (ColorType::La8, 2),
    ][dice.roll(4) as usize];
    let pixels = dice.bytes((width * height * bytes) as usize);
    let mut webp = Vec::new();
    let encoder = WebPEncoder::new(&mut webp);
    encoder.encode(&pixels, width, height, colour).unwrap();
    webp
}

pub(super) fn pristine(seed: u64) -> Vec<u8> {
    let mut dice = Dice::new(seed);
    match seed % 5 {
        0 => LOSSY[0].to_vec(),
        1 => LOSSY[1].to_vec(),
        _ => {
            let (width, height) = (dice.side(80), dice.side(80));
            lossless(&mut dice, width, height)
        }
    }
}

/// The header of an extended file.
pub(super) fn header(flags: u8, (width, height): (u32, u32)) -> Chunk {
    let mut data = vec![flags, 0, 0, 0];
    data.extend(&(width - 1).to_le_bytes()[..3]);
    data.extend(&(height - 1).to_le_bytes()[..3]);
    (*b"VP8X", data)
}

pub(super) fn soiled(pristine: &[u8], seed: u64, orientation: u8) -> Vec<u8> {
    let decoder = WebPDecoder::new(Cursor::new(pristine)).unwrap();
    let alpha = if decoder.has_alpha() { 0x10 } else { 0 };
    // Profile, Exif, XMP, and what is reserved.
    let mut all = vec![header(0x2C | alpha | 0xC1, decoder.dimensions())];
    all[0].1[1..4].copy_from_slice(&CANARY[..3]);
    all.push((*b"ICCP", marked("Display")));
    all.push((*b"caNb", CANARY[1..].to_vec()));
    for chunk in chunks_of(pristine) {
        if &chunk.0 != b"VP8X" {
            all.push(chunk);
            all.push((*b"junk", marked("odd")));
        }
    }
    let prefix: &[u8] = if seed.is_multiple_of(3) {
        b"Exif\0\0"
    } else {
        b""
    };
    let exif = tiff::exif(orientation, seed % 2 == 1);
    all.push((*b"EXIF", [prefix, &exif].concat()));
    all.push((*b"XMP ", marked("<x:xmpmeta")));
    // A second picture, which no viewer shows.
    all.push((*b"VP8L", CANARY.to_vec()));
    let mut dirty = written(&all);
    dirty.extend(marked("behind the end"));
    dirty
}

fn pixels(webp: &[u8]) -> ((u32, u32), bool, Vec<u8>) {
    let mut decoder = WebPDecoder::new(Cursor::new(webp)).unwrap();
    let mut pixels = vec![0; decoder.output_buffer_size().unwrap()];
    decoder.read_image(&mut pixels).unwrap();
    (decoder.dimensions(), decoder.has_alpha(), pixels)
}

#[test]
fn a_hundred_and_fifty_pictures_keep_their_pixels_and_nothing_else() {
    let mut turned = 0;
    for seed in 0..150 {
        let pristine = pristine(seed);
        let orientation = (seed % 10) as u8;
        let clean = cleaned(&soiled(&pristine, seed, orientation), Sent::Photo);
        assert_eq!(clean.kind, Kind::WebP);
        assert_eq!(pixels(&clean.bytes), pixels(&pristine), "picture {seed}");

        let orientation = tiff::only(orientation);
        let flags = if orientation.is_some() { 0x08 } else { 0 };
        let (size, alpha, _) = pixels(&pristine);
        let mut expected = vec![header(flags | u8::from(alpha) << 4, size)];
        let mut image = chunks_of(&pristine);
        image.retain(|(id, _)| id != b"VP8X");
        expected.extend(image);
        turned += usize::from(orientation.is_some());
        expected.extend(orientation.map(|tiff| (*b"EXIF", tiff)));
        assert_eq!(chunks_of(&clean.bytes), expected, "picture {seed}");
    }
    assert_eq!(turned, 105);
}

#[test]
fn a_simple_file_stays_one_and_loses_what_is_behind() {
    for seed in 0..10 {
        let mut all = chunks_of(&pristine(seed));
        all.retain(|(id, _)| id == b"VP8 " || id == b"VP8L");
        let simple = written(&all);
        all.push((*b"XMP ", marked("late")));
        let clean = cleaned(&written(&all), Sent::Photo);
        assert_eq!(clean.bytes, simple);
    }
}

#[test]
fn what_no_decoder_should_meet_is_refused() {
    let plain = chunks_of(LOSSY[0]);
    let image = &plain[0];
    let sized = |width: u16, height: u16| {
        let mut image = image.clone();
        image.1[6..8].copy_from_slice(&width.to_le_bytes());
        image.1[8..10].copy_from_slice(&height.to_le_bytes());
        image
    };
    let lossless = |bits: u32| {
        let bits = bits.to_le_bytes();
        let data = [b"\x2F".as_slice(), &bits, CANARY].concat();
        (*b"VP8L", data)
    };
    let mut long = LOSSY[0].to_vec();
    long[4] += 2;
    for (name, bytes, expected) in [
        ("a bomb", written(&[sized(16_000, 16_000)]), Refused::Bomb),
        (
            "a lossless bomb",
            written(&[lossless(0x0FFF_FFFF)]),
            Refused::Bomb,
        ),
        (
            "a canvas of a bomb",
            written(&[header(0, (60_000, 60_000)), image.clone()]),
            Refused::Bomb,
        ),
        (
            "an image larger than its canvas",
            written(&[header(0, (25, 17)), sized(26, 17)]),
            Refused::Damaged,
        ),
        ("no width", written(&[sized(0, 17)]), Refused::Damaged),
        (
            "an unknown version",
            written(&[lossless(0x2000_0000)]),
            Refused::Damaged,
        ),
        (
            "no image",
            written(&[header(0, (25, 17)), (*b"XMP ", CANARY.to_vec())]),
            Refused::Damaged,
        ),
        (
            "a frame between frames",
            written(&[(*b"VP8 ", [&[1], &image.1[1..]].concat())]),
            Refused::Damaged,
        ),
        ("more than there is", long, Refused::Damaged),
    ] {
        assert_eq!(refused(&bytes, Sent::Photo), expected, "{name}");
    }
}
