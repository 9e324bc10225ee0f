-- What apps are to be told, the attempts to tell them, and what is known of their receivers.

-- A lane is (appid, did, stream); its pending messages are in order of seq, and the first one has
-- head = 1: only heads are ever sent.
CREATE TABLE outbox (
    webhook_id TEXT NOT NULL PRIMARY KEY,
    appid TEXT NOT NULL,
    did TEXT NOT NULL,
    stream TEXT NOT NULL CHECK (stream IN ('upgrade', 'notice')),
    seq BIGINT NOT NULL,
    msg_type TEXT NOT NULL CHECK (msg_type IN ('progress', 'result', 'new_firmware')),
    upgrade_id BIGINT NOT NULL,
    body TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('pending', 'delivered', 'dead')),
    head BIGINT NOT NULL CHECK (head IN (0, 1)),
    attempts BIGINT NOT NULL,
    tries BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    since BIGINT NOT NULL,
    next_attempt_at BIGINT,
    last_attempt_at BIGINT,
    delivered_at BIGINT,
    expires_at BIGINT
)/*clustered*/;
CREATE UNIQUE INDEX outbox_lanes ON outbox (appid, did, stream, seq) WHERE state = 'pending';
CREATE INDEX outbox_due ON outbox (appid, stream, next_attempt_at, webhook_id)
    WHERE state = 'pending' AND head = 1;
CREATE INDEX outbox_finished ON outbox (state, appid, webhook_id) WHERE state <> 'pending';
CREATE INDEX outbox_devices ON outbox (did, appid, webhook_id);
CREATE INDEX outbox_expiry ON outbox (expires_at, webhook_id) WHERE expires_at IS NOT NULL;

CREATE TABLE push_attempts (
    webhook_id TEXT NOT NULL,
    nth BIGINT NOT NULL,
    at BIGINT NOT NULL,
    status BIGINT NOT NULL,
    duration_ms BIGINT NOT NULL,
    answer TEXT NOT NULL,
    PRIMARY KEY (webhook_id, nth)
)/*clustered*/;

CREATE TABLE receivers (
    appid TEXT NOT NULL PRIMARY KEY,
    url TEXT NOT NULL,
    failures BIGINT NOT NULL,
    due_at BIGINT,
    pause_ms BIGINT NOT NULL
)/*clustered*/;
CREATE INDEX receivers_due ON receivers (due_at, appid) WHERE due_at IS NOT NULL;

-- Releases that were published and that nobody has begun to announce.
CREATE TABLE announcements (
    release_id BIGINT NOT NULL PRIMARY KEY,
    model TEXT NOT NULL,
    created_at BIGINT NOT NULL
);

-- How far each app has been told of a release.
CREATE TABLE walks (
    release_id BIGINT NOT NULL,
    after_did TEXT NOT NULL,
    appid TEXT NOT NULL,
    model TEXT NOT NULL,
    PRIMARY KEY (release_id, after_did, appid)
)/*clustered*/;
CREATE INDEX walks_apps ON walks (appid, release_id);

-- Outlives the messages, so that no app hears of one version twice.
CREATE TABLE announced (
    did TEXT NOT NULL,
    appid TEXT NOT NULL,
    version TEXT NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (did, appid, version)
)/*clustered*/;
