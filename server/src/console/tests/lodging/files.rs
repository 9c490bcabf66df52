//! Files for the portal, counting, and lists that are imported.

use super::*;

const FILES: &str = "/lodging/tau-song-mau/files";
const IMPORT: &str = "/lodging/tau-song-mau/import";

/// A guest of the vessel, which declares by file.
async fn on_board(desk: &Desk, draft: Draft) -> Uuid {
    let by_file = |new| NewStay { place: "tau-song-mau".into(), path: flows::lodging::Path::File, ..new };
    desk.sleeps(draft, 0, by_file).await
}

async fn made(desk: &Desk, fields: &[(&str, &str)]) -> (Response<()>, Vec<u8>) {
    let request = desk.request_from_page(FILES).body(desk.form(&form(fields))).unwrap();
    let (parts, body) = desk.pages.clone().oneshot(request).await.unwrap().into_parts();
    (Response::from_parts(parts, ()), to_bytes(body, 1 << 20).await.unwrap().to_vec())
}

#[tokio::test]
async fn a_file_is_made_counted_and_then_accepted() {
    let desk = Desk::owner().await;
    let (first, second) =
        (on_board(&desk, guest(NUMBER, 0)).await, on_board(&desk, guest("001148000002", 0)).await);
    let foreign = on_board(&desk, foreigner()).await;
    has(&desk.get(VESSEL).await.1, &["3 khách khai bằng tệp"]);
    has(
        &desk.get(FILES).await.1,
        &["Khách Việt Nam: tệp Excel", "Khách nước ngoài: tệp XML", "MARTIN CLAIRE"],
    );
    let (one, two, three) = (first.to_string(), second.to_string(), foreign.to_string());
    assert!(desk.refused(FILES, &[("kind", "excel")]).await.contains("Chưa chọn khách"));
    assert!(desk.refused(FILES, &[("stay", &one)]).await.contains("Chưa chọn loại tệp"));
    let (head, _) = made(&desk, &[("kind", "excel"), ("stay", &three)]).await;
    assert_eq!(head.status(), StatusCode::CONFLICT, "a foreigner is in no Excel file");

    let (head, bytes) = made(&desk, &[("kind", "excel"), ("stay", &one), ("stay", &two)]).await;
    assert_eq!((head.status(), bytes.get(..2)), (StatusCode::OK, Some(&b"PK"[..])));
    let disposition = head.headers()[header::CONTENT_DISPOSITION].to_str().unwrap();
    assert_eq!(disposition, "attachment; filename=\"tblt_vn_import.xlsx\"");
    // The guests in it are those of this place, as the import reads them.
    let read = crate::national::lodging::files::import::read(&bytes).unwrap();
    assert_eq!((read.drafts.len(), read.faults.len()), (2, 0));
    assert_eq!(desk.stands(first).await, Stands::Sent);
    let (head, xml) = made(&desk, &[("kind", "xml"), ("stay", &three)]).await;
    assert_eq!(head.headers()[header::CONTENT_TYPE], "application/xml");
    has(std::str::from_utf8(&xml).unwrap(), &["<ho_ten>MARTIN CLAIRE</ho_ten>", "MÔ PHỎNG"]);

    let files = desk.store.stay_files("tau-song-mau").await.unwrap();
    let excel = files.iter().find(|file| file.rows == 2).unwrap().id;
    let count = format!("{FILES}/{excel}/count");
    assert!(desk.refused(&count, &[("counted", "hai")]).await.contains("gõ một số"));
    let fault = desk.refused(&count, &[("counted", "0")]).await;
    has(&fault, &["Tệp có 2 khách, trên cổng đếm được 0", "bỏ qua dòng sai"]);
    has(&desk.refused(&count, &[("counted", "3")]).await, &["nạp hai lần"]);
    assert_eq!(desk.stands(second).await, Stands::Sent);
    // Another place's file is not counted here.
    let elsewhere = format!("{INN}/files/{excel}/count");
    assert_eq!(desk.post(&elsewhere, "counted=2").await.0.status(), StatusCode::NOT_FOUND);
    has(&desk.done(&count, &[("counted", "2")]).await, &["Đã đếm: <strong>2</strong>, đủ"]);
    assert_eq!((desk.stands(first).await, desk.stands(second).await), (Stands::Staying, Stands::Staying));
    has(&desk.get(&format!("{VESSEL}/guests/{first}")).await.1, &["Đã đếm đủ trên cổng"]);
}

