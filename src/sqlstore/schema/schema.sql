-- All tables and indexes, as the migrations beside this file make them, in SQLite's words.
-- Written by `./dev schema` and checked by promises_sqlstore: do not edit.

CREATE TABLE admin_tokens (
    digest     TEXT   NOT NULL PRIMARY KEY,
    created_at BIGINT NOT NULL
) WITHOUT ROWID;

CREATE TABLE announced (
    did TEXT NOT NULL,
    appid TEXT NOT NULL,
    version TEXT NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (did, appid, version)
)WITHOUT ROWID;

CREATE TABLE announcements (
    release_id BIGINT NOT NULL PRIMARY KEY,
    model TEXT NOT NULL,
    created_at BIGINT NOT NULL
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
, push_withdrawn BIGINT NOT NULL DEFAULT 0 CHECK (push_withdrawn IN (0, 1))) WITHOUT ROWID;

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
) WITHOUT ROWID;

CREATE INDEX audit_by_action ON audit (action, id);

CREATE INDEX audit_by_actor ON audit (folded, id);

CREATE INDEX audit_by_object ON audit (object_id, id) WHERE object_id <> '';

CREATE TABLE changes (
    kind  TEXT   NOT NULL PRIMARY KEY,
    count BIGINT NOT NULL
) WITHOUT ROWID;

CREATE TABLE codes (
    digest       TEXT   NOT NULL PRIMARY KEY,
    appid        TEXT   NOT NULL,
    open_id      TEXT   NOT NULL,
    redirect_uri TEXT   NOT NULL,
    expires_at   BIGINT NOT NULL,
    family       TEXT
) WITHOUT ROWID;

CREATE INDEX codes_by_expiry ON codes (expires_at, digest);

CREATE INDEX codes_by_grant ON codes (appid, open_id);

CREATE TABLE device_attributes (
    did   TEXT NOT NULL,
    key   TEXT NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (did, key)
) WITHOUT ROWID;

CREATE TABLE device_tags (
    tag TEXT NOT NULL,
    did TEXT NOT NULL,
    PRIMARY KEY (tag, did)
) WITHOUT ROWID;

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
, tags TEXT NOT NULL DEFAULT '', offers_after BIGINT) WITHOUT ROWID;

CREATE INDEX devices_by_gateway ON devices (gateway_did, did) WHERE gateway_did IS NOT NULL;

CREATE INDEX devices_by_model ON devices (model, did);

CREATE INDEX devices_by_user ON devices (open_id, did, name, model, version, offers_after, tags, created_at)
    WHERE open_id IS NOT NULL;

CREATE INDEX devices_by_version ON devices (version, model, did);

CREATE TABLE grants (
    appid      TEXT   NOT NULL,
    open_id    TEXT   NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (appid, open_id)
) WITHOUT ROWID;

CREATE INDEX grants_by_user ON grants (open_id, appid);

CREATE TABLE holds (
    id         BIGINT NOT NULL PRIMARY KEY,
    model      TEXT,
    release_id BIGINT,
    note       TEXT   NOT NULL,
    placed_by  TEXT   NOT NULL,
    created_at BIGINT NOT NULL
) WITHOUT ROWID;

CREATE TABLE key_checks (
    id     BIGINT NOT NULL PRIMARY KEY CHECK (id = 1),
    sealed TEXT   NOT NULL
);

CREATE TABLE leases (
    name   TEXT   NOT NULL PRIMARY KEY,
    holder TEXT   NOT NULL,
    beat   BIGINT NOT NULL
) WITHOUT ROWID;

CREATE INDEX leases_by_holder ON leases (holder, name);

CREATE TABLE migrations (number BIGINT NOT NULL PRIMARY KEY, name TEXT NOT NULL, checksum TEXT NOT NULL, lives_with BIGINT);

CREATE TABLE models (
    name            TEXT   NOT NULL PRIMARY KEY,
    display_name    TEXT   NOT NULL,
    upgradable      BIGINT NOT NULL CHECK (upgradable IN (0, 1)),
    success         TEXT   NOT NULL CHECK (success IN ('report', 'version')),
    polling_seconds BIGINT,
    chunk_part      TEXT   NOT NULL
, release_plan TEXT NOT NULL DEFAULT '', min_approvals BIGINT NOT NULL DEFAULT 0 CHECK (min_approvals IN (0, 1)), mqtt_operation TEXT NOT NULL DEFAULT 'install') WITHOUT ROWID;

