//! What the page calls the faults and the promises, in both languages.

use hues_lab::flood::audit::Invariant;
use hues_lab::flood::scenario::Kind;

/// A fault.
pub fn fault(kind: Kind) -> (&'static str, &'static str) {
    match kind {
        Kind::Outage => ("Nhà mạng mất sóng", "A carrier is out"),
        Kind::DeadLink => (
            "Có vạch sóng nhưng không gì qua được",
            "Bars, and nothing passes",
        ),
        Kind::Slow => ("Mạng rất chậm", "A very slow link"),
        Kind::Latency => ("Mạng trễ", "Long delays"),
        Kind::Portal => ("Cổng đăng nhập Wi-Fi", "A captive portal"),
        Kind::LostRequest => ("Yêu cầu bị mất", "The request is lost"),
        Kind::LostAnswer => (
            "Thành phố đã làm, câu trả lời bị mất",
            "The city acted, its answer is lost",
        ),
        Kind::Doubled => ("Yêu cầu đến hai lần", "The request arrives twice"),
        Kind::Late => (
            "Yêu cầu đến muộn, bị vượt",
            "The request dawdles and is overtaken",
        ),
        Kind::LateAnswer => ("Câu trả lời đến muộn", "The answer dawdles"),
        Kind::Cut => ("Đứt giữa chừng khi gửi", "Cut in the middle of sending"),
        Kind::ErrorBefore => ("Lỗi 500 trước khi ghi", "500 before the commit"),
        Kind::ErrorAfter => ("Lỗi 500 sau khi đã ghi", "500 after the commit"),
        Kind::Truncated => ("Nửa câu trả lời", "Half an answer"),
        Kind::Alien => (
            "Câu trả lời không phải của thành phố",
            "An answer that is not the city's",
        ),
        Kind::Hostile => ("Câu trả lời cố ý gây hại", "An answer made to harm"),
        Kind::HostilePage => ("Danh sách cố ý gây hại", "A page made to harm"),
        Kind::Kill => (
            "Ứng dụng bị giết giữa hai bước",
            "The app is killed between two steps",
        ),
        Kind::Battery => ("Hết pin giữa lúc ghi", "The battery dies in mid-write"),
        Kind::DiskFull => ("Máy hết chỗ", "The disk is full"),
        Kind::BadPage => (
            "Một trang dữ liệu bị hỏng",
            "A page of the database is destroyed",
        ),
        Kind::ClockJump => ("Đồng hồ nhảy", "The clock jumps"),
        Kind::OldCopy => (
            "Máy quay về bản sao cũ",
            "The phone goes back to an old copy",
        ),
        Kind::LowPower => ("Pin yếu", "Power is low"),
        Kind::TooOld => (
            "Thành phố không còn nhận bản ứng dụng cũ",
            "The city no longer speaks the app's protocol",
        ),
        Kind::Update => (
            "Cập nhật ứng dụng khi còn việc chờ",
            "The app is updated while acts wait",
        ),
        Kind::GatewayKilled => ("Cổng của thành phố bị giết", "The gateway is killed"),
        Kind::Restore => (
            "Thành phố quay về bản sao lưu",
            "The city goes back to its backup",
        ),
    }
}

/// A promise.
pub fn promise(invariant: Invariant) -> (&'static str, &'static str) {
    match invariant {
        Invariant::NothingLost => (
            "Điều máy đã báo lưu thì không bao giờ mất",
            "What a person was told is saved is never lost",
        ),
        Invariant::NothingTwice => (
            "Không việc nào được tính hai lần",
            "Nothing is applied twice",
        ),
        Invariant::LaneOrder => (
            "Việc của một phản ánh giữ đúng thứ tự",
            "The acts of a report keep their order",
        ),
        Invariant::Receipts => (
            "Có biên nhận là thành phố đã ghi; sau khi phục hồi thì có lại",
            "A receipt means a commit; after a restore it is there again",
        ),
        Invariant::NeverStuck => (
            "Việc gì đi được thì không đứng yên",
            "Nothing that could move stands still",
        ),
        Invariant::NoSurprise => (
            "Không lỗi nào ngoài dự kiến",
            "No error but the planned ones",
        ),
        Invariant::CursorBehindRows => (
            "Con trỏ không bao giờ vượt dữ liệu",
            "A cursor is never ahead of its rows",
        ),
        Invariant::IndexIsTable => (
            "Chỉ mục tìm kiếm khớp dữ liệu",
            "The search index says what its table says",
        ),
        Invariant::WindowsAddUp => (
            "Màn hình sống khớp truy vấn mới",
            "Live windows add up to a fresh query",
        ),
        Invariant::ProofsVerify => (
            "Bằng chứng kiểm được, đúng khoảng thời gian",
            "Proofs verify, and hold the true moment",
        ),
        Invariant::ReadersSeeTheirs => (
            "Ai chỉ thấy phần của người ấy",
            "No reader sees a part that is not for it",
        ),
        Invariant::NoPlaintext => (
            "Không chữ nào nằm trần trên máy",
            "No plain text in any byte of a disk",
        ),
        Invariant::Bounded => ("Bộ nhớ máy không phình", "Disks stay bounded"),
        Invariant::QueuesEmpty => (
            "Hết sự cố thì hàng đợi cạn",
            "After the faults every queue empties",
        ),
        Invariant::Budgets => ("Ít thức dậy trong lúc mất sóng", "Few wake-ups in the dark"),
    }
}
