//! Fuzz targets: one plain function for whatever comes from outside. None may panic, whatever the bytes are.
//!
//! The test runs every target over its corpus, `server/fuzz/corpus/NAME/`, and over mutations of it; `make fuzz`
//! runs them with libFuzzer.

use crate::{console, national};

/// Feeds one parser.
pub type Target = fn(&[u8]);

/// Every target, by its name and that of its corpus.
pub fn targets() -> impl Iterator<Item = (&'static str, Target)> {
    national::fuzzing::TARGETS.iter().chain(console::fuzzing::TARGETS).copied()
}

#[cfg(test)]
mod tests {
    use std::{fs, path::Path};

    use super::*;

    #[test]
    fn no_target_panics_on_its_corpus_or_mutations_of_it() {
        for (name, target) in targets() {
            let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus").join(name);
            let mut files = 0;
            for file in fs::read_dir(&folder).unwrap() {
                let seed = fs::read(file.unwrap().path()).unwrap();
                target(&seed);
                for position in 0..seed.len() {
                    target(&seed[..position]);
                    for value in [b'<', b'"', b'&', b'/', 0x00, 0x80, 0xFF] {
                        let mut bytes = seed.clone();
                        bytes[position] = value;
                        target(&bytes);
                    }
                }
                files += 1;
            }
            assert!(files > 1, "{name} has no corpus");
        }
    }

    #[test]
    fn every_corpus_has_its_target() {
        let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus");
        for folder in fs::read_dir(corpus).unwrap() {
            let name = folder.unwrap().file_name().into_string().unwrap();
            assert!(targets().any(|(known, _)| known == name), "{name}");
        }
    }
}
