//! Bytes in serde's terms: hexadecimal digits where people read them, bytes where they do not.

use std::fmt;

use data_encoding::HEXLOWER;
use serde::de::{self, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// So many bytes.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Bytes<const N: usize>([u8; N]);

impl<const N: usize> Serialize for Bytes<N> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if serializer.is_human_readable() {
            serializer.serialize_str(&HEXLOWER.encode(&self.0))
        } else {
            serializer.serialize_bytes(&self.0)
        }
    }
}

impl<'de, const N: usize> Deserialize<'de> for Bytes<N> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        if deserializer.is_human_readable() {
            deserializer.deserialize_str(Either)
        } else {
            deserializer.deserialize_bytes(Either)
        }
    }
}

struct Either<const N: usize>;

impl<const N: usize> Visitor<'_> for Either<N> {
    type Value = Bytes<N>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{N} bytes")
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Self::Value, E> {
        let bytes = HEXLOWER.decode(text.as_bytes()).map_err(E::custom)?;
        self.visit_bytes(&bytes)
    }

    fn visit_bytes<E: de::Error>(self, bytes: &[u8]) -> Result<Self::Value, E> {
        let fits = bytes.try_into().map(Bytes);
        fits.map_err(|_| E::invalid_length(bytes.len(), &self))
    }
}

/// A field of so many bytes.
pub(crate) fn serialize<S: Serializer, const N: usize>(
    bytes: &[u8; N],
    serializer: S,
) -> Result<S::Ok, S::Error> {
    Bytes(*bytes).serialize(serializer)
}

/// The same, read.
pub(crate) fn deserialize<'de, D: Deserializer<'de>, const N: usize>(
    deserializer: D,
) -> Result<[u8; N], D::Error> {
    Bytes::deserialize(deserializer).map(|bytes| bytes.0)
}

/// A field that may be nothing.
pub(crate) mod option {
    use serde::{Deserialize as _, Deserializer, Serialize as _, Serializer};

    use super::Bytes;

    /// Writes it.
    pub(crate) fn serialize<S: Serializer, const N: usize>(
        bytes: &Option<[u8; N]>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        bytes.map(Bytes).serialize(serializer)
    }

    /// Reads it.
    pub(crate) fn deserialize<'de, D: Deserializer<'de>, const N: usize>(
        deserializer: D,
    ) -> Result<Option<[u8; N]>, D::Error> {
        let bytes = Option::<Bytes<N>>::deserialize(deserializer)?;
        Ok(bytes.map(|bytes| bytes.0))
    }
}

/// A field of any number of them.
pub(crate) mod list {
    use serde::{Deserialize as _, Deserializer, Serializer};

    use super::Bytes;

    /// Writes it.
    pub(crate) fn serialize<S: Serializer, const N: usize>(
        all: &[[u8; N]],
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(all.iter().map(|bytes| Bytes(*bytes)))
    }

    /// Reads it.
    pub(crate) fn deserialize<'de, D: Deserializer<'de>, const N: usize>(
        deserializer: D,
    ) -> Result<Vec<[u8; N]>, D::Error> {
        let all = Vec::<Bytes<N>>::deserialize(deserializer)?;
        Ok(all.into_iter().map(|bytes| bytes.0).collect())
    }
}
