//! A stream of bytes in sealed chunks, of which none can be changed, left out, moved, or added.

use std::io::{self, BufReader, Read, Write};

use chacha20poly1305::aead::KeyInit as _;
use chacha20poly1305::{Key, XChaCha20Poly1305};
use sha2::{Digest as _, Sha256};

use super::super::folder::fill_random;
use super::super::key::MasterKey;
use super::super::seal::{self, OVERHEAD};
use super::BackupError;

/// How many plain bytes a chunk has at most.
pub(super) const CHUNK: usize = 16 * 1024;
/// How long the beginning is.
pub(super) const HEAD: usize = SUMMED + 8;

const MAGIC: &[u8; 8] = b"samlengB";
const FORM: u8 = 1;
const SUMMED: usize = 8 + 1 + 32 + 16;
/// The version within the seal.
const SEALED: u8 = 1;

/// Seals what is written to it.
pub(super) struct Sealing<W> {
    out: W,
    place: Place,
    buffer: Vec<u8>,
}

/// Opens what is read from it.
pub(super) struct Opening<R> {
    input: BufReader<R>,
    place: Place,
    buffer: Vec<u8>,
    read: usize,
    is_over: bool,
}

/// For which place the next chunk is sealed, and by what.
struct Place {
    cipher: XChaCha20Poly1305,
    head: [u8; HEAD],
    number: u64,
}

impl Place {
    fn new(salt: &[u8; 32], master: &MasterKey) -> Self {
        let keys = master.backup_keys(salt);
        let mut head = [0; HEAD];
        head[..8].copy_from_slice(MAGIC);
        head[8] = FORM;
        head[9..41].copy_from_slice(salt);
        head[41..SUMMED].copy_from_slice(&keys.check);
        let sum = Sha256::digest(&head[..SUMMED]);
        head[SUMMED..].copy_from_slice(&sum[..8]);
        Self {
            cipher: XChaCha20Poly1305::new(<&Key>::from(&*keys.seal)),
            head,
            number: 0,
        }
    }

    fn next(&mut self, is_last: bool) -> Vec<u8> {
        let number = self.number.to_be_bytes();
        self.number += 1;
        [&self.head, number.as_slice(), &[u8::from(is_last)]].concat()
    }
}

impl<W: Write> Sealing<W> {
    /// Begins a backup with a key of its own.
    pub(super) fn begin(mut out: W, master: &MasterKey) -> io::Result<Self> {
        let mut salt = [0; 32];
        fill_random(&mut salt)?;
        let place = Place::new(&salt, master);
        out.write_all(&place.head)?;
        Ok(Self {
            out,
            place,
            buffer: Vec::with_capacity(CHUNK),
        })
    }

    pub(super) fn write(&mut self, mut bytes: &[u8]) -> io::Result<()> {
        while !bytes.is_empty() {
            // The last chunk is only known at the end, so a full one waits for what follows.
            if self.buffer.len() == CHUNK {
                self.cut(false)?;
            }
            let (now, later) = bytes.split_at(bytes.len().min(CHUNK - self.buffer.len()));
            self.buffer.extend_from_slice(now);
            bytes = later;
        }
        Ok(())
    }

    /// What was written so far fills chunks of its own.
    pub(super) fn cut_here(&mut self) -> io::Result<()> {
        self.cut(false)
    }

    /// Nothing follows.
    pub(super) fn finish(mut self) -> io::Result<W> {
        self.cut(true)?;
        self.out.flush()?;
        Ok(self.out)
    }

    fn cut(&mut self, is_last: bool) -> io::Result<()> {
        let place = self.place.next(is_last);
        let sealed = seal::seal_with(&self.place.cipher, &place, SEALED, &self.buffer);
        self.out.write_all(&[u8::from(is_last)])?;
        self.out.write_all(&(sealed.len() as u32).to_be_bytes())?; // at most a chunk and what sealing adds
        self.out.write_all(&sealed)?;
        self.buffer.clear();
        Ok(())
    }
}

impl<R: Read> Opening<R> {
    /// Reads the beginning.
    pub(super) fn begin(input: R, master: &MasterKey) -> Result<Self, BackupError> {
        let mut input = BufReader::with_capacity(CHUNK, input);
        let mut head = [0; HEAD];
        let mut read = 0;
        while read < HEAD {
            match input.read(&mut head[read..])? {
                0 => break,
                more => read += more,
            }
        }
        let begins = read.min(8);
        if begins == 0 || head[..begins] != MAGIC[..begins] {
            return Err(BackupError::NoBackup);
        }
        if read < HEAD {
            return Err(BackupError::damaged("it is cut short at its beginning"));
        }
        if Sha256::digest(&head[..SUMMED])[..8] != head[SUMMED..] {
            return Err(BackupError::damaged("its beginning was changed"));
        }
        if head[8] != FORM {
            return Err(BackupError::Newer(head[8]));
        }
        let mut salt = [0; 32];
        salt.copy_from_slice(&head[9..41]);
        let place = Place::new(&salt, master);
        if place.head != head {
            return Err(BackupError::WrongKey);
        }
        Ok(Self {
            input,
            place,
            buffer: Vec::new(),
            read: 0,
            is_over: false,
        })
    }

    /// The next so many bytes.
    pub(super) fn take(&mut self, count: usize) -> Result<Vec<u8>, BackupError> {
        let mut taken = Vec::with_capacity(count);
        while taken.len() < count {
            if self.read == self.buffer.len() {
                if self.is_over {
                    return Err(BackupError::damaged("what is in it ends too early"));
                }
                self.chunk()?;
                continue;
            }
            let rest = &self.buffer[self.read..];
            let now = &rest[..rest.len().min(count - taken.len())];
            taken.extend_from_slice(now);
            self.read += now.len();
        }
        Ok(taken)
    }

    /// That everything was read.
    pub(super) fn finish(mut self) -> Result<(), BackupError> {
        while !self.is_over && self.read == self.buffer.len() {
            self.chunk()?;
        }
        if self.read < self.buffer.len() {
            return Err(BackupError::damaged("something follows its end"));
        }
        if self.input.read(&mut [0])? != 0 {
            return Err(BackupError::damaged("something was added to it"));
        }
        Ok(())
    }

    fn chunk(&mut self) -> Result<(), BackupError> {
        let number = self.place.number;
        let damaged = |what: &str| BackupError::Damaged(format!("chunk {number} {what}"));
        let short = |error: io::Error| {
            if error.kind() == io::ErrorKind::UnexpectedEof {
                return damaged("is missing or cut short");
            }
            error.into()
        };
        let mut lead = [0; 5];
        self.input.read_exact(&mut lead).map_err(short)?;
        let [last, length @ ..] = lead;
        let length = u32::from_be_bytes(length) as usize;
        if last > 1 || length > CHUNK + OVERHEAD {
            return Err(damaged("was changed"));
        }
        let mut sealed = vec![0; length];
        self.input.read_exact(&mut sealed).map_err(short)?;
        let place = self.place.next(last == 1);
        match seal::open_with(&self.place.cipher, &place, &sealed) {
            Ok((SEALED, plain)) => self.buffer = plain,
            Ok(_) | Err(_) => return Err(damaged("was changed")),
        }
        self.read = 0;
        self.is_over = last == 1;
        Ok(())
    }
}
