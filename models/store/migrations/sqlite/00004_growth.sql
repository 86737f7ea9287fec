-- What a page asks for costs what it shows, not what the site has or what has ever happened. What is live is few and is counted
-- and listed from an index of its own; the cameras are counted from an index alone.

-- +goose Up
CREATE INDEX alerts_wanted ON alerts (id, area, severity, state) WHERE state IN ('open', 'acknowledged', 'shelved');
CREATE INDEX alerts_kind ON alerts (kind, id);
DROP INDEX alerts_opened;
CREATE INDEX alerts_opened ON alerts (opened_at, severity, area);
CREATE INDEX orders_wanted ON orders (id, area, lamp, state) WHERE state NOT IN ('closed', 'cancelled');
CREATE INDEX orders_assignee ON orders (assignee, id);
CREATE INDEX cameras_load ON cameras (area, state, analyse);
CREATE INDEX cameras_state ON cameras (state, id);
DROP INDEX cameras_area;
CREATE INDEX cameras_area ON cameras (area, id);
CREATE INDEX sensors_load ON sensors (area, state);
