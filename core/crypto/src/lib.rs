//! Sealed envelopes, AEAD files, signatures and zeroizing keys.