CREATE TABLE openings (
    order_id   TEXT   NOT NULL PRIMARY KEY,
    open_id    TEXT   NOT NULL,
    appid      TEXT,
    step       BIGINT NOT NULL CHECK (step IN (0, 1)),
    after_did  TEXT   NOT NULL,
    created_at BIGINT NOT NULL,
    moved_at   BIGINT NOT NULL
) WITHOUT ROWID;

CREATE INDEX openings_by_age ON openings (moved_at, order_id);

CREATE UNIQUE INDEX openings_by_user ON openings (open_id);

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
) WITHOUT ROWID;

CREATE INDEX operator_tokens_by_expiry ON operator_tokens (expires_at, id)
    WHERE ended_at IS NULL AND expires_at IS NOT NULL;

CREATE INDEX operator_tokens_by_holder ON operator_tokens (holder, id) WHERE ended_at IS NULL;

CREATE UNIQUE INDEX operator_tokens_by_id ON operator_tokens (id);

CREATE INDEX operator_tokens_ended ON operator_tokens (ended_at, id) WHERE ended_at IS NOT NULL;

CREATE TABLE operators (
    folded       TEXT   NOT NULL PRIMARY KEY,
    name         TEXT   NOT NULL,
    role         TEXT   NOT NULL CHECK (role IN ('viewer', 'support', 'releaser', 'admin')),
    approve      BIGINT NOT NULL CHECK (approve IN (0, 1)),
    disabled     BIGINT NOT NULL CHECK (disabled IN (0, 1)),
    created_at   BIGINT NOT NULL,
    last_seen_at BIGINT
) WITHOUT ROWID;

CREATE INDEX operators_admins ON operators (folded) WHERE role = 'admin' AND disabled = 0;

CREATE TABLE orders (
    order_id   TEXT   NOT NULL PRIMARY KEY,
    appid      TEXT,
    open_id    TEXT,
    created_at BIGINT NOT NULL,
    first_id   BIGINT NOT NULL,
    last_id    BIGINT NOT NULL
, ordered_by TEXT, release_id BIGINT, upgrades BIGINT, origin TEXT CHECK (origin IN ('rollout', 'auto')), cancelled BIGINT NOT NULL DEFAULT 0 CHECK (cancelled IN (0, 1))) WITHOUT ROWID;

CREATE INDEX orders_given ON orders (order_id) WHERE origin IS NULL;

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
, open_id TEXT, granted_at BIGINT, version TEXT, withdrawn BIGINT NOT NULL DEFAULT 0 CHECK (withdrawn IN (0, 1)))WITHOUT ROWID;

CREATE INDEX outbox_devices ON outbox (did, appid, webhook_id);

CREATE INDEX outbox_due ON outbox (appid, stream, next_attempt_at, webhook_id)
    WHERE state = 'pending' AND head = 1;

CREATE INDEX outbox_expiry ON outbox (expires_at, webhook_id) WHERE expires_at IS NOT NULL;

CREATE INDEX outbox_finished ON outbox (state, appid, webhook_id) WHERE state <> 'pending';

CREATE UNIQUE INDEX outbox_lanes ON outbox (appid, did, stream, seq) WHERE state = 'pending';

CREATE INDEX outbox_withdrawn ON outbox (webhook_id) WHERE withdrawn = 1;

CREATE TABLE policies (
    open_id       TEXT   NOT NULL,
    did           TEXT   NOT NULL,
    auto_upgrade  TEXT   NOT NULL CHECK (auto_upgrade IN ('', '0', '1')),
    upgrade_hours TEXT   NOT NULL,
    time_zone     TEXT   NOT NULL,
    changed_at    BIGINT NOT NULL,
    PRIMARY KEY (open_id, did)
) WITHOUT ROWID;

CREATE TABLE push_attempts (
    webhook_id TEXT NOT NULL,
    nth BIGINT NOT NULL,
    at BIGINT NOT NULL,
    status BIGINT NOT NULL,
    duration_ms BIGINT NOT NULL,
    answer TEXT NOT NULL, error TEXT,
    PRIMARY KEY (webhook_id, nth)
)WITHOUT ROWID;

