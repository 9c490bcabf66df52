//! Dropping the visit history out of an answer before it is kept.
//!
//! An answer to a look-up lists the person's visits at every place and who looked them up (`dsLichSuKCB2018`,
//! `dsLichSuKT2018`; `dsLichSuKCB2025` in the newer call). A check-in does not need them (Luật 91/2025/QH15: no more data
//! than the purpose needs), so nothing of them is written down.

use identity::SecretBytes;
use serde_json::Value;
use zeroize::{Zeroize as _, Zeroizing};

use super::wire::Malformed;

/// How the names of those members begin, in small letters: `dsLichSuKCB…` and `dsLichSuKT…`, of whichever year.
const HISTORY: &str = "dslichsu";

/// The answer without its history, at any depth. One that has none stays as it arrived, byte for byte.
pub(in crate::national) fn dropped(answer: &[u8]) -> Result<SecretBytes, Malformed> {
    let mut value: Value = serde_json::from_slice(answer).map_err(|_| Malformed)?;
    if !drop_in(&mut value) {
        return Ok(SecretBytes::new(answer.to_vec()));
    }
    let kept = serde_json::to_vec(&value).map_err(|_| Malformed);
    wipe(&mut value);
    kept.map(SecretBytes::new)
}

/// Says whether something was dropped.
fn drop_in(value: &mut Value) -> bool {
    match value {
        Value::Object(members) => {
            let before = members.len();
            members.retain(|name, member| {
                // Also an empty one: of a member that stands twice only the last is seen here, and the first in what arrived.
                let goes = is_history(name);
                if goes {
                    wipe(member);
                }
                !goes
            });
            let mut dropped = members.len() < before;
            for member in members.values_mut() {
                dropped |= drop_in(member);
            }
            dropped
        }
        Value::Array(entries) => {
            let mut dropped = false;
            for entry in entries {
                dropped |= drop_in(entry);
            }
            dropped
        }
        // JSON within a text: what it says cannot be told apart from its history.
        Value::String(text) if Zeroizing::new(text.to_lowercase()).contains(HISTORY) => {
            text.zeroize();
            *value = Value::Null;
            true
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => false,
    }
}

fn is_history(name: &str) -> bool {
    name.to_lowercase().contains(HISTORY)
}

fn wipe(value: &mut Value) {
    match value {
        Value::String(text) => text.zeroize(),
        Value::Array(entries) => entries.iter_mut().for_each(wipe),
        Value::Object(members) => members.values_mut().for_each(wipe),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn kept(answer: &Value) -> String {
        let kept = dropped(answer.to_string().as_bytes()).unwrap();
        String::from_utf8(kept.as_slice().to_vec()).unwrap()
    }

    #[test]
    fn a_history_is_dropped_wherever_it_stands_and_whatever_it_is_called() {
        let visit = json!([{ "tenBenh": "Viêm dạ dày", "ngayVao": "202606010800" }]);
        for name in ["dsLichSuKCB2018", "dsLichSuKT2018", "dsLichSuKCB2025", "DSLICHSUKCB2031"] {
            for answer in [
                json!({ "maKetQua": "000", name: visit }),
                json!({ "maKetQua": "000", "more": { "deeper": [1, { name: visit }] } }),
                json!({ "maKetQua": "000", "TEMP1": json!({ name: visit }).to_string() }),
            ] {
                let kept = kept(&answer);
                assert!(kept.contains("\"maKetQua\":\"000\""), "{kept}");
                for word in ["dạ dày", "202606010800", "LichSu", "LICHSU"] {
                    assert!(!kept.contains(word), "{kept}");
                }
            }
        }
    }

    #[test]
    fn a_history_that_an_empty_one_follows_is_dropped_too() {
        let answer =
            r#"{"maKetQua":"000","dsLichSuKCB2025":[{"tenBenh":"Viêm dạ dày"}],"dsLichSuKCB2025":null}"#;
        let kept = dropped(answer.as_bytes()).unwrap();
        assert_eq!(kept.as_slice(), br#"{"maKetQua":"000"}"#);
    }

    #[test]
    fn what_has_none_stays_byte_for_byte() {
        let answer = "{ \"maKetQua\":  \"050\", \"ghiChu\": null }";
        assert_eq!(dropped(answer.as_bytes()).unwrap().as_slice(), answer.as_bytes());
        assert!(dropped(b"{").is_err());
    }
}
