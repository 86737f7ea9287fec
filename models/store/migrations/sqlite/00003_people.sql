-- Who is logged in becomes something that people can see and end. The sessions of before cannot be told apart, so
-- everybody logs in once more.

-- +goose Up
ALTER TABLE users ADD COLUMN area TEXT NOT NULL DEFAULT '';
ALTER TABLE users ADD COLUMN must_change BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE users ADD COLUMN subject TEXT NOT NULL DEFAULT '';
CREATE UNIQUE INDEX users_subject ON users (subject) WHERE subject <> '';

CREATE TABLE wall_tokens (
    id          TEXT PRIMARY KEY,
    secret_hash TEXT NOT NULL UNIQUE,
    name        TEXT NOT NULL,
    area        TEXT NOT NULL,
    created_by  TEXT NOT NULL,
    created_at  BIGINT NOT NULL,
    seen_at     BIGINT NOT NULL
);

DROP TABLE sessions;
CREATE TABLE sessions (
    id         TEXT PRIMARY KEY,
    token_hash TEXT NOT NULL UNIQUE,
    username   TEXT NOT NULL,
    kind       TEXT NOT NULL,
    wall_token TEXT REFERENCES wall_tokens (id) ON DELETE CASCADE,
    created_at BIGINT NOT NULL,
    seen_at    BIGINT NOT NULL,
    expires_at BIGINT NOT NULL, -- 0 = not by itself
    address    TEXT NOT NULL,
    agent      TEXT NOT NULL
);
CREATE INDEX sessions_username ON sessions (username, id);
CREATE INDEX sessions_expiry ON sessions (expires_at);

-- From where people have logged in: guesses from elsewhere do not lock them out there.
CREATE TABLE places (
    username TEXT NOT NULL,
    address  TEXT NOT NULL,
    seen_at  BIGINT NOT NULL,
    PRIMARY KEY (username, address)
) WITHOUT ROWID;
