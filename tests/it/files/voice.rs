//! Voice notes: Opus and Vorbis in Ogg, with headers that tell and sound that must stay.

use samleng::files::{Kind, Refused, Sent, clean};

use super::{CANARY, Dice, cleaned, has, marked, refused};

#[derive(Clone, Debug, PartialEq)]
pub(super) struct Page {
    pub(super) flags: u8,
    pub(super) position: u64,
    pub(super) serial: u32,
    pub(super) number: u32,
    pub(super) lacing: Vec<u8>,
    pub(super) body: Vec<u8>,
}

/// Ogg's checksum, bit by bit.
fn crc(bytes: &[u8]) -> u32 {
    bytes.iter().fold(0, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte) << 24, |crc, _| {
            crc << 1 ^ if crc >> 31 == 1 { 0x04C1_1DB7 } else { 0 }
        })
    })
}

pub(super) fn written(pages: &[Page]) -> Vec<u8> {
    let mut ogg = Vec::new();
    for page in pages {
        let mut bytes = b"OggS\0".to_vec();
        bytes.push(page.flags);
        bytes.extend(page.position.to_le_bytes());
        bytes.extend(page.serial.to_le_bytes());
        bytes.extend(page.number.to_le_bytes());
        bytes.extend([0; 4]);
        bytes.push(u8::try_from(page.lacing.len()).unwrap());
        bytes.extend(&page.lacing);
        bytes.extend(&page.body);
        let crc = crc(&bytes);
        bytes[22..26].copy_from_slice(&crc.to_le_bytes());
        ogg.extend(bytes);
    }
    ogg
}

/// Reads pages to the last byte; every checksum must be right.
pub(super) fn pages(mut ogg: &[u8]) -> Vec<Page> {
    let mut pages = Vec::new();
    while !ogg.is_empty() {
        let word = |at: usize| u32::from_le_bytes(ogg[at..at + 4].try_into().unwrap());
        let lacing = ogg[27..27 + usize::from(ogg[26])].to_vec();
        let begin = 27 + lacing.len();
        let end = begin + lacing.iter().map(|lace| usize::from(*lace)).sum::<usize>();
        pages.push(Page {
            flags: ogg[5],
            position: u64::from_le_bytes(ogg[6..14].try_into().unwrap()),
            serial: word(14),
            number: word(18),
            body: ogg[begin..end].to_vec(),
            lacing,
        });
        assert!(written(&pages[pages.len() - 1..]) == ogg[..end], "checksum");
        ogg = &ogg[end..];
    }
    pages
}

/// The packets on these pages.
fn packets(pages: &[Page]) -> Vec<Vec<u8>> {
    let mut packets = vec![Vec::new()];
    for page in pages {
        let mut body = page.body.as_slice();
        for lace in &page.lacing {
            let (part, rest) = body.split_at(usize::from(*lace));
            packets.last_mut().unwrap().extend(part);
            if *lace < 255 {
                packets.push(Vec::new());
            }
            body = rest;
        }
    }
    assert_eq!(packets.pop(), Some(Vec::new()));
    packets
}

/// Lays packets on pages of at most `most` laces, numbered on from those there.
fn lay(pages: &mut Vec<Page>, packets: &[Vec<u8>], most: usize, serial: u32) {
    let mut lacing = Vec::new();
    for packet in packets {
        lacing.extend(vec![255; packet.len() / 255]);
        lacing.push((packet.len() % 255) as u8);
    }
    let mut body = packets.concat();
    let mut open = false;
    for laces in lacing.chunks(most) {
        let rest = body.split_off(laces.iter().map(|lace| usize::from(*lace)).sum());
        let ends = laces.iter().any(|lace| *lace < 255);
        pages.push(Page {
            flags: u8::from(open),
            position: if ends {
                pages.len() as u64 * 960
            } else {
                u64::MAX
            },
            serial,
            number: u32::try_from(pages.len()).unwrap(),
            lacing: laces.to_vec(),
            body,
        });
        open = laces.last() == Some(&255);
        body = rest;
    }
}

