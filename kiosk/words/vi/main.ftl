# Tiếng Việt. Mỗi khoá ở đây cũng có trong en/main.ftl.

window-title = Máy đăng ký khám bệnh
simulated = DỮ LIỆU MÔ PHỎNG
call-staff = Gọi nhân viên
stop = Dừng lại
back = Quay lại
retry = Thử lại
language-vi = Tiếng Việt
language-en = English

# Màn hình chào
welcome-title = Kính chào ông/bà
welcome-text = Xin chuẩn bị thẻ căn cước có gắn chip, rồi bấm nút bên dưới để lấy số khám bệnh.
welcome-begin-health = Lấy số khám bệnh
welcome-begin-lodging = Khai báo lưu trú
welcome-begin-exam = Vào phòng thi
welcome-emergency = Cấp cứu
welcome-wait = Máy đang kết nối với trạm. Xin chờ trong giây lát.
welcome-unreachable = Máy chưa kết nối được với trạm. Xin mời ông/bà đến quầy tiếp đón.

# Thẻ có sẵn trên máy
take-away-title = Xin nhấc thẻ ra khỏi máy đọc
take-away-text = Thẻ này đã nằm sẵn trên máy. Nếu là thẻ của ông/bà, xin cầm lại để dùng ở bước sau.
take-away-other = Nếu không phải thẻ của ông/bà, xin đưa cho nhân viên.

# Đồng ý (câu hỏi: flows/src/consent.rs)
consent-yes = Đồng ý
consent-no = Không đồng ý

# Nhập số
number-title = Xin bấm 6 số cuối của số in trên thẻ
number-text = Số có 12 chữ số, in ở mặt trước của thẻ.
number-example = Chỉ bấm 6 số trong khung màu vàng
number-typed = Đã bấm { $count } trên 6 số
number-digit = Số { $digit }
number-erase = Xoá
number-next = Tiếp tục

# Đặt thẻ
present-title = Xin đặt thẻ lên máy đọc
present-text = Đặt thẻ nằm phẳng, để yên cho đến khi máy báo xong.

# Đang đọc
reading-title = Đang đọc thẻ. Xin để yên thẻ
reading-hello = Trên thẻ ghi:
reading-unverified = Chưa được kiểm tra
reading-file-sod = Chữ ký của cơ quan cấp
reading-file-dg1 = Thông tin cơ bản
reading-file-dg2 = Ảnh chân dung
reading-file-dg13 = Họ tên và nơi cư trú
reading-file-dg14 = Thông tin bảo mật
reading-file-dg15 = Khoá chống sao chép
reading-file-other = Thông tin khác
reading-done = đã xong
reading-percent = { $percent } phần trăm

# Lỗi khi đọc
trouble-title = Chưa đọc được thẻ
trouble-number = Nhập lại số

# Chờ máy chủ
waiting-session = Đang bắt đầu
waiting-next-step = Xin chờ trong giây lát
waiting-challenge = Đang chuẩn bị đọc thẻ
waiting-verdict = Đang kiểm tra thẻ
waiting-text = Việc này chỉ mất vài giây.

# Máy chủ
server-title = Chưa kết nối được với trạm
server-expired-title = Phiên làm việc đã hết giờ
server-begin-again = Bắt đầu lại

# Xác nhận
confirm-title = Đây có phải là ông/bà không?
confirm-number = Số định danh
confirm-birth-year = Năm sinh
confirm-yes = Đúng là tôi
confirm-on-behalf = Tôi làm giúp người này
confirm-no = Không phải tôi
confirm-portrait = Ảnh trên thẻ
confirm-no-portrait = Thẻ không có ảnh

# Chọn
choose-reason-title = Hôm nay ông/bà đến để làm gì?
choose-room-title = Ông/bà muốn đến phòng nào?
choose-priority-title = Ông/bà có thuộc diện được khám trước không?
choose-relation-title = Ông/bà là gì của người bệnh?
choose-companion-title = Có người lớn nào đi cùng không?

