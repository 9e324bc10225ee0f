-- What exists: devices, what they say about themselves, and declared models.

CREATE TABLE devices (
    did               TEXT   NOT NULL PRIMARY KEY,
    name              TEXT   NOT NULL,
    model             TEXT   NOT NULL,
    version           TEXT   NOT NULL,
    open_id           TEXT,
    gateway_did       TEXT,
    token_digest      TEXT   NOT NULL,
    attributes_wanted BIGINT NOT NULL CHECK (attributes_wanted IN (0, 1)),
    installed         BIGINT,
    last_seen         BIGINT,
    created_at        BIGINT NOT NULL
) /*clustered*/;

-- With all that an app's list of its user's devices says, so that the list is one walk.
CREATE INDEX devices_by_user ON devices (open_id, did, name, model, version)
    WHERE open_id IS NOT NULL;
CREATE INDEX devices_by_model ON devices (model, did);
CREATE INDEX devices_by_gateway ON devices (gateway_did, did) WHERE gateway_did IS NOT NULL;

CREATE TABLE device_attributes (
    did   TEXT NOT NULL,
    key   TEXT NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (did, key)
) /*clustered*/;

CREATE TABLE models (
    name            TEXT   NOT NULL PRIMARY KEY,
    display_name    TEXT   NOT NULL,
    upgradable      BIGINT NOT NULL CHECK (upgradable IN (0, 1)),
    success         TEXT   NOT NULL CHECK (success IN ('report', 'version')),
    polling_seconds BIGINT,
    chunk_part      TEXT   NOT NULL
) /*clustered*/;
