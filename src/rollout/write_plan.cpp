#include "rollout/write_plan.h"

#include <cstdint>

#include "rollout/read_parts.h"
#include "rollout/rollout.h"
#include "text/duration.h"

namespace updraft::rollout {
namespace {

enum class Waves : std::uint8_t { all, given_only };

std::string percent_of(std::int64_t millionths) {
    return written_number(static_cast<double>(millionths) /
                          static_cast<double>(millionths_of_a_percent));
}

void write_waves(json::Writer& out, std::vector<Wave> const& waves) {
    out.key("waves").array();
    for (auto const& wave : waves) {
        out.object();
        if (!wave.name.empty()) out.member("name", wave.name);
        if (wave.devices) out.member("devices", *wave.devices);
        if (wave.millionths) out.key("percent").raw(percent_of(*wave.millionths));
        out.member("soak", text::written_duration(wave.soak));
        if (wave.approval) out.member("approval", true);
        out.end();
    }
    out.end();
}

void write_window(json::Writer& out, Plan const& plan) {
    out.key("window");
    if (!plan.window) {
        if (plan.window_given) {
            out.value("any");
        } else {
            out.null();
        }
        return;
    }
    auto const& window = *plan.window;
    out.object();
    out.key("days").array();
    for (std::size_t i = 0; i < day_words.size(); ++i) {
        if ((window.days >> i & 1U) != 0) out.value(day_words[i]);
    }
    out.end();
    out.member("from", written_time(window.from));
    out.member("to", written_time(window.to));
    out.member("zone", window.zone);
    out.end();
}

void write(json::Writer& out, Plan const& plan, Waves waves) {
    auto const number = [&](std::string_view name, double value) {
        out.key(name).raw(written_number(value));
    };
    auto const duration = [&](std::string_view name, Millis length) {
        out.member(name, text::written_duration(length));
    };
    out.object();
    out.member("preset", plan.preset);
    if (waves == Waves::all || plan.waves_given) write_waves(out, plan.waves);
    out.member("maxPerMinute", plan.per_minute_max);
    out.member("maxInFlight", plan.in_flight_max);
    out.member("firstUnproven", plan.first_unproven);
    number("failureLimitPercent", plan.failure_limit_percent);
    number("falseAlarmPercent", plan.false_alarm_percent);
    number("unreachedLimitPercent", plan.unreached_limit_percent);
    duration("settleTime", plan.settle_time);
    out.member("silentAfter",
               plan.silent_after ? text::written_duration(*plan.silent_after) : "auto");
    duration("revertWatch", plan.revert_watch);
    number("passShare", plan.pass_share_percent);
    out.member("maxHarmed", plan.harmed_max);
    out.member("onHalt", word_in(stop_action_words, plan.on_halt));
    out.member("onStop", word_in(stop_action_words, plan.on_stop));
    out.member("install", word_in(install_word_words, plan.install));
    write_window(out, plan);
    out.key("retry").object();
    out.member("times", plan.retry.times);
    duration("after", plan.retry.after);
    out.end();
    out.member("userMayPull", word_in(user_may_pull_words, plan.user_may_pull));
    out.end();
}

}  // namespace

void write_plan(json::Writer& out, Plan const& plan) { write(out, plan, Waves::all); }

std::string stored_plan(Plan const& plan) {
    std::string text;
    json::Writer out(text);
    write(out, plan, Waves::given_only);
    return text;
}

std::string stored_release_plan(ReleasePlan const& plan) {
    std::string text;
    json::Writer out(text);
    out.object();
    out.member("mode", word_in(mode_words, plan.mode));
    out.key("plan");
    write(out, plan.plan, Waves::given_only);
    out.end();
    return text;
}

}  // namespace updraft::rollout
