//! The catalogue itself: key, then short and long words in Vietnamese and English. The spoken form is the long one without signs.

use super::{Language, TextForm, TextItem};

/// One entry.
pub(super) struct Entry {
    key: &'static str,
    vi: [&'static str; 2],
    en: [&'static str; 2],
}

impl Entry {
    /// The words of this entry.
    pub(super) fn in_form(&self, language: Language, form: TextForm) -> String {
        let [short, long] = match language {
            Language::Vi => self.vi,
            Language::En => self.en,
        };
        match form {
            TextForm::Short => short.to_owned(),
            TextForm::Long => long.to_owned(),
            TextForm::Spoken => spoken(long),
        }
    }
}

/// A screen reader stumbles over brackets and semicolons; pauses are commas and full stops.
fn spoken(long: &str) -> String {
    long.replace(" (", ", ").replace(')', "").replace(';', ",")
}

/// The entry of `key`.
pub(super) fn find(key: &str) -> Option<&'static Entry> {
    ENTRIES
        .binary_search_by(|e| e.key.cmp(key))
        .ok()
        .map(|i| &ENTRIES[i])
}

/// What to say about an item the catalogue does not know; `{code}` stands for its code.
pub(super) fn fallback(item: &TextItem) -> &'static Entry {
    match item {
        TextItem::ReportState { .. } | TextItem::OutboxState { .. } | TextItem::WaitsFor { .. } => {
            &OTHER_STATE
        }
        TextItem::Failure { .. } | TextItem::Rule { .. } | TextItem::DraftWarning { .. } => {
            &OTHER_RULE
        }
    }
}

static OTHER_RULE: Entry = Entry {
    key: "error.rule",
    vi: [
        "Không hợp lệ",
        "Nội dung này chưa đúng quy định (mã {code}).",
    ],
    en: ["Not allowed", "This breaks a rule (code {code})."],
};

static OTHER_STATE: Entry = Entry {
    key: "error.state",
    vi: ["Khác", "Trạng thái khác ({code})."],
    en: ["Other", "Another state ({code})."],
};

