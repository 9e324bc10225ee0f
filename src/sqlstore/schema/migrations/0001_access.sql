-- Who may ask for what: operators, apps, users, grants, tokens and authorisation codes.

CREATE TABLE admin_tokens (
    digest     TEXT   NOT NULL PRIMARY KEY,
    created_at BIGINT NOT NULL
) /*clustered*/;

-- One row: a text that only the right key file opens.
CREATE TABLE key_checks (
    id     BIGINT NOT NULL PRIMARY KEY CHECK (id = 1),
    sealed TEXT   NOT NULL
);

CREATE TABLE apps (
    appid             TEXT   NOT NULL PRIMARY KEY,
    name              TEXT   NOT NULL,
    disabled          BIGINT NOT NULL CHECK (disabled IN (0, 1)),
    ota_enabled       BIGINT NOT NULL CHECK (ota_enabled IN (0, 1)),
    appkey_digest     TEXT   NOT NULL,
    appkey            TEXT   NOT NULL,
    push_secret       TEXT   NOT NULL,
    old_appkey_digest TEXT,
    old_push_secret   TEXT,
    old_keys_until    BIGINT,
    push_url          TEXT,
    push_progress     BIGINT NOT NULL CHECK (push_progress IN (0, 1)),
    push_result       BIGINT NOT NULL CHECK (push_result IN (0, 1)),
    push_new_firmware BIGINT NOT NULL CHECK (push_new_firmware IN (0, 1)),
    push_state        TEXT   NOT NULL
        CHECK (push_state IN ('none', 'pending', 'verified', 'failed', 'suspended')),
    created_at        BIGINT NOT NULL
) /*clustered*/;

CREATE TABLE users (
    open_id    TEXT   NOT NULL PRIMARY KEY,
    made_by    TEXT,
    account_id TEXT,
    created_at BIGINT NOT NULL
) /*clustered*/;

CREATE UNIQUE INDEX users_by_account ON users (made_by, account_id) WHERE made_by IS NOT NULL;

CREATE TABLE grants (
    appid      TEXT   NOT NULL,
    open_id    TEXT   NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (appid, open_id)
) /*clustered*/;

CREATE INDEX grants_by_user ON grants (open_id, appid);

CREATE TABLE tokens (
    digest     TEXT   NOT NULL PRIMARY KEY,
    kind       TEXT   NOT NULL CHECK (kind IN ('access', 'refresh')),
    family     TEXT   NOT NULL,
    appid      TEXT   NOT NULL,
    open_id    TEXT   NOT NULL,
    expires_at BIGINT NOT NULL,
    spent      BIGINT NOT NULL CHECK (spent IN (0, 1))
) /*clustered*/;

CREATE INDEX tokens_by_family ON tokens (appid, open_id, family, spent, expires_at);
CREATE INDEX tokens_by_expiry ON tokens (expires_at, digest);

CREATE TABLE codes (
    digest       TEXT   NOT NULL PRIMARY KEY,
    appid        TEXT   NOT NULL,
    open_id      TEXT   NOT NULL,
    redirect_uri TEXT   NOT NULL,
    expires_at   BIGINT NOT NULL,
    family       TEXT
) /*clustered*/;

CREATE INDEX codes_by_grant ON codes (appid, open_id);
CREATE INDEX codes_by_expiry ON codes (expires_at, digest);
