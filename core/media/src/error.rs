//! Why a photo was refused: a closed list, each with a stable rule name and words in Vietnamese and English.

use crate::{Finding, Kind};

/// A photo that cannot be taken. Carries sizes and kinds, never a byte of the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum MediaError {
    /// No bytes at all.
    #[error("the file is empty")]
    Empty,
    /// The content has no signature of any picture.
    #[error("the file is not a picture")]
    NotAnImage,
    /// HEIC: the system's own converter must be asked first.
    #[error("HEIC pictures must be converted first")]
    Heic,
    /// A known kind that is not taken; [`Kind::Jpeg`], [`Kind::Png`] and [`Kind::WebP`] here mean a rare sort of it
    /// (lossless, arithmetic, 12-bit or CMYK JPEG, animated WebP).
    #[error("{0:?} of this sort is not supported")]
    Unsupported(Kind),
    /// The signature is right, what follows is not: cut off, bent or faked.
    #[error("the picture is damaged")]
    Damaged,
    /// Longer than [`crate::Limits::input_bytes`].
    #[error("the file has {bytes} bytes, the limit is {limit}")]
    TooManyBytes {
        /// Length of the input.
        bytes: usize,
        /// The limit it passed.
        limit: usize,
    },
    /// Declares more pixels than [`crate::Limits::pixels`] or could not be decoded within [`crate::Limits::memory`].
    #[error("{width} x {height} pixels are too many")]
    TooManyPixels {
        /// Declared width.
        width: u32,
        /// Declared height.
        height: u32,
    },
    /// The output did not pass [`crate::scan`]: a fault of this crate, and the reason why nothing is handed out.
    #[error("the cleaned picture is not clean: {0:?}")]
    NotClean(Finding),
}

/// One refusal in words a citizen understands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Words {
    /// The rule, as [`MediaError::rule`] gives it.
    pub rule: &'static str,
    /// Vietnamese.
    pub vi: &'static str,
    /// English.
    pub en: &'static str,
}

/// Words for every refusal, in the order of [`MediaError`].
pub const WORDS: [Words; 8] = [
    Words {
        rule: "photo_empty",
        vi: "Tệp ảnh trống. Hãy chụp lại hoặc chọn ảnh khác.",
        en: "The photo file is empty. Take it again or choose another one.",
    },
    Words {
        rule: "photo_not_an_image",
        vi: "Tệp này không phải là ảnh. Hãy chọn ảnh JPEG, PNG hoặc WebP.",
        en: "This file is not a photo. Choose a JPEG, PNG or WebP photo.",
    },
    Words {
        rule: "photo_heic",
        vi: "Ảnh ở dạng HEIC. Hãy chuyển sang JPEG, hoặc trong Cài đặt máy ảnh chọn “Tương thích nhất” rồi chụp lại.",
        en: "The photo is in HEIC format. Convert it to JPEG, or set the camera to “Most Compatible” and take it again.",
    },
    Words {
        rule: "photo_unsupported",
        vi: "Chưa nhận được loại tệp này. Hãy chọn ảnh JPEG, PNG hoặc WebP.",
        en: "This kind of file cannot be used. Choose a JPEG, PNG or WebP photo.",
    },
    Words {
        rule: "photo_damaged",
        vi: "Ảnh bị hỏng hoặc bị cắt mất một phần. Hãy chụp lại hoặc chọn ảnh khác.",
        en: "The photo is damaged or cut off. Take it again or choose another one.",
    },
    Words {
        rule: "photo_too_many_bytes",
        vi: "Tệp ảnh quá lớn. Hãy chọn ảnh nhỏ hơn hoặc giảm độ phân giải máy ảnh.",
        en: "The photo file is too large. Choose a smaller one or lower the camera's resolution.",
    },
    Words {
        rule: "photo_too_many_pixels",
        vi: "Ảnh có quá nhiều điểm ảnh. Hãy giảm độ phân giải máy ảnh rồi chụp lại.",
        en: "The photo has too many pixels. Lower the camera's resolution and take it again.",
    },
    Words {
        rule: "photo_not_clean",
        vi: "Không thể xóa hết thông tin riêng tư khỏi ảnh này nên ảnh không được gửi. Hãy chọn ảnh khác.",
        en: "Private data could not be removed from this photo, so it will not be sent. Choose another one.",
    },
];

impl MediaError {
    /// The words for this refusal.
    #[must_use]
    pub fn words(&self) -> &'static Words {
        &WORDS[match self {
            MediaError::Empty => 0,
            MediaError::NotAnImage => 1,
            MediaError::Heic => 2,
            MediaError::Unsupported(_) => 3,
            MediaError::Damaged => 4,
            MediaError::TooManyBytes { .. } => 5,
            MediaError::TooManyPixels { .. } => 6,
            MediaError::NotClean(_) => 7,
        }]
    }

    /// Stable name of the rule that refused, for `HueError::Invalid { rule }` and the catalogue of words.
    #[must_use]
    pub fn rule(&self) -> &'static str {
        self.words().rule
    }
}
