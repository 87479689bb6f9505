import Foundation
import HuesCore

// Words on this app's own buttons. States, refusals and warnings have their words in the core.

/// Vietnamese, unless the phone speaks English.
public let language: Language = Locale.preferredLanguages.first?.hasPrefix("en") == true ? .en : .vi

extension Bilingual {
    public var here: String { language == .en ? en : vi }
}

public enum Labels {
    public static let reports = Bilingual(vi: "Phản ánh của tôi", en: "My reports")
    public static let none = Bilingual(vi: "Chưa có phản ánh nào", en: "No report yet")
    public static let write = Bilingual(vi: "Viết phản ánh", en: "Write a report")
    public static let outbox = Bilingual(vi: "Hộp gửi", en: "Outbox")
    public static let allSent = Bilingual(vi: "Mọi thứ đã gửi xong", en: "Everything has been sent")
    public static let signIn = Bilingual(vi: "Đăng nhập thử", en: "Test sign-in")
    public static let category = Bilingual(vi: "Loại phản ánh", en: "Category")
    public static let what = Bilingual(vi: "Chuyện gì đang xảy ra?", en: "What is happening?")
    public static let place = Bilingual(vi: "Ở đâu? (số nhà, đường, mốc)", en: "Where? (number, street, landmark)")
    public static let photo = Bilingual(vi: "Thêm ảnh", en: "Add a photo")
    public static let send = Bilingual(vi: "Gửi", en: "Send")
    public static let retry = Bilingual(vi: "Thử lại", en: "Try again")
    public static let takeBack = Bilingual(vi: "Lấy lại", en: "Take back")
    public static let due = Bilingual(vi: "Hẹn trả lời", en: "Answer due")
    public static let photos = Bilingual(vi: "ảnh", en: "photos")
    public static let yes = Bilingual(vi: "Có", en: "Yes")
    public static let no = Bilingual(vi: "Không", en: "No")
}

public func stateWords(_ state: String) -> String {
    text(item: .reportState(state: state), language: language, form: .short)
}

/// A moment as people in Huế write it, whatever zone the phone is in.
public func moment(_ ms: Int64) -> String {
    let format = DateFormatter()
    format.locale = Locale(identifier: "en_US_POSIX")
    format.timeZone = TimeZone(identifier: "Asia/Ho_Chi_Minh")
    format.dateFormat = "dd/MM/yyyy HH:mm"
    return format.string(from: Date(timeIntervalSince1970: Double(ms) / 1000))
}
