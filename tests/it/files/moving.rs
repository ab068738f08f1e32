//! Moving WebP: every frame stays, and in each frame only what decodes.

use std::io::Cursor;

use image_webp::WebPDecoder;
use samleng::files::{MAX_PIXELS, Refused, Sent, clean};

use super::webp::{Chunk, body, chunks, chunks_of, header, lossless, written};
use super::{CANARY, Dice, cleaned, marked, refused, tiff};

const CANVAS: (u32, u32) = (40, 30);

fn frame(dice: &mut Dice, telling: bool) -> Chunk {
    let (width, height) = (dice.side(20), dice.side(20));
    let mut data = Vec::new();
    // The place is counted in pairs of pixels.
    for field in [dice.side(10), dice.side(5), width - 1, height - 1, 100] {
        data.extend(&field.to_le_bytes()[..3]);
    }
    data.push(dice.roll(4) as u8 | if telling { 0xF0 } else { 0 });
    let mut parts = chunks_of(&lossless(dice, width, height));
    if telling {
        parts.insert(0, (*b"caNb", marked("before")));
        parts.push((*b"EXIF", tiff::exif(6, true)));
        parts.push((*b"XMP ", CANARY.to_vec()));
    }
    data.extend(body(&parts));
    (*b"ANMF", data)
}

fn animation(seed: u64, telling: bool) -> Vec<u8> {
    let mut all = vec![header(0x12, CANVAS)];
    all.push((*b"ANIM", vec![1, 2, 3, 4, 0, 0]));
    for number in 0..1 + seed % 6 {
        all.push(frame(&mut Dice::new(seed * 10 + number), telling));
        if telling {
            all.push((*b"junk", CANARY.to_vec()));
        }
    }
    if telling {
        all[0].1[0] |= 0x2C;
        all.push((*b"EXIF", tiff::exif(3, false)));
    }
    written(&all)
}

fn frames(webp: &[u8]) -> Vec<(u32, Vec<u8>)> {
    let mut decoder = WebPDecoder::new(Cursor::new(webp)).unwrap();
    let size = decoder.output_buffer_size().unwrap();
    (0..decoder.num_frames())
        .map(|_| {
            let mut pixels = vec![0; size];
            (decoder.read_frame(&mut pixels).unwrap(), pixels)
        })
        .collect()
}

#[test]
fn every_frame_keeps_its_pixels_and_nothing_else() {
    for seed in 0..30 {
        let pristine = animation(seed, false);
        let kept = cleaned(&animation(seed, true), Sent::Photo).bytes;
        assert_eq!(frames(&kept), frames(&pristine));
        let mut expected = chunks_of(&pristine);
        expected[0].1[0] = 0x1A;
        expected.push((*b"EXIF", tiff::only(3).unwrap()));
        assert_eq!(chunks_of(&kept), expected, "animation {seed}");
        for (id, data) in chunks_of(&kept) {
            assert!(id != *b"ANMF" || chunks(&data[16..]).len() == 1);
        }
        // Without dirt, and without an orientation, nothing changes at all.
        assert_eq!(clean(&pristine, Sent::Photo).unwrap().bytes, pristine);
    }
}

#[test]
fn what_no_decoder_should_meet_is_refused() {
    let change = |change: &dyn Fn(&mut Vec<Chunk>)| {
        let mut all = chunks_of(&animation(3, false));
        change(&mut all);
        written(&all)
    };
    let side = 4096;
    let most = usize::try_from(MAX_PIXELS).unwrap() / (side * side);
    let many = |frames: usize| {
        change(&|all| {
            let frame = all[2].clone();
            all[0] = header(0x12, (side as u32, side as u32));
            all.truncate(2);
            all.extend(vec![frame; frames]);
        })
    };
    assert!(clean(&many(most), Sent::Photo).is_ok());
    for (name, bytes, expected) in [
        ("too many frames", many(most + 1), Refused::Bomb),
        (
            "no control",
            change(&|all| drop(all.remove(1))),
            Refused::Damaged,
        ),
        ("no frame", change(&|all| all.truncate(2)), Refused::Damaged),
        (
            "a control with a tail",
            change(&|all| all[1].1.extend(CANARY)),
            Refused::Damaged,
        ),
        (
            "a frame beside the canvas",
            change(&|all| all[2].1[0] = 60),
            Refused::Damaged,
        ),
        (
            "a frame of another size than its image",
            change(&|all| all[2].1[6] ^= 1),
            Refused::Damaged,
        ),
    ] {
        assert_eq!(refused(&bytes, Sent::Photo), expected, "{name}");
    }
}
