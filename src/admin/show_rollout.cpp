#include "admin/show_rollout.h"

#include <charconv>

#include "admin/answer.h"
#include "rollout/gate.h"
#include "rollout/growth.h"
#include "rollout/write_plan.h"

namespace updraft::admin {
namespace {

using rollout::Rollout;
using rollout::Tally;

// With six significant digits.
void number_member(json::Writer& writer, std::string_view name, double number) {
    char text[32];
    auto const [end, error] =
        std::to_chars(text, text + sizeof text, number, std::chars_format::general, 6);
    static_cast<void>(error);
    writer.key(name).raw({text, end});
}

std::string id_text(std::int64_t id) { return std::to_string(id); }

// The places of a wave; before they are counted, what its plan says.
std::optional<std::int64_t> target_of(Rollout const& shown, std::size_t index) {
    if (index < shown.waves.size() && shown.waves[index].places) return shown.waves[index].places;
    return shown.plan.waves[index].devices;
}

void write_waves(json::Writer& writer, staging::Picture const& picture) {
    auto const& shown = picture.rollout;
    writer.key("waves").array();
    for (std::size_t i = 0; i < shown.plan.waves.size(); ++i) {
        auto const tally =
            rollout::total_of_wave(picture.tallies, static_cast<std::int64_t>(i) + 1);
        writer.object();
        text_or_null(writer, "name", shown.plan.waves[i].name);
        writer.member("target", target_of(shown, i))
            .member("handedOut", tally.handed_out)
            .member("good", tally.good)
            .member("bad", tally.bad())
            .member("silent", tally.silent)
            .member("unreached", tally.unreached)
            .member("neutral", tally.neutral)
            .member("state", word_in(rollout::wave_state_words, rollout::state_of_wave(shown, i)));
        time_member(writer, "soakUntil", rollout::soak_until(shown, i));
        writer.end();
    }
    writer.end();
}

void write_counts(json::Writer& writer, staging::Picture const& picture) {
    Tally all;
    for (auto const& one : picture.tallies) all += one.tally;
    auto const epoch = rollout::total_of_epoch(picture.tallies, picture.rollout.epoch);
    auto const pulled = rollout::total_of_wave(picture.tallies, 0);
    writer.key("counts")
        .object()
        .member("audience", picture.rollout.audience_count)
        .member("handedOut", all.handed_out)
        .member("inFlight", all.in_flight)
        .member("unproven", epoch.unproven())
        .member("good", all.good)
        .member("failed", all.failed)
        .member("silent", all.silent)
        .member("reverted", all.reverted)
        .member("unreached", all.unreached)
        .member("neutral", all.neutral)
        .member("userPulled", pulled.handed_out)
        .end();
}

void write_gate(json::Writer& writer, staging::Picture const& picture) {
    auto const epoch = rollout::total_of_epoch(picture.tallies, picture.rollout.epoch);
    auto const gate = rollout::view_of_gate(picture.rollout.plan, epoch);
    writer.key("gate").object();
    number_member(writer, "evidence", gate.evidence);
    number_member(writer, "haltAt", gate.halt_at);
    writer.member("good", gate.good)
        .member("bad", gate.bad)
        .member("haltsAtBad", gate.halts_at_bad)
        .end();
}

// null when nothing follows any more.
void write_next_step(json::Writer& writer, rollout::NextStep const& next) {
    writer.key("nextStep");
    if (next.what == rollout::Step::none) {
        writer.null();
        return;
    }
    writer.object().member("what", word_in(rollout::step_words, next.what));
    time_member(writer, "when", next.when);
    writer.member("because", next.because).end();
}

}  // namespace

void write_rollout(json::Writer& writer, staging::Picture const& picture, rollout::Dids dids) {
    auto const& shown = picture.rollout;
    writer.object().member("id", id_text(shown.id.value));
    text_or_null(writer, "name", shown.name);
    writer.member("firmwareId", id_text(shown.release.value))
        .member("deviceModel", shown.model.value)
        .member("firmwareVersion", picture.version.value)
        .member("mode", word_in(rollout::mode_words, shown.mode))
        .member("state", word(shown.state));
    text_or_null(writer, "reason",
                 shown.reason ? word_in(rollout::halt_reason_words, *shown.reason) : "");
    auto const wave = shown.wave ? std::optional(static_cast<std::int64_t>(*shown.wave) + 1)
                                 : std::optional<std::int64_t>();
    writer.member("wave", wave);
    write_waves(writer, picture);
    write_counts(writer, picture);
    write_gate(writer, picture);
    write_next_step(writer, picture.next);
    writer.key("audience");
    rollout::write_audience(writer, shown.audience, dids);
    writer.key("plan");
    rollout::write_plan(writer, shown.plan);
    writer.member("createdBy", shown.created_by).member("approvedBy", shown.approved_by);
    time_member(writer, "startAt", shown.start_at);
    time_member(writer, "createdAt", shown.created_at);
    time_member(writer, "startedAt", shown.started_at);
    time_member(writer, "endedAt", shown.ended_at);
    writer.end();
}

std::string body_of(staging::Picture const& picture) {
    std::string body;
    json::Writer writer(body);
    write_rollout(writer, picture, rollout::Dids::written);
    return body;
}

void write_place(json::Writer& writer, PlaceRow const& row) {
    auto const& place = row.place;
    writer.object().member("did", place.did.value);
    writer.member("wave", place.wave > 0 ? std::optional(place.wave) : std::nullopt);
    text_or_null(writer, "state", row.upgrade ? word(row.upgrade->state) : std::string_view());
    writer.member("upgradeId", place.upgrade.value)
        .member("judged", word_in(rollout::judged_words, place.judged));
    time_member(writer, "handedOutAt", place.handed_out_at);
    writer.end();
}

void write_note(json::Writer& writer, RolloutNote const& note) {
    writer.object();
    time_member(writer, "at", note.at);
    writer.member("kind", note.kind).member("by", note.by).member("wave", note.wave);
    text_or_null(writer, "text", note.text);
    writer.end();
}

}  // namespace updraft::admin
