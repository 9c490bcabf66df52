//! The fields of each message, as JSON: name, shape, whether it is required.

use jiff::civil::{Date, DateTime};
use serde_json::{Map, Value};

/// What a value looks like.
#[derive(Clone, Copy)]
pub(super) enum Shape {
    /// Text.
    Text,
    /// One of these words.
    OneOf(&'static [&'static str]),
    /// `YYYY-MM-DD`.
    Day,
    /// `YYYY-MM-DD HH:mm:ss`.
    Moment,
    /// A whole number from 1 to this.
    UpTo(u64),
}

use Shape::{Day, Moment, OneOf, Text, UpTo};

type Field = (&'static str, Shape, bool);

pub(super) const VIETNAMESE: &[Field] = &[
    ("hoTen", Text, true),
    ("gioiTinh", OneOf(&["M", "F"]), true),
    ("soDienThoai", Text, false),
    ("ngayThangNamSinhStr", Day, true),
    ("ghiChu", Text, false),
    ("noiCuTru", UpTo(3), false),
    ("maTT", Text, false),
    ("maPX", Text, false),
    ("diaChi", Text, false),
    ("ngayDenCsltStr", Moment, true),
    ("ngayDiDuKienStr", Moment, true),
    ("soPhong", Text, false),
    ("lyDoCuTru", UpTo(20), true),
    ("lyDoChiTiet", Text, false),
    ("loaiGiayTo", UpTo(9), true),
    ("soGiayTo", Text, true),
    ("anhTruocB64", Text, false),
    ("anhSauB64", Text, false),
];

pub(super) const FOREIGN: &[Field] = &[
    ("hoTen", Text, true),
    ("quocTich", Text, true),
    ("soHoChieu", Text, true),
    ("gioiTinh", OneOf(&["M", "F"]), true),
    ("loaiNgayThangNamSinh", OneOf(&["D", "Y"]), true),
    ("ngayThangNamSinhStr", Day, true),
    ("ngayDenCsltStr", Moment, true),
    ("ngayDiDuKienStr", Moment, true),
    ("soPhong", Text, false),
    ("anhHoChieuB64", Text, false),
    ("thoiHanTamTruStr", Day, true),
];

pub(super) const CHANGE: &[Field] = &[
    ("loai", OneOf(&["TS", "GH"]), true),
    ("soGiayTo", Text, true),
    ("loaiGiayTo", UpTo(8), true),
    ("thoiGianStr", Moment, false),
];

/// One object of a request.
pub(super) struct Fields<'a>(&'a Map<String, Value>);

impl<'a> Fields<'a> {
    /// Those of `value`, and what is wrong with their shapes.
    pub(super) fn read(value: &'a Value, table: &[Field]) -> (Option<Self>, Vec<String>) {
        let Some(members) = value.as_object() else { return (None, vec!["Sai định dạng".to_owned()]) };
        let fields = Self(members);
        let mut faults = Vec::new();
        for (name, shape, required) in table {
            let value = members.get(*name).unwrap_or(&Value::Null);
            let empty = value.is_null() || value.as_str().is_some_and(|text| text.trim().is_empty());
            if empty && *required {
                faults.push(format!("Thiếu trường bắt buộc: {name}"));
            } else if !empty && !fits(*shape, value) {
                let what = if matches!(shape, UpTo(_)) && value.is_u64() {
                    "Mã không có trong danh mục"
                } else {
                    "Sai định dạng"
                };
                faults.push(format!("{what}: {name}"));
            }
        }
        (Some(fields), faults)
    }

    pub(super) fn text(&self, name: &str) -> &'a str {
        self.0.get(name).and_then(Value::as_str).unwrap_or_default()
    }

    pub(super) fn number(&self, name: &str) -> u64 {
        self.0.get(name).and_then(Value::as_u64).unwrap_or_default()
    }

    pub(super) fn moment(&self, name: &str) -> Option<DateTime> {
        moment(self.text(name))
    }

    pub(super) fn day(&self, name: &str) -> Option<Date> {
        day(self.text(name))
    }
}

fn fits(shape: Shape, value: &Value) -> bool {
    match (shape, value) {
        (Text, Value::String(_)) => true,
        (OneOf(words), Value::String(text)) => words.contains(&text.as_str()),
        (Day, Value::String(text)) => day(text).is_some(),
        (Moment, Value::String(text)) => moment(text).is_some(),
        (UpTo(last), value) => value.as_u64().is_some_and(|number| (1..=last).contains(&number)),
        _ => false,
    }
}

fn day(text: &str) -> Option<Date> {
    (text.len() == 10).then(|| Date::strptime("%Y-%m-%d", text).ok()).flatten()
}

fn moment(text: &str) -> Option<DateTime> {
    (text.len() == 19).then(|| DateTime::strptime("%Y-%m-%d %H:%M:%S", text).ok()).flatten()
}
