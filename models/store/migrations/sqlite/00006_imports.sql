-- What imports of cameras have changed, so that each can be undone: the camera as it was, '' = there was none, and its revision
-- since then, 0 = there is none, -1 = it was removed later.

-- +goose Up
CREATE TABLE imports (
    id     TEXT PRIMARY KEY,
    at     BIGINT NOT NULL,
    person TEXT NOT NULL
);
CREATE TABLE import_rows (
    import   TEXT NOT NULL REFERENCES imports (id) ON DELETE CASCADE,
    camera   TEXT NOT NULL,
    doc      TEXT NOT NULL,
    secret   TEXT NOT NULL, -- like that of a camera, and for the same owner
    revision BIGINT NOT NULL,
    PRIMARY KEY (import, camera)
);
CREATE INDEX import_rows_camera ON import_rows (camera);
