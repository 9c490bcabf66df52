//! Sealed columns: AES-256-GCM (NIST SP 800-38D) under a key per owner, which is kept wrapped by the master key.
//!
//! An owner is a subject, a conversation or the server itself. Destroying the owner's wrapped key makes
//! everything sealed under it unreadable, backups of the sealed columns included. What is sealed is bound to
//! its table, column and row: moved elsewhere, it does not open.

use std::{
    fs::{self, File, OpenOptions},
    io::{ErrorKind, Read as _, Write as _},
    marker::PhantomData,
    path::{Path, PathBuf},
};

use ring::{aead, hmac};
use serde::{Serialize, de::DeserializeOwned};
use thiserror::Error;
use zeroize::Zeroizing;

use crate::random::{Random, RandomUnavailable};

const KEY_LENGTH: usize = 32;
const NONCE_LENGTH: usize = aead::NONCE_LEN;

/// Why something cannot be sealed or unsealed. Never says what.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum SealError {
    /// The bytes are not what was sealed here under this key.
    #[error(
        "a sealed value does not open: it was changed, moved, or sealed under another key; restore a backup"
    )]
    NotGenuine,
    /// The value cannot be written as, or read from, JSON.
    #[error(
        "a sealed value has another shape than this version of the program writes; use the version that wrote it"
    )]
    Shape,
    /// No randomness.
    #[error(transparent)]
    Random(#[from] RandomUnavailable),
}

/// Why there is no master key.
#[derive(Debug, Error)]
pub enum MasterKeyError {
    /// The file cannot be read or written.
    #[error("the master key file {} cannot be opened; check the path and its permissions", path.display())]
    File {
        /// Where it should be.
        path: PathBuf,
        /// Why not.
        #[source]
        source: std::io::Error,
    },
    /// The file is not a key.
    #[error("the master key file {} is not exactly 32 bytes; restore the right one", path.display())]
    Length {
        /// Where it is.
        path: PathBuf,
    },
    /// Others than its owner may read the file.
    #[error("the master key file {} may be read by others than its owner; make it 0600", path.display())]
    Permissions {
        /// Where it is.
        path: PathBuf,
    },
    /// No randomness.
    #[error(transparent)]
    Random(#[from] RandomUnavailable),
}

/// Where a sealed value stands. It opens nowhere else.
#[derive(Debug, Clone, Copy)]
pub struct Place<'a> {
    /// The table.
    pub table: &'a str,
    /// The column.
    pub column: &'a str,
    /// The row's id.
    pub row: &'a str,
}

impl Place<'_> {
    fn associated_data(&self) -> Vec<u8> {
        format!("{}\0{}\0{}", self.table, self.column, self.row).into_bytes()
    }
}

/// The key that wraps the owners' keys. It lives in a file outside the database.
pub struct MasterKey {
    wrapping: DataKey,
    look_up: hmac::Key,
    fingerprint: [u8; KEY_LENGTH],
}

impl MasterKey {
    /// Derives what is used from the 32 bytes of the master key: one block of HKDF-Expand with SHA-256
    /// (RFC 5869 2.3) for each purpose. The master key is uniformly random, so nothing is to be extracted
    /// first (RFC 5869 3.3).
    pub fn new(bytes: &[u8; KEY_LENGTH]) -> Self {
        let master = hmac::Key::new(hmac::HMAC_SHA256, bytes);
        let derive = |purpose: &str| {
            let mut key = Zeroizing::new([0; KEY_LENGTH]);
            key.copy_from_slice(hmac::sign(&master, format!("{purpose}\x01").as_bytes()).as_ref());
            key
        };
        Self {
            wrapping: DataKey(derive("wrap owners' keys")),
            look_up: hmac::Key::new(hmac::HMAC_SHA256, derive("look up by keyed hash").as_ref()),
            fingerprint: *derive("recognise the master key"),
        }
    }