CREATE TABLE receivers (
    appid TEXT NOT NULL PRIMARY KEY,
    url TEXT NOT NULL,
    failures BIGINT NOT NULL,
    due_at BIGINT,
    pause_ms BIGINT NOT NULL
)WITHOUT ROWID;

CREATE INDEX receivers_due ON receivers (due_at, appid) WHERE due_at IS NOT NULL;

CREATE TABLE release_names (
    model      TEXT   NOT NULL,
    name       TEXT   NOT NULL,
    release_id BIGINT NOT NULL,
    PRIMARY KEY (model, name)
) WITHOUT ROWID;

CREATE INDEX release_names_by_release ON release_names (release_id, name);

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
, image TEXT NOT NULL DEFAULT '', reported_as TEXT NOT NULL DEFAULT '[]', availability TEXT NOT NULL DEFAULT 'everyone'
    CHECK (availability IN ('everyone', 'rollout', 'nobody')), changed_at BIGINT);

CREATE INDEX releases_by_artifact ON releases (sha256, id) WHERE sha256 IS NOT NULL;

CREATE INDEX releases_by_model ON releases (model, id);

CREATE INDEX releases_by_order ON releases (model, release_order) WHERE release_order > 0;

CREATE INDEX releases_by_state ON releases (state, id);

CREATE UNIQUE INDEX releases_by_version ON releases (model, version);

CREATE TABLE rollout_notes (
    rollout_id BIGINT NOT NULL,
    seq        BIGINT NOT NULL,
    at         BIGINT NOT NULL,
    kind       TEXT   NOT NULL,
    noted_by   TEXT   NOT NULL,
    wave       BIGINT,
    text       TEXT   NOT NULL,
    PRIMARY KEY (rollout_id, seq)
) WITHOUT ROWID;

CREATE TABLE rollout_places (
    rollout_id    BIGINT NOT NULL,
    did           TEXT   NOT NULL,
    wave          BIGINT NOT NULL,
    epoch         BIGINT NOT NULL,
    one_each      BIGINT NOT NULL CHECK (one_each IN (0, 1)),
    open_id       TEXT,
    family        TEXT   NOT NULL,
    canary        BIGINT NOT NULL CHECK (canary IN (0, 1)),
    upgrade_id    BIGINT NOT NULL,
    in_flight     BIGINT NOT NULL CHECK (in_flight IN (0, 1)),
    tries         BIGINT NOT NULL,
    taken_at      BIGINT NOT NULL,
    handed_out_at BIGINT NOT NULL,
    succeeded_at  BIGINT,
    judged        TEXT   NOT NULL CHECK (judged IN ('unsettled', 'good', 'failed', 'silent', 'reverted', 'unreached',
                                                    'neutral')),
    judged_at     BIGINT,
    aligned       BIGINT NOT NULL CHECK (aligned IN (0, 1)),
    check_at      BIGINT,
    retry_at      BIGINT,
    PRIMARY KEY (did, rollout_id)
) WITHOUT ROWID;

CREATE INDEX rollout_places_by_family ON rollout_places (rollout_id, family, did) WHERE one_each = 1;

CREATE INDEX rollout_places_by_rollout ON rollout_places (rollout_id, did);

CREATE INDEX rollout_places_by_user ON rollout_places (rollout_id, open_id, did)
    WHERE one_each = 1 AND open_id IS NOT NULL;

CREATE INDEX rollout_places_by_wave ON rollout_places (rollout_id, wave, handed_out_at, did);

CREATE INDEX rollout_places_due ON rollout_places (rollout_id, check_at, did) WHERE check_at IS NOT NULL;

CREATE INDEX rollout_places_in_flight ON rollout_places (rollout_id, in_flight, did) WHERE in_flight = 1;

CREATE INDEX rollout_places_not_good ON rollout_places (rollout_id, judged, did) WHERE judged <> 'good';

CREATE TABLE rollout_rates (
    rollout_id BIGINT NOT NULL PRIMARY KEY,
    parts      BIGINT NOT NULL,
    filled_at  BIGINT NOT NULL
) WITHOUT ROWID;

