//! JPEG: 200 pictures, baseline and progressive, and those that must be refused.

use jpeg_encoder::{ColorType, Encoder, SamplingFactor};
use samleng::files::{Kind, MAX_SCANS, Refused, Sent};
use zune_jpeg::JpegDecoder;
use zune_jpeg::zune_core::bytestream::ZCursor;

use super::{CANARY, Dice, cleaned, has, marked, refused, tiff};

/// A segment, and after a start of scan its data.
#[derive(Clone)]
pub(super) struct Segment {
    pub(super) marker: u8,
    pub(super) payload: Vec<u8>,
    pub(super) scan: Vec<u8>,
}

impl Segment {
    fn new(marker: u8, payload: &[u8]) -> Self {
        Self {
            marker,
            payload: payload.to_vec(),
            scan: Vec::new(),
        }
    }
}

/// The segments between start and end, of a file without fill bytes.
pub(super) fn segments(jpeg: &[u8]) -> Vec<Segment> {
    assert_eq!(jpeg[..2], [0xFF, 0xD8]);
    assert_eq!(jpeg[jpeg.len() - 2..], [0xFF, 0xD9]);
    let mut found = Vec::new();
    let mut at = 2;
    while at < jpeg.len() - 2 {
        assert_eq!(jpeg[at], 0xFF);
        let marker = jpeg[at + 1];
        let end = at + 2 + usize::from(u16::from_be_bytes([jpeg[at + 2], jpeg[at + 3]]));
        let mut segment = Segment::new(marker, &jpeg[at + 4..end]);
        at = end;
        if marker == 0xDA {
            while jpeg[at] != 0xFF || matches!(jpeg[at + 1], 0 | 0xD0..=0xD7) {
                at += 1;
            }
            segment.scan = jpeg[end..at].to_vec();
        }
        found.push(segment);
    }
    found
}

/// Writes segments, with `fill` bytes before each marker.
pub(super) fn written(segments: &[Segment], fill: usize) -> Vec<u8> {
    let mut jpeg = vec![0xFF, 0xD8];
    for segment in segments {
        jpeg.extend(vec![0xFF; fill]);
        jpeg.extend([0xFF, segment.marker]);
        jpeg.extend((u16::try_from(segment.payload.len()).unwrap() + 2).to_be_bytes());
        jpeg.extend(&segment.payload);
        jpeg.extend(&segment.scan);
    }
    jpeg.extend(vec![0xFF; fill]);
    jpeg.extend([0xFF, 0xD9]);
    jpeg
}

pub(super) fn pristine(seed: u64) -> Vec<u8> {
    let mut dice = Dice::new(seed);
    let (width, height) = (dice.side(90), dice.side(90));
    let (colour, bytes) = [
        (ColorType::Rgb, 3),
        (ColorType::Luma, 1),
        (ColorType::Ycbcr, 3),
        (ColorType::Cmyk, 4),
        (ColorType::Ycck, 4),
    ][seed as usize % 5];
    let mut jpeg = Vec::new();
    let mut encoder = Encoder::new(&mut jpeg, dice.side(100) as u8);
    encoder.set_progressive(seed.is_multiple_of(2));
    // The decoder here does not read four colours with sampling, nor does the encoder count restarts into its codes.
    let sampling = if bytes == 4 { 0 } else { seed as usize % 3 };
    encoder.set_sampling_factor(
        [
            SamplingFactor::F_1_1,
            SamplingFactor::F_2_1,
            SamplingFactor::F_2_2,
        ][sampling],
    );
    if seed % 4 == 1 {
        encoder.set_restart_interval(dice.side(4) as u16);
    } else {
        encoder.set_optimized_huffman_tables(seed.is_multiple_of(3));
    }
    let pixels = dice.bytes((width * height * bytes) as usize);
    encoder
        .encode(&pixels, width as u16, height as u16, colour)
        .unwrap();
    jpeg
}

