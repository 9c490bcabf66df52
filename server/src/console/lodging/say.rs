//! What a person has to tell the police of a change that the portal has no call for.

use flows::lodging::{Draft, LodgingPlace, StayEvent};
use identity::SecretBytes;

use super::{
    super::{
        form::birth_text,
        time::{day, moment},
    },
    form::sex,
};
use crate::store::stays::KeptStay;

/// A value under its name, as it is said.
fn values(draft: &Draft) -> Vec<(&'static str, String)> {
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    let document = draft.document.as_ref();
    vec![
        ("họ tên", text(&draft.full_name)),
        ("ngày sinh", draft.birth.map(birth_text).unwrap_or_default()),
        ("giới tính", sex(draft.sex).to_owned()),
        ("quốc tịch", draft.nationality.as_ref().map(|code| code.as_str().to_owned()).unwrap_or_default()),
        (
            "giấy tờ",
            document
                .map(|shown| format!("{} {}", shown.kind().vietnamese(), shown.number()))
                .unwrap_or_default(),
        ),
        ("thời hạn tạm trú", draft.permitted_until.map(day).unwrap_or_default()),
        ("đến", moment(draft.arrival)),
        ("đi", draft.departure.map(moment).unwrap_or_default()),
        ("phòng", text(&draft.room)),
        ("lý do", draft.reason.map(|reason| reason.vietnamese().to_owned()).unwrap_or_default()),
    ]
}

fn shown(value: &str) -> &str {
    if value.is_empty() { "không ghi" } else { value }
}

/// What is said of this event to a stay, and why; `corrected`: the data from here on.
pub(super) fn to_say(
    place: &LodgingPlace,
    stay: &KeptStay,
    event: &StayEvent,
    corrected: Option<&Draft>,
    reason: &str,
) -> Option<SecretBytes> {
    let before = stay.draft.as_ref()?;
    let document = before.document.as_ref().map(|shown| shown.number().to_owned()).unwrap_or_default();
    let name = before.full_name.as_deref().unwrap_or_default();
    let who = format!("{}: khách {}, giấy tờ {}", place.name.vi, shown(name), shown(&document));
    let what = match event {
        StayEvent::Withdrawn => "rút thông báo lưu trú đã gửi, khách không lưu trú".to_owned(),
        StayEvent::Extended { until } => format!("ở thêm đến {}", moment(*until)),
        StayEvent::Left { at } => format!("đã rời đi lúc {}", moment(*at)),
        StayEvent::Corrected { .. } => {
            let pairs = values(before).into_iter().zip(values(corrected?));
            let changed = pairs.filter(|((_, old), (_, new))| old != new).map(|((what, old), (_, new))| {
                format!("{what} đã báo “{}”, nay là “{}”", shown(&old), shown(&new))
            });
            let changed: Vec<_> = changed.collect();
            if changed.is_empty() {
                "thông tin khác được sửa".to_owned()
            } else {
                format!("đính chính {}", changed.join("; "))
            }
        }
        _ => return None,
    };
    Some(SecretBytes::new(format!("{who}: {what}. Lý do: {reason}.").into_bytes()))
}
