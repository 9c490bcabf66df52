//! A page for what went wrong.

use askama::Template;
use axum::{
    Extension,
    extract::{Request, State},
    http::StatusCode,
    middleware::Next,
    response::{Html, IntoResponse, Redirect, Response},
};

use super::{Console, Frame, lodging, sign_in};
use crate::{
    national::lodging::files::FileError, random::RandomUnavailable, staff::password::HashError,
    store::StoreError,
};

/// Why there is no page.
#[derive(Debug)]
pub(super) enum Failure {
    /// The request names another host.
    ForeignHost,
    /// The form was not sent by one of these pages.
    ForeignForm,
    /// Nobody is signed in, or not any more.
    SignIn {
        /// The page that was wanted.
        next: Option<String>,
        /// Whether they were, and did nothing for too long.
        timed_out: bool,
    },
    /// They have no role at this station.
    NoRoleHere,
    /// They have none at the station, and one at a lodging.
    AtLodgings,
    /// Their roles here do not include this.
    NotYours,
    /// The form is longer than any of these pages sends.
    TooLarge,
    /// No such call that is open.
    CallAnswered,
    /// Somebody else has the call.
    CallTaken,
    /// Somebody did this already.
    DoneAlready,
    /// Somebody corrected the visit meanwhile.
    VisitCorrected,
    /// Somebody changed the stay meanwhile, or it does not stand so that this can be done.
    StayChanged,
    /// A file for the portal cannot be made of these guests.
    NotAFile(FileError),
    /// The request or incident was closed meanwhile.
    FileClosed,
    /// Nobody is kept here that it could be done to.
    NobodyKept,
    /// Nothing at this address.
    NotFound,
    /// The store failed.
    Store(StoreError),
    /// A password could not be hashed.
    Hash(HashError),
    /// No randomness for a secret.
    Random(RandomUnavailable),
    /// A QR code could not be drawn.
    Drawing,
    /// The page could not be made.
    Page(askama::Error),
}

impl From<HashError> for Failure {
    fn from(error: HashError) -> Self {
        Self::Hash(error)
    }
}

impl From<RandomUnavailable> for Failure {
    fn from(error: RandomUnavailable) -> Self {
        Self::Random(error)
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::UnknownCall => Self::CallAnswered,
            StoreError::CallTaken => Self::CallTaken,
            StoreError::UnknownTask
            | StoreError::UnknownMessage
            | StoreError::UnknownAlert
            | StoreError::SubjectsDecided => Self::DoneAlready,
            StoreError::VisitCorrected => Self::VisitCorrected,
            StoreError::StayChanged | StoreError::StayUnfit(_) => Self::StayChanged,
            StoreError::UnknownVisit | StoreError::UnknownStay => Self::NotFound,
            StoreError::UnknownSubjectRequest | StoreError::UnknownIncident => Self::FileClosed,
            StoreError::UnknownSubject => Self::NobodyKept,
            error => Self::Store(error),
        }
    }
}

const PAPER_NUMBERS_FULL: &str = "Phát số bằng giấy và báo người quản trị.";
const PAPER_NUMBERS: &str = "Nếu vẫn lỗi, phát số bằng giấy và báo người quản trị.";

