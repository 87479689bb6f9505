//! The one error apps see. Kinds are closed and say what a shell can *do*; rules are open strings that name what was wrong.
//!
//! Invariant: no variant carries personal data, a path, a foreign text or a secret. Words for people come from
//! [`crate::words::text`], never from `Display`, which is for developers.

use hues_store::StoreError;

/// Everything that can go wrong, as an app needs to know it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Error))]
pub enum HueError {
    /// Something the person entered breaks a rule; nothing was changed or lost.
    #[error("invalid {field}: {rule}")]
    Invalid {
        /// Which input, e.g. `text`, `category`, `photo`.
        field: String,
        /// Which rule, e.g. `empty`, `too-long`, `heic`.
        rule: String,
    },
    /// No such report, draft, op or file.
    #[error("not found")]
    NotFound,
    /// The key of this data is not open (phone locked, vault refused).
    #[error("locked")]
    Locked,
    /// The act needs a signed-in account.
    #[error("sign-in needed")]
    SignInNeeded,
    /// The act needs the network and there is none.
    #[error("offline")]
    Offline,
    /// Another process owns the home, or the same thing is being done already.
    #[error("busy")]
    Busy,
    /// The city, or a rule of the city's data, does not allow it.
    #[error("refused: {rule}")]
    Refused {
        /// Which rule, e.g. `state`, `already-rated`.
        rule: String,
    },
    /// It changed meanwhile; look again and decide.
    #[error("conflict")]
    Conflict,
    /// The phone's storage could not do it; nothing that was saved before is lost.
    #[error("storage: {reason:?}")]
    Storage {
        /// What the storage said.
        reason: StorageReason,
    },
    /// The app is too old for the city or for this home.
    #[error("upgrade needed")]
    UpgradeNeeded,
    /// The caller gave up waiting; what was begun still ends whole.
    #[error("cancelled")]
    Cancelled,
    /// A defect of ours. `incident` finds it in the log; it says nothing about the person.
    #[error("internal {incident}")]
    Internal {
        /// A short code for the log.
        incident: String,
    },
}

/// Why storage failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Enum))]
pub enum StorageReason {
    /// The disk is full.
    Full,
    /// A file is damaged. It is left as it is, never recreated silently: [`crate::recover_core`] sets it aside and brings back what can be.
    Corrupt,
    /// The key does not fit the file (restored backup, reset keystore).
    WrongKey,
    /// The home was written by a newer app.
    Newer,
    /// The disk answered with an error.
    Io,
}

impl HueError {
    /// `Invalid` with this field and rule.
    pub(crate) fn invalid(field: &str, rule: &str) -> HueError {
        HueError::Invalid {
            field: field.into(),
            rule: rule.into(),
        }
    }

    /// `Refused` with this rule.
    pub(crate) fn refused(rule: &str) -> HueError {
        HueError::Refused { rule: rule.into() }
    }

    /// `Internal` with this code.
    pub(crate) fn internal(incident: &str) -> HueError {
        HueError::Internal {
            incident: incident.into(),
        }
    }
}

impl From<StoreError> for HueError {
    fn from(e: StoreError) -> Self {
        use hues_store::vault::VaultError;
        let storage = |reason| HueError::Storage { reason };
        match e {
            StoreError::Full => storage(StorageReason::Full),
            StoreError::Corrupt(_) => storage(StorageReason::Corrupt),
            StoreError::WrongKey
            | StoreError::Vault(VaultError::NoSuchSlot | VaultError::Mismatch) => {
                storage(StorageReason::WrongKey)
            }
            StoreError::Newer { .. } => storage(StorageReason::Newer),
            StoreError::Locked
            | StoreError::Vault(VaultError::Locked | VaultError::Unavailable) => HueError::Locked,
            StoreError::Busy => HueError::Busy,
            StoreError::NotFound => HueError::NotFound,
            StoreError::Io(_) => storage(StorageReason::Io),
            StoreError::Closed => HueError::Cancelled,
            StoreError::Unencrypted => HueError::internal("unencrypted"),
            StoreError::Sql(code) => HueError::Internal {
                incident: format!("sql-{code}"),
            },
            StoreError::Bounds(_) => HueError::internal("bounds"),
        }
    }
}

impl From<rusqlite::Error> for HueError {
    fn from(e: rusqlite::Error) -> Self {
        StoreError::from(e).into()
    }
}