/// Everything that tells: before the tables, among them, between the scans, behind the end.
pub(super) fn soiled(pristine: &[u8], seed: u64, orientation: u8) -> Vec<u8> {
    let xmp = marked("http://ns.adobe.com/xap/1.0/\0<x:xmpmeta tiff:Make=");
    let mut telling = vec![
        Segment::new(0xE0, &[b"JFXX\0\x10", marked("thumb").as_slice()].concat()),
        Segment::new(0xE1, &xmp),
        Segment::new(0xE1, &marked("http://ns.adobe.com/xmp/extension/\0")),
        Segment::new(0xE2, &marked("ICC_PROFILE\0\x01\x01")),
        Segment::new(0xE2, &marked("MPF\0II*\0")),
        Segment::new(0xED, &marked("Photoshop 3.0\0 8BIM\x04\x04 IPTC")),
        Segment::new(0xEE, &marked("not by Adobe")),
        Segment::new(0xFE, &marked("a comment")),
        Segment::new(0xF0, &marked("JPG0")),
    ];
    for marker in 0xE3..=0xEF {
        telling.push(Segment::new(marker, &marked("private")));
    }
    let exif = [
        b"Exif\0\0",
        tiff::exif(orientation, seed % 2 == 1).as_slice(),
    ]
    .concat();
    let mut all = Vec::new();
    for mut segment in segments(pristine) {
        match segment.marker {
            0xE0 => {
                // Two pixels of a thumbnail: six bytes.
                segment.payload[12..].copy_from_slice(&[1, 2]);
                segment.payload.extend(CANARY);
                all.push(segment);
                all.push(Segment::new(0xE1, &exif));
                all.extend(telling.clone());
            }
            0xEE => {
                segment.payload.extend(CANARY);
                all.push(segment);
            }
            _ => {
                all.push(Segment::new(0xFE, CANARY));
                all.push(segment);
                all.push(Segment::new(0xEB, CANARY));
            }
        }
    }
    let mut dirty = written(&all, seed as usize % 3);
    dirty.extend(pristine);
    dirty.extend(marked("MotionPhoto"));
    dirty
}

fn pixels(jpeg: &[u8]) -> (Vec<u8>, (usize, usize)) {
    let mut decoder = JpegDecoder::new(ZCursor::new(jpeg));
    let pixels = decoder.decode().unwrap();
    (pixels, decoder.dimensions().unwrap())
}

#[test]
fn two_hundred_pictures_keep_their_pixels_and_nothing_else() {
    let (mut turned, mut several_scans, mut restarts) = (0, 0, 0);
    for seed in 0..200 {
        let pristine = pristine(seed);
        let orientation = (seed % 10) as u8;
        let dirty = soiled(&pristine, seed, orientation);
        let clean = cleaned(&dirty, Sent::Photo);
        assert_eq!(clean.kind, Kind::Jpeg);
        assert_eq!(pixels(&clean.bytes), pixels(&pristine), "picture {seed}");

        let mut orientations = Vec::new();
        let kept = segments(&clean.bytes);
        for segment in &kept {
            match segment.marker {
                0xE0 => assert_eq!(segment.payload, b"JFIF\0\x01\x02\0\0\x01\0\x01\0\0"),
                0xE1 => orientations.push(segment.payload.clone()),
                0xEE => {
                    assert_eq!(&segment.payload[..11], b"Adobe\0\x64\0\0\0\0");
                    assert_eq!(segment.payload.len(), 12);
                }
                marker => assert!(
                    matches!(marker, 0xC0..=0xC2 | 0xC4 | 0xDA | 0xDB | 0xDD),
                    "{marker:x}"
                ),
            }
        }
        let expected = tiff::only(orientation).map(|tiff| [b"Exif\0\0".to_vec(), tiff].concat());
        assert_eq!(orientations, Vec::from_iter(expected), "picture {seed}");
        turned += orientations.len();
        several_scans += usize::from(kept.iter().filter(|s| s.marker == 0xDA).count() > 1);
        restarts += usize::from(kept.iter().any(|s| has(&s.scan, &[0xFF, 0xD0])));
        // What decodes is copied to the byte.
        let scans = |segments: Vec<Segment>| -> Vec<u8> {
            segments.into_iter().flat_map(|s| s.scan).collect()
        };
        assert_eq!(scans(kept), scans(segments(&pristine)));
    }
    assert_eq!(turned, 140);
    assert!(several_scans >= 100, "{several_scans} progressive");
    assert!(restarts >= 30, "{restarts} with restarts");
}

