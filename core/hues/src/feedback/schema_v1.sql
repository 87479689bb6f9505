-- Field reports on the phone. `base` is the row as the city sent it; `filed` is what this phone filed. A row has at least one of the two.
CREATE TABLE report (
    seq         INTEGER PRIMARY KEY AUTOINCREMENT, -- list order: when this phone first knew it
    scope       TEXT    NOT NULL,                  -- 'mine', 'public', 'unit:CODE'
    id          BLOB    NOT NULL,
    rev         INTEGER,                           -- the city's revision; null before the first row
    state       TEXT    NOT NULL,
    category    TEXT    NOT NULL,
    ward        TEXT,
    summary     TEXT    NOT NULL,
    photo_count INTEGER NOT NULL,
    filed_at    INTEGER NOT NULL,
    due         TEXT,
    pending     INTEGER NOT NULL DEFAULT 0,        -- acts of this phone not confirmed yet
    lane        BLOB,                              -- this phone's lane for acts on it
    words       TEXT,                              -- what search finds it by
    base        TEXT,
    filed       TEXT,
    UNIQUE (scope, id)
);
CREATE INDEX report_list ON report (scope, seq DESC);
CREATE INDEX report_by_id ON report (id);

CREATE TABLE draft (
    seq      INTEGER PRIMARY KEY AUTOINCREMENT,
    id       BLOB    NOT NULL UNIQUE,
    saved_at INTEGER NOT NULL,
    input    TEXT    NOT NULL
);

CREATE TABLE draft_photo (
    seq    INTEGER PRIMARY KEY AUTOINCREMENT,
    draft  BLOB    NOT NULL REFERENCES draft (id) ON DELETE CASCADE,
    sha256 BLOB    NOT NULL,
    bytes  INTEGER NOT NULL,
    width  INTEGER NOT NULL,
    height INTEGER NOT NULL,
    file   BLOB    NOT NULL,                       -- id of the sealed file
    original BLOB  NOT NULL,                       -- SHA-256 of what the camera made; stays on the phone
    lat    REAL,                                   -- where the photo says it was taken; stays on the phone
    lon    REAL,
    UNIQUE (draft, sha256)
);

CREATE TABLE notice (
    seq  INTEGER PRIMARY KEY AUTOINCREMENT,
    id   BLOB    NOT NULL UNIQUE,
    rev  INTEGER NOT NULL,
    at   INTEGER NOT NULL,
    cose BLOB    NOT NULL
);
