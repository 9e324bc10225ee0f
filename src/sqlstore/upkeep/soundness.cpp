#include "sqlstore/upkeep/soundness.h"

#include <array>

#include "upgrade/upgrade.h"

namespace updraft::sqlstore {
namespace {

// The names of all states that are final, or of all that are not: "'queued', 'offered', …".
std::string states(bool final) {
    std::string text;
    for (std::size_t i = 0; i < upgrade::state_count; ++i) {
        auto const state = static_cast<upgrade::State>(i);
        if (upgrade::is_final(state) != final) continue;
        text += (text.empty() ? "'" : ", '") + std::string(word(state)) + "'";
    }
    return text;
}

// SQL for the inverse of nth_device_safe_id() (vocabulary/ids.h), which is n / 9 * 10 + n % 9 + 11.
std::string nth_of(std::string const& id) {
    return "((" + id + " - 11) / 10 * 9 + (" + id + " - 11) % 10)";
}

std::vector<Question> about_access() {
    return {
        {"a grant of an app that is not there",
         "SELECT g.appid || ' ' || g.open_id FROM grants g WHERE NOT EXISTS "
         "(SELECT 1 FROM apps a WHERE a.appid = g.appid) ORDER BY g.appid, g.open_id LIMIT $1"},
        {"a grant of a user that is not there",
         "SELECT g.appid || ' ' || g.open_id FROM grants g WHERE NOT EXISTS "
         "(SELECT 1 FROM users u WHERE u.open_id = g.open_id) ORDER BY g.appid, g.open_id "
         "LIMIT $1"},
        {"a token without its grant",
         "SELECT t.digest FROM tokens t WHERE NOT EXISTS (SELECT 1 FROM grants g "
         "WHERE g.appid = t.appid AND g.open_id = t.open_id) ORDER BY t.digest LIMIT $1"},
        {"an authorisation code without its grant",
         "SELECT c.digest FROM codes c WHERE c.family IS NOT NULL AND NOT EXISTS "
         "(SELECT 1 FROM grants g WHERE g.appid = c.appid AND g.open_id = c.open_id) "
         "ORDER BY c.digest LIMIT $1"},
        {"a token of an operator that is not there",
         "SELECT t.id FROM operator_tokens t WHERE t.ended_at IS NULL AND NOT EXISTS "
         "(SELECT 1 FROM operators o WHERE o.folded = t.holder) ORDER BY t.id LIMIT $1"},
        {"a session of an operator that is not there",
         "SELECT s.digest FROM sessions s WHERE NOT EXISTS "
         "(SELECT 1 FROM operators o WHERE o.folded = s.holder) ORDER BY s.digest LIMIT $1"},
        {"a store whose operators have no enabled admin",
         "SELECT o.folded FROM operators o WHERE NOT EXISTS (SELECT 1 FROM operators a "
         "WHERE a.role = 'admin' AND a.disabled = 0) ORDER BY o.folded LIMIT $1"},
        {"a store that was used and has no check of its key",
         "SELECT a.appid FROM apps a WHERE NOT EXISTS (SELECT 1 FROM key_checks) "
         "ORDER BY a.appid LIMIT $1"},
    };
}

std::vector<Question> about_the_fleet() {
    return {
        {"a device of a user that is not there",
         "SELECT d.did FROM devices d WHERE d.open_id IS NOT NULL AND NOT EXISTS "
         "(SELECT 1 FROM users u WHERE u.open_id = d.open_id) ORDER BY d.did LIMIT $1"},
        {"an attribute of a device that is not there",
         "SELECT a.did || ' ' || a.key FROM device_attributes a WHERE NOT EXISTS "
         "(SELECT 1 FROM devices d WHERE d.did = a.did) ORDER BY a.did, a.key LIMIT $1"},
        {"a release in a state that nobody knows",
         "SELECT model || ' ' || version || ' ' || state FROM releases "
         "WHERE state NOT IN ('draft', 'released', 'withdrawn') ORDER BY id LIMIT $1"},
        {"a release without its file",
         "SELECT model || ' ' || version FROM releases WHERE state <> 'draft' AND "
         "(bytes IS NULL OR sha256 IS NULL OR sha1 IS NULL OR md5 IS NULL) ORDER BY id LIMIT $1"},
        {"a release that stands nowhere in the order",
         "SELECT model || ' ' || version FROM releases "
         "WHERE (state = 'draft') <> (release_order = 0) ORDER BY id LIMIT $1"},
        {"a release in another one's place in the order",
         "SELECT r.model || ' ' || r.version FROM releases r WHERE r.release_order > 0 AND EXISTS "
         "(SELECT 1 FROM releases o WHERE o.model = r.model "
         "AND o.release_order = r.release_order AND o.id < r.id) ORDER BY r.id LIMIT $1"},
        {"an id that would be given out again: releases",
         "SELECT CAST(MAX(id) AS TEXT) FROM releases HAVING " + nth_of("MAX(id)") +
             " >= COALESCE((SELECT next FROM sequences WHERE name = 'releases'), 0) LIMIT $1"},
        {"a place in the order that would be given out again",
         "SELECT CAST(MAX(release_order) AS TEXT) FROM releases HAVING MAX(release_order) > "
         "COALESCE((SELECT next FROM sequences WHERE name = 'release_order'), 0) LIMIT $1"},
    };
}

std::vector<Question> about_upgrades() {
    return {
        {"an upgrade outside its order",
         "SELECT CAST(u.id AS TEXT) FROM upgrades u WHERE NOT EXISTS (SELECT 1 FROM orders o "
         "WHERE o.order_id = u.order_id AND u.id >= o.first_id "
         "AND (u.id <= o.last_id OR u.step > 1)) "
         "ORDER BY u.id LIMIT $1"},
        {"an upgrade of a release that is not there",
         "SELECT CAST(u.id AS TEXT) FROM upgrades u WHERE NOT EXISTS "
         "(SELECT 1 FROM releases r WHERE r.id = u.release_id) ORDER BY u.id LIMIT $1"},
        {"an upgrade in a state that nobody knows",
         "SELECT CAST(id AS TEXT) || ' ' || state FROM upgrades WHERE state NOT IN (" +
             states(false) + ", " + states(true) + ") ORDER BY id LIMIT $1"},
        {"an upgrade that has ended and has not",
         "SELECT CAST(id AS TEXT) || ' ' || state FROM upgrades WHERE (finished_at IS NULL) <> "
         "(state IN (" +
             states(false) + ")) ORDER BY id LIMIT $1"},
        {"a success that is not at 100 percent, or the other way round",
         "SELECT CAST(id AS TEXT) FROM upgrades WHERE (state = 'succeeded') <> (progress = 100) "
         "ORDER BY id LIMIT $1"},
        {"an upgrade whose progress is no percentage",
         "SELECT CAST(id AS TEXT) FROM upgrades WHERE progress NOT BETWEEN 0 AND 100 "
         "ORDER BY id LIMIT $1"},
        {"two active upgrades of one device",
         "SELECT did FROM upgrades WHERE finished_at IS NULL GROUP BY did HAVING COUNT(*) > 1 "
         "ORDER BY did LIMIT $1"},
        {"an active upgrade of a device that is not there",
         "SELECT CAST(u.id AS TEXT) || ' ' || u.did FROM upgrades u WHERE u.finished_at IS NULL "
         "AND NOT EXISTS (SELECT 1 FROM devices d WHERE d.did = u.did) ORDER BY u.id LIMIT $1"},
        {"an active upgrade that never ends by time",
         "SELECT CAST(id AS TEXT) FROM upgrades WHERE finished_at IS NULL AND due_at IS NULL "
         "AND state <> 'cancelling' ORDER BY id LIMIT $1"},
        {"a line of the course of an upgrade that is not there",
         "SELECT CAST(t.upgrade_id AS TEXT) FROM upgrade_timeline t WHERE NOT EXISTS "
         "(SELECT 1 FROM upgrades u WHERE u.id = t.upgrade_id) "
         "ORDER BY t.upgrade_id, t.seq LIMIT $1"},
        {"an id that would be given out again: upgrades",
         "SELECT CAST(MAX(id) AS TEXT) FROM upgrades HAVING " + nth_of("MAX(id)") +
             " >= COALESCE((SELECT next FROM sequences WHERE name = 'upgrades'), 0) LIMIT $1"},
    };
}

std::vector<Question> about_pushes() {
    return {
        {"a push message in a state that nobody knows",
         "SELECT webhook_id || ' ' || state FROM outbox "
         "WHERE state NOT IN ('pending', 'delivered', 'dead') ORDER BY webhook_id LIMIT $1"},
        {"a push message that waits behind nothing",
         "SELECT o.webhook_id FROM outbox o WHERE o.state = 'pending' AND o.head = 0 AND "
         "NOT EXISTS (SELECT 1 FROM outbox f WHERE f.state = 'pending' AND f.appid = o.appid "
         "AND f.did = o.did AND f.stream = o.stream AND f.head = 1) "
         "ORDER BY o.webhook_id LIMIT $1"},
        {"a push message out of its order",
         "SELECT o.webhook_id FROM outbox o WHERE o.state = 'pending' AND o.head = 1 AND EXISTS "
         "(SELECT 1 FROM outbox f WHERE f.state = 'pending' AND f.appid = o.appid "
         "AND f.did = o.did AND f.stream = o.stream AND f.seq < o.seq) "
         "ORDER BY o.webhook_id LIMIT $1"},
        {"a push message that nobody will ever send",
         "SELECT webhook_id FROM outbox WHERE state = 'pending' AND next_attempt_at IS NULL "
         "ORDER BY webhook_id LIMIT $1"},
        {"a finished push message that stands in front",
         "SELECT webhook_id FROM outbox WHERE state <> 'pending' AND head = 1 "
         "ORDER BY webhook_id LIMIT $1"},
        {"an attempt to send a message that is not there",
         "SELECT p.webhook_id FROM push_attempts p WHERE NOT EXISTS "
         "(SELECT 1 FROM outbox o WHERE o.webhook_id = p.webhook_id) "
         "ORDER BY p.webhook_id, p.nth LIMIT $1"},
        {"an announcement of a release that is not there",
         "SELECT CAST(n.release_id AS TEXT) FROM announcements n WHERE NOT EXISTS "
         "(SELECT 1 FROM releases r WHERE r.id = n.release_id) ORDER BY n.release_id LIMIT $1"},
    };
}

// Which places count in each sum, in the order of sum_columns: as rollout::tally_of(). The places
// of a swept rollout are gone, its sums stay.
constexpr std::array sum_columns{"taken",     "canaries", "handed_out",  "in_flight",
                                 "good",      "failed",   "silent",      "reverted",
                                 "unreached", "neutral",  "aligned_bad", "aligned_unreached"};
constexpr std::array counted_in_sums{
    "p.judged <> 'neutral'",
    "p.judged <> 'neutral' AND p.canary = 1",
    "p.judged <> 'neutral' AND p.handed_out_at > 0",
    "p.judged <> 'neutral' AND p.in_flight = 1",
    "p.judged = 'good'",
    "p.judged = 'failed'",
    "p.judged = 'silent'",
    "p.judged = 'reverted'",
    "p.judged = 'unreached'",
    "p.judged = 'neutral'",
    "p.aligned = 1 AND p.judged IN ('failed', 'silent', 'reverted')",
    "p.aligned = 1 AND p.judged = 'unreached'"};
static_assert(sum_columns.size() == counted_in_sums.size());

std::string sums_that_differ() {
    std::string sums;
    std::string counts;
    for (std::size_t i = 0; i < sum_columns.size(); ++i) {
        auto const comma = i == 0 ? "" : ", ";
        (sums += comma) += std::string("t.") + sum_columns[i];
        (counts += comma) +=
            std::string("COALESCE(SUM(CASE WHEN ") + counted_in_sums[i] + " THEN 1 ELSE 0 END), 0)";
    }
    return "SELECT CAST(t.rollout_id AS TEXT) || ' wave ' || CAST(t.wave AS TEXT) "
           "FROM rollout_tallies t WHERE EXISTS (SELECT 1 FROM rollouts r "
           "WHERE r.id = t.rollout_id AND r.swept = 0) AND (" +
           sums + ") <> (SELECT " + counts +
           " FROM rollout_places p WHERE p.rollout_id = t.rollout_id AND p.wave = t.wave "
           "AND p.epoch = t.epoch) ORDER BY t.rollout_id, t.epoch, t.wave LIMIT $1";
}

std::vector<Question> about_rollouts() {
    return {
        {"a rollout of a release that is not there",
         "SELECT CAST(o.id AS TEXT) FROM rollouts o WHERE NOT EXISTS "
         "(SELECT 1 FROM releases r WHERE r.id = o.release_id AND r.model = o.model) "
         "ORDER BY o.id LIMIT $1"},
        {"a place in a rollout that is not there",
         "SELECT CAST(p.rollout_id AS TEXT) || ' ' || p.did FROM rollout_places p WHERE NOT EXISTS "
         "(SELECT 1 FROM rollouts r WHERE r.id = p.rollout_id) "
         "ORDER BY p.rollout_id, p.did LIMIT $1"},
        {"a place in a rollout that no sum counts",
         "SELECT CAST(p.rollout_id AS TEXT) || ' ' || p.did FROM rollout_places p WHERE NOT EXISTS "
         "(SELECT 1 FROM rollout_tallies t WHERE t.rollout_id = p.rollout_id "
         "AND t.epoch = p.epoch AND t.wave = p.wave) ORDER BY p.rollout_id, p.did LIMIT $1"},
        {"sums of a rollout that differ from its places", sums_that_differ()},
        {"a place in flight whose upgrade has ended",
         "SELECT CAST(p.rollout_id AS TEXT) || ' ' || p.did FROM rollout_places p "
         "WHERE p.in_flight = 1 AND NOT EXISTS (SELECT 1 FROM upgrades u "
         "WHERE u.id = p.upgrade_id AND u.finished_at IS NULL) "
         "ORDER BY p.rollout_id, p.did LIMIT $1"},
        {"an id that would be given out again: rollouts",
         "SELECT CAST(MAX(id) AS TEXT) FROM rollouts HAVING MAX(id) > "
         "COALESCE((SELECT next FROM sequences WHERE name = 'rollouts'), 0) LIMIT $1"},
    };
}

}  // namespace

std::vector<Question> const& questions() {
    static auto const all = [] {
        auto made = about_access();
        for (auto const& more :
             {about_the_fleet(), about_upgrades(), about_pushes(), about_rollouts()}) {
            made.insert(made.end(), more.begin(), more.end());
        }
        return made;
    }();
    return all;
}

}  // namespace updraft::sqlstore
