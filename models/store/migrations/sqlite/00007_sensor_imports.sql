-- Imports are of cameras or of sensors, and may take another one back.

-- +goose Up
ALTER TABLE imports ADD COLUMN kind TEXT NOT NULL DEFAULT 'camera';
ALTER TABLE imports ADD COLUMN undoes TEXT NOT NULL DEFAULT '';
ALTER TABLE import_rows RENAME COLUMN camera TO entity;