/// What a failure's page says.
#[derive(Clone, Copy)]
struct Words {
    title: &'static str,
    advice: &'static str,
    english: &'static str,
    /// Where to go on: address, words, and English.
    leads_to: (&'static str, &'static str, &'static str),
}

const LODGINGS: (&str, &str, &str) = (lodging::PLACES, "Cơ sở lưu trú", "places to stay");
const CALLS: (&str, &str, &str) = ("/staff", "Danh sách cuộc gọi", "calls");
const OWN_ACCOUNT: (&str, &str, &str) = ("/staff/account", "Tài khoản của tôi", "my account");

impl Words {
    /// The same at a lodging, where nobody has numbers or calls.
    fn at_a_lodging(self) -> Self {
        let advice = match self.advice {
            "Quay lại danh sách cuộc gọi." => "Quay lại danh sách cơ sở.",
            PAPER_NUMBERS_FULL => "Báo người quản trị. Sắp hết hạn khai báo thì gọi điện cho công an xã.",
            PAPER_NUMBERS => {
                "Nếu vẫn lỗi, báo người quản trị. Sắp hết hạn khai báo thì gọi điện cho công an xã."
            }
            "Hỏi người quản lý của trạm này. Đăng xuất ở trang tài khoản." => {
                "Hỏi chủ cơ sở."
            }
            advice => advice,
        };
        let title = match self.title {
            "Tài khoản này chưa có quyền nào tại trạm này" => {
                "Tài khoản này chưa có quyền nào tại cơ sở này"
            }
            title => title,
        };
        Self { title, advice, leads_to: LODGINGS, ..self }
    }
}

/// Why a file for the portal cannot be made.
const fn said(error: FileError) -> &'static str {
    match error {
        FileError::Empty => "Chưa chọn khách nào.",
        FileError::TooMany(_) => "Quá 1.000 khách: chia làm nhiều tệp.",
        FileError::OtherKind(_) => "Tệp Excel cho khách Việt Nam, tệp XML cho khách nước ngoài.",
        FileError::Value { .. } => "Một giá trị không ghi được vào tệp: đính chính khách rồi lập lại.",
        FileError::NotMade => "Thử lại; nếu vẫn lỗi, báo người quản trị.",
    }
}

#[derive(Template)]
#[template(path = "failure.html")]
struct Page {
    frame: Frame,
    words: Words,
}

