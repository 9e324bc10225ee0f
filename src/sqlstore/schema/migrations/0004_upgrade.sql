-- What happens: orders, upgrades, and the course each one took.

-- The ids of an order's upgrades are successive: first_id to last_id are its own and nobody else's.
CREATE TABLE orders (
    order_id   TEXT   NOT NULL PRIMARY KEY,
    appid      TEXT,
    open_id    TEXT,
    created_at BIGINT NOT NULL,
    first_id   BIGINT NOT NULL,
    last_id    BIGINT NOT NULL
) /*clustered*/;

CREATE TABLE upgrades (
    id           BIGINT NOT NULL PRIMARY KEY,
    order_id     TEXT   NOT NULL,
    did          TEXT   NOT NULL,
    model        TEXT   NOT NULL,
    open_id      TEXT,
    release_id   BIGINT NOT NULL,
    from_version TEXT   NOT NULL,
    version      TEXT   NOT NULL,
    state        TEXT   NOT NULL,
    resume_state TEXT   NOT NULL,
    progress     BIGINT NOT NULL CHECK (progress BETWEEN 0 AND 100),
    figure       BIGINT NOT NULL,
    bytes_served BIGINT NOT NULL,
    reports      BIGINT NOT NULL,
    cause        TEXT   NOT NULL,
    created_at   BIGINT NOT NULL,
    started_at   BIGINT,
    finished_at  BIGINT,
    due_at       BIGINT
) /*clustered*/;

-- The last word on "at most one active upgrade per device", and the poll's one look-up.
CREATE UNIQUE INDEX upgrades_active ON upgrades (did) WHERE finished_at IS NULL;
CREATE INDEX upgrades_by_device ON upgrades (did, id);
-- A user's running upgrades (finished_at IS NULL, by id) and history (by finished_at).
CREATE INDEX upgrades_by_user ON upgrades (open_id, finished_at, id) WHERE open_id IS NOT NULL;
-- release_id stands here so that a withdrawal finds its queued upgrades in the index alone.
CREATE INDEX upgrades_due ON upgrades (due_at, id, release_id) WHERE finished_at IS NULL;

CREATE TABLE upgrade_timeline (
    upgrade_id BIGINT NOT NULL,
    seq        BIGINT NOT NULL,
    at         BIGINT NOT NULL,
    state      TEXT   NOT NULL,
    progress   BIGINT NOT NULL,
    report     TEXT   NOT NULL,
    text       TEXT   NOT NULL,
    PRIMARY KEY (upgrade_id, seq)
) /*clustered*/;
