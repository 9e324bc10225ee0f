#include "rollout/read_plan.h"

#include <algorithm>
#include <array>

#include "rollout/presets.h"
#include "rollout/read_parts.h"
#include "text/duration.h"

namespace updraft::rollout {
namespace {

constexpr Millis a_day = std::chrono::hours{24};
constexpr Millis a_second = std::chrono::seconds{1};

struct Given {
    json::Value const& value;
    std::string path;  // Of the member.
    TimeZones const* zones;
};

template <auto member, std::int64_t least, std::int64_t most>
Result<void> whole_into(Plan& plan, Given const& given) {
    TRY_ASSIGN(plan.*member, whole_between(given.value, least, most, given.path));
    return {};
}

template <auto member, double least, double most>
Result<void> percent_into(Plan& plan, Given const& given) {
    TRY_ASSIGN(plan.*member, number_between(given.value, least, most, given.path));
    return {};
}

template <auto member, std::int64_t days>
Result<void> duration_into(Plan& plan, Given const& given) {
    TRY_ASSIGN(plan.*member, duration_between(given.value, a_second, days * a_day, given.path));
    return {};
}

template <auto member, class Enum, auto const& words>
Result<void> word_into(Plan& plan, Given const& given) {
    auto const* const text = given.value.string();
    auto const value = text == nullptr ? std::nullopt : value_in<Enum>(words, *text);
    if (!value) {
        std::string list;
        for (auto const word : words) list += (list.empty() ? "" : ", ") + std::string(word);
        return fail(Errc::invalid, given.path + " must be one of " + list);
    }
    plan.*member = *value;
    return {};
}

Result<void> silent_after_into(Plan& plan, Given const& given) {
    if (given.value.string() != nullptr && *given.value.string() == "auto") {
        plan.silent_after.reset();
        return {};
    }
    auto const length = duration_between(given.value, a_second, 30 * a_day, given.path);
    if (!length) {
        return fail(Errc::invalid, given.path +
                                       " must be \"auto\" or a duration from \"1s\" to "
                                       "\"30d\"");
    }
    plan.silent_after = *length;
    return {};
}

Result<void> waves_into(Plan& plan, Given const& given) {
    TRY_ASSIGN(plan.waves, read_waves(given.value, given.path));
    plan.waves_given = true;
    return {};
}

Result<void> window_into(Plan& plan, Given const& given) {
    TRY_ASSIGN(plan.window, read_window(given.value, given.path, given.zones));
    plan.window_given = true;
    return {};
}

Result<void> retry_into(Plan& plan, Given const& given) {
    auto const* const object = given.value.object();
    if (object == nullptr) return fail(Errc::invalid, given.path + " must be an object");
    TRY(refuse_unknown(*object, {"times", "after"}, given.path));
    TRY_ASSIGN(auto const* const times, object->find("times"));
    TRY_ASSIGN(auto const* const after, object->find("after"));
    if (times != nullptr) {
        TRY_ASSIGN(plan.retry.times, whole_between(*times, 0, 3, given.path + ".times"));
    }
    if (after != nullptr) {
        TRY_ASSIGN(plan.retry.after,
                   duration_between(*after, a_second, 30 * a_day, given.path + ".after"));
    }
    return {};
}

// Gives `to` what `preset` has in that member.
template <auto... members>
void take(Plan& to, Plan const& preset) {
    ((to.*members = preset.*members), ...);
}
template <auto... members>
bool is_alike(Plan const& a, Plan const& b) {
    return ((a.*members == b.*members) && ...);
}

struct PlanMember {
    std::string_view name;
    Result<void> (*read)(Plan&, Given const&);
    void (*take)(Plan& to, Plan const& preset);
    bool (*is_alike)(Plan const& a, Plan const& b);
};
template <auto... members>
constexpr PlanMember row(std::string_view name, Result<void> (*read)(Plan&, Given const&)) {
    return {name, read, take<members...>, is_alike<members...>};
}

constexpr auto plan_members = std::to_array<PlanMember>({
    row<&Plan::waves, &Plan::waves_given>("waves", waves_into),
    row<&Plan::per_minute_max>("maxPerMinute", whole_into<&Plan::per_minute_max, 1, 1'000'000>),
    row<&Plan::in_flight_max>("maxInFlight", whole_into<&Plan::in_flight_max, 1, 10'000'000>),
    row<&Plan::first_unproven>("firstUnproven", whole_into<&Plan::first_unproven, 1, 100'000>),
    row<&Plan::failure_limit_percent>("failureLimitPercent",
                                      percent_into<&Plan::failure_limit_percent, 0.1, 50.0>),
    row<&Plan::false_alarm_percent>("falseAlarmPercent",
                                    percent_into<&Plan::false_alarm_percent, 0.01, 10.0>),
    row<&Plan::unreached_limit_percent>("unreachedLimitPercent",
                                        percent_into<&Plan::unreached_limit_percent, 1.0, 100.0>),
    row<&Plan::settle_time>("settleTime", duration_into<&Plan::settle_time, 30>),
    row<&Plan::silent_after>("silentAfter", silent_after_into),
    row<&Plan::revert_watch>("revertWatch", duration_into<&Plan::revert_watch, 90>),
    row<&Plan::pass_share_percent>("passShare",
                                   percent_into<&Plan::pass_share_percent, 1.0, 100.0>),
    row<&Plan::harmed_max>("maxHarmed", whole_into<&Plan::harmed_max, 1, 1'000'000>),
    row<&Plan::on_halt>("onHalt", word_into<&Plan::on_halt, StopAction, stop_action_words>),
    row<&Plan::on_stop>("onStop", word_into<&Plan::on_stop, StopAction, stop_action_words>),
    row<&Plan::install>("install", word_into<&Plan::install, InstallWord, install_word_words>),
    row<&Plan::window, &Plan::window_given>("window", window_into),
    row<&Plan::retry>("retry", retry_into),
    row<&Plan::user_may_pull>("userMayPull",
                              word_into<&Plan::user_may_pull, UserMayPull, user_may_pull_words>),
});

// What is as in the old preset becomes as in the new one.
Result<void> change_preset(Plan& plan, json::Value const& value, std::string const& path) {
    auto const* const name = value.string();
    if (name == nullptr || std::ranges::find(preset_words, *name) == preset_words.end()) {
        return fail(Errc::invalid, path + " must be standard, careful or urgent");
    }
    auto const before = preset_plan(plan.preset);
    auto const after = preset_plan(*name);
    for (auto const& member : plan_members) {
        if (member.is_alike(plan, before)) member.take(plan, after);
    }
    plan.preset = *name;
    return {};
}

Result<Plan> changed(Plan plan, json::Value const& value, std::string const& path,
                     TimeZones const* zones) {
    if (value.string() != nullptr) {
        plan = preset_plan("standard");
        TRY(change_preset(plan, value, path));
        return plan;
    }
    if (value.object() == nullptr) {
        return fail(Errc::invalid, path + " must be a preset's name or an object");
    }
    auto const& object = *value.object();
    auto const twice = [&](Error const& error) {
        return fail(Errc::invalid, path + "." + error.detail);
    };
    auto const preset_name = object.find("preset");
    if (!preset_name) return twice(preset_name.error());
    if (*preset_name != nullptr) TRY(change_preset(plan, **preset_name, path + ".preset"));
    auto const preset = preset_plan(plan.preset);
    for (auto const& [name, content] : object.members) {
        if (name == "preset") continue;
        auto const member = std::ranges::find(plan_members, name, &PlanMember::name);
        auto const here = path + "." + name;
        if (member == plan_members.end()) return fail(Errc::invalid, here + " is unknown");
        auto const found = object.find(name);
        if (!found) return twice(found.error());
        if (content.is_null()) {
            member->take(plan, preset);
        } else {
            TRY(member->read(plan, {content, here, zones}));
        }
    }
    return plan;
}

Result<Plan> checked(Plan plan, Mode mode, std::string const& path) {
    if (mode == Mode::install && !plan.window_given) {
        return fail(Errc::invalid, path +
                                       ".window is missing: with mode install it must be given "
                                       "(\"any\" for all times)");
    }
    if (mode == Mode::offer && plan.user_may_pull == UserMayPull::never) {
        return fail(Errc::invalid, path +
                                       ".userMayPull cannot be never with mode offer, in which "
                                       "users decide");
    }
    return plan;
}

Error stored_badly(Error const& error) {
    return {Errc::corrupt, "a stored plan cannot be read: " + error.detail};
}

Result<ReleasePlan> release_plan_of(json::Object const& given, TimeZones const* zones) {
    TRY(refuse_unknown(given, {"mode", "plan"}, "releasePlan"));
    TRY_ASSIGN(auto const word, json::text_member(given, "mode"));
    auto const mode = word ? value_in<Mode>(mode_words, *word) : std::nullopt;
    if (!mode) return fail(Errc::invalid, "releasePlan.mode must be offer or install");
    TRY_ASSIGN(auto const* const said, given.find("plan"));
    auto plan = preset_plan("standard");
    if (said != nullptr) {
        TRY_ASSIGN(plan, changed(std::move(plan), *said, "releasePlan.plan", zones));
    }
    TRY_ASSIGN(plan, checked(std::move(plan), *mode, "releasePlan.plan"));
    return ReleasePlan{*mode, std::move(plan)};
}

}  // namespace

Result<Plan> read_plan(json::Value const* given, Mode mode, TimeZones const& zones) {
    auto plan = preset_plan("standard");
    if (given != nullptr) {
        TRY_ASSIGN(plan, changed(std::move(plan), *given, "plan", &zones));
    }
    return checked(std::move(plan), mode, "plan");
}

Result<Plan> patched_plan(Plan const& before, json::Value const& patch, Mode mode,
                          TimeZones const& zones) {
    TRY_ASSIGN(auto plan, changed(before, patch, "plan", &zones));
    return checked(std::move(plan), mode, "plan");
}

Result<Plan> read_stored_plan(std::string_view text) {
    auto const value = json::read(text);
    if (!value) return fail(stored_badly(value.error()));
    auto plan = changed(preset_plan("standard"), *value, "plan", nullptr);
    if (!plan) return fail(stored_badly(plan.error()));
    return plan;
}

Result<ReleasePlan> read_release_plan(json::Object const& given, TimeZones const& zones) {
    return release_plan_of(given, &zones);
}

Result<ReleasePlan> read_stored_release_plan(std::string_view text) {
    auto const object = json::read_object(text);
    if (!object) return fail(stored_badly(object.error()));
    auto plan = release_plan_of(*object, nullptr);
    if (!plan) return fail(stored_badly(plan.error()));
    return plan;
}

}  // namespace updraft::rollout