CREATE TABLE rollout_tallies (
    rollout_id        BIGINT NOT NULL,
    epoch             BIGINT NOT NULL,
    wave              BIGINT NOT NULL,
    taken             BIGINT NOT NULL,
    canaries          BIGINT NOT NULL,
    handed_out        BIGINT NOT NULL,
    in_flight         BIGINT NOT NULL,
    good              BIGINT NOT NULL,
    failed            BIGINT NOT NULL,
    silent            BIGINT NOT NULL,
    reverted          BIGINT NOT NULL,
    unreached         BIGINT NOT NULL,
    neutral           BIGINT NOT NULL,
    aligned_bad       BIGINT NOT NULL,
    aligned_unreached BIGINT NOT NULL,
    PRIMARY KEY (rollout_id, epoch, wave)
) WITHOUT ROWID;

CREATE TABLE rollouts (
    id             BIGINT NOT NULL PRIMARY KEY,
    name           TEXT   NOT NULL,
    release_id     BIGINT NOT NULL,
    model          TEXT   NOT NULL,
    mode           TEXT   NOT NULL CHECK (mode IN ('offer', 'install')),
    audience       TEXT   NOT NULL,
    plan           TEXT   NOT NULL,
    state          TEXT   NOT NULL CHECK (state IN ('draft', 'waiting_approval', 'scheduled', 'running', 'paused',
                                                    'halted', 'stopping', 'stopped', 'finished')),
    reason         TEXT,
    wave           BIGINT,
    waves          TEXT   NOT NULL,
    audience_count BIGINT,
    canary_count   BIGINT NOT NULL,
    counted_at     BIGINT,
    epoch          BIGINT NOT NULL,
    revision       BIGINT NOT NULL,
    created_by     TEXT   NOT NULL,
    edited_by      TEXT   NOT NULL,
    approved_by    TEXT,
    start_at       BIGINT,
    created_at     BIGINT NOT NULL,
    started_at     BIGINT,
    ended_at       BIGINT,
    changed_at     BIGINT,
    closed         BIGINT NOT NULL CHECK (closed IN (0, 1)),
    swept          BIGINT NOT NULL CHECK (swept IN (0, 1, 2))
) WITHOUT ROWID;

CREATE INDEX rollouts_begun ON rollouts (model, release_id, id) WHERE state <> 'draft';

CREATE INDEX rollouts_by_model ON rollouts (model, id);

CREATE INDEX rollouts_by_release ON rollouts (release_id, id);

CREATE INDEX rollouts_by_state ON rollouts (state, id);

CREATE UNIQUE INDEX rollouts_open ON rollouts (release_id) WHERE state NOT IN ('stopped', 'finished');

CREATE INDEX rollouts_to_step ON rollouts (id)
    WHERE state NOT IN ('draft', 'waiting_approval', 'stopped') AND closed = 0;

CREATE INDEX rollouts_to_sweep ON rollouts (ended_at, id) WHERE swept < 2 AND ended_at IS NOT NULL;

CREATE TABLE sequences (
    name TEXT   NOT NULL PRIMARY KEY,
    next BIGINT NOT NULL
) WITHOUT ROWID;

CREATE TABLE served_ranges (
    upgrade_id BIGINT NOT NULL PRIMARY KEY,
    ranges     TEXT   NOT NULL
) WITHOUT ROWID;

CREATE TABLE sessions (
    digest     TEXT   NOT NULL PRIMARY KEY,
    holder     TEXT   NOT NULL,
    token_id   TEXT,
    role       TEXT   NOT NULL CHECK (role IN ('viewer', 'support', 'releaser', 'admin')),
    created_at BIGINT NOT NULL,
    active_at  BIGINT NOT NULL,
    ends_at    BIGINT
) WITHOUT ROWID;

CREATE INDEX sessions_by_age ON sessions (created_at, digest);

CREATE INDEX sessions_by_holder ON sessions (holder, digest);

CREATE INDEX sessions_by_token ON sessions (token_id, digest) WHERE token_id IS NOT NULL;

CREATE TABLE setup_tokens (
    digest     TEXT   NOT NULL PRIMARY KEY,
    holder     TEXT   NOT NULL,
    created_at BIGINT NOT NULL
) WITHOUT ROWID;

