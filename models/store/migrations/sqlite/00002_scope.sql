-- Who sees a part of the site sees the pictures of its events. The ledger is looked through by person, action and time; its
-- area says whose it is, '' = of no one area.

-- +goose Up
ALTER TABLE events ADD COLUMN snapshot TEXT NOT NULL DEFAULT '';
UPDATE events SET snapshot = coalesce(json_extract(doc, '$.snapshot'), '');
CREATE INDEX events_snapshot ON events (snapshot) WHERE snapshot <> '';

ALTER TABLE ledger ADD COLUMN area TEXT NOT NULL DEFAULT '';
CREATE INDEX ledger_person ON ledger (person, id);
CREATE INDEX ledger_action ON ledger (action, id);
CREATE INDEX ledger_at ON ledger (at);