/// A comment header with a canary in vendor and comments, and a cover picture of `picture` bytes.
fn comments(picture: usize) -> Vec<u8> {
    let mut block = Vec::new();
    let mut text = |text: Vec<u8>| {
        block.extend(u32::try_from(text.len()).unwrap().to_le_bytes());
        block.extend(text);
    };
    text(marked("libopus, phone of"));
    let mut cover = marked("METADATA_BLOCK_PICTURE=");
    cover.extend([CANARY].repeat(picture / CANARY.len()).concat());
    let all = [marked("TITLE="), marked("LOCATION="), cover];
    let mut count = u32::try_from(all.len()).unwrap().to_le_bytes().to_vec();
    all.into_iter().for_each(&mut text);
    let vendor = 4 + marked("libopus, phone of").len();
    count.extend(block.split_off(vendor));
    block.extend(count);
    block
}

fn opus_headers(picture: usize) -> Vec<Vec<u8>> {
    let mut head = b"OpusHead\x01\x01\x38\x01".to_vec();
    head.extend(44_100_u32.to_le_bytes());
    head.extend([5, 0, 0]);
    let tags = [b"OpusTags".to_vec(), comments(picture), marked("padding")].concat();
    vec![head, tags]
}

fn vorbis_headers(dice: &mut Dice, picture: usize, setup: usize) -> Vec<Vec<u8>> {
    let mut head = b"\x01vorbis\0\0\0\0\x01".to_vec();
    head.extend(44_100_u32.to_le_bytes());
    head.extend([0; 12]);
    head.extend([0xB8, 1]);
    let tags = [b"\x03vorbis".to_vec(), comments(picture), vec![1]].concat();
    let setup = [b"\x05vorbis".to_vec(), dice.bytes(setup)].concat();
    vec![head, tags, setup]
}

/// A voice note and its sound packets.
pub(super) fn note(seed: u64) -> (Vec<Page>, Vec<Vec<u8>>) {
    let mut dice = Dice::new(seed);
    let serial = u32::from_le_bytes(*b"CANA") + seed as u32;
    // Up to four pages of comments.
    let picture = if seed.is_multiple_of(3) { 200_000 } else { 90 };
    let headers = if seed.is_multiple_of(2) {
        opus_headers(picture)
    } else {
        // A set-up that takes three pages, too.
        let setup = if seed % 4 == 1 { 140_000 } else { 4_000 };
        vorbis_headers(&mut dice, picture, setup)
    };
    let mut pages = Vec::new();
    lay(&mut pages, &headers[..1], 255, serial);
    pages[0].flags = 2;
    lay(&mut pages, &headers[1..], 255, serial);
    let mut sound: Vec<Vec<u8>> = (0..1 + dice.roll(80))
        .map(|_| {
            let length = dice.roll(400) as usize;
            dice.bytes(length)
        })
        .collect();
    // Lengths at which lacing differs, and one that takes several pages.
    for length in [255, 510, 0, 1, 254, 256] {
        sound.push(dice.bytes(length));
    }
    if seed.is_multiple_of(5) {
        sound.insert(0, dice.bytes(70_000));
    }
    let most = dice.side(255) as usize;
    lay(&mut pages, &sound, most, serial);
    if seed.is_multiple_of(4) {
        pages.last_mut().unwrap().flags |= 4;
    }
    (pages, sound)
}

#[test]
fn sixty_notes_keep_their_sound_and_nothing_else() {
    let mut long_comments = 0;
    for seed in 0..60 {
        let (before, sound) = note(seed);
        let mut dirty = written(&before);
        dirty.extend(marked("behind the end"));
        let clean = cleaned(&dirty, Sent::Voice);
        let opus = seed % 2 == 0;
        assert_eq!(clean.kind, if opus { Kind::Opus } else { Kind::Vorbis });

        let after = pages(&clean.bytes);
        assert_eq!(after[0].flags, 2);
        assert_eq!(after[0].lacing.len(), 1);
        for (number, page) in (0..).zip(&after) {
            assert_eq!((page.number, page.serial), (number, 1));
        }
        // Sound lies on the same pages at the same time.
        let dropped = before.len() - after.len();
        let headers = if opus { 2 } else { 3 };
        let heads = (1..=after.len())
            .find(|count| packets_end(&after[..*count]) == headers)
            .unwrap();
        assert_eq!(heads, if seed % 4 == 1 { 4 } else { 2 });
        for page in &after[..heads] {
            let ends = page.lacing.iter().any(|lace| *lace < 255);
            assert_eq!(page.position, if ends { 0 } else { u64::MAX });
        }
        for (old, new) in before[heads + dropped..].iter().zip(&after[heads..]) {
            assert_eq!((old.position, old.flags), (new.position, new.flags));
        }
        let mut kept = packets(&after);
        assert_eq!(kept.split_off(headers), sound, "note {seed}");
        let old = packets(&before[..heads + dropped]);
        if opus {
            let head = b"OpusHead\x01\x01\x38\x01\x80\xBB\0\0\x05\0\0";
            assert_eq!(kept, [head.to_vec(), b"OpusTags\0\0\0\0\0\0\0\0".to_vec()]);
        } else {
            let tags = b"\x03vorbis\0\0\0\0\0\0\0\0\x01";
            assert_eq!(kept, [old[0].clone(), tags.to_vec(), old[2].clone()]);
        }
        long_comments += usize::from(dropped > 2);
    }
    assert_eq!(long_comments, 20);
}

