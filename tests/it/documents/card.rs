//! The picture of the figures.

use std::collections::BTreeMap;

use samleng::digest::Figures;
use samleng::documents::card;
use samleng::domain::{Language, Status};

use crate::in_memory::{english, forum, khmer};

fn figures() -> Figures {
    Figures {
        made_at: "2027-01-05T01:30:00Z".parse().unwrap(),
        meeting: None,
        joined: 170,
        heard: 141,
        statuses: vec![
            (Status::New, 300),
            (Status::Approved, 200),
            (Status::Withdrawn, 12),
        ],
        topics: BTreeMap::from([("land".to_owned(), 400), ("other".to_owned(), 100)]),
        places: BTreeMap::new(),
        unwritten: 3,
        asked: 2,
        coming: Vec::new(),
        tally: Default::default(),
        raised: 141,
        archives: Vec::new(),
        scores: Vec::new(),
    }
}

fn picture(figures: &Figures, language: Language) -> (u32, u32, Vec<u8>) {
    let bytes = card::png(figures, &forum(), language).unwrap();
    let mut reader = png::Decoder::new(std::io::Cursor::new(&bytes))
        .read_info()
        .unwrap();
    let mut dots = vec![0; reader.output_buffer_size().unwrap()];
    let info = reader.next_frame(&mut dots).unwrap();
    (info.width, info.height, dots)
}

#[test]
fn the_card_shows_the_figures() {
    for language in [english(), khmer()] {
        let (width, height, dots) = picture(&figures(), language);
        assert_eq!(width, 1280);
        // Telegram shows nothing longer than twenty times its width, and a phone nothing much longer than twice.
        assert!((900..2560).contains(&height), "{height}");
        let dark = dots.chunks(4).filter(|dot| dot[0] < 0x40).count();
        assert!(dark > 20_000, "{dark}");
        assert!(picture(&figures(), language).2 == dots);
        if language == khmer() {
            continue;
        }
        for change in [
            (|f: &mut Figures| f.heard += 1) as fn(&mut Figures),
            |f| f.joined += 1,
            |f| f.statuses[1].1 += 1,
            |f| *f.topics.get_mut("land").unwrap() += 1,
            |f| f.made_at = "2027-01-06T01:30:00Z".parse().unwrap(),
        ] {
            let mut changed = figures();
            change(&mut changed);
            assert!(picture(&changed, language).2 != dots);
        }
    }
}

#[test]
fn a_card_has_room_for_everything() {
    let mut full = figures();
    full.statuses = Status::ALL
        .into_iter()
        .map(|status| (status, 1_000_000))
        .collect();
    full.topics = (0..40)
        .map(|n| (format!("#eval(\"{n}\") *x* {}", "y".repeat(80)), n))
        .collect();
    let (_, height, _) = picture(&full, khmer());
    assert!((1500..8000).contains(&height), "{height}");
    let mut empty = figures();
    empty.statuses.clear();
    empty.topics.clear();
    let (width, height, _) = picture(&empty, english());
    assert!(width == 1280 && height > 400, "{height}");
}
