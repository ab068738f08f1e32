//! Receipts: `SL-7K3F-9QX2-M4T0`, something one can read out over the phone.
//!
//! Eleven symbols carry 55 random bits; the twelfth is a check symbol. The symbols are read as elements of
//! GF(32) and their sum, weighted by powers of a primitive element, is zero. Any one wrong symbol changes the
//! sum, and so does any swap of two different neighbours, since neighbouring weights differ. (Luhn's check
//! misses some swaps.)

use std::fmt;

use serde::{Deserialize, Serialize};

/// Digits and capital letters without I, L, O and U, which are misread or misheard.
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const LEN: usize = 12;

/// A receipt's number. What cannot be a receipt cannot be a value of this type.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct Receipt([u8; LEN]);

/// Why a text is no receipt.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReceiptError {
    /// Not twelve symbols, or one that is not in the alphabet.
    #[error("a receipt has twelve letters and digits")]
    Shape,
    /// The check symbol does not fit: something was misread.
    #[error("one character is wrong, or two have changed places")]
    Check,
}

impl Receipt {
    /// The receipt that carries the lowest 55 of these random bits.
    pub fn from_random(bits: u64) -> Self {
        let mut symbols = [0; LEN];
        for (i, symbol) in symbols.iter_mut().take(LEN - 1).enumerate() {
            *symbol = (bits >> (5 * i)) as u8 & 31;
        }
        // The last weight is 1, so the missing summand is the sum of the others.
        symbols[LEN - 1] = checksum(&symbols);
        Self(symbols)
    }

    /// Reads what a person typed: any case, O for 0, I and L for 1, Khmer digits; spaces, hyphens and U+200B
    /// are passed over, and so is the prefix `SL`.
    pub fn parse(text: &str) -> Result<Self, ReceiptError> {
        let mut symbols = Vec::with_capacity(LEN + 2);
        for c in text.chars() {
            let c = match c {
                ' ' | '-' | '\u{2010}'..='\u{2015}' | '\u{200B}' | '\u{A0}' => continue,
                '\u{17E0}'..='\u{17E9}' => char::from(b'0' + (c as u32 - 0x17E0) as u8),
                _ => c.to_ascii_uppercase(),
            };
            symbols.push(c);
        }
        let body = match symbols.as_slice() {
            ['S', 'L', rest @ ..] if rest.len() == LEN => rest,
            whole => whole,
        };
        let mut receipt = [0; LEN];
        if body.len() != LEN {
            return Err(ReceiptError::Shape);
        }
        for (symbol, c) in receipt.iter_mut().zip(body) {
            let c = match c {
                'O' => '0',
                'I' | 'L' => '1',
                other => *other,
            };
            *symbol = ALPHABET
                .iter()
                .position(|a| char::from(*a) == c)
                .ok_or(ReceiptError::Shape)? as u8;
        }
        if checksum(&receipt) == 0 {
            Ok(Self(receipt))
        } else {
            Err(ReceiptError::Check)
        }
    }
}

/// The weighted sum in GF(32); zero for a receipt.
fn checksum(symbols: &[u8; LEN]) -> u8 {
    // Horner's rule: after the last symbol the weights are x^11 ... x^1, 1.
    symbols.iter().fold(0, |sum, symbol| double(sum) ^ symbol)
}

/// Multiplication by x in `GF(2)[x] / (x^5 + x^2 + 1)`, in which x is primitive (of order 31).
fn double(a: u8) -> u8 {
    let shifted = a << 1;
    if shifted & 0b10_0000 == 0 {
        shifted
    } else {
        shifted ^ 0b10_0101
    }
}

impl fmt::Display for Receipt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SL")?;
        for (i, symbol) in self.0.iter().enumerate() {
            if i % 4 == 0 {
                f.write_str("-")?;
            }
            write!(f, "{}", char::from(ALPHABET[usize::from(*symbol)]))?;
        }
        Ok(())
    }
}

impl fmt::Debug for Receipt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Receipt(..)")
    }
}

impl From<Receipt> for String {
    fn from(receipt: Receipt) -> Self {
        receipt.to_string()
    }
}

impl TryFrom<String> for Receipt {
    type Error = ReceiptError;
    fn try_from(text: String) -> Result<Self, ReceiptError> {
        Self::parse(&text)
    }
}