impl Failure {
    #[expect(clippy::too_many_lines, reason = "a few lines for each failure")]
    fn words(&self) -> (StatusCode, Words) {
        let words = |title, advice, english| Words { title, advice, english, leads_to: CALLS };
        match self {
            Self::ForeignHost => (
                StatusCode::FORBIDDEN,
                words(
                    "Trang này chỉ mở được trên máy này",
                    "Mở địa chỉ http://127.0.0.1 hoặc http://localhost.",
                    "These pages answer this machine only.",
                ),
            ),
            Self::ForeignForm => (
                StatusCode::FORBIDDEN,
                words(
                    "Biểu mẫu không được gửi từ trang này",
                    "Mở lại trang nhân viên và gửi lại.",
                    "The form was not sent from these pages. Nothing was done.",
                ),
            ),
            Self::StayChanged => (
                StatusCode::CONFLICT,
                words(
                    "Lượt lưu trú vừa được thay đổi, hoặc không còn làm được việc này",
                    "Mở lại khách, xem tình trạng mới rồi làm lại nếu cần.",
                    "The stay was changed meanwhile, or this cannot be done to it now. Nothing was done.",
                ),
            ),
            Self::NotAFile(error) => (
                StatusCode::CONFLICT,
                words("Chưa lập được tệp", said(*error), "The file cannot be made. Nothing was done."),
            ),
            Self::AtLodgings => (
                StatusCode::SEE_OTHER,
                words("Cơ sở lưu trú", "Mở danh sách cơ sở.", "Your places are elsewhere."),
            ),
            Self::SignIn { .. } => (
                StatusCode::UNAUTHORIZED,
                words("Chưa đăng nhập", "Mở trang đăng nhập.", "You are not signed in. Nothing was done."),
            ),
            Self::NoRoleHere => (
                StatusCode::FORBIDDEN,
                Words {
                    leads_to: OWN_ACCOUNT,
                    ..words(
                        "Tài khoản này chưa có quyền nào tại trạm này",
                        "Hỏi người quản lý của trạm này. Đăng xuất ở trang tài khoản.",
                        "This account has no role at this station. Ask its manager; sign out on your account's page. Nothing was done.",
                    )
                },
            ),
            Self::NotYours => (
                StatusCode::FORBIDDEN,
                words(
                    "Tài khoản này không có quyền mở trang này",
                    "Hỏi người quản lý nếu cần quyền này.",
                    "Your roles here do not include this. Nothing was done.",
                ),
            ),
            Self::TooLarge => (
                StatusCode::PAYLOAD_TOO_LARGE,
                words(
                    "Biểu mẫu quá dài",
                    "Viết ngắn lại và gửi lại.",
                    "The form is too long. Nothing was done.",
                ),
            ),
            Self::CallAnswered => (
                StatusCode::CONFLICT,
                words(
                    "Cuộc gọi này đã được trả lời",
                    "Quay lại danh sách cuộc gọi.",
                    "Somebody answered this call already. Nothing was done.",
                ),
            ),
            Self::DoneAlready => (
                StatusCode::CONFLICT,
                words(
                    "Việc này đã có người làm",
                    "Quay lại danh sách.",
                    "Somebody did this already. Nothing was done.",
                ),
            ),
            Self::VisitCorrected => (
                StatusCode::CONFLICT,
                words(
                    "Lượt khám vừa được người khác sửa, hoặc đã sửa quá nhiều lần",
                    "Mở lại lượt khám, xem bản mới rồi sửa lại nếu cần.",
                    "The visit was corrected meanwhile, or as often as it may be. Nothing was done.",
                ),
            ),
            Self::CallTaken => (
                StatusCode::CONFLICT,
                words(
                    "Nhân viên khác đang nhận cuộc gọi này",
                    "Mở lại cuộc gọi để xem ai đang nhận.",
                    "Another member of staff has this call. Nothing was done.",
                ),
            ),
            Self::FileClosed => (
                StatusCode::CONFLICT,
                words(
                    "Hồ sơ này đã đóng",
                    "Mở lại hồ sơ để xem đã làm gì.",
                    "This file was closed already. Nothing was done.",
                ),
            ),
            Self::NobodyKept => (
                StatusCode::CONFLICT,
                words(
                    "Không có dữ liệu của người này",
                    "Trả lời người yêu cầu rằng ở đây không lưu gì.",
                    "Nothing is kept about this person. Nothing was done.",
                ),
            ),
            Self::NotFound => (
                StatusCode::NOT_FOUND,
                words(
                    "Không có trang này",
                    "Quay lại danh sách cuộc gọi.",
                    "There is nothing at this address.",
                ),
            ),
            Self::Store(StoreError::DiskFull) => (
                StatusCode::INSUFFICIENT_STORAGE,
                words(
                    "Ổ đĩa đã đầy, chưa ghi được gì",
                    PAPER_NUMBERS_FULL,
                    "The disk is full; nothing was recorded. Hand out numbers on paper and tell the operator.",
                ),
            ),
            Self::Store(_) | Self::Hash(_) | Self::Random(_) | Self::Drawing | Self::Page(_) => (
                StatusCode::SERVICE_UNAVAILABLE,
                words(
                    "Chưa ghi được, xin thử lại",
                    PAPER_NUMBERS,
                    "Nothing was recorded. Try again; if it stays so, tell the operator.",
                ),
            ),
        }
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        match &self {
            Self::Store(error) => {
                tracing::error!(error = error as &dyn std::error::Error, "a staff page failed");
            }
            Self::Hash(error) => tracing::error!(%error, "a staff page failed"),
            Self::Random(error) => tracing::error!(%error, "a staff page failed"),
            Self::Drawing => tracing::error!("a QR code cannot be drawn"),
            Self::Page(error) => tracing::error!(%error, "a staff page cannot be made"),
            Self::SignIn { next, timed_out } => {
                return sign_in::elsewhere(next.as_deref(), *timed_out).into_response();
            }
            Self::AtLodgings => return Redirect::to(lodging::PLACES).into_response(),
            _ => {}
        }
        let (status, words) = self.words();
        (status, Extension(words), words.title).into_response()
    }
}

/// Puts the page around a failure's words. (What fails has no station at hand.)
pub(super) async fn with_page(State(console): State<Console>, request: Request, next: Next) -> Response {
    let lodging = request.uri().path().starts_with(lodging::PLACES);
    let response = next.run(request).await;
    let Some(words) = response.extensions().get::<Words>().copied() else { return response };
    let status = response.status();
    let (words, frame) = if lodging {
        (words.at_a_lodging(), Frame { station: LODGINGS.1.to_owned(), ..console.frame() })
    } else {
        (words, console.frame())
    };
    html(status, &Page { frame, words }).unwrap_or(response)
}

/// The page made from `template`.
pub(super) fn html(status: StatusCode, template: &impl Template) -> Result<Response, Failure> {
    let text = template.render().map_err(Failure::Page)?;
    Ok((status, Html(text)).into_response())
}