/// How many packets end on these pages.
fn packets_end(pages: &[Page]) -> usize {
    let laces = pages.iter().flat_map(|page| &page.lacing);
    laces.filter(|lace| **lace < 255).count()
}

#[test]
fn what_could_lose_sound_in_silence_is_refused() {
    let (whole, _) = note(4);
    let change = |change: &dyn Fn(&mut Vec<Page>)| {
        let mut pages = whole.clone();
        change(&mut pages);
        written(&pages)
    };
    let mut flipped = written(&whole);
    let middle = flipped.len() / 2;
    flipped[middle] ^= 1;
    // Damage to the mark of a page hides all that follows.
    let mut hidden = written(&whole);
    let at = written(&whole[..whole.len() - 2]).len();
    assert!(has(&hidden[at..at + 4], b"OggS"));
    hidden[at] = b'o';
    let mut other = note(6).0;
    let mut broken = other.clone();
    assert_eq!(broken[2].flags, 1);
    broken[2].flags = 0;
    other[0].serial = 77;
    for (name, bytes, expected) in [
        ("a flipped bit", flipped, Refused::Damaged),
        ("a hidden page", hidden, Refused::Unknown),
        (
            "another note behind",
            [written(&whole), written(&other)].concat(),
            Refused::Unknown,
        ),
        (
            "another stream beside the headers",
            change(&|pages| pages.insert(1, other[0].clone())),
            Refused::Unknown,
        ),
        (
            "another stream beside the sound",
            change(&|pages| pages.insert(3, other[0].clone())),
            Refused::Unknown,
        ),
        (
            "no sound",
            change(&|pages| pages.truncate(2)),
            Refused::Damaged,
        ),
        (
            "no comments",
            change(&|pages| drop(pages.remove(1))),
            Refused::Damaged,
        ),
        (
            "sound on the page of the comments",
            change(&|pages| {
                pages[1].lacing.push(3);
                pages[1].body.extend([1, 2, 3]);
            }),
            Refused::Damaged,
        ),
        (
            "sound that begins in the middle",
            change(&|pages| pages[2].flags |= 1),
            Refused::Damaged,
        ),
        (
            "comments that begin in the middle",
            change(&|pages| pages[1].flags |= 1),
            Refused::Damaged,
        ),
        (
            "comments that do not go on",
            written(&broken),
            Refused::Damaged,
        ),
        (
            "comments on the first page",
            change(&|pages| {
                let next = pages.remove(1);
                pages[0].lacing.extend(next.lacing);
                pages[0].body.extend(next.body);
            }),
            Refused::Damaged,
        ),
        (
            "a first page in the middle",
            change(&|pages| pages[3].flags |= 2),
            Refused::Damaged,
        ),
        (
            "six channels",
            change(&|pages| pages[0].body[9] = 6),
            Refused::Unknown,
        ),
        (
            "a cut page",
            written(&whole).split_last().unwrap().1.to_vec(),
            Refused::Damaged,
        ),
    ] {
        assert_eq!(refused(&bytes, Sent::Voice), expected, "{name}");
    }
    assert!(clean(&written(&whole), Sent::Voice).is_ok());
    assert_eq!(
        refused(&written(&whole), Sent::Photo),
        Refused::NotAsClaimed
    );
    // Video, of which the sound is a part.
    let theora = change(&|pages| pages[0].body[..8].copy_from_slice(b"\x80theora\x03"));
    assert_eq!(refused(&theora, Sent::Document), Refused::Unknown);
}
