//! The tables of any file that has an outbox.
//!
//! Invariant: row and op share one transaction, so both lie in the same file; everything the step machine needs to go on
//! after a restart is here. All tables start with `sync_`, and all have rowids so that live queries see them.

/// Statements that make the tables: part of the first migration of a file with an outbox.
pub const SCHEMA: &str = "
CREATE TABLE sync_lane (
  id INTEGER PRIMARY KEY,
  lane BLOB NOT NULL UNIQUE,            -- 16 bytes
  seed BLOB NOT NULL,                   -- the lane's Ed25519 seed
  anonymous INTEGER NOT NULL,
  owner BLOB,                           -- account; null: anonymous, or filed before the first sign-in
  head_seq INTEGER NOT NULL DEFAULT 0,  -- the last op signed in it
  head_hash BLOB NOT NULL
);
CREATE TABLE sync_op (
  id INTEGER PRIMARY KEY AUTOINCREMENT, -- local order
  op_id BLOB NOT NULL UNIQUE,
  lane INTEGER NOT NULL REFERENCES sync_lane(id),
  seq INTEGER NOT NULL,
  hash BLOB NOT NULL,
  kind TEXT NOT NULL,
  subject BLOB NOT NULL,
  op BLOB NOT NULL,                     -- the signed bytes, sent as they are
  priority INTEGER NOT NULL,            -- 0 urgent, 1 words
  query_only INTEGER NOT NULL,
  author INTEGER NOT NULL,              -- 0 none, 1 named, 2 sealed, 3 anonymous
  unsealed INTEGER NOT NULL,            -- the author part waits for a key list
  state INTEGER NOT NULL DEFAULT 0,     -- 0 waiting, 1 sending, 2 receipted, 3 wedged, 4 covered by the watermark
  handed INTEGER NOT NULL DEFAULT 0,    -- these bytes were given to the transport
  absent INTEGER NOT NULL DEFAULT 0,    -- the city said it never committed it
  tries INTEGER NOT NULL DEFAULT 0,
  next_try BLOB,
  error TEXT,
  refusal BLOB,                         -- the city's signed word, when wedged by one
  receipt BLOB,                         -- the first receipt: the closest upper bound for the proof
  receipt_now BLOB,                     -- the receipt of the newest epoch
  log_index INTEGER,
  epoch BLOB,
  beacon BLOB,                          -- hash of the beacon it quotes
  relinked INTEGER NOT NULL DEFAULT 0,  -- signed again after a fork
  made INTEGER NOT NULL                 -- the phone's clock when it was made
);
CREATE INDEX sync_op_open ON sync_op (lane, seq) WHERE state IN (0, 1, 3);
CREATE INDEX sync_op_kept ON sync_op (state, log_index);
CREATE INDEX sync_op_subject ON sync_op (subject);
CREATE TABLE sync_part (
  id INTEGER PRIMARY KEY,
  op INTEGER NOT NULL REFERENCES sync_op(id),
  role INTEGER NOT NULL,
  bytes BLOB NOT NULL
);
CREATE INDEX sync_part_op ON sync_part (op);
CREATE TABLE sync_file (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  op INTEGER NOT NULL REFERENCES sync_op(id),
  sha256 BLOB NOT NULL,
  len INTEGER NOT NULL,
  sealed BLOB NOT NULL,                 -- id of the sealed file
  state INTEGER NOT NULL DEFAULT 0,     -- 0 op has no receipt, 1 to be sent, 2 complete at the city, 3 covered, bytes gone
  path TEXT,                            -- where the city takes it
  log_index INTEGER,
  epoch BLOB
);
CREATE INDEX sync_file_op ON sync_file (op);
CREATE INDEX sync_file_state ON sync_file (state);
CREATE TABLE sync_scope (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  cursor TEXT,
  last_rev INTEGER NOT NULL DEFAULT 0,
  generation INTEGER NOT NULL DEFAULT 1, -- grows when the scope starts anew; older rows go when it is whole again
  rows INTEGER NOT NULL DEFAULT 0,
  checksum INTEGER NOT NULL DEFAULT 0,
  whole INTEGER NOT NULL DEFAULT 0,      -- this generation was pulled to its end once
  pulled BLOB
);
CREATE TABLE sync_row (
  id INTEGER PRIMARY KEY,
  scope INTEGER NOT NULL REFERENCES sync_scope(id),
  kind TEXT NOT NULL,
  row TEXT NOT NULL,
  rev INTEGER NOT NULL,
  generation INTEGER NOT NULL,
  raw TEXT,                              -- the row as it came, when its kind is unknown to this release
  UNIQUE (scope, kind, row)
);
CREATE INDEX sync_row_raw ON sync_row (kind) WHERE raw IS NOT NULL;
CREATE TABLE sync_beacon (
  id INTEGER PRIMARY KEY,
  hash BLOB NOT NULL UNIQUE,
  bytes BLOB NOT NULL,
  time INTEGER NOT NULL,
  seen BLOB NOT NULL
);
CREATE TABLE sync_trust (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  epoch BLOB,
  watermark INTEGER NOT NULL DEFAULT 0,
  keys BLOB,
  newest BLOB,                           -- hash of the newest good beacon
  hourly BLOB,                           -- hash of the first beacon of its hour
  pack BLOB,
  pack_version INTEGER NOT NULL DEFAULT 0,
  hello TEXT,
  strikes INTEGER NOT NULL DEFAULT 0,
  rest_until BLOB,
  wakes INTEGER NOT NULL DEFAULT 0,
  last_wake BLOB
);
INSERT INTO sync_trust (id) VALUES (1);
CREATE TABLE sync_device (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  seed BLOB NOT NULL                     -- the device op key; each lane's author part is certified by it
);
";

/// What is large and seldom changes leaves the row that every wake-up writes: a page of 4 KiB then, not the whole config pack.
/// A migration of its own.
pub const SCHEMA_SIGNED: &str = "
CREATE TABLE sync_signed (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,            -- 'keys', 'config'
  version INTEGER NOT NULL,
  bytes BLOB NOT NULL                   -- as the city signed it
);
INSERT INTO sync_signed (name, version, bytes) SELECT 'keys', 0, keys FROM sync_trust WHERE keys IS NOT NULL;
INSERT INTO sync_signed (name, version, bytes) SELECT 'config', pack_version, pack FROM sync_trust WHERE pack IS NOT NULL;
ALTER TABLE sync_trust DROP COLUMN keys;
ALTER TABLE sync_trust DROP COLUMN pack;
ALTER TABLE sync_trust DROP COLUMN pack_version;
";

/// Undoes [`SCHEMA_SIGNED`]: a file as the release before left it, for the laboratory.
pub const UNDO_SIGNED: &str = "
ALTER TABLE sync_trust ADD COLUMN keys BLOB;
ALTER TABLE sync_trust ADD COLUMN pack BLOB;
ALTER TABLE sync_trust ADD COLUMN pack_version INTEGER NOT NULL DEFAULT 0;
UPDATE sync_trust SET keys = (SELECT bytes FROM sync_signed WHERE name = 'keys');
UPDATE sync_trust SET (pack, pack_version) = (SELECT bytes, version FROM sync_signed WHERE name = 'config')
  WHERE EXISTS (SELECT 1 FROM sync_signed WHERE name = 'config');
DROP TABLE sync_signed;
";