CREATE INDEX setup_tokens_by_age ON setup_tokens (created_at, digest);

CREATE INDEX setup_tokens_by_holder ON setup_tokens (holder, digest);

CREATE TABLE starts (
    id     BIGINT NOT NULL PRIMARY KEY CHECK (id = 1),
    minute BIGINT NOT NULL,
    count  BIGINT NOT NULL
) WITHOUT ROWID;

CREATE TABLE tokens (
    digest     TEXT   NOT NULL PRIMARY KEY,
    kind       TEXT   NOT NULL CHECK (kind IN ('access', 'refresh')),
    family     TEXT   NOT NULL,
    appid      TEXT   NOT NULL,
    open_id    TEXT   NOT NULL,
    expires_at BIGINT NOT NULL,
    spent      BIGINT NOT NULL CHECK (spent IN (0, 1))
, spent_at BIGINT, repeated BIGINT NOT NULL DEFAULT 0 CHECK (repeated IN (0, 1))) WITHOUT ROWID;

CREATE INDEX tokens_by_expiry ON tokens (expires_at, digest);

CREATE INDEX tokens_by_family ON tokens (appid, open_id, family, spent, expires_at);

CREATE TABLE upgrade_timeline (
    upgrade_id BIGINT NOT NULL,
    seq        BIGINT NOT NULL,
    at         BIGINT NOT NULL,
    state      TEXT   NOT NULL,
    progress   BIGINT NOT NULL,
    report     TEXT   NOT NULL,
    text       TEXT   NOT NULL,
    PRIMARY KEY (upgrade_id, seq)
) WITHOUT ROWID;

CREATE INDEX upgrade_timeline_reports ON upgrade_timeline (upgrade_id, report) WHERE report <> '';

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
, step BIGINT NOT NULL DEFAULT 0 CHECK (step >= 0), report_bytes BIGINT NOT NULL DEFAULT 0 CHECK (report_bytes >= 0), moved_at BIGINT, ranges_served BIGINT NOT NULL DEFAULT 0 CHECK (ranges_served >= 0), origin TEXT
    CHECK (origin = 'user' OR origin = 'operator' OR origin = 'rollout' OR origin = 'auto'), forced BIGINT NOT NULL DEFAULT 0 CHECK (forced IN (0, 1)), way_back BIGINT NOT NULL DEFAULT 0 CHECK (way_back IN (0, 1))) WITHOUT ROWID;

CREATE UNIQUE INDEX upgrades_active ON upgrades (did) WHERE finished_at IS NULL;

CREATE INDEX upgrades_by_cause ON upgrades (SUBSTR(cause, 1, 5), id) WHERE cause <> '';

CREATE INDEX upgrades_by_device ON upgrades (did, id);

CREATE INDEX upgrades_by_release ON upgrades (model, release_id, id);

CREATE INDEX upgrades_by_step ON upgrades (order_id, id) WHERE step > 1;

CREATE INDEX upgrades_by_user ON upgrades (open_id, finished_at, id) WHERE open_id IS NOT NULL;

CREATE INDEX upgrades_due ON upgrades (due_at, id, release_id) WHERE due_at IS NOT NULL;

CREATE INDEX upgrades_ended_badly ON upgrades (state, id)
    WHERE finished_at IS NOT NULL AND state <> 'succeeded';

CREATE TABLE user_counts (
    appid TEXT   NOT NULL PRIMARY KEY,
    count BIGINT NOT NULL
) WITHOUT ROWID;

CREATE TABLE users (
    open_id    TEXT   NOT NULL PRIMARY KEY,
    made_by    TEXT,
    account_id TEXT,
    created_at BIGINT NOT NULL
) WITHOUT ROWID;

CREATE UNIQUE INDEX users_by_account ON users (made_by, account_id) WHERE made_by IS NOT NULL;

CREATE TABLE walks (
    release_id BIGINT NOT NULL,
    after_did TEXT NOT NULL,
    appid TEXT NOT NULL,
    model TEXT NOT NULL,
    PRIMARY KEY (release_id, after_did, appid)
)WITHOUT ROWID;

CREATE INDEX walks_apps ON walks (appid, release_id);