# Xong
done-title = Số của ông/bà
done-room = Xin mời đến
done-printing = Đang in phiếu.
done-printed = Xin lấy phiếu của ông/bà.
done-print-failed = Máy in đang hỏng. Xin nhớ số hoặc chụp lại màn hình này.
done-priority = Được khám ưu tiên
done-take-card = Nhớ cầm lại thẻ!
done-finish = Xong
done-closes = Màn hình tự đóng sau { $seconds } giây. Chạm để xem tiếp.
notice-already-checked-in = Hôm nay ông/bà đã lấy số này rồi.
notice-insurance-valid = Bảo hiểm y tế có giá trị.
notice-insurance-renewed = Đã dùng thẻ bảo hiểm mới của ông/bà.
notice-insurance-unverified = Hệ thống bảo hiểm đang chậm. Ông/bà vẫn được khám.
notice-insurance-not-valid = Thẻ bảo hiểm chưa dùng được. Xin hỏi nhân viên.
notice-insurance-needs-staff = Nhân viên sẽ xem lại thẻ bảo hiểm cùng ông/bà.
notice-priority-by-age = Ông/bà được khám ưu tiên theo tuổi.
notice-priority-declared = Ông/bà được khám ưu tiên như đã khai.

# Gọi nhân viên
staff-title = Đã gọi nhân viên
staff-acknowledged = Nhân viên đã biết, đang tới
staff-unanswered-title = Chưa có ai trả lời
staff-unanswered = Máy đã gọi lại. Ông/bà có thể chờ tại đây, hoặc mời đến:
staff-at-desk-title = Nhân viên làm tiếp tại bàn
staff-at-desk = Xin mời ông/bà cầm giấy tờ của mình và đến:
staff-calling = Đang gọi nhân viên
staff-text = Xin ông/bà chờ tại đây một chút.
staff-not-told-title = Xin mời đến quầy tiếp đón
staff-not-told = Máy chưa báo được cho nhân viên. Ông/bà vẫn được phục vụ tại quầy.
staff-coming = Nhân viên đang tới
staff-called = Đã báo nhân viên
staff-at-desk-short = Tiếp tục tại bàn
staff-finish = Kết thúc
staff-closes = Màn hình tự đóng sau { $seconds } giây. Chạm để giữ lại.

# Quên thẻ
take-card-title = Xin cầm lại thẻ của ông/bà
take-card-text = Thẻ vẫn đang nằm trên máy đọc.
take-card-calling = Đang báo cho nhân viên.
take-card-not-told = Máy chưa báo được cho nhân viên. Nếu không phải thẻ của ông/bà, xin đưa thẻ đến quầy tiếp đón.
take-card-told = Đã báo nhân viên giữ thẻ giúp.

# Đang kết thúc
leaving-title = Đang xoá thông tin
leaving-text = Máy đang xoá những gì ông/bà đã bấm và máy đã đọc từ thẻ.

# Không ai chạm
idle-title = Ông/bà còn ở đây không?
idle-text = Máy sẽ dừng và xoá thông tin sau { $seconds } giây.
idle-still-here = Tôi vẫn ở đây

