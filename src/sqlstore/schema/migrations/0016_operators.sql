-- Operators with names, their tokens and sessions, and the audit of what they do. A program that does not know
-- these tables admits who holds a token of admin_tokens, and records nothing.
-- lives with: 10

-- `folded` is the name in lower case: names that differ in case only are one name.
CREATE TABLE operators (
    folded       TEXT   NOT NULL PRIMARY KEY,
    name         TEXT   NOT NULL,
    role         TEXT   NOT NULL CHECK (role IN ('viewer', 'support', 'releaser', 'admin')),
    approve      BIGINT NOT NULL CHECK (approve IN (0, 1)),
    disabled     BIGINT NOT NULL CHECK (disabled IN (0, 1)),
    created_at   BIGINT NOT NULL,
    last_seen_at BIGINT
) /*clustered*/;
CREATE INDEX operators_admins ON operators (folded) WHERE role = 'admin' AND disabled = 0;
INSERT INTO operators (folded, name, role, approve, disabled, created_at, last_seen_at)
SELECT 'admin', 'admin', 'admin', 1, 0, MIN(created_at), NULL FROM admin_tokens HAVING COUNT(*) > 0;

-- Tokens that were removed or have expired stay for some time, with ended_at: so a later attempt to use one
-- is recorded with a name.
CREATE TABLE operator_tokens (
    digest       TEXT   NOT NULL PRIMARY KEY,
    id           TEXT   NOT NULL,
    holder       TEXT   NOT NULL,
    label        TEXT   NOT NULL,
    role         TEXT   NOT NULL CHECK (role IN ('viewer', 'support', 'releaser', 'admin')),
    created_at   BIGINT NOT NULL,
    expires_at   BIGINT,
    last_used_at BIGINT,
    ended_at     BIGINT
) /*clustered*/;
CREATE UNIQUE INDEX operator_tokens_by_id ON operator_tokens (id);
CREATE INDEX operator_tokens_by_holder ON operator_tokens (holder, id) WHERE ended_at IS NULL;
CREATE INDEX operator_tokens_by_expiry ON operator_tokens (expires_at, id)
    WHERE ended_at IS NULL AND expires_at IS NOT NULL;
CREATE INDEX operator_tokens_ended ON operator_tokens (ended_at, id) WHERE ended_at IS NOT NULL;
INSERT INTO operator_tokens (digest, id, holder, label, role, created_at, expires_at, last_used_at, ended_at)
SELECT digest, SUBSTR(digest, 1, 16), 'admin', 'first start', 'admin', created_at, NULL, NULL, NULL
FROM admin_tokens;

-- token_id is NULL when a setup token or an identity header signed in; ends_at is when the token expires.
CREATE TABLE sessions (
    digest     TEXT   NOT NULL PRIMARY KEY,
    holder     TEXT   NOT NULL,
    token_id   TEXT,
    role       TEXT   NOT NULL CHECK (role IN ('viewer', 'support', 'releaser', 'admin')),
    created_at BIGINT NOT NULL,
    active_at  BIGINT NOT NULL,
    ends_at    BIGINT
) /*clustered*/;
CREATE INDEX sessions_by_holder ON sessions (holder, digest);
CREATE INDEX sessions_by_token ON sessions (token_id, digest) WHERE token_id IS NOT NULL;
CREATE INDEX sessions_by_age ON sessions (created_at, digest);

-- Each signs in once.
CREATE TABLE setup_tokens (
    digest     TEXT   NOT NULL PRIMARY KEY,
    holder     TEXT   NOT NULL,
    created_at BIGINT NOT NULL
) /*clustered*/;
CREATE INDEX setup_tokens_by_holder ON setup_tokens (holder, digest);
CREATE INDEX setup_tokens_by_age ON setup_tokens (created_at, digest);

-- Ids are in the order of the commits. Rows are added, and removed when they are old; never changed.
CREATE TABLE audit (
    id          BIGINT NOT NULL PRIMARY KEY,
    at          BIGINT NOT NULL,
    actor_kind  TEXT   NOT NULL CHECK (actor_kind IN ('operator', 'system')),
    actor       TEXT   NOT NULL,
    folded      TEXT   NOT NULL,
    via         TEXT   NOT NULL,
    ip          TEXT   NOT NULL,
    request_id  TEXT   NOT NULL,
    action      TEXT   NOT NULL,
    object_kind TEXT   NOT NULL,
    object_id   TEXT   NOT NULL,
    outcome     TEXT   NOT NULL CHECK (outcome IN ('done', 'denied')),
    changes     TEXT   NOT NULL,
    effect      TEXT   NOT NULL,
    note        TEXT   NOT NULL,
    times       BIGINT NOT NULL CHECK (times > 0)
) /*clustered*/;
CREATE INDEX audit_by_actor ON audit (folded, id);
CREATE INDEX audit_by_action ON audit (action, id);
CREATE INDEX audit_by_object ON audit (object_id, id) WHERE object_id <> '';
