//! Typed access to the maps of the protocol, whose keys are unsigned integers.
//!
//! Invariant: a getter gives the exact type the page names or [`Malformed`]; keys nobody asks for stay where they are.

use ciborium::value::Value;

use crate::cbor::{Malformed, MAX_UINT};

/// A map with unsigned integer keys, kept in their order: the payload of a signed object, a part, a body.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Fields(Vec<(u64, Value)>);

impl Fields {
    /// An empty map.
    #[must_use]
    pub fn new() -> Fields {
        Fields::default()
    }

    /// The map in `value`.
    ///
    /// # Errors
    /// [`Malformed`] when it is no map or has a key of another type.
    pub fn from_value(value: Value) -> Result<Fields, Malformed> {
        let Value::Map(entries) = value else {
            return Err(Malformed("not a map"));
        };
        let keyed = entries
            .into_iter()
            .map(|(key, value)| uint(&key).map(|key| (key, value)));
        let mut entries = keyed.collect::<Result<Vec<_>, _>>()?;
        entries.sort_by_key(|(key, _)| *key);
        Ok(Fields(entries))
    }

    /// The same map as a CBOR value.
    #[must_use]
    pub fn to_value(&self) -> Value {
        Value::Map(
            self.0
                .iter()
                .map(|(key, value)| (Value::from(*key), value.clone()))
                .collect(),
        )
    }

    /// Adds or replaces an entry.
    #[must_use]
    pub fn with(mut self, key: u64, value: impl Into<Value>) -> Fields {
        self.set(key, value);
        self
    }

    /// Adds or replaces an entry.
    pub fn set(&mut self, key: u64, value: impl Into<Value>) {
        let at = self.0.partition_point(|(k, _)| *k < key);
        self.remove(key);
        self.0.insert(at, (key, value.into()));
    }

    /// Takes an entry out.
    pub fn remove(&mut self, key: u64) {
        self.0.retain(|(k, _)| *k != key);
    }

    /// Whether `key` is there (null counts).
    #[must_use]
    pub fn has(&self, key: u64) -> bool {
        self.0.iter().any(|(k, _)| *k == key)
    }

    /// The keys, in their order.
    pub fn keys(&self) -> impl Iterator<Item = u64> + '_ {
        self.0.iter().map(|(key, _)| *key)
    }

    /// The raw value of `key`.
    ///
    /// # Errors
    /// [`Malformed`] when it is absent.
    pub fn value(&self, key: u64) -> Result<&Value, Malformed> {
        self.0
            .iter()
            .find(|(k, _)| *k == key)
            .map(|(_, v)| v)
            .ok_or(Malformed("missing key"))
    }

    /// An unsigned integer below 2⁶³.
    ///
    /// # Errors
    /// [`Malformed`] when absent or of another type.
    pub fn uint(&self, key: u64) -> Result<u64, Malformed> {
        uint(self.value(key)?)
    }

    /// A time: milliseconds since 1970, not negative.
    ///
    /// # Errors
    /// [`Malformed`] when absent or of another type.
    pub fn time(&self, key: u64) -> Result<i64, Malformed> {
        time(self.value(key)?)
    }

    /// A signed integer of 64 bits.
    ///
    /// # Errors
    /// [`Malformed`] when absent or of another type.
    pub fn int(&self, key: u64) -> Result<i64, Malformed> {
        int(self.value(key)?)
    }

    /// Text.
    ///
    /// # Errors
    /// [`Malformed`] when absent or of another type.
    pub fn text(&self, key: u64) -> Result<&str, Malformed> {
        self.value(key)?.as_text().ok_or(Malformed("not text"))
    }

    /// A byte string of any length.
    ///
    /// # Errors
    /// [`Malformed`] when absent or of another type.
    pub fn bytes(&self, key: u64) -> Result<&[u8], Malformed> {
        bytes(self.value(key)?)
    }

    /// A byte string of exactly `N` bytes.
    ///
    /// # Errors
    /// [`Malformed`] when absent, of another type or length.
    pub fn array<const N: usize>(&self, key: u64) -> Result<[u8; N], Malformed> {
        array(self.value(key)?)
    }

    /// The elements of an array.
    ///
    /// # Errors
    /// [`Malformed`] when absent or of another type.
    pub fn list(&self, key: u64) -> Result<&[Value], Malformed> {
        list(self.value(key)?)
    }

    /// `None` for null, else what `read` makes of the value. The key itself must be there.
    ///
    /// # Errors
    /// [`Malformed`] when absent or of another type.
    pub fn nullable<'a, T>(
        &'a self,
        key: u64,
        read: impl FnOnce(&'a Value) -> Result<T, Malformed>,
    ) -> Result<Option<T>, Malformed> {
        match self.value(key)? {
            Value::Null => Ok(None),
            value => read(value).map(Some),
        }
    }

    /// `None` when the key is absent, else what `read` makes of the value. Null is not absent.
    ///
    /// # Errors
    /// [`Malformed`] when there and of another type.
    pub fn optional<'a, T>(
        &'a self,
        key: u64,
        read: impl FnOnce(&'a Value) -> Result<T, Malformed>,
    ) -> Result<Option<T>, Malformed> {
        self.value(key).ok().map(read).transpose()
    }
}

/// An unsigned integer below 2⁶³.
///
/// # Errors
/// [`Malformed`] for every other value.
pub fn uint(value: &Value) -> Result<u64, Malformed> {
    value
        .as_integer()
        .and_then(|n| u64::try_from(n).ok())
        .filter(|n| *n <= MAX_UINT)
        .ok_or(Malformed("not an unsigned integer"))
}

/// A time in milliseconds since 1970, not negative.
///
/// # Errors
/// [`Malformed`] for every other value.
pub fn time(value: &Value) -> Result<i64, Malformed> {
    int(value)
        .ok()
        .filter(|n| *n >= 0)
        .ok_or(Malformed("not a time"))
}

/// A signed integer of 64 bits.
///
/// # Errors
/// [`Malformed`] for every other value.
pub fn int(value: &Value) -> Result<i64, Malformed> {
    value
        .as_integer()
        .and_then(|n| i64::try_from(n).ok())
        .ok_or(Malformed("not an integer"))
}

/// A byte string.
///
/// # Errors
/// [`Malformed`] for every other value.
pub fn bytes(value: &Value) -> Result<&[u8], Malformed> {
    value
        .as_bytes()
        .map(Vec::as_slice)
        .ok_or(Malformed("not bytes"))
}

/// A byte string of exactly `N` bytes.
///
/// # Errors
/// [`Malformed`] for every other value.
pub fn array<const N: usize>(value: &Value) -> Result<[u8; N], Malformed> {
    bytes(value)?
        .try_into()
        .map_err(|_| Malformed("wrong byte length"))
}

/// Text, owned.
///
/// # Errors
/// [`Malformed`] for every other value.
pub fn text(value: &Value) -> Result<String, Malformed> {
    value
        .as_text()
        .map(str::to_owned)
        .ok_or(Malformed("not text"))
}

/// The elements of an array.
///
/// # Errors
/// [`Malformed`] for every other value.
pub fn list(value: &Value) -> Result<&[Value], Malformed> {
    value
        .as_array()
        .map(Vec::as_slice)
        .ok_or(Malformed("not an array"))
}

/// A byte string value.
#[must_use]
pub fn blob(bytes: &[u8]) -> Value {
    Value::Bytes(bytes.to_vec())
}

/// `value`, or null.
#[must_use]
pub fn or_null<T: Into<Value>>(value: Option<T>) -> Value {
    value.map_or(Value::Null, Into::into)
}
