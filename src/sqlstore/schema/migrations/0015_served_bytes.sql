-- Which bytes of a file were served, and when an upgrade last moved.
-- lives with: 10

-- When the state, the progress or the served bytes of an upgrade last changed; while it is cancelling: when
-- that began. NULL: not known yet.
ALTER TABLE upgrades ADD COLUMN moved_at BIGINT;

-- Number of ranges in served_ranges; 0: the bytes are the first bytes_served ones.
ALTER TABLE upgrades ADD COLUMN ranges_served BIGINT NOT NULL DEFAULT 0 CHECK (ranges_served >= 0);

-- Of upgrades whose bytes were not fetched from front to end: "first-last first-last", inclusive.
CREATE TABLE served_ranges (
    upgrade_id BIGINT NOT NULL PRIMARY KEY,
    ranges     TEXT   NOT NULL
) /*clustered*/;
