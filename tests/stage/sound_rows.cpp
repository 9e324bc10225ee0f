#include "stage/sound_rows.h"

namespace updraft::stage {

std::string_view sound_rows() {
    return R"sql(
INSERT INTO admin_tokens (digest, created_at) VALUES ('operator', 1);
INSERT INTO key_checks (id, sealed) VALUES (1, 'sealed');
INSERT INTO operators (folded, name, role, approve, disabled, created_at)
    VALUES ('ann', 'Ann', 'admin', 1, 0, 1);
INSERT INTO operator_tokens (digest, id, holder, label, role, created_at)
    VALUES ('operator', 'tok1', 'ann', 'laptop', 'admin', 1);
INSERT INTO sessions (digest, holder, token_id, role, created_at, active_at)
    VALUES ('session', 'ann', 'tok1', 'admin', 1, 1);
INSERT INTO setup_tokens (digest, holder, created_at) VALUES ('setup', 'ann', 1);
INSERT INTO audit (id, at, actor_kind, actor, folded, via, ip, request_id, action, object_kind,
    object_id, outcome, changes, effect, note, times)
    VALUES (1, 1, 'operator', 'Ann', 'ann', 'api', '192.0.2.1', 'r1', 'putDevice', 'device', 'd1',
    'done', '[]', '', '', 1);
INSERT INTO apps (appid, name, disabled, ota_enabled, appkey_digest, appkey, push_secret,
    push_url, push_progress, push_result, push_new_firmware, push_state, created_at)
    VALUES ('app1', 'App', 0, 1, 'digest', 'sealed', 'sealed', 'https://a.example/', 1, 1, 1,
    'verified', 1);
INSERT INTO users (open_id, created_at) VALUES ('u1', 1);
INSERT INTO user_counts (appid, count) VALUES ('app1', 1);
INSERT INTO grants (appid, open_id, created_at) VALUES ('app1', 'u1', 1);
INSERT INTO tokens (digest, kind, family, appid, open_id, expires_at, spent)
    VALUES ('t1', 'access', 'f1', 'app1', 'u1', 9000000000000, 0);
INSERT INTO codes (digest, appid, open_id, redirect_uri, expires_at, family)
    VALUES ('c1', 'app1', 'u1', 'https://a.example/', 9000000000000, 'f1'),
           ('c2', 'app1', 'u2', 'https://a.example/', 9000000000000, NULL);
INSERT INTO devices (did, name, model, version, open_id, gateway_did, token_digest,
    attributes_wanted, installed, last_seen, created_at)
    VALUES ('d1', 'Lamp', 'lamp', '1.0', 'u1', NULL, 'digest', 0, 11, 5, 1);
INSERT INTO device_attributes (did, key, value) VALUES ('d1', 'colour', 'blue');
INSERT INTO models (name, display_name, upgradable, success, polling_seconds, chunk_part)
    VALUES ('lamp', 'A lamp', 1, 'report', NULL, 'os');
INSERT INTO sequences (name, next) VALUES ('releases', 1), ('release_order', 1), ('upgrades', 2);
INSERT INTO releases (id, model, version, update_log, release_date, requires_version, file_name,
    bytes, sha256, sha1, md5, state, release_order, created_at, released_at)
    VALUES (11, 'lamp', '2.0', 'Brighter.', '2026-01-01', '[]', 'lamp.bin', 8,
    'c3bf47ea1f4a4a605470313cacb3a44f4a461f68c6faeab07e737610cb5ac835',
    '9bcf18e4b22c0710ed69d3e91fb8285b936cdea7', '74b5b5e9570efc5c0553bb327cd41940',
    'released', 1, 1, 2);
INSERT INTO release_names (model, name, release_id) VALUES ('lamp', '2.0', 11);
INSERT INTO announcements (release_id, model, created_at) VALUES (11, 'lamp', 2);
INSERT INTO walks (release_id, after_did, appid, model) VALUES (11, '', 'app1', 'lamp');
INSERT INTO announced (did, appid, version, at) VALUES ('d1', 'app1', '2.0', 3);
INSERT INTO orders (order_id, appid, open_id, created_at, first_id, last_id)
    VALUES ('o1', 'app1', 'u1', 3, 11, 12);
INSERT INTO upgrades (id, order_id, did, model, open_id, release_id, from_version, version, state,
    resume_state, progress, figure, bytes_served, reports, cause, created_at, started_at,
    finished_at, due_at)
    VALUES (11, 'o1', 'd1', 'lamp', 'u1', 11, '1.0', '2.0', 'succeeded', 'queued', 100, 0, 8, 3, '',
            3, 4, 5, NULL),
           (12, 'o1', 'd1', 'lamp', 'u1', 11, '1.0', '2.0', 'queued', 'queued', 0, 0, 0, 0, '',
            6, NULL, NULL, 9000000000000);
INSERT INTO served_ranges (upgrade_id, ranges) VALUES (12, '0-9 20-29');
INSERT INTO upgrade_timeline (upgrade_id, seq, at, state, progress, report, text)
    VALUES (11, 0, 3, 'queued', 0, '', ''), (11, 1, 5, 'succeeded', 100, '', 'done');
INSERT INTO outbox (webhook_id, appid, did, stream, seq, msg_type, upgrade_id, body, state, head,
    attempts, tries, created_at, since, next_attempt_at, last_attempt_at, delivered_at, expires_at)
    VALUES ('m1', 'app1', 'd1', 'upgrade', 0, 'progress', 12, '{}', 'pending', 1, 0, 0, 6, 6, 7,
            NULL, NULL, NULL),
           ('m2', 'app1', 'd1', 'upgrade', 1, 'result', 12, '{}', 'pending', 0, 0, 0, 6, 6, 7,
            NULL, NULL, NULL),
           ('m3', 'app1', 'd1', 'upgrade', 0, 'result', 11, '{}', 'delivered', 0, 1, 1, 5, 5, NULL,
            5, 5, 9000000000000);
INSERT INTO push_attempts (webhook_id, nth, at, status, duration_ms, answer)
    VALUES ('m3', 1, 5, 200, 12, 'ok');
INSERT INTO receivers (appid, url, failures, due_at, pause_ms)
    VALUES ('app1', 'https://a.example/', 0, 9000000000000, 0);
INSERT INTO holds (id, model, release_id, note, placed_by, created_at)
    VALUES (1, 'lamp', NULL, 'a bad day', 'ann', 6);
INSERT INTO policies (open_id, did, auto_upgrade, upgrade_hours, time_zone, changed_at)
    VALUES ('u1', '', '1', '22:00-06:00', '', 6), ('u1', 'd1', '0', '', '+08:00', 6);
INSERT INTO starts (id, minute, count) VALUES (1, 0, 1);
INSERT INTO sequences (name, next) VALUES ('rollouts', 1);
INSERT INTO rollouts (id, name, release_id, model, mode, audience, plan, state, reason, wave, waves,
    audience_count, canary_count, counted_at, epoch, revision, created_by, edited_by, approved_by,
    start_at, created_at, started_at, ended_at, changed_at, closed, swept)
    VALUES (1, 'Autumn', 11, 'lamp', 'install', '{}', '{}', 'running', NULL, 0, '[]', 2, 0, 7, 0, 3,
    'ann', '["ann"]', NULL, NULL, 5, 6, NULL, 6, 0, 0);
INSERT INTO rollout_places (rollout_id, did, wave, epoch, one_each, open_id, family, canary,
    upgrade_id, in_flight, tries, taken_at, handed_out_at, succeeded_at, judged, judged_at, aligned,
    check_at, retry_at)
    VALUES (1, 'd1', 1, 0, 1, 'u1', 'd1', 0, 12, 1, 1, 6, 0, NULL, 'unsettled', NULL, 0, 9, NULL),
           (1, 'd2', 1, 0, 1, NULL, 'd2', 1, 13, 0, 1, 6, 6, NULL, 'failed', 7, 1, NULL, NULL);
INSERT INTO rollout_tallies (rollout_id, epoch, wave, taken, canaries, handed_out, in_flight, good,
    failed, silent, reverted, unreached, neutral, aligned_bad, aligned_unreached)
    VALUES (1, 0, 1, 2, 1, 1, 1, 0, 1, 0, 0, 0, 0, 1, 0);
INSERT INTO rollout_rates (rollout_id, parts, filled_at) VALUES (1, 60000, 7);
INSERT INTO rollout_notes (rollout_id, seq, at, kind, noted_by, wave, text)
    VALUES (1, 1, 5, 'created', 'ann', NULL, '');
)sql";
}

}  // namespace updraft::stage
