-- Who sees a part of the site sees the pictures of its events. The ledger is looked through by person, action and time; its
-- area says whose it is, '' = of no one area. What a search looks through has columns of its own, in lower case, in indexes
-- that hold all it needs: documents are read only of what was found.

-- +goose Up
ALTER TABLE events ADD COLUMN snapshot TEXT NOT NULL DEFAULT '';
UPDATE events SET snapshot = coalesce(json_extract(doc, '$.snapshot'), '');
CREATE INDEX events_snapshot ON events (snapshot) WHERE snapshot <> '';

ALTER TABLE ledger ADD COLUMN area TEXT NOT NULL DEFAULT '';
CREATE INDEX ledger_person ON ledger (person, id);
CREATE INDEX ledger_action ON ledger (action, id);
CREATE INDEX ledger_at ON ledger (at);

ALTER TABLE areas ADD COLUMN words TEXT NOT NULL DEFAULT '';
UPDATE areas SET words = lower(coalesce(json_extract(doc, '$.name'), ''));
ALTER TABLE cameras ADD COLUMN words TEXT NOT NULL DEFAULT '';
UPDATE cameras SET words = lower(coalesce(json_extract(doc, '$.name'), ''));
CREATE INDEX cameras_words ON cameras (id, area, words);
ALTER TABLE sensors ADD COLUMN words TEXT NOT NULL DEFAULT '';
UPDATE sensors SET words = lower(coalesce(json_extract(doc, '$.name'), ''));
CREATE INDEX sensors_words ON sensors (id, area, words);
ALTER TABLE alerts ADD COLUMN words TEXT NOT NULL DEFAULT '';
UPDATE alerts SET words = lower(coalesce(json_extract(doc, '$.why'), ''));
CREATE INDEX alerts_words ON alerts (id, area, words);
ALTER TABLE orders ADD COLUMN words TEXT NOT NULL DEFAULT '';
UPDATE orders SET words = lower(coalesce(json_extract(doc, '$.why'), ''));
CREATE INDEX orders_words ON orders (id, area, number, words);
