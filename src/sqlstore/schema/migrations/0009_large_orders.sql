-- Orders of more devices than one transaction takes: how far each one has got. A user has one at a time.

CREATE TABLE openings (
    order_id   TEXT   NOT NULL PRIMARY KEY,
    open_id    TEXT   NOT NULL,
    appid      TEXT,
    step       BIGINT NOT NULL CHECK (step IN (0, 1)),
    after_did  TEXT   NOT NULL,
    created_at BIGINT NOT NULL,
    moved_at   BIGINT NOT NULL
) /*clustered*/;
CREATE UNIQUE INDEX openings_by_user ON openings (open_id);
CREATE INDEX openings_by_age ON openings (moved_at, order_id);

-- Its condition is no longer that of upgrades_active: where both fit, a planner that knows nothing of the table yet
-- takes either, and walks all of this one for each device.
DROP INDEX upgrades_due;
CREATE INDEX upgrades_due ON upgrades (due_at, id, release_id) WHERE due_at IS NOT NULL;
