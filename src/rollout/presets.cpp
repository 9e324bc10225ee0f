#include "rollout/presets.h"

#include <chrono>

namespace updraft::rollout {
namespace {

using std::chrono::hours;
using std::chrono::minutes;

Wave devices(std::int64_t count, Millis soak) { return {.devices = count, .soak = soak}; }
Wave percent(std::int64_t share, Millis soak) {
    return {.millionths = share * millionths_of_a_percent, .soak = soak};
}
Wave everybody() { return percent(100, Millis{0}); }

}  // namespace

Plan preset_plan(std::string_view preset) {
    Plan plan;
    plan.preset = preset;
    if (preset == "careful") {
        plan.failure_limit_percent = 1;
        plan.waves = {devices(10, hours{48}), devices(100, hours{48}), percent(1, hours{48}),
                      percent(5, hours{48}),  percent(25, hours{48}),  everybody()};
    } else if (preset == "urgent") {
        plan.settle_time = minutes{60};
        plan.waves = {devices(10, hours{2}), percent(5, hours{2}), percent(25, hours{2}),
                      everybody()};
    } else {
        plan.waves = {devices(10, hours{24}), devices(100, hours{12}), percent(1, hours{12}),
                      percent(10, hours{12}), percent(50, hours{12}),  everybody()};
    }
    return plan;
}

Plan with_waves_at_start(Plan plan, std::int64_t audience_count) {
    if (!plan.waves_given && audience_count < small_audience_below) {
        plan.waves = {devices(1, hours{24}), devices(10, hours{12}), everybody()};
    }
    plan.waves_given = true;
    return plan;
}

}  // namespace updraft::rollout