#[test]
fn what_no_decoder_should_meet_is_refused() {
    let whole = written(&segments(&pristine(0)), 0);
    let change = |marker: u8, change: &dyn Fn(&mut Segment)| {
        let mut all = segments(&whole);
        change(all.iter_mut().find(|s| s.marker == marker).unwrap());
        written(&all, 0)
    };
    let twice = |marker: u8, times: usize| {
        let mut all = segments(&whole);
        let at = all.iter().position(|s| s.marker == marker).unwrap();
        let copy = all[at].clone();
        all.splice(at..at, vec![copy; times]);
        written(&all, 0)
    };
    let sized = |height: u16, width: u16| {
        change(0xC2, &|s| {
            s.payload[1..3].copy_from_slice(&height.to_be_bytes());
            s.payload[3..5].copy_from_slice(&width.to_be_bytes());
        })
    };
    let without = |marker: u8| {
        let mut all = segments(&whole);
        all.retain(|s| s.marker != marker);
        written(&all, 0)
    };
    let mut swapped = segments(&whole);
    let at = |marker: u8| swapped.iter().position(|s| s.marker == marker).unwrap();
    let (frame, scan) = (at(0xC2), at(0xDA));
    swapped.swap(frame, scan);
    let swapped = written(&swapped, 0);
    for (name, bytes, expected) in [
        ("a bomb", sized(60_000, 60_000), Refused::Bomb),
        ("a long strip", sized(1, 16_385), Refused::Bomb),
        ("a high strip", sized(16_385, 1), Refused::Bomb),
        ("many pixels", sized(8_193, 8_192), Refused::Bomb),
        ("no height", sized(0, 100), Refused::Damaged),
        ("many scans", twice(0xDA, MAX_SCANS), Refused::Bomb),
        ("two frames", twice(0xC2, 1), Refused::Damaged),
        ("no frame", without(0xC2), Refused::Damaged),
        ("a scan before its frame", swapped, Refused::Damaged),
        ("no scan", without(0xDA), Refused::Damaged),
        (
            "a tail on a table",
            change(0xDB, &|s| s.payload.extend(CANARY)),
            Refused::Damaged,
        ),
        (
            "a tail on codes",
            change(0xC4, &|s| s.payload.extend([0x22; 40])),
            Refused::Damaged,
        ),
        (
            "a tail on the frame",
            change(0xC2, &|s| s.payload.extend(CANARY)),
            Refused::Damaged,
        ),
        (
            "a tail on a scan's head",
            change(0xDA, &|s| s.payload.extend(CANARY)),
            Refused::Damaged,
        ),
        (
            "lossless",
            change(0xC2, &|s| s.marker = 0xC3),
            Refused::Unknown,
        ),
        (
            "arithmetic",
            change(0xC2, &|s| s.marker = 0xCA),
            Refused::Unknown,
        ),
        (
            "no end",
            whole[..whole.len() - 2].to_vec(),
            Refused::Damaged,
        ),
        (
            "a second start",
            [&whole[..2], &whole].concat(),
            Refused::Damaged,
        ),
        ("a voice note", whole.clone(), Refused::NotAsClaimed),
    ] {
        let sent = match name {
            "a voice note" => Sent::Voice,
            _ => Sent::Document,
        };
        assert_eq!(refused(&bytes, sent), expected, "{name}");
    }
    // The largest that is let through is no bomb: it is read on, to its end.
    assert!(samleng::files::clean(&sized(8_192, 8_192), Sent::Photo).is_ok());
}
