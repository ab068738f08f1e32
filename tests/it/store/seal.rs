//! A sealed value: what is changed or moved is noticed, and a wrong key is recognised. `copied` looks at whole disks.

use samleng::store::seal::{CHECK_KEY, OVERHEAD, SealError, Sealer};

fn sealer(byte: u8) -> Sealer {
    Sealer::new(&[byte; 32], &[byte ^ 0xff; 32])
}

#[test]
fn every_flipped_bit_every_cut_and_every_move_is_caught() {
    let sealer = sealer(1);
    let plain = "អង្គការ wants a road".as_bytes();
    let sealed = sealer.seal(b"c/1", 3, plain);
    assert_eq!(sealed.len(), plain.len() + OVERHEAD);
    assert_eq!(sealer.open(b"c/1", &sealed), Ok((3, plain.to_vec())));
    for at in 0..sealed.len() {
        for bit in 0..8 {
            let mut changed = sealed.clone();
            changed[at] ^= 1 << bit;
            assert_eq!(
                sealer.open(b"c/1", &changed),
                Err(SealError::Forged),
                "byte {at} bit {bit}"
            );
        }
        assert!(sealer.open(b"c/1", &sealed[..at]).is_err(), "cut at {at}");
    }
    for other in [b"c/2".as_slice(), b"c/", b"", b"c/1\0"] {
        assert_eq!(sealer.open(other, &sealed), Err(SealError::Forged));
    }
    assert_eq!(
        self::sealer(2).open(b"c/1", &sealed),
        Err(SealError::Forged)
    );
    assert_ne!(
        sealer.seal(b"c/1", 3, plain),
        sealed,
        "a nonce is never used twice"
    );
    assert!(!format!("{sealer:?}").contains('1'));
}

#[test]
fn hashes_depend_on_key_kind_and_bytes() {
    let sealer = sealer(1);
    let hash = sealer.index(1, b"bytes");
    assert_eq!(sealer.index(1, b"bytes"), hash);
    for other in [
        sealer.index(2, b"bytes"),
        sealer.index(1, b"byte"),
        self::sealer(2).index(1, b"bytes"),
    ] {
        assert_ne!(other, hash);
    }
    // HMAC-SHA256 under the key fe*32 of 01 "bytes", from another implementation.
    assert_eq!(
        data_encoding::HEXLOWER.encode(&hash),
        "34261eab556d353712c9922760353895"
    );
}

#[test]
fn a_wrong_key_is_told_from_damage() {
    let value = sealer(1).check_value();
    assert_eq!(sealer(1).verify(&value), Ok(()));
    assert_eq!(sealer(2).verify(&value), Err(SealError::WrongKey));
    for at in 0..value.len() {
        let mut changed = value.clone();
        changed[at] ^= 1;
        assert_eq!(
            sealer(1).verify(&changed),
            Err(SealError::Forged),
            "byte {at}"
        );
        assert!(sealer(1).verify(&value[..at]).is_err());
    }
    // The sealed constant of another place is not a check record.
    assert_eq!(
        sealer(1).open(b"x", &value[..value.len() - 8]),
        Err(SealError::Forged)
    );
    assert!(sealer(1).open(CHECK_KEY, &value[..value.len() - 8]).is_ok());
}
