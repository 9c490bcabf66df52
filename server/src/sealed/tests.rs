use std::sync::atomic::{AtomicU64, Ordering};

use super::*;

fn counting() -> Random {
    let next = AtomicU64::new(1);
    Random::new(move |bytes| {
        for chunk in bytes.chunks_mut(8) {
            let number = next.fetch_add(1, Ordering::Relaxed).to_le_bytes();
            chunk.copy_from_slice(&number[..chunk.len()]);
        }
        Ok(())
    })
}

const HERE: Place<'static> = Place { table: "visits", column: "patient", row: "1" };

fn sealed(key: &DataKey, random: &Random) -> Sealed<String> {
    Sealed::seal(&"Nguyễn Thị Hoà".to_owned(), key, HERE, random).unwrap()
}

#[test]
fn what_was_sealed_opens_with_the_owners_key_alone() {
    let (master, random) = (MasterKey::new(&[7; 32]), counting());
    let (key, wrapped) = master.new_data_key("subject", &random).unwrap();
    let value = sealed(&key, &random);
    let again = master.unwrap_data_key("subject", &wrapped).unwrap();
    assert_eq!(value.open(&again, HERE).unwrap(), "Nguyễn Thị Hoà");
    let (other, _) = master.new_data_key("another subject", &random).unwrap();
    assert_eq!(value.open(&other, HERE), Err(SealError::NotGenuine));
}

#[test]
fn a_wrapped_key_serves_neither_another_owner_nor_another_master() {
    let (master, random) = (MasterKey::new(&[7; 32]), counting());
    let (_, wrapped) = master.new_data_key("subject", &random).unwrap();
    assert!(master.unwrap_data_key("another subject", &wrapped).is_err());
    assert!(MasterKey::new(&[8; 32]).unwrap_data_key("subject", &wrapped).is_err());
}

#[test]
fn a_name_moved_to_another_row_column_or_table_does_not_open() {
    let (master, random) = (MasterKey::new(&[7; 32]), counting());
    let (key, _) = master.new_data_key("subject", &random).unwrap();
    let value = sealed(&key, &random);
    for elsewhere in [
        Place { row: "2", ..HERE },
        Place { column: "decision", ..HERE },
        Place { table: "subjects", ..HERE },
    ] {
        assert_eq!(value.open(&key, elsewhere), Err(SealError::NotGenuine));
    }
}

#[test]
fn every_changed_bit_and_every_cut_is_noticed() {
    let (master, random) = (MasterKey::new(&[7; 32]), counting());
    let (key, _) = master.new_data_key("subject", &random).unwrap();
    let bytes = sealed(&key, &random).as_stored().to_vec();
    for index in 0..bytes.len() {
        let mut changed = bytes.clone();
        changed[index] ^= 1;
        assert!(Sealed::<String>::from_stored(changed).open(&key, HERE).is_err(), "byte {index}");
        assert!(Sealed::<String>::from_stored(bytes[..index].to_vec()).open(&key, HERE).is_err());
    }
}

#[test]
fn the_same_name_sealed_twice_does_not_look_the_same() {
    let (master, random) = (MasterKey::new(&[7; 32]), counting());
    let (key, _) = master.new_data_key("subject", &random).unwrap();
    assert_ne!(sealed(&key, &random).as_stored(), sealed(&key, &random).as_stored());
}

#[test]
fn the_keyed_hash_depends_on_the_key_and_on_what_is_looked_for() {
    let master = MasterKey::new(&[7; 32]);
    let hash = master.look_up("number", b"001050012345");
    assert_eq!(hash, MasterKey::new(&[7; 32]).look_up("number", b"001050012345"));
    assert_ne!(hash, MasterKey::new(&[8; 32]).look_up("number", b"001050012345"));
    assert_ne!(hash, master.look_up("card", b"001050012345"));
}

#[test]
fn a_key_file_is_made_once_and_read_back() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("master.key");
    let made = MasterKey::create(&path, &counting()).unwrap();
    assert_eq!(MasterKey::load(&path).unwrap().fingerprint(), made.fingerprint());
    assert!(matches!(MasterKey::create(&path, &counting()), Err(MasterKeyError::File { .. })));
    assert_eq!(MasterKey::load(&path).unwrap().fingerprint(), made.fingerprint(), "it was overwritten");
}

#[test]
#[cfg(unix)]
fn a_key_file_that_others_may_read_or_that_is_cut_is_refused() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("master.key");
    MasterKey::create(&path, &counting()).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
    assert!(matches!(MasterKey::load(&path), Err(MasterKeyError::Permissions { .. })));
    fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
    fs::write(&path, [0; 31]).unwrap();
    assert!(matches!(MasterKey::load(&path), Err(MasterKeyError::Length { .. })));
}

#[test]
fn without_randomness_nothing_is_sealed() {
    let master = MasterKey::new(&[7; 32]);
    let broken = Random::new(|_| Err(RandomUnavailable));
    assert!(matches!(master.new_data_key("subject", &broken), Err(SealError::Random(_))));
}
