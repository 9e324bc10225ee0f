#include "admin/read_rollout.h"

#include <algorithm>

#include "admin/reading.h"
#include "rollout/read_audience.h"
#include "rollout/read_plan.h"

namespace updraft::admin {
namespace {

Result<std::optional<rollout::Mode>> optional_mode(json::Object const& said) {
    TRY_ASSIGN(auto const text, json::text_member(said, "mode"));
    if (!text) return std::optional<rollout::Mode>{};
    auto const mode = value_in<rollout::Mode>(rollout::mode_words, *text);
    if (!mode) return fail(Errc::invalid, "mode must be offer or install");
    return mode;
}

Result<std::optional<Instant>> optional_time(json::Object const& said, std::string_view name) {
    TRY_ASSIGN(auto const text, json::text_member(said, name));
    if (!text) return std::optional<Instant>{};
    auto const at = read_rfc3339(*text);
    if (!at) return fail(Errc::invalid, std::string(name) + " must be a time as in RFC 3339");
    return at;
}

// The members that a creation and the release of a firmware have in common.
Result<staging::ToCreate> read_wish(json::Object const& said, TimeZones const& zones) {
    staging::ToCreate wanted;
    TRY_ASSIGN(auto name, optional_title(said, "name", rollout::rollout_name_bytes_max));
    wanted.name = std::move(name).value_or("");
    TRY_ASSIGN(auto const mode, optional_mode(said));
    if (!mode) return fail(Errc::invalid, "mode is missing: offer or install");
    wanted.mode = *mode;
    TRY_ASSIGN(auto const* const audience, said.find("audience"));
    TRY_ASSIGN(wanted.audience, rollout::read_audience(audience));
    TRY_ASSIGN(auto const* const plan, said.find("plan"));
    TRY_ASSIGN(wanted.plan, rollout::read_plan(plan, wanted.mode, zones));
    TRY_ASSIGN(wanted.start_at, optional_time(said, "startAt"));
    return wanted;
}

// The member also when it is `null`; nullptr when it is absent. Errc::invalid when it occurs twice.
Result<json::Value const*> given(json::Object const& said, std::string_view name) {
    TRY(said.find(name));
    auto const found = std::ranges::find(said.members, name, &json::Member::first);
    return found == said.members.end() ? nullptr : &found->second;
}

}  // namespace

Result<void> check_members(json::Object const& said,
                           std::initializer_list<std::string_view> known) {
    for (auto const& [name, value] : said.members) {
        if (std::ranges::find(known, name) != known.end()) continue;
        std::string all;
        for (auto const one : known) (all += all.empty() ? "" : ", ") += one;
        return fail(Errc::invalid, name + " is not a member of this body; it has " + all);
    }
    return {};
}

Result<staging::ToCreate> read_rollout(json::Object const& said, TimeZones const& zones) {
    TRY(check_members(said, {"firmwareId", "name", "mode", "audience", "plan", "startAt"}));
    TRY_ASSIGN(auto const release, optional_release_id(said, "firmwareId"));
    if (!release) return fail(Errc::invalid, "firmwareId is missing");
    TRY_ASSIGN(auto wanted, read_wish(said, zones));
    wanted.release = *release;
    return wanted;
}

Result<staging::ToCreate> read_rollout_of(ReleaseId release, json::Object const& said,
                                          TimeZones const& zones) {
    auto wanted = [&]() -> Result<staging::ToCreate> {
        TRY(check_members(said, {"name", "mode", "audience", "plan", "startAt"}));
        return read_wish(said, zones);
    }();
    if (!wanted) return fail(wanted.error().code, "rollout." + wanted.error().detail);
    wanted->release = release;
    return wanted;
}

Result<void> patch_rollout(rollout::Rollout& rollout, json::Object const& said,
                           TimeZones const& zones) {
    TRY(check_members(said, {"name", "mode", "audience", "plan", "startAt"}));
    for (auto const* const name : {"mode", "audience", "plan"}) TRY(refuse_null(said, name));
    TRY_ASSIGN(auto name, optional_title(said, "name", rollout::rollout_name_bytes_max));
    if (name || given_null(said, "name")) rollout.name = std::move(name).value_or("");
    TRY_ASSIGN(auto const mode, optional_mode(said));
    rollout.mode = mode.value_or(rollout.mode);
    TRY_ASSIGN(auto const* const audience, given(said, "audience"));
    if (audience != nullptr) {
        TRY_ASSIGN(rollout.audience, rollout::patched_audience(rollout.audience, *audience));
    }
    TRY_ASSIGN(auto const* const plan, given(said, "plan"));
    if (plan != nullptr || mode) {
        json::Value const nothing{json::Object{}};
        TRY_ASSIGN(rollout.plan, rollout::patched_plan(rollout.plan, plan ? *plan : nothing,
                                                       rollout.mode, zones));
    }
    TRY_ASSIGN(auto const start_at, optional_time(said, "startAt"));
    if (start_at || given_null(said, "startAt")) rollout.start_at = start_at;
    return {};
}

Result<staging::Move> read_move(RolloutId id, staging::Act act, json::Object const& said) {
    TRY(check_members(said, {"note", "acknowledge"}));
    staging::Move move{.id = id, .act = act};
    TRY_ASSIGN(auto note, optional_text(said, "note", rollout_note_bytes_max));
    move.note = std::move(note).value_or("");
    TRY_ASSIGN(auto const acknowledged, json::truth_member(said, "acknowledge"));
    move.acknowledged = acknowledged.value_or(false);
    return move;
}

}  // namespace updraft::admin
