//! The portal's lists: `GET /cms-backend/public/…`.

use serde::Deserialize;
use serde_json::Value;

use super::Malformed;

#[derive(Deserialize)]
struct Nationality {
    #[serde(rename = "maQT")]
    code: String,
    #[serde(rename = "tenQT")]
    name: String,
    #[serde(rename = "tenQTEn")]
    english: Option<String>,
}

#[derive(Deserialize)]
struct Province {
    #[serde(rename = "maTT")]
    code: String,
    #[serde(rename = "tenTT")]
    name: String,
}

#[derive(Deserialize)]
struct Item {
    id: Value,
    name: String,
}

/// The list in an answer: in `data`, with `code` "200", or alone.
fn list<T: serde::de::DeserializeOwned>(bytes: &[u8]) -> Result<Vec<T>, Malformed> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Answer<T> {
        Envelope { code: String, data: Vec<T> },
        Alone(Vec<T>),
    }
    match serde_json::from_slice(bytes).map_err(|_| Malformed)? {
        Answer::Envelope { code, data } if code == "200" => Ok(data),
        Answer::Alone(list) => Ok(list),
        Answer::Envelope { .. } => Err(Malformed),
    }
}

/// Codes and names, in Vietnamese and English. The English name is what the Excel file's label is (`VNM - Viet Nam`).
pub(in crate::national) fn nationalities(bytes: &[u8]) -> Result<Vec<(String, String, String)>, Malformed> {
    let list = list::<Nationality>(bytes)?;
    let names = |Nationality { code, name, english }| {
        let english = english.unwrap_or_else(|| name.clone());
        (code, name, english)
    };
    Ok(list.into_iter().map(names).collect())
}

/// Codes and names of provinces.
pub(in crate::national) fn provinces(bytes: &[u8]) -> Result<Vec<(String, String)>, Malformed> {
    Ok(list::<Province>(bytes)?.into_iter().map(|Province { code, name }| (code, name)).collect())
}

/// Ids and names of the other lists. An id is a number or text.
pub(in crate::national) fn items(bytes: &[u8]) -> Result<Vec<(String, String)>, Malformed> {
    list::<Item>(bytes)?
        .into_iter()
        .map(|Item { id, name }| match id {
            Value::String(id) => Ok((id, name)),
            Value::Number(id) => Ok((id.to_string(), name)),
            _ => Err(Malformed),
        })
        .collect()
}