/// Sorted by key.
static ENTRIES: &[Entry] = &[
    Entry { key: "error.busy", vi: ["Đang bận", "Ứng dụng đang được mở ở nơi khác hoặc đang làm việc này. Hãy thử lại sau giây lát."], en: ["Busy", "The app is open elsewhere or already doing this. Try again in a moment."] },
    Entry { key: "error.cancelled", vi: ["Đã dừng", "Đã dừng theo yêu cầu."], en: ["Stopped", "Stopped as asked."] },
    Entry { key: "error.conflict", vi: ["Đã thay đổi", "Mục này vừa được thay đổi ở nơi khác. Hãy xem lại rồi quyết định."], en: ["Changed", "This was changed elsewhere. Look at it again and decide."] },
    Entry { key: "error.internal", vi: ["Lỗi ứng dụng", "Ứng dụng gặp lỗi (mã {code}). Những gì bạn đã lưu vẫn còn."], en: ["App error", "The app made an error (code {code}). What you saved is kept."] },
    Entry { key: "error.locked", vi: ["Đang khóa", "Hãy mở khóa điện thoại rồi thử lại. Dữ liệu của bạn vẫn còn nguyên."], en: ["Locked", "Unlock the phone and try again. Your data is safe."] },
    Entry { key: "error.not-found", vi: ["Không tìm thấy", "Không tìm thấy mục này trên điện thoại."], en: ["Not found", "This is not on the phone."] },
    Entry { key: "error.offline", vi: ["Không có mạng", "Hiện không có mạng. Những gì bạn đã lưu sẽ tự gửi khi có mạng."], en: ["No network", "There is no network now. What you saved will be sent by itself when there is."] },
    Entry { key: "error.sign-in", vi: ["Cần đăng nhập", "Hãy đăng nhập để tiếp tục. Những gì bạn đã lưu vẫn còn và sẽ được gửi sau khi đăng nhập."], en: ["Sign in", "Please sign in to go on. What you saved is kept and will be sent after you sign in."] },
    Entry { key: "error.storage.corrupt", vi: ["Tệp bị hỏng", "Một tệp trên điện thoại bị hỏng. Hãy chọn khôi phục: việc chưa gửi có bản sao riêng, phần đã gửi thành phố còn giữ."], en: ["Damaged file", "A file on the phone is damaged. Choose to recover: what is unsent has a second copy, what was sent is with the city."] },
    Entry { key: "error.storage.full", vi: ["Hết bộ nhớ", "Điện thoại hết chỗ trống. Hãy xóa bớt rồi thử lại; những gì đã lưu trước đó không mất."], en: ["Storage full", "The phone is out of space. Free some and try again; nothing saved before is lost."] },
    Entry { key: "error.storage.io", vi: ["Lỗi bộ nhớ", "Bộ nhớ của điện thoại báo lỗi. Hãy thử lại; những gì đã lưu trước đó không mất."], en: ["Storage error", "The phone's storage reported an error. Try again; nothing saved before is lost."] },
    Entry { key: "error.storage.wrong-key", vi: ["Sai khóa", "Dữ liệu này được tạo trên máy khác hoặc khóa bảo mật đã được đặt lại, nên không mở được."], en: ["Wrong key", "This data was made on another phone, or the security key was reset, so it cannot be opened."] },
    Entry { key: "error.upgrade", vi: ["Cần cập nhật", "Hãy cập nhật ứng dụng để tiếp tục. Những gì bạn đã lưu vẫn còn."], en: ["Update needed", "Please update the app to go on. What you saved is kept."] },
    Entry { key: "outbox.done", vi: ["Đã nhận", "Thành phố đã nhận và ký biên nhận."], en: ["Received", "The city has it and signed a receipt."] },
    Entry { key: "outbox.relinked", vi: ["Đã nối lại", "Điện thoại này từng được khôi phục từ bản sao cũ, nên việc này được nối lại sau những gì thành phố đã có. Không có gì bị gửi hai lần."], en: ["Linked again", "This phone was restored from an old copy, so this was linked again after what the city already has. Nothing was sent twice."] },
    Entry { key: "outbox.sending", vi: ["Đang gửi", "Đã trao cho mạng; chưa biết kết quả."], en: ["Sending", "Handed to the network; the result is not known yet."] },
    Entry { key: "outbox.waiting", vi: ["Chờ gửi", "Đang chờ để gửi."], en: ["Waiting", "Waiting to be sent."] },
    Entry { key: "outbox.wedged", vi: ["Bị kẹt", "Thành phố không nhận. Hãy sửa, gửi lại hoặc bỏ."], en: ["Stuck", "The city did not take it. Edit, retry or discard."] },
    Entry { key: "rule.account-other", vi: ["Tài khoản khác", "Đây là phần của một người khác trên máy này. Hãy thêm tài khoản mới rồi đăng nhập; việc chưa gửi của người kia vẫn được giữ."], en: ["Another account", "This is another person's place on this phone. Add an account and sign in there; what the other person has not sent yet is kept."] },
    Entry { key: "rule.account-unknown", vi: ["Không có tài khoản", "Thành phố không có tài khoản này."], en: ["No such account", "The city does not know this account."] },
    Entry { key: "rule.already-published", vi: ["Đã công khai", "Phản ánh này đã được công khai."], en: ["Already public", "This report is public already."] },
    Entry { key: "rule.already-rated", vi: ["Đã đánh giá", "Phản ánh này đã được đánh giá một lần rồi."], en: ["Already rated", "This report was rated already."] },
    Entry { key: "rule.answer-bad", vi: ["Câu trả lời chưa đúng", "Câu trả lời không đúng dạng câu hỏi cần."], en: ["Answer not usable", "The answer is not of the form the question needs."] },
    Entry { key: "rule.author", vi: ["Không xác nhận được người gửi", "Thành phố không xác nhận được người gửi. Nội dung vẫn được giữ; hãy đăng nhập lại rồi gửi lại."], en: ["Sender not confirmed", "The city could not confirm the sender. What you wrote is kept; sign in again and retry."] },
    Entry { key: "rule.author-ticket", vi: ["Chưa hỗ trợ cách gửi này", "Thành phố chưa nhận cách gửi này. Nội dung vẫn được giữ; hãy chọn cách đứng tên khác."], en: ["Way of sending not supported", "The city does not take this way of sending yet. What you wrote is kept; choose another way to stand behind it."] },
    Entry { key: "rule.body", vi: ["Nội dung không đọc được", "Thành phố không đọc được nội dung này. Nội dung vẫn được giữ trên điện thoại."], en: ["Not readable", "The city could not read this. It is kept on the phone."] },
    Entry { key: "rule.category-gone", vi: ["Loại đã bỏ", "Loại phản ánh này không còn nữa. Nội dung và ảnh của bạn vẫn còn; hãy chọn loại khác."], en: ["Category gone", "This category no longer exists. Your text and photos are kept; choose another one."] },
    Entry { key: "rule.category-group", vi: ["Chọn cụ thể hơn", "Đây là một nhóm. Hãy chọn một loại trong nhóm."], en: ["Choose more exactly", "This is a group. Choose one of its categories."] },
    Entry { key: "rule.category-unknown", vi: ["Loại không có", "Thành phố không có loại phản ánh này. Hãy chọn loại khác."], en: ["Unknown category", "The city does not know this category. Choose another one."] },
    Entry { key: "rule.category.empty", vi: ["Chưa chọn loại", "Hãy chọn loại phản ánh."], en: ["No category", "Please choose a category."] },
    Entry { key: "rule.city-busy", vi: ["Thành phố đang bận", "Máy chủ của thành phố đang bận và hẹn lại. Sẽ tự gửi lại."], en: ["City busy", "The city's server is busy and asks for patience. It will be sent again by itself."] },
    Entry { key: "rule.city-fault", vi: ["Máy chủ gặp lỗi", "Máy chủ của thành phố đang gặp lỗi. Sẽ tự gửi lại, không bị gửi hai lần."], en: ["Server error", "The city's server has a problem. It will be sent again by itself, and never twice."] },
    Entry { key: "rule.control", vi: ["Ký tự lạ", "Nội dung có ký tự điều khiển không đọc được. Hãy xóa và viết lại đoạn đó."], en: ["Odd characters", "The text has control characters that cannot be read. Delete and retype that part."] },
    Entry { key: "rule.damaged", vi: ["Ảnh hỏng", "Ảnh bị hỏng, không đọc được."], en: ["Damaged photo", "The photo is damaged and cannot be read."] },
    Entry { key: "rule.device-key", vi: ["Không đăng ký được máy", "Thành phố không đăng ký được khóa của máy này. Hãy thử lại sau."], en: ["Phone not enrolled", "The city could not enrol this phone's key. Try again later."] },
    Entry { key: "rule.edit-not-possible", vi: ["Không sửa được", "Việc này không có lời văn để sửa. Hãy rút lại rồi làm lại."], en: ["Cannot be edited", "This act has no words to change. Take it back and do it again."] },
    Entry { key: "rule.edit-words-only", vi: ["Chỉ sửa được lời", "Việc này chỉ sửa được lời văn, ở mục đang chờ gửi."], en: ["Only its words can be edited", "Only the words of this act can be changed, in the outbox."] },
    Entry { key: "rule.empty", vi: ["Còn trống", "Mục này còn trống."], en: ["Empty", "This is still empty."] },
    Entry { key: "rule.file-large", vi: ["Ảnh quá nặng", "Tệp ảnh quá lớn đối với thành phố."], en: ["Photo too heavy", "The photo file is too large for the city."] },
    Entry { key: "rule.files-many", vi: ["Quá nhiều ảnh", "Mỗi phản ánh có tối đa 8 ảnh."], en: ["Too many photos", "A report has at most 8 photos."] },
    Entry { key: "rule.format", vi: ["Không đúng dạng", "Giá trị này không đúng dạng."], en: ["Wrong form", "This value does not have the right form."] },
    Entry { key: "rule.grant", vi: ["Chưa hỗ trợ ủy quyền", "Thành phố chưa nhận việc làm thay người khác. Nội dung vẫn được giữ."], en: ["Acting for others not supported", "The city does not take acts on behalf of others yet. What you wrote is kept."] },
    Entry { key: "rule.heic", vi: ["Ảnh HEIC", "Ảnh HEIC chưa dùng được. Hãy chụp hoặc lưu lại ở dạng JPEG."], en: ["HEIC photo", "HEIC photos cannot be used yet. Take or save it as JPEG."] },
    Entry { key: "rule.keys", vi: ["Chờ khóa của thành phố", "Đang chờ khóa mới của thành phố để kiểm tra biên nhận. Sẽ tự gửi."], en: ["Waiting for the city's keys", "Waiting for the city's new keys, to check its receipt. It will be sent by itself."] },
    Entry { key: "rule.kind-unknown", vi: ["Thành phố chưa hỗ trợ", "Thành phố chưa hỗ trợ việc này. Nội dung của bạn vẫn được giữ."], en: ["Not supported yet", "The city does not support this yet. What you wrote is kept."] },
    Entry { key: "rule.kind-version", vi: ["Phiên bản cũ", "Việc này được tạo bởi phiên bản ứng dụng quá cũ hoặc quá mới. Hãy cập nhật ứng dụng."], en: ["Old version", "This was made by a version of the app that is too old or too new. Update the app."] },
    Entry { key: "rule.loopback-only", vi: ["Chỉ dùng thử nghiệm", "Cách đăng nhập này chỉ dùng được với thành phố thử nghiệm trên chính máy này."], en: ["Sandbox only", "This sign-in works only with a sandbox city on this very machine."] },
    Entry { key: "rule.malformed", vi: ["Không đọc được", "Dữ liệu này không đọc được. Những gì bạn đã viết vẫn được giữ trên điện thoại."], en: ["Not readable", "This data cannot be read. What you wrote is kept on the phone."] },
    Entry { key: "rule.network", vi: ["Mạng chập chờn", "Lần gửi vừa rồi bị đứt giữa chừng. Sẽ tự gửi lại, không bị gửi hai lần."], en: ["Bad connection", "The last try was cut off. It will be sent again by itself, and never twice."] },
    Entry { key: "rule.no-receipt", vi: ["Chưa có biên nhận", "Thành phố chưa gửi biên nhận cho phản ánh này, nên chưa có bằng chứng để xuất."], en: ["No receipt yet", "The city has not sent its receipt yet, so there is no proof to export."] },
    Entry { key: "rule.not-an-image", vi: ["Không phải ảnh", "Tệp này không phải là ảnh."], en: ["Not a photo", "This file is not a photo."] },
    Entry { key: "rule.not-arrived", vi: ["Chưa đến nơi", "Thành phố chưa nhận được việc này. Hãy quyết định gửi lại hay bỏ."], en: ["Did not arrive", "This did not reach the city. Decide whether to send it again or drop it."] },
    Entry { key: "rule.not-clean", vi: ["Chưa làm sạch được", "Không xóa hết được thông tin riêng trong ảnh nên ảnh không được dùng."], en: ["Not clean", "The private data in the photo could not be removed, so it is not used."] },
    Entry { key: "rule.not-empty", vi: ["Thư mục không trống", "Thư mục đích không trống. Hãy chọn một thư mục trống."], en: ["Folder not empty", "The target folder is not empty. Choose an empty one."] },
    Entry { key: "rule.not-staff", vi: ["Dành cho cán bộ", "Việc này chỉ dành cho cán bộ đã đăng nhập."], en: ["Staff only", "Only signed-in staff can do this."] },
    Entry { key: "rule.not-the-city", vi: ["Mạng này chặn đường", "Có máy khác trả lời thay thành phố, thường là trang đăng nhập Wi-Fi. Hãy mở trình duyệt để đăng nhập mạng, hoặc dùng mạng khác; sẽ tự gửi lại."], en: ["Something is in the way", "Something else answered instead of the city, usually a Wi-Fi sign-in page. Sign in to the network in a browser or use another one; it will be sent by itself."] },
    Entry { key: "rule.not-wedged", vi: ["Không bị kẹt", "Việc này không bị kẹt."], en: ["Not stuck", "This is not stuck."] },
    Entry { key: "rule.not-yours", vi: ["Không phải của bạn", "Phản ánh này không do bạn gửi."], en: ["Not yours", "You did not send this report."] },
    Entry { key: "rule.op-id-reused", vi: ["Đã có bản khác", "Thành phố đã có một bản khác của việc này. Hãy xem lại phản ánh trước khi gửi tiếp."], en: ["Another version exists", "The city already has another version of this. Look at the report before you send more."] },
    Entry { key: "rule.part-hash", vi: ["Dữ liệu bị đổi trên đường", "Dữ liệu đến nơi không còn nguyên vẹn. Nội dung trên điện thoại vẫn đúng; hãy gửi lại."], en: ["Changed on the way", "The data did not arrive intact. What is on the phone is still right; please retry."] },
    Entry { key: "rule.part-missing", vi: ["Thiếu một phần", "Dữ liệu đến nơi bị thiếu. Nội dung trên điện thoại vẫn đủ; hãy gửi lại."], en: ["A part is missing", "Part of the data did not arrive. The phone still has all of it; please retry."] },
    Entry { key: "rule.photo-unknown", vi: ["Không có ảnh này", "Phản ánh không có ảnh này."], en: ["No such photo", "The report has no such photo."] },
    Entry { key: "rule.photo.empty", vi: ["Ảnh trống", "Tệp ảnh trống."], en: ["Empty photo", "The photo file is empty."] },
    Entry { key: "rule.place-range", vi: ["Vị trí sai", "Vị trí không có trên bản đồ. Hãy chọn lại."], en: ["Place not usable", "There is no such place on the map. Choose it again."] },
    Entry { key: "rule.proof", vi: ["Bằng chứng không đúng", "Bằng chứng này không hợp lệ."], en: ["Proof not valid", "This proof is not valid."] },
    Entry { key: "rule.question-missing", vi: ["Thiếu câu trả lời", "Hãy trả lời câu hỏi bắt buộc của loại phản ánh này."], en: ["Answer missing", "Please answer the required question of this category."] },
    Entry { key: "rule.question-unknown", vi: ["Câu hỏi lạ", "Loại phản ánh này không có câu hỏi đó."], en: ["Unknown question", "This category has no such question."] },
    Entry { key: "rule.replaces", vi: ["Không thay được", "Việc này sửa một việc mà thành phố không còn chờ sửa. Hãy xem lại phản ánh."], en: ["Cannot replace", "This edits something the city no longer expects to be edited. Look at the report again."] },
    Entry { key: "rule.sandbox-only", vi: ["Chỉ dùng thử nghiệm", "Việc này chỉ làm được với thành phố thử nghiệm."], en: ["Sandbox only", "This works only with a sandbox city."] },
    Entry { key: "rule.sent-already", vi: ["Đã gửi đi", "Việc này đã được gửi đi nên không sửa hay bỏ được nữa."], en: ["Already sent", "This has left the phone and can no longer be changed or discarded."] },
    Entry { key: "rule.sign-in", vi: ["Cần đăng nhập", "Phiên đăng nhập đã hết. Nội dung vẫn được giữ và sẽ gửi sau khi bạn đăng nhập lại."], en: ["Sign in", "Your session has ended. What you wrote is kept and will be sent after you sign in again."] },
    Entry { key: "rule.signature", vi: ["Chữ ký không khớp", "Chữ ký của việc này không khớp. Nội dung vẫn được giữ; hãy sửa rồi gửi lại."], en: ["Signature does not match", "The signature of this does not match. What you wrote is kept; edit it and send it again."] },
    Entry { key: "rule.stars", vi: ["Chọn 1 đến 5 sao", "Hãy chọn từ 1 đến 5 sao."], en: ["Choose 1 to 5 stars", "Choose 1 to 5 stars."] },
    Entry { key: "rule.state", vi: ["Chưa làm được lúc này", "Với trạng thái hiện tại của phản ánh, việc này không làm được."], en: ["Not possible now", "This cannot be done in the report's present state."] },
    Entry { key: "rule.subject-unknown", vi: ["Không có phản ánh", "Thành phố không có phản ánh này."], en: ["No such report", "The city does not know this report."] },
    Entry { key: "rule.text-empty", vi: ["Chưa có nội dung", "Hãy viết nội dung phản ánh."], en: ["No text", "Please write what happened."] },
    Entry { key: "rule.text-long", vi: ["Quá dài", "Nội dung quá dài. Tối đa 4.000 ký tự."], en: ["Too long", "The text is too long. At most 4,000 characters."] },
    Entry { key: "rule.text.empty", vi: ["Chưa có nội dung", "Hãy viết nội dung phản ánh."], en: ["No text", "Please write what happened."] },
    Entry { key: "rule.too-large", vi: ["Quá lớn", "Nội dung này lớn hơn mức thành phố nhận. Hãy bớt chữ rồi gửi lại."], en: ["Too large", "This is larger than the city takes. Shorten it and send it again."] },
    Entry { key: "rule.too-long", vi: ["Quá dài", "Nội dung quá dài. Tối đa 4.000 ký tự."], en: ["Too long", "The text is too long. At most 4,000 characters."] },
    Entry { key: "rule.too-many-bytes", vi: ["Ảnh quá nặng", "Tệp ảnh quá lớn. Hãy chọn ảnh nhỏ hơn."], en: ["Photo too heavy", "The photo file is too large. Choose a smaller one."] },
    Entry { key: "rule.too-many-pixels", vi: ["Ảnh quá lớn", "Ảnh có kích thước quá lớn. Hãy chọn ảnh nhỏ hơn."], en: ["Photo too large", "The photo has too many pixels. Choose a smaller one."] },
    Entry { key: "rule.unit-unknown", vi: ["Không rõ đơn vị", "Không có đơn vị xử lý này trong danh sách."], en: ["Unknown unit", "There is no such handling unit."] },
    Entry { key: "rule.unknown", vi: ["Thành phố không có", "Thành phố không có mục này."], en: ["Not at the city", "The city does not have this."] },
    Entry { key: "rule.unsent", vi: ["Còn việc chưa gửi", "Còn việc chưa gửi đến thành phố. Hãy gửi xong, hoặc xác nhận là bỏ cả những việc đó."], en: ["Unsent acts", "Some acts have not reached the city. Send them first, or confirm that they go too."] },
    Entry { key: "rule.unsupported", vi: ["Dạng ảnh lạ", "Dạng ảnh này chưa dùng được. Hãy dùng JPEG, PNG hoặc WebP."], en: ["Unknown photo type", "This kind of photo cannot be used yet. Use JPEG, PNG or WebP."] },
    Entry { key: "rule.update", vi: ["Cần cập nhật", "Thành phố cần phiên bản ứng dụng mới hơn. Nội dung vẫn được giữ và sẽ gửi sau khi cập nhật."], en: ["Update needed", "The city needs a newer version of the app. What you wrote is kept and will be sent after the update."] },
    Entry { key: "rule.ward-unknown", vi: ["Không rõ phường, xã", "Không có phường, xã này trong danh sách hiện nay."], en: ["Unknown ward", "There is no such ward in today's list."] },
    Entry { key: "state.answered", vi: ["Đã trả lời", "Đơn vị đã trả lời. Bạn có thể đánh giá."], en: ["Answered", "The unit has answered. You can rate it."] },
    Entry { key: "state.assigned", vi: ["Đã giao xử lý", "Đã giao cho đơn vị xử lý."], en: ["Assigned", "A unit has been asked to handle it."] },
    Entry { key: "state.closed", vi: ["Đã đóng", "Phản ánh đã kết thúc."], en: ["Closed", "The report is closed."] },
    Entry { key: "state.draft", vi: ["Bản nháp", "Bản nháp, chưa gửi."], en: ["Draft", "A draft, not filed yet."] },
    Entry { key: "state.need_info", vi: ["Cần bổ sung", "Thành phố cần bạn bổ sung thông tin."], en: ["More needed", "The city needs more from you."] },
    Entry { key: "state.queued", vi: ["Chờ gửi", "Đã lưu trên điện thoại, sẽ tự gửi khi có mạng."], en: ["Waiting", "Saved on the phone; it will be sent by itself."] },
    Entry { key: "state.rated", vi: ["Đã đánh giá", "Bạn đã đánh giá câu trả lời."], en: ["Rated", "You have rated the answer."] },
    Entry { key: "state.received", vi: ["Đã nhận", "Thành phố đã nhận phản ánh."], en: ["Received", "The city has received the report."] },
    Entry { key: "state.refused", vi: ["Không tiếp nhận", "Thành phố không tiếp nhận; lý do có trong dòng thời gian."], en: ["Refused", "The city did not accept it; the reason is in the timeline."] },
    Entry { key: "state.sending", vi: ["Đang gửi", "Đang gửi đến thành phố."], en: ["Sending", "On its way to the city."] },
    Entry { key: "state.stuck", vi: ["Cần bạn xem lại", "Thành phố không nhận. Hãy xem lý do, rồi sửa, gửi lại hoặc bỏ."], en: ["Needs you", "The city did not take it. See why, then edit, retry or discard."] },
    Entry { key: "state.verified", vi: ["Đã xác minh", "Thành phố đã xác minh phản ánh."], en: ["Verified", "The city has verified the report."] },
    Entry { key: "state.withdrawn", vi: ["Đã rút", "Bạn đã rút phản ánh."], en: ["Withdrawn", "You have withdrawn the report."] },
    Entry { key: "wait.", vi: ["Không chờ gì", "Không có gì đang chờ."], en: ["Nothing waits", "Nothing is waiting."] },
    Entry { key: "wait.beacon", vi: ["Đang hỏi giờ", "Đang hỏi giờ có chữ ký của thành phố."], en: ["Asking the time", "Asking for the city's signed time."] },
    Entry { key: "wait.contact", vi: ["Đang liên lạc", "Đang liên lạc với thành phố."], en: ["Making contact", "Making contact with the city."] },
    Entry { key: "wait.denied", vi: ["Không được phép", "Thành phố không cho tài khoản này xem mục đang chờ."], en: ["Not permitted", "The city does not let this account see what waits."] },
    Entry { key: "wait.in-flight", vi: ["Đang truyền", "Đang truyền với thành phố."], en: ["On its way", "Exchanging with the city now."] },
    Entry { key: "wait.keys", vi: ["Đang lấy khóa", "Đang lấy khóa công khai của thành phố."], en: ["Fetching keys", "Fetching the city's public keys."] },
    Entry { key: "wait.link", vi: ["Chờ mạng", "Đang chờ có mạng. Mọi thứ đã lưu sẽ tự gửi."], en: ["Waiting for a network", "Waiting for a network. Everything saved will be sent by itself."] },
    Entry { key: "wait.other-account", vi: ["Chờ chủ tài khoản", "Việc này do tài khoản khác tạo, và chỉ gửi khi tài khoản đó đăng nhập."], en: ["Waiting for its account", "This was made by another account and leaves only when that one signs in."] },
    Entry { key: "wait.power", vi: ["Chờ pin", "Pin yếu: chữ được gửi trước, ảnh chờ khi sạc."], en: ["Waiting for power", "Low battery: words go first, photos wait until it charges."] },
    Entry { key: "wait.sign-in", vi: ["Chờ đăng nhập", "Đang chờ bạn đăng nhập. Những gì bạn đã lưu vẫn còn."], en: ["Waiting for sign-in", "Waiting for you to sign in. What you saved is kept."] },
    Entry { key: "wait.slot", vi: ["Đang xếp hàng", "Đang xếp hàng sau những việc khác."], en: ["Queued", "Queued behind other things."] },
    Entry { key: "wait.until", vi: ["Thử lại sau", "Lần gửi trước chưa được; sẽ tự thử lại sau ít phút."], en: ["Trying again later", "The last try did not work; it will be tried again by itself in a little while."] },
    Entry { key: "wait.update", vi: ["Chờ cập nhật", "Đang chờ ứng dụng được cập nhật. Những gì bạn đã lưu vẫn còn."], en: ["Waiting for an update", "Waiting for the app to be updated. What you saved is kept."] },
    Entry { key: "wait.wedged", vi: ["Chờ bạn xem lại", "Thành phố không nhận một việc; hãy sửa, gửi lại hoặc bỏ việc đó."], en: ["Waiting for you", "The city did not take something; edit it, retry or discard it."] },
    Entry { key: "warning.anonymous", vi: ["Ẩn danh", "Không ai thấy tên bạn. Máy chủ vẫn có thể ghi lại địa chỉ mạng và giờ gửi; thành phố không hỏi lại riêng bạn được. Hãy xem ảnh và lời có để lộ bạn không."], en: ["Anonymous", "Nobody sees your name. The server could still record the network address and the time; the city cannot ask you back in person. Check that photos and words do not give you away."] },
    Entry { key: "warning.no-place", vi: ["Chưa có vị trí", "Hãy ghim vị trí, mô tả bằng lời hoặc chọn phường, xã."], en: ["No place", "Set a pin, describe the place, or choose a ward."] },
    Entry { key: "warning.outside-hue", vi: ["Ngoài Huế", "Vị trí này không nằm trong thành phố Huế. Bạn vẫn gửi được."], en: ["Outside Huế", "This place is not in Huế. You can still file."] },
    Entry { key: "warning.photo-elsewhere", vi: ["Ảnh ở nơi khác", "Có ảnh chụp cách vị trí này hơn 200 mét."], en: ["Photo elsewhere", "A photo was taken more than 200 metres from this place."] },
    Entry { key: "warning.place-vague", vi: ["Vị trí chưa rõ", "Vị trí chỉ biết gần đúng hơn 100 mét. Hãy ghim lại hoặc mô tả bằng lời."], en: ["Place vague", "The place is only known to more than 100 metres. Set a pin or describe it."] },
    Entry { key: "warning.urgent", vi: ["Khẩn cấp", "Nếu nguy hiểm đến tính mạng, hãy gọi ngay 112, 113, 114 hoặc 115. Phản ánh này được gửi trước tiên."], en: ["Urgent", "If a life is in danger, call 112, 113, 114 or 115 now. This report is sent before everything else."] },
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_sorted_and_every_entry_speaks_both_languages() {
        assert!(ENTRIES.windows(2).all(|w| w[0].key < w[1].key));
        for e in ENTRIES {
            for words in e.vi.iter().chain(&e.en) {
                assert!(!words.trim().is_empty(), "{} has empty words", e.key);
            }
            assert_ne!(e.vi[1], e.en[1], "{} is not translated", e.key);
        }
    }
}
