-- Whose account this is, from the first sign-in on; kept when the session ends, so that nobody else ever signs in over it.
CREATE TABLE owner (
    id      INTEGER PRIMARY KEY CHECK (id = 1),
    account BLOB    NOT NULL
);
