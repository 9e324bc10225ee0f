#include "sqlstore/tables/rollout_columns.h"

#include <optional>
#include <string_view>

#include "json/reader.h"
#include "json/writer.h"
#include "rollout/read_audience.h"
#include "rollout/read_plan.h"
#include "sqlstore/tables/pages.h"

namespace updraft::sqlstore {
namespace {

// Rollouts that decide about releases of one model.
constexpr std::int64_t deciding_max = 1'000;

template <class Value, std::size_t count>
Result<Value> word_column(Rows const& rows, int column, EnumWords<count> const& words) {
    if (auto const value = value_in<Value>(words, rows.text(column))) return *value;
    return fail(Errc::corrupt, "a stored rollout has the word " + std::string(rows.text(column)));
}

Result<std::optional<Instant>> instant_member(json::Object const& object, std::string_view name) {
    TRY_ASSIGN(auto const ms, json::whole_member(object, name));
    if (!ms) return std::nullopt;
    return Instant{*ms};
}

Result<rollout::WaveCourse> read_course(json::Value const& value) {
    auto const* const object = value.object();
    if (object == nullptr) return fail(Errc::invalid, "no object");
    rollout::WaveCourse course;
    TRY_ASSIGN(course.places, json::whole_member(*object, "places"));
    TRY_ASSIGN(course.bucket_max, json::whole_member(*object, "bucketMax"));
    TRY_ASSIGN(course.opened_at, instant_member(*object, "openedAt"));
    TRY_ASSIGN(course.full_at, instant_member(*object, "fullAt"));
    TRY_ASSIGN(course.passed_at, instant_member(*object, "passedAt"));
    return course;
}

Result<std::vector<rollout::WaveCourse>> read_waves(std::string_view text) {
    std::vector<rollout::WaveCourse> waves;
    auto const value = json::read(text);
    auto const* const array = value ? value->array() : nullptr;
    if (array == nullptr) return fail(Errc::corrupt, "the waves of a stored rollout are no list");
    for (auto const& item : *array) {
        auto course = read_course(item);
        if (!course) return fail(Errc::corrupt, "a wave of a stored rollout is unreadable");
        waves.push_back(*std::move(course));
    }
    return waves;
}

Result<std::set<std::string>> read_names(std::string_view text) {
    std::set<std::string> names;
    auto const value = json::read(text);
    auto const* const array = value ? value->array() : nullptr;
    if (array == nullptr) return fail(Errc::corrupt, "a stored list of names is no list");
    for (auto const& item : *array) {
        if (auto const* const name = item.string()) names.insert(*name);
    }
    return names;
}

std::optional<std::int64_t> ms_of(std::optional<Instant> const& at) {
    return at ? std::optional(at->ms) : std::nullopt;
}

}  // namespace

Result<rollout::Rollout> read_rollout(Rows const& rows) {
    rollout::Rollout read;
    read.id = rows.id<RolloutId>(0);
    read.name = std::string(rows.text(1));
    read.release = rows.id<ReleaseId>(2);
    read.model = rows.name<ModelName>(3);
    TRY_ASSIGN(read.mode, word_column<rollout::Mode>(rows, 4, rollout::mode_words));
    TRY_ASSIGN(read.audience, rollout::read_stored_audience(rows.text(5)));
    TRY_ASSIGN(read.plan, rollout::read_stored_plan(rows.text(6)));
    TRY_ASSIGN(read.state, word_column<rollout::State>(rows, 7, rollout::state_words));
    if (!rows.is_null(8)) {
        TRY_ASSIGN(read.reason,
                   word_column<rollout::HaltReason>(rows, 8, rollout::halt_reason_words));
    }
    if (auto const wave = rows.maybe_number(9)) read.wave = static_cast<std::size_t>(*wave);
    TRY_ASSIGN(read.waves, read_waves(rows.text(10)));
    read.audience_count = rows.maybe_number(11);
    read.canary_count = rows.number(12);
    read.counted_at = rows.maybe_instant(13);
    read.epoch = rows.number(14);
    read.revision = rows.number(15);
    read.created_by = std::string(rows.text(16));
    TRY_ASSIGN(read.edited_by, read_names(rows.text(17)));
    read.approved_by = rows.maybe_text(18);
    read.start_at = rows.maybe_instant(19);
    read.created_at = rows.instant(20);
    read.started_at = rows.maybe_instant(21);
    read.ended_at = rows.maybe_instant(22);
    read.changed_at = rows.maybe_instant(23);
    read.closed = rows.truth(24);
    return read;
}

Result<rollout::Place> read_place(Rows const& rows, int first) {
    rollout::Place place;
    place.rollout = rows.id<RolloutId>(first);
    place.did = rows.name<Did>(first + 1);
    place.wave = rows.number(first + 2);
    place.epoch = rows.number(first + 3);
    place.one_each = rows.truth(first + 4);
    place.open_id = rows.maybe_name<OpenId>(first + 5);
    place.family = rows.name<Did>(first + 6);
    place.canary = rows.truth(first + 7);
    place.upgrade = rows.id<UpgradeId>(first + 8);
    place.in_flight = rows.truth(first + 9);
    place.tries = rows.number(first + 10);
    place.taken_at = rows.instant(first + 11);
    if (rows.number(first + 12) != 0) place.handed_out_at = rows.instant(first + 12);
    place.succeeded_at = rows.maybe_instant(first + 13);
    TRY_ASSIGN(place.judged, word_column<rollout::Judged>(rows, first + 14, rollout::judged_words));
    place.judged_at = rows.maybe_instant(first + 15);
    place.aligned = rows.truth(first + 16);
    place.check_at = rows.maybe_instant(first + 17);
    place.retry_at = rows.maybe_instant(first + 18);
    return place;
}

std::string waves_text(std::vector<rollout::WaveCourse> const& waves) {
    std::string text;
    json::Writer writer(text);
    writer.array();
    for (auto const& wave : waves) {
        writer.object();
        writer.member("places", wave.places);
        writer.member("bucketMax", wave.bucket_max);
        writer.member("openedAt", ms_of(wave.opened_at));
        writer.member("fullAt", ms_of(wave.full_at));
        writer.member("passedAt", ms_of(wave.passed_at));
        writer.end();
    }
    writer.end();
    return text;
}

std::string names_text(std::set<std::string> const& names) {
    std::string text;
    json::Writer writer(text);
    writer.array();
    for (auto const& name : names) writer.value(name);
    writer.end();
    return text;
}

Result<std::vector<rollout::Rollout>> read_rollouts(Session& session, ModelName const& model) {
    TRY_ASSIGN(
        auto rows,
        session.query("SELECT " UPDRAFT_ROLLOUT_COLUMNS " FROM rollouts r WHERE r.model = $1 "
                      "AND r.state <> 'draft' AND r.state <> 'stopped' AND (r.closed = 0 OR "
                      "EXISTS (SELECT 1 FROM releases f WHERE f.id = r.release_id "
                      "AND f.availability = 'rollout')) AND NOT EXISTS (SELECT 1 FROM rollouts n "
                      "WHERE n.model = r.model AND n.release_id = r.release_id AND n.id > r.id "
                      "AND n.state <> 'draft') ORDER BY r.release_id, r.id LIMIT $2",
                      model, deciding_max));
    return all_of<rollout::Rollout>(rows, [](Rows const& row) { return read_rollout(row); });
}

}  // namespace updraft::sqlstore
