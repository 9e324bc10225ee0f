-- Rollouts, the places that devices took in them, and their sums. A program that does not know them, or treats
-- availability 'rollout' as 'everyone', would hand a release out to devices that its rollout holds back. So no older
-- program can work with this migration: all instances must be stopped for it.
-- lives with: 19

-- Lists of a user's devices look at their tags and their age as well, for the audiences of rollouts. The index is made
-- anew at the first start, in about 2 s for each million devices.
DROP INDEX devices_by_user;
CREATE INDEX devices_by_user ON devices (open_id, did, name, model, version, offers_after, tags, created_at)
    WHERE open_id IS NOT NULL;

-- audience, plan and waves (what has become of each wave) are JSON; edited_by is a JSON list of names. swept: whether
-- places of an old one were removed, 1: some, 2: all; its sums stay.
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
) /*clustered*/;
CREATE UNIQUE INDEX rollouts_open ON rollouts (release_id) WHERE state NOT IN ('stopped', 'finished');
CREATE INDEX rollouts_by_release ON rollouts (release_id, id);
CREATE INDEX rollouts_by_model ON rollouts (model, id);
CREATE INDEX rollouts_by_state ON rollouts (state, id);
CREATE INDEX rollouts_begun ON rollouts (model, release_id, id) WHERE state <> 'draft';
CREATE INDEX rollouts_to_step ON rollouts (id)
    WHERE state NOT IN ('draft', 'waiting_approval', 'stopped') AND closed = 0;
CREATE INDEX rollouts_to_sweep ON rollouts (ended_at, id) WHERE swept < 2 AND ended_at IS NOT NULL;

-- wave 0: started by a user or by itself. handed_out_at 0: not yet. family: the did of the gateway, or the device's.
-- The key begins with the did: SQLite prefers a key to an index for few rows, and would walk all of a rollout.
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
) /*clustered*/;
CREATE INDEX rollout_places_by_rollout ON rollout_places (rollout_id, did);
CREATE INDEX rollout_places_by_wave ON rollout_places (rollout_id, wave, handed_out_at, did);
CREATE INDEX rollout_places_not_good ON rollout_places (rollout_id, judged, did) WHERE judged <> 'good';
CREATE INDEX rollout_places_in_flight ON rollout_places (rollout_id, in_flight, did) WHERE in_flight = 1;
CREATE INDEX rollout_places_due ON rollout_places (rollout_id, check_at, did) WHERE check_at IS NOT NULL;
CREATE INDEX rollout_places_by_family ON rollout_places (rollout_id, family, did) WHERE one_each = 1;
CREATE INDEX rollout_places_by_user ON rollout_places (rollout_id, open_id, did)
    WHERE one_each = 1 AND open_id IS NOT NULL;

-- What the places of an epoch and wave add up to. Changed with each of them.
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
) /*clustered*/;

-- The starts that were left at filled_at; a start is 60,000 parts. No row: as many as may be left.
CREATE TABLE rollout_rates (
    rollout_id BIGINT NOT NULL PRIMARY KEY,
    parts      BIGINT NOT NULL,
    filled_at  BIGINT NOT NULL
) /*clustered*/;

CREATE TABLE rollout_notes (
    rollout_id BIGINT NOT NULL,
    seq        BIGINT NOT NULL,
    at         BIGINT NOT NULL,
    kind       TEXT   NOT NULL,
    noted_by   TEXT   NOT NULL,
    wave       BIGINT,
    text       TEXT   NOT NULL,
    PRIMARY KEY (rollout_id, seq)
) /*clustered*/;
