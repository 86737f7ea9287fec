-- What was recorded. Segments come by the million, so a row of them is numbers alone: the camera and the MIME type have theirs in
-- tables of their own, and what belongs to a camera lies together, oldest first. A row of footage holds a camera's totals, so that
-- nobody has to add up. "kept" is whether a clip or a hold covers the segment; what is loose is what retention may take, oldest first.

-- +goose Up
CREATE TABLE footage (
    number INTEGER PRIMARY KEY,
    camera TEXT NOT NULL UNIQUE,
    bytes  BIGINT NOT NULL, -- of all its segments
    loose  BIGINT NOT NULL  -- of those that are not kept
);
CREATE TABLE mimes (
    number INTEGER PRIMARY KEY,
    mime   TEXT NOT NULL UNIQUE
);
CREATE TABLE segments (
    camera BIGINT NOT NULL, -- number in footage
    begins BIGINT NOT NULL,
    lasts  BIGINT NOT NULL, -- milliseconds
    bytes  BIGINT NOT NULL,
    units  BIGINT NOT NULL,
    mime   BIGINT NOT NULL, -- number in mimes
    kept   BOOLEAN NOT NULL,
    PRIMARY KEY (camera, begins)
) WITHOUT ROWID;
CREATE INDEX segments_loose ON segments (begins) WHERE NOT kept;

CREATE TABLE clips (
    id      TEXT PRIMARY KEY,
    camera  TEXT NOT NULL,
    area    TEXT NOT NULL,
    begins  BIGINT NOT NULL,
    ends    BIGINT NOT NULL, -- of one that grows: what it may grow to
    growing BOOLEAN NOT NULL,
    doc     TEXT NOT NULL
);
CREATE INDEX clips_camera ON clips (camera, id);
CREATE INDEX clips_begin ON clips (camera, begins, ends);
CREATE INDEX clips_area ON clips (area, id);
CREATE INDEX clips_growing ON clips (id) WHERE growing;
CREATE INDEX clips_ended ON clips (ends) WHERE NOT growing;

CREATE TABLE clip_events (
    event TEXT NOT NULL,
    clip  TEXT NOT NULL REFERENCES clips (id) ON DELETE CASCADE,
    PRIMARY KEY (event, clip)
) WITHOUT ROWID;
CREATE INDEX clip_events_clip ON clip_events (clip);

-- The segments of a month are told about a hold step by step: "settled" is up to where they know.
CREATE TABLE holds (
    id      TEXT PRIMARY KEY,
    camera  TEXT NOT NULL,
    area    TEXT NOT NULL,
    begins  BIGINT NOT NULL,
    ends    BIGINT NOT NULL,
    lifted  BOOLEAN NOT NULL,
    settled BIGINT NOT NULL,
    doc     TEXT NOT NULL
);
CREATE INDEX holds_camera ON holds (camera, id);
CREATE INDEX holds_area ON holds (area, id);
CREATE INDEX holds_active ON holds (camera, ends, begins) WHERE NOT lifted;
CREATE INDEX holds_unsettled ON holds (id) WHERE settled < ends;

-- The ledger is about to hold a row for each look at a camera, among which what was done must be found as before, and the other way
-- round: an index of each kind, newest last as they are listed, and in each all that a filter looks at. One by time alone would gather
-- and sort a year to show its newest page.
DROP INDEX ledger_entity;
DROP INDEX ledger_person;
DROP INDEX ledger_action;
DROP INDEX ledger_at;
CREATE INDEX ledger_entity ON ledger (entity, id, at, action);
CREATE INDEX ledger_person ON ledger (person, id, at, action);
CREATE INDEX ledger_action ON ledger (action, id, at);
CREATE INDEX ledger_views ON ledger (id, at) WHERE +action > 'watch.' AND +action < 'watch/';
CREATE INDEX ledger_acts ON ledger (id, at) WHERE NOT (+action > 'watch.' AND +action < 'watch/');