    /// Reads the key from `path`.
    ///
    /// # Errors
    /// Where the file cannot be read, is not 32 bytes, or others than its owner may read it.
    pub fn load(path: &Path) -> Result<Self, MasterKeyError> {
        let failed = |source| MasterKeyError::File { path: path.to_owned(), source };
        let file = File::open(path).map_err(failed)?;
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            if file.metadata().map_err(failed)?.permissions().mode() & 0o077 != 0 {
                return Err(MasterKeyError::Permissions { path: path.to_owned() });
            }
        }
        let mut bytes = Zeroizing::new(Vec::with_capacity(KEY_LENGTH + 1));
        file.take(KEY_LENGTH as u64 + 1).read_to_end(&mut bytes).map_err(failed)?;
        let bytes: &[u8; KEY_LENGTH] =
            bytes.as_slice().try_into().map_err(|_| MasterKeyError::Length { path: path.to_owned() })?;
        Ok(Self::new(bytes))
    }

    /// Draws a new key and writes it to `path`, readable by its owner alone. Never overwrites one.
    ///
    /// # Errors
    /// Where the file is there already or cannot be written, or the generator fails.
    pub fn create(path: &Path, random: &Random) -> Result<Self, MasterKeyError> {
        let failed = |source| MasterKeyError::File { path: path.to_owned(), source };
        let bytes = Zeroizing::new(random.bytes::<KEY_LENGTH>()?);
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        {
            use std::os::unix::fs::OpenOptionsExt as _;
            options.mode(0o600);
        }
        let written = options.open(path).and_then(|mut file| {
            file.write_all(bytes.as_ref())?;
            file.sync_all()?;
            // The name has to survive a power cut as well, or the database outlives its key.
            path.parent()
                .filter(|folder| !folder.as_os_str().is_empty())
                .map_or(Ok(()), |folder| File::open(folder)?.sync_all())
        });
        if let Err(source) = written {
            if source.kind() != ErrorKind::AlreadyExists {
                let _ = fs::remove_file(path);
            }
            return Err(failed(source));
        }
        Ok(Self::new(&bytes))
    }

    /// Tells this master key from another and says nothing else about it.
    pub fn fingerprint(&self) -> &[u8; 32] {
        &self.fingerprint
    }

    /// The keyed hash (HMAC-SHA-256) by which a value is found without being stored.
    pub fn look_up(&self, kind: &str, value: &[u8]) -> [u8; 32] {
        let mut context = hmac::Context::with_key(&self.look_up);
        context.update(kind.as_bytes());
        context.update(&[0]);
        context.update(value);
        let mut hash = [0; 32];
        hash.copy_from_slice(context.sign().as_ref());
        hash
    }

    /// Draws a key for `owner`: the key, and what is stored of it.
    ///
    /// # Errors
    /// Where the generator fails.
    pub fn new_data_key(&self, owner: &str, random: &Random) -> Result<(DataKey, Vec<u8>), SealError> {
        let bytes = Zeroizing::new(random.bytes::<KEY_LENGTH>()?);
        let wrapped = self.wrapping.seal(bytes.as_ref(), Self::place(owner), random)?;
        Ok((DataKey(bytes), wrapped))
    }

    /// The key of `owner` out of what is stored.
    ///
    /// # Errors
    /// [`SealError::NotGenuine`].
    pub fn unwrap_data_key(&self, owner: &str, wrapped: &[u8]) -> Result<DataKey, SealError> {
        let bytes = self.wrapping.open(wrapped, Self::place(owner))?;
        let mut key = Zeroizing::new([0; KEY_LENGTH]);
        if bytes.len() != KEY_LENGTH {
            return Err(SealError::NotGenuine);
        }
        key.copy_from_slice(&bytes);
        Ok(DataKey(key))
    }

    fn place(owner: &str) -> Place<'_> {
        Place { table: "keys", column: "wrapped", row: owner }
    }
}

impl std::fmt::Debug for MasterKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("MasterKey(masked)")
    }
}

/// The key of one owner. Wiped when dropped.
pub struct DataKey(Zeroizing<[u8; KEY_LENGTH]>);

impl DataKey {
    fn cipher(&self) -> Result<aead::LessSafeKey, SealError> {
        let key = aead::UnboundKey::new(&aead::AES_256_GCM, self.0.as_ref());
        key.map(aead::LessSafeKey::new).map_err(|_| SealError::NotGenuine)
    }

    /// Nonce, then ciphertext, then tag. A random nonce of 96 bits is safe for 2^32 values under one key
    /// (SP 800-38D 8.3); an owner has hundreds.
    fn seal(&self, plain: &[u8], place: Place<'_>, random: &Random) -> Result<Vec<u8>, SealError> {
        let key = self.cipher()?;
        let nonce = random.bytes::<NONCE_LENGTH>()?;
        let mut sealed = Vec::with_capacity(NONCE_LENGTH + plain.len() + aead::AES_256_GCM.tag_len());
        sealed.extend_from_slice(&nonce);
        sealed.extend_from_slice(plain);
        let (_, body) = sealed.split_at_mut(NONCE_LENGTH);
        let tag = key
            .seal_in_place_separate_tag(
                aead::Nonce::assume_unique_for_key(nonce),
                aead::Aad::from(place.associated_data()),
                body,
            )
            .map_err(|_| SealError::NotGenuine)?;
        sealed.extend_from_slice(tag.as_ref());
        Ok(sealed)
    }

    fn open(&self, sealed: &[u8], place: Place<'_>) -> Result<Zeroizing<Vec<u8>>, SealError> {
        let key = self.cipher()?;
        let (nonce, body) = sealed.split_first_chunk::<NONCE_LENGTH>().ok_or(SealError::NotGenuine)?;
        let mut plain = Zeroizing::new(body.to_vec());
        let length = key
            .open_in_place(
                aead::Nonce::assume_unique_for_key(*nonce),
                aead::Aad::from(place.associated_data()),
                &mut plain,
            )
            .map_err(|_| SealError::NotGenuine)?
            .len();
        plain.truncate(length);
        Ok(plain)
    }
}

impl std::fmt::Debug for DataKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("DataKey(masked)")
    }
}

/// A sealed `T`, as a personal column stores it.
pub struct Sealed<T> {
    bytes: Vec<u8>,
    of: PhantomData<fn() -> T>,
}

impl<T: Serialize + DeserializeOwned> Sealed<T> {
    /// Seals `value` for `place`.
    ///
    /// # Errors
    /// Where the generator fails or the value has no JSON form.
    pub fn seal(value: &T, key: &DataKey, place: Place<'_>, random: &Random) -> Result<Self, SealError> {
        let plain = Zeroizing::new(serde_json::to_vec(value).map_err(|_| SealError::Shape)?);
        Ok(Self::from_stored(key.seal(&plain, place, random)?))
    }

    /// Unseals what stands at `place`.
    ///
    /// # Errors
    /// [`SealError::NotGenuine`] where it is anything else than what was sealed for this place under this key.
    pub fn open(&self, key: &DataKey, place: Place<'_>) -> Result<T, SealError> {
        serde_json::from_slice(&key.open(&self.bytes, place)?).map_err(|_| SealError::Shape)
    }
}

impl<T> Sealed<T> {
    /// What a column holds.
    pub fn from_stored(bytes: Vec<u8>) -> Self {
        Self { bytes, of: PhantomData }
    }

    /// For a column to hold.
    pub fn as_stored(&self) -> &[u8] {
        &self.bytes
    }
}

impl<T> std::fmt::Debug for Sealed<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Sealed({} bytes)", self.bytes.len())
    }
}

#[cfg(test)]
mod tests;
