-- What could be installed: releases; and the numbers that name them and others.

CREATE TABLE sequences (
    name TEXT   NOT NULL PRIMARY KEY,
    next BIGINT NOT NULL
) /*clustered*/;

CREATE TABLE releases (
    id               BIGINT NOT NULL PRIMARY KEY,
    model            TEXT   NOT NULL,
    version          TEXT   NOT NULL,
    update_log       TEXT   NOT NULL,
    release_date     TEXT   NOT NULL,
    requires_version TEXT   NOT NULL,
    file_name        TEXT   NOT NULL,
    bytes            BIGINT,
    sha256           TEXT,
    sha1             TEXT,
    md5              TEXT,
    state            TEXT   NOT NULL CHECK (state IN ('draft', 'released', 'withdrawn')),
    release_order    BIGINT NOT NULL,
    created_at       BIGINT NOT NULL,
    released_at      BIGINT
);

CREATE UNIQUE INDEX releases_by_version ON releases (model, version);
CREATE INDEX releases_by_order ON releases (model, release_order) WHERE release_order > 0;
CREATE INDEX releases_by_model ON releases (model, id);
CREATE INDEX releases_by_state ON releases (state, id);
CREATE INDEX releases_by_artifact ON releases (sha256, id) WHERE sha256 IS NOT NULL;