# Lý do: mỗi mã một câu
reason-security-object-missing = Máy chưa đọc được chữ ký của cơ quan cấp thẻ. Nhân viên sẽ giúp ông/bà.
reason-security-object-malformed = Chữ ký trên thẻ không đúng quy cách. Nhân viên sẽ xem thẻ cùng ông/bà.
reason-signer-certificate-missing = Thẻ thiếu chứng thư của nơi ký. Nhân viên sẽ xem thẻ cùng ông/bà.
reason-signed-attributes-invalid = Chữ ký trên thẻ không khớp với nội dung. Nhân viên sẽ xem thẻ cùng ông/bà.
reason-signature-invalid = Chữ ký trên thẻ không đúng. Nhân viên sẽ xem thẻ cùng ông/bà.
reason-algorithm-unsupported = Máy chưa hỗ trợ kiểu chữ ký của thẻ này. Nhân viên sẽ giúp ông/bà.
reason-data-group-mismatch = Nội dung trong chip không khớp với chữ ký. Nhân viên sẽ xem thẻ cùng ông/bà.
reason-data-group-missing = Thẻ thiếu một phần thông tin. Nhân viên sẽ giúp ông/bà.
reason-data-group-not-listed = Thẻ có phần thông tin chưa được ký. Nhân viên sẽ xem thẻ cùng ông/bà.
reason-data-group-malformed = Máy không hiểu một phần thông tin trên thẻ. Nhân viên sẽ giúp ông/bà.
reason-data-groups-disagree = Các thông tin trong chip không giống nhau. Nhân viên sẽ xem thẻ cùng ông/bà.
reason-issuer-unknown = Máy chưa nhận ra nơi cấp thẻ. Nhân viên sẽ xem thẻ cùng ông/bà.
reason-issuer-signature-invalid = Chứng thư của nơi cấp thẻ không đúng. Nhân viên sẽ xem thẻ cùng ông/bà.
reason-issuer-of-another-state = Nơi ký thẻ không phải của nước ghi trên thẻ. Nhân viên sẽ xem thẻ cùng ông/bà.
reason-issuer-certificate-malformed = Chứng thư trên thẻ không đúng quy cách. Nhân viên sẽ xem thẻ cùng ông/bà.
reason-issuer-certificate-expired = Chứng thư của nơi cấp thẻ đã hết hạn. Nhân viên sẽ giúp ông/bà.
reason-issuer-certificate-not-yet-valid = Chứng thư của nơi cấp thẻ chưa có hiệu lực. Nhân viên sẽ giúp ông/bà.
reason-demonstration-issuer-refused = Đây là thẻ mẫu, không dùng được ở đây. Nhân viên sẽ giúp ông/bà.
reason-revocation-not-checked = Máy chưa tra được danh sách thẻ bị thu hồi. Nhân viên sẽ giúp ông/bà.
reason-signer-revoked = Chứng thư ký thẻ đã bị thu hồi. Nhân viên sẽ xem thẻ cùng ông/bà.
reason-document-revoked = Thẻ này đã được báo thu hồi. Nhân viên sẽ xem thẻ cùng ông/bà.
reason-chip-key-absent = Chip không có khoá chống sao chép. Nhân viên sẽ xem thẻ cùng ông/bà.
reason-chip-proof-unsupported = Máy chưa hỗ trợ cách kiểm tra của chip này. Nhân viên sẽ giúp ông/bà.
reason-chip-proof-invalid = Chip không chứng minh được là bản gốc. Nhân viên sẽ xem thẻ cùng ông/bà.
reason-proof-withheld = Chip không trả lời câu hỏi kiểm tra. Nhân viên sẽ xem thẻ cùng ông/bà.
reason-challenge-not-from-server = Lần kiểm tra chip vừa rồi chưa được tính. Xin đọc lại thẻ.
reason-challenge-expired = Lần đọc vừa rồi quá lâu. Xin đọc lại thẻ.
reason-challenge-used = Lần kiểm tra chip vừa rồi đã được dùng. Xin đọc lại thẻ.
reason-access-information-mismatch = Thông tin mở chip không khớp với phần đã ký. Nhân viên sẽ xem thẻ cùng ông/bà.
reason-document-expired = Thẻ đã hết hạn sử dụng. Nhân viên sẽ đăng ký cho ông/bà.
reason-document-not-yet-valid = Ngày cấp của thẻ chưa tới. Nhân viên sẽ giúp ông/bà.
reason-dates-unreadable = Máy không đọc được ngày ghi trên thẻ. Nhân viên sẽ giúp ông/bà.
reason-staff-rejected = Nhân viên sẽ trao đổi thêm với ông/bà về thẻ này.
reason-holder-not-checked = Nhân viên cần nhìn thẻ và người trước khi đi tiếp.
reason-passive-authentication-not-passed = Thẻ chưa qua được bước kiểm tra. Nhân viên sẽ xem thẻ cùng ông/bà.
reason-card-not-accepted = Máy không đọc được loại thẻ này. Xin dùng thẻ căn cước có gắn chip.
reason-wrong-can = 6 số vừa bấm không đúng với thẻ này. Xin xem lại số trên thẻ.
reason-mrz-needed = Thẻ này không mở được bằng 6 số. Nhân viên sẽ giúp ông/bà.
reason-too-many-wrong-cans = Số bấm chưa đúng sau 3 lần. Nhân viên sẽ giúp ông/bà.
reason-card-removed = Thẻ đã bị nhấc ra khi máy đang đọc. Xin đặt thẻ lại và để yên.
reason-card-present-before = Có thẻ nằm sẵn trên máy đọc. Nhân viên sẽ giúp ông/bà.
reason-card-left-behind = Có thẻ để quên trên máy đọc.
reason-card-busy = Máy đọc thẻ đang bận việc khác. Xin chờ một chút rồi thử lại.
reason-reader-gone = Máy đọc thẻ đang mất kết nối. Ông/bà không làm sai gì cả. Xin gọi nhân viên.
reason-file-too-large = Thẻ gửi dữ liệu lớn bất thường. Máy không đọc tiếp. Xin thử lại hoặc gọi nhân viên.
reason-chip-endless = Chip trên thẻ gửi dữ liệu mãi không hết. Máy không đọc tiếp. Xin thử lại hoặc gọi nhân viên.
reason-file-malformed = Dữ liệu trên thẻ đọc chưa đúng. Xin thử lại hoặc gọi nhân viên.
reason-secure-messaging-broken = Đường truyền tới thẻ bị nhiễu. Xin đặt thẻ nằm phẳng rồi thử lại.
reason-chip-silent = Chip trên thẻ không trả lời. Xin nhấc thẻ ra rồi đặt lại cho phẳng.
reason-help-wanted = Ông/bà đã bấm nút gọi nhân viên.
reason-consent-refused = Ông/bà không đồng ý đọc thẻ. Nhân viên sẽ đăng ký cho ông/bà như bình thường.
reason-not-this-person = Thông tin trên thẻ không phải của ông/bà. Nhân viên sẽ giúp ông/bà.
reason-identity-mismatch = Các giấy tờ vừa dùng không cùng một người. Nhân viên sẽ giúp ông/bà.
reason-holder-not-proved = Nhân viên sẽ xem thẻ cùng ông/bà.
reason-qr-unreadable = Máy không đọc được mã này. Xin dùng mã trên thẻ.
reason-qr-malformed = Mã trên thẻ đọc chưa đúng. Xin thử lại.
reason-qr-unsupported = Máy chưa kiểm tra được mã của VNeID. Xin dùng thẻ căn cước.
reason-vneid-refused = VNeID chưa xác nhận. Xin thử lại hoặc dùng thẻ căn cước.
reason-vneid-expired = Đăng nhập VNeID quá 5 phút. Xin thử lại hoặc dùng thẻ căn cước.
reason-vneid-level-too-low = Tài khoản VNeID chưa ở mức 2. Xin dùng thẻ căn cước.
reason-vneid-unavailable = VNeID chưa trả lời. Xin dùng thẻ căn cước.
reason-birth-year-mismatch = Năm sinh vừa bấm không khớp. Xin xem lại.
reason-details-not-confirmed = Nhân viên sẽ xem giấy tờ cùng ông/bà.
reason-not-a-young-child = Chỉ trẻ dưới 6 tuổi không cần thẻ. Xin dùng thẻ căn cước.
reason-representative-absent = Cần có cha, mẹ hoặc người giám hộ của cháu. Nhân viên sẽ đến giúp cháu.
reason-too-many-look-ups = Nhân viên sẽ đăng ký cho ông/bà.
reason-emergency = Nhân viên đến ngay.
reason-too-many-attempts = Đã thử nhiều lần mà chưa được. Nhân viên sẽ giúp ông/bà.
reason-no-document = Ông/bà không mang theo giấy tờ. Nhân viên sẽ giúp ông/bà.
reason-session-expired = Đã quá lâu không có thao tác. Xin bắt đầu lại.
reason-server-unreachable = Máy không liên lạc được với trạm. Ông/bà không làm sai gì cả. Xin thử lại hoặc đến quầy tiếp đón.
reason-call-refused = Trạm không nhận yêu cầu của máy này. Ông/bà không làm sai gì cả. Nhân viên sẽ giúp ông/bà.
reason-card-not-issued = Bộ Công an chưa tìm thấy thẻ này. Nhân viên sẽ giúp ông/bà.
reason-population-mismatch = Thông tin trên thẻ chưa khớp với cơ sở dữ liệu dân cư. Nhân viên sẽ giúp ông/bà.
