-- A thing that the API shows is kept whole as JSON in "doc", in the API's own words; the other columns are what SQL looks
-- things up and counts by. Times are UTC milliseconds. History (events, alerts, orders, readings) names areas, cameras and
-- sensors without a foreign key, because it outlives them. Foreign keys are checked at once, never deferred: a deferred one
-- would fail the COMMIT of a whole group of writes.

-- +goose Up
CREATE TABLE settings (
    name  TEXT PRIMARY KEY,
    value TEXT NOT NULL
);

CREATE TABLE areas (
    id     TEXT PRIMARY KEY,
    parent TEXT REFERENCES areas (id),
    doc    TEXT NOT NULL
);
CREATE INDEX areas_parent ON areas (parent);

CREATE TABLE cameras (
    id      TEXT PRIMARY KEY,
    area    TEXT NOT NULL REFERENCES areas (id),
    analyse BOOLEAN NOT NULL,
    doc     TEXT NOT NULL,
    secret  TEXT NOT NULL, -- username and password under AES-256-GCM, '' = none
    state   TEXT NOT NULL,
    code    TEXT NOT NULL,
    reason  TEXT NOT NULL,
    since   BIGINT NOT NULL
);
CREATE INDEX cameras_area ON cameras (area);

CREATE TABLE sensors (
    id           TEXT PRIMARY KEY,
    area         TEXT NOT NULL REFERENCES areas (id),
    camera       TEXT REFERENCES cameras (id),
    doc          TEXT NOT NULL,
    state        TEXT NOT NULL,
    since        BIGINT NOT NULL,
    bad_payloads BIGINT NOT NULL,
    last_fault   TEXT NOT NULL
);
CREATE INDEX sensors_area ON sensors (area);
CREATE INDEX sensors_camera ON sensors (camera);

CREATE TABLE readings (
    sensor TEXT NOT NULL,
    at     BIGINT NOT NULL,
    value  DOUBLE PRECISION NOT NULL,
    PRIMARY KEY (sensor, at)
) WITHOUT ROWID;

CREATE TABLE events (
    id        TEXT PRIMARY KEY,
    kind      TEXT NOT NULL,
    severity  TEXT NOT NULL,
    state     TEXT NOT NULL,
    area      TEXT NOT NULL,
    source    TEXT NOT NULL,
    opened_at BIGINT NOT NULL,
    doc       TEXT NOT NULL
);
CREATE INDEX events_source ON events (source, id);
CREATE INDEX events_area ON events (area, id);
CREATE INDEX events_open ON events (id) WHERE state = 'open';

CREATE TABLE alerts (
    id              TEXT PRIMARY KEY,
    kind            TEXT NOT NULL,
    severity        TEXT NOT NULL,
    state           TEXT NOT NULL,
    area            TEXT NOT NULL,
    fingerprint     TEXT NOT NULL,
    opened_at       BIGINT NOT NULL,
    acknowledged_at BIGINT NOT NULL,
    doc             TEXT NOT NULL
);
CREATE INDEX alerts_area ON alerts (area, id);
CREATE INDEX alerts_opened ON alerts (opened_at);
CREATE INDEX alerts_acknowledged ON alerts (acknowledged_at);
-- At most one live alert of a fingerprint, whatever the code above does.
CREATE UNIQUE INDEX alerts_live ON alerts (fingerprint) WHERE state IN ('open', 'acknowledged', 'shelved');

CREATE TABLE alert_events (
    event TEXT PRIMARY KEY REFERENCES events (id),
    alert TEXT NOT NULL REFERENCES alerts (id)
);
CREATE INDEX alert_events_alert ON alert_events (alert);

CREATE TABLE orders (
    id         TEXT PRIMARY KEY,
    number     BIGINT NOT NULL UNIQUE,
    state      TEXT NOT NULL,
    lamp       TEXT NOT NULL,
    area       TEXT NOT NULL,
    assignee   TEXT NOT NULL,
    yellow_at  BIGINT NOT NULL,
    due_at     BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    done_at    BIGINT NOT NULL,
    doc        TEXT NOT NULL
);
CREATE INDEX orders_area ON orders (area, id);
CREATE INDEX orders_created ON orders (created_at);
CREATE INDEX orders_done ON orders (done_at);
CREATE INDEX orders_live ON orders (lamp, due_at) WHERE state NOT IN ('closed', 'cancelled');

CREATE TABLE order_steps (
    id       INTEGER PRIMARY KEY AUTOINCREMENT,
    order_id TEXT NOT NULL REFERENCES orders (id),
    doc      TEXT NOT NULL
);
CREATE INDEX order_steps_order ON order_steps (order_id, id);

-- AUTOINCREMENT: an id is never given twice, even after the newest rows were pruned.
CREATE TABLE changes (
    id     INTEGER PRIMARY KEY AUTOINCREMENT,
    at     BIGINT NOT NULL,
    topic  TEXT NOT NULL,
    entity TEXT NOT NULL,
    area   TEXT NOT NULL,
    doc    TEXT NOT NULL
);

CREATE TABLE ledger (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    at         BIGINT NOT NULL,
    person     TEXT NOT NULL,
    action     TEXT NOT NULL,
    entity     TEXT NOT NULL,
    doc_before TEXT NOT NULL,
    doc_after  TEXT NOT NULL
);
CREATE INDEX ledger_entity ON ledger (entity, id);
-- +goose StatementBegin
CREATE TRIGGER ledger_keeps BEFORE UPDATE ON ledger BEGIN
    SELECT RAISE(ABORT, 'the ledger is never changed');
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER ledger_stays BEFORE DELETE ON ledger BEGIN
    SELECT RAISE(ABORT, 'the ledger is never shortened');
END;
-- +goose StatementEnd

CREATE TABLE notifications (
    id           INTEGER PRIMARY KEY AUTOINCREMENT,
    key          TEXT NOT NULL UNIQUE,
    channel      TEXT NOT NULL,
    entity       TEXT NOT NULL,
    payload      TEXT NOT NULL,
    due_at       BIGINT NOT NULL,
    leased_until BIGINT NOT NULL,
    attempts     BIGINT NOT NULL,
    done_at      BIGINT NOT NULL, -- sent or given up, 0 = neither
    fault        TEXT NOT NULL    -- of the newest try, '' = none
);
CREATE INDEX notifications_due ON notifications (channel, due_at) WHERE done_at = 0;

CREATE TABLE users (
    username      TEXT PRIMARY KEY,
    name          TEXT NOT NULL,
    role          TEXT NOT NULL,
    password_hash TEXT NOT NULL,
    disabled      BOOLEAN NOT NULL
);

CREATE TABLE sessions (
    token_hash TEXT PRIMARY KEY,
    content    TEXT NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE INDEX sessions_expiry ON sessions (expires_at);
