-- Readings come in by the thousand a second, so none has a row of its own. What came last lies packed in a log, a row for a
-- flush and a shard of the sensors. When a minute is over, a shard's rows of it become a packed row a sensor, and are added to
-- the sums of the minute and of its hour.

CREATE TABLE reading_log (
    id     INTEGER PRIMARY KEY AUTOINCREMENT,
    shard  BIGINT NOT NULL,
    minute BIGINT NOT NULL, -- when it begins, as everywhere below
    packed BLOB NOT NULL
);
CREATE INDEX reading_log_minute ON reading_log (shard, minute);

-- Not unique: after our clock was set back, a minute comes twice.
CREATE TABLE reading_chunks (
    id     INTEGER PRIMARY KEY,
    sensor TEXT NOT NULL,
    minute BIGINT NOT NULL,
    packed BLOB NOT NULL
);
CREATE INDEX reading_chunks_sensor ON reading_chunks (sensor, minute);
CREATE INDEX reading_chunks_minute ON reading_chunks (minute);

CREATE TABLE reading_minutes (
    sensor TEXT NOT NULL,
    at     BIGINT NOT NULL,
    low    DOUBLE PRECISION NOT NULL,
    high   DOUBLE PRECISION NOT NULL,
    mean   DOUBLE PRECISION NOT NULL,
    count  BIGINT NOT NULL,
    PRIMARY KEY (sensor, at)
) WITHOUT ROWID;

CREATE TABLE reading_hours (
    sensor  TEXT NOT NULL,
    at      BIGINT NOT NULL,
    low     DOUBLE PRECISION NOT NULL,
    high    DOUBLE PRECISION NOT NULL,
    mean    DOUBLE PRECISION NOT NULL,
    count   BIGINT NOT NULL,
    last    DOUBLE PRECISION NOT NULL, -- the newest reading
    last_at BIGINT NOT NULL,
    PRIMARY KEY (sensor, at)
) WITHOUT ROWID;
