//! What a code that was read has about it: warnings (it departs from the standard or is unusual), notices (a payer should see).

use crate::warning::warnings;

warnings! {
    /// Something unusual about a code that was read all the same.
    Warning as "PaymentWarning" {
        /// The amount is zero: no free payment, the payer types one.
        ZeroAmount, "zero-amount", "Số tiền bằng 0, bạn cần tự nhập số tiền.", "The amount is zero; you have to enter one.";
        /// The amount has a fraction of zeros.
        ZeroFraction, "zero-fraction", "Số tiền có phần thập phân toàn số 0.", "The amount has a fraction of zeros.";
        /// Marked as static, yet with an amount.
        StaticAmount, "static-amount", "Mã tĩnh nhưng có sẵn số tiền.", "A static code that carries an amount.";
        /// The payee's name is longer than 25 characters.
        NameTooLong, "name-too-long", "Tên người nhận dài hơn quy định.", "The payee's name is longer than allowed.";
        /// The payee's name is there and empty.
        EmptyName, "empty-name", "Tên người nhận bị bỏ trống.", "The payee's name is empty.";
        /// The merchant category code is not four digits.
        Mcc, "mcc", "Mã ngành hàng không hợp lệ.", "The merchant category code is not valid.";
        /// Characters that turn the direction of text were taken out of a text.
        BidiControl, "bidi-control", "Tên hoặc nội dung có ký tự đảo chiều chữ, thường dùng để lừa đảo.", "A text has characters that reverse its direction, a common trick.";
        /// A text was not in Unicode normal form C.
        NotNfc, "not-nfc", "Chữ chưa ở dạng Unicode dựng sẵn.", "A text is not in Unicode normal form C.";
        /// The code names more than one payee.
        SeveralPayees, "several-payees", "Mã có nhiều nơi nhận tiền.", "The code names several payees.";
        /// A payee of a scheme this library does not know.
        UnknownScheme, "unknown-scheme", "Có nơi nhận thuộc hệ thống chưa biết.", "A payee is of an unknown scheme.";
        /// No bank of the table has this number.
        UnknownBin, "unknown-bin", "Mã ngân hàng chưa có trong danh mục.", "The bank's number is not in the list.";
    }
}

warnings! {
    /// A fact that a payer should see before paying, and that departs from no standard.
    Notice as "PaymentNotice" {
        /// The payee fixed the amount.
        AmountFixed, "amount-fixed", "Người nhận đã ấn định số tiền.", "The payee has fixed the amount.";
        /// The currency is not the Vietnamese đồng.
        ForeignCurrency, "foreign-currency", "Không phải tiền đồng Việt Nam.", "The currency is not Vietnamese đồng.";
        /// The payee's country is not Viet Nam.
        ForeignPayee, "foreign-payee", "Người nhận ở nước ngoài.", "The payee is not in Viet Nam.";
        /// The check sum is written in lower-case letters.
        CrcLowerCase, "crc-lower-case", "Mã kiểm tra viết bằng chữ thường.", "The check sum is in lower case.";
        /// Lengths count bytes where the standard counts characters.
        ByteLength, "byte-length", "Độ dài trường tính theo byte, khác chuẩn.", "Lengths count bytes, unlike the standard.";
        /// The code can be read by characters and by bytes, with the same payee.
        AmbiguousLength, "ambiguous-length", "Mã có thể đọc theo hai cách.", "The code can be read in two ways.";
        /// A text has characters that are not seen.
        HiddenCharacters, "hidden-characters", "Chữ có ký tự ẩn.", "A text has hidden characters.";
        /// One word of the payee's name mixes letters of several scripts.
        MixedScripts, "mixed-scripts", "Tên người nhận trộn chữ cái của nhiều bảng chữ, có thể giả mạo.", "The payee's name mixes letters of several scripts and may be forged.";
    }
}
