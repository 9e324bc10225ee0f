-- Why a device waits: holds, availability of releases, the way back, policies of users, and what started an upgrade.
-- A program that does not know these tables and columns holds nothing back by them. The index of users' devices is
-- made anew at the first start, in about 2 s for each million devices.
-- lives with: 10

-- Only releases that are later than this one are offered to the device. NULL: all that are later than what it runs.
ALTER TABLE devices ADD COLUMN offers_after BIGINT;
DROP INDEX devices_by_user;
CREATE INDEX devices_by_user ON devices (open_id, did, name, model, version, offers_after)
    WHERE open_id IS NOT NULL;

ALTER TABLE releases ADD COLUMN availability TEXT NOT NULL DEFAULT 'everyone'
    CHECK (availability IN ('everyone', 'rollout', 'nobody'));
-- When state or availability last changed. NULL: not recorded.
ALTER TABLE releases ADD COLUMN changed_at BIGINT;

-- NULL: written by a program that does not know this column; the order tells who gave it. No IN list: SQLite would
-- make a table of its words at each INSERT.
ALTER TABLE upgrades ADD COLUMN origin TEXT
    CHECK (origin = 'user' OR origin = 'operator' OR origin = 'rollout' OR origin = 'auto');
ALTER TABLE upgrades ADD COLUMN forced BIGINT NOT NULL DEFAULT 0 CHECK (forced IN (0, 1));
ALTER TABLE upgrades ADD COLUMN way_back BIGINT NOT NULL DEFAULT 0 CHECK (way_back IN (0, 1));

-- NULL: given by somebody, an operator when it has no appid. The index leaves out what started by itself.
ALTER TABLE orders ADD COLUMN origin TEXT CHECK (origin IN ('rollout', 'auto'));
CREATE INDEX orders_given ON orders (order_id) WHERE origin IS NULL;
-- Cancelled as a whole, so that it opens no further steps.
ALTER TABLE orders ADD COLUMN cancelled BIGINT NOT NULL DEFAULT 0 CHECK (cancelled IN (0, 1));

-- NULL: every model, every release.
CREATE TABLE holds (
    id         BIGINT NOT NULL PRIMARY KEY,
    model      TEXT,
    release_id BIGINT,
    note       TEXT   NOT NULL,
    placed_by  TEXT   NOT NULL,
    created_at BIGINT NOT NULL
) /*clustered*/;

-- did is empty in a user's own policy; open_id is empty for a device that is not bound. Empty: inherited.
CREATE TABLE policies (
    open_id       TEXT   NOT NULL,
    did           TEXT   NOT NULL,
    auto_upgrade  TEXT   NOT NULL CHECK (auto_upgrade IN ('', '0', '1')),
    upgrade_hours TEXT   NOT NULL,
    time_zone     TEXT   NOT NULL,
    changed_at    BIGINT NOT NULL,
    PRIMARY KEY (open_id, did)
) /*clustered*/;

-- One row: how many upgrades started by themselves in that minute (since 1970).
CREATE TABLE starts (
    id     BIGINT NOT NULL PRIMARY KEY CHECK (id = 1),
    minute BIGINT NOT NULL,
    count  BIGINT NOT NULL
) /*clustered*/;
