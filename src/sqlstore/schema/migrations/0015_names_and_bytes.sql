-- One version in two spellings, and which bytes of a file were served.
-- lives with: 10

-- Further versions under which devices report a release: a JSON list.
ALTER TABLE releases ADD COLUMN reported_as TEXT NOT NULL DEFAULT '[]';

-- The versions of releases without blanks at both ends and without a "v" before a digit, so that none of
-- them belongs to two releases of a model. A program that does not know this table adds and removes releases
-- without it. Of old releases with spellings of one version, one has the row.
CREATE TABLE release_names (
    model      TEXT   NOT NULL,
    name       TEXT   NOT NULL,
    release_id BIGINT NOT NULL,
    PRIMARY KEY (model, name)
) /*clustered*/;
CREATE INDEX release_names_by_release ON release_names (release_id, name);
INSERT INTO release_names (model, name, release_id)
SELECT model, name, MIN(id) FROM (
    SELECT model, id, CASE
        WHEN SUBSTR(TRIM(version), 1, 1) IN ('v', 'V')
            AND SUBSTR(TRIM(version), 2, 1) IN ('0', '1', '2', '3', '4', '5', '6', '7', '8', '9')
        THEN SUBSTR(TRIM(version), 2) ELSE TRIM(version) END AS name
    FROM releases) AS named GROUP BY model, name;

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