/// A form with a file, as a browser sends it.
async fn upload(desk: &Desk, csrf: &str, bytes: &[u8]) -> (Response<()>, String) {
    let mut body = format!(
        "--part\r\nContent-Disposition: form-data; name=\"csrf\"\r\n\r\n{csrf}\r\n--part\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.csv\"\r\nContent-Type: text/csv\r\n\r\n"
    )
    .into_bytes();
    body.extend_from_slice(bytes);
    body.extend_from_slice(b"\r\n--part--\r\n");
    let mut request = desk.request_from_page(IMPORT).body(Body::from(body)).unwrap();
    let kind = header::HeaderValue::from_static("multipart/form-data; boundary=part");
    request.headers_mut().insert(header::CONTENT_TYPE, kind);
    desk.send(request).await
}

fn csv(rows: &[&str]) -> String {
    let headers: Vec<_> =
        crate::national::lodging::files::Column::ALL.iter().map(|column| column.header()).collect();
    std::iter::once(headers.join(",").as_str()).chain(rows.iter().copied()).collect::<Vec<_>>().join("\n")
}

#[tokio::test]
async fn a_list_is_checked_before_its_guests_are_written_down_as_drafts() {
    let desk = Desk::owner().await;
    let list = csv(&[
        "1,Nguyễn Thị Hoà,02/03/1948,F - Nữ,VNM - Viet Nam,1 - Thẻ CCCD,,001148012345,,,,,,15/09/2026,16/09/2026,,1 - Du lịch,,",
        "2,=HYPERLINK(),02/03/1948,F - Nữ,VNM - Viet Nam,1 - Thẻ CCCD,,001148000002,,,,,,15/09/2026,16/09/2026,,1 - Du lịch,,",
        "3,Trần Văn Mẫu,1950,M - Nam,VNM - Viet Nam,1 - Thẻ CCCD,,00114800000,,,,,,15/09/2026,16/09/2026,,1 - Du lịch,,",
    ]);
    let (head, page) = upload(&desk, &desk.csrf, list.as_bytes()).await;
    assert_eq!(head.status(), StatusCode::OK, "{page}");
    has(
        &page,
        &[
            "<strong>1</strong> khách đọc được, <strong>2</strong> lỗi",
            "2. Nguyễn Thị Hoà",
            "Dòng 3",
            "có công thức",
            "Dòng 4",
            "số giấy tờ không đúng",
        ],
    );
    let there = async || desk.store.stays("tau-song-mau", Which::Owed, at(600)).await.unwrap();
    assert_eq!(there().await, [], "a dry run writes nothing");
    let (_, rest) = page.split_once("name=\"file\" value=\"").unwrap();
    let file = rest.split_once('"').unwrap().0;
    for _ in 0..2 {
        let page = desk.done(&format!("{IMPORT}/record"), &[("file", file)]).await;
        has(&page, &[NAME, "Chờ xác nhận"]);
        // Who is there already is not written twice.
        assert_eq!(there().await.len(), 1);
    }
    assert!(desk.refused(&format!("{IMPORT}/record"), &[("file", "x!")]).await.contains("Chọn lại tệp"));
}

#[tokio::test]
async fn a_file_that_is_none_or_comes_from_elsewhere_is_refused() {
    let desk = Desk::owner().await;
    let list = csv(&["1,A"]);
    for csrf in ["", &"0".repeat(64)] {
        assert_eq!(upload(&desk, csrf, list.as_bytes()).await.0.status(), StatusCode::FORBIDDEN, "{csrf}");
    }
    for (bytes, words) in [(&b""[..], "Chưa chọn tệp"), (b"PK\x03\x04nonsense", "("), (b"a,b\n1,2", "(")]
    {
        let (head, page) = upload(&desk, &desk.csrf, bytes).await;
        assert_eq!(head.status(), StatusCode::UNPROCESSABLE_ENTITY, "{page}");
        has(&page, &["class=\"faults\"", words]);
    }
    let huge = vec![b'a'; crate::console::lodging::MOST_BYTES + 1];
    assert_eq!(upload(&desk, &desk.csrf, &huge).await.0.status(), StatusCode::PAYLOAD_TOO_LARGE);
    // Other forms stay small.
    let (head, _) = desk.post(FILES, &form(&[("kind", &"a".repeat(MOST_BYTES))])).await;
    assert_eq!(head.status(), StatusCode::PAYLOAD_TOO_LARGE);
}
