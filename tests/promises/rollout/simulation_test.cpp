// How many devices a bad build harms before its rollout halts: a simulated fleet of a million on a
// clock that the test moves, under the real rules.
//
// The fleet: every device polls every 5 minutes; a download takes 8 minutes on average
// (exponentially distributed), an installation 3 to 8. Half of the bad devices fall silent unless
// said otherwise, the others report their failure.
//
// UPDRAFT_SEEDS is the number of runs of each build (./dev torture: 200). UPDRAFT_ROLLOUT_TABLE
// names a file to which a row of the table in docs/rollouts.md is appended for each build.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <queue>
#include <random>

#include "rollout/bucket.h"
#include "rollout/coverage.h"
#include "rollout/gate.h"
#include "rollout/growth.h"
#include "rollout/outcome.h"
#include "rollout/presets.h"
#include "rollout/wave_course.h"

namespace updraft::rollout {
namespace {

using namespace std::chrono_literals;

constexpr int fleet_size = 1'000'000;
constexpr Millis step = 1min;
constexpr Millis poll = 5min;
constexpr Millis horizon = 24h * 14;
constexpr ReleaseId the_release{17};

// How a build fails.
struct Build {
    std::string name;
    double fails = 0;           // Share of devices.
    double silently = 0.5;      // Share of these that fall silent.
    Millis later{};             // More than 0: these succeed, and go back so long afterwards.
    double downloads_fail = 0;  // Share of devices that never get the file.
};

struct Run {
    std::optional<HaltReason> halted;
    std::int64_t handed_out = 0;
    std::int64_t harmed = 0;
    Millis lasted{};
};

// The devices in the order of their buckets.
struct Queue {
    std::vector<std::int64_t> buckets;

    Queue() {
        for (int n = 0; n < fleet_size; ++n) {
            buckets.push_back(bucket_of(the_release, Did{"device-" + std::to_string(n)}));
        }
        std::ranges::sort(buckets);
    }
    // How many devices a wave covers.
    [[nodiscard]] int covered(Wave const& wave) const {
        if (!wave.millionths) return fleet_size;
        return static_cast<int>(std::ranges::lower_bound(buckets, *wave.millionths) -
                                buckets.begin());
    }
};

enum class Fate : std::uint8_t { good, fails, falls_silent, goes_back, never_arrives };

struct Member {
    Place place;
    Fate fate = Fate::good;
    Instant arrives;  // The last byte.
    Instant ends;     // The device reports its end.
};

class SimulatedRollout {
public:
    SimulatedRollout(Build const& build, Queue const& queue, std::uint32_t seed,
                     std::int64_t enough)
        : build_(build), queue_(queue), random_(seed), enough_(enough), taken_(fleet_size) {
        rollout_.plan = preset_plan("standard");
        rollout_.release = the_release;
        rollout_.mode = Mode::install;
        rollout_.state = State::running;
        rollout_.audience_count = fleet_size;
        tempo_ = tempo_of(rollout_.plan, rhythm_, start_ - 24h);
        for (std::size_t i = 0; i <= rollout_.plan.waves.size(); ++i) {
            tallies_.push_back({.epoch = 0, .wave = static_cast<std::int64_t>(i), .tally = {}});
        }
        open_first_wave(rollout_, start_);
    }

    Run run() {
        auto now = start_;
        while (now < start_ + horizon && !run_.halted && rollout_.state == State::running &&
               run_.handed_out < enough_) {
            bool const moved = see_events(now);
            if (moved) run_.halted = judge(rollout_.plan, total_of_epoch(tallies_, 0));
            if (run_.halted) break;
            bool const grew = pass_waves(now) | hand_out(now);
            now = moved || grew ? now + step : next_moment(now);
        }
        run_.lasted = now - start_;
        return run_;
    }

private:
    struct Event {
        Instant at;
        std::size_t member;
        bool operator>(Event const& other) const { return at > other.at; }
    };

    double chance() { return std::uniform_real_distribution<double>(0, 1)(random_); }

    Fate draw_fate() {
        if (chance() < build_.downloads_fail) return Fate::never_arrives;
        if (chance() >= build_.fails) return Fate::good;
        if (build_.later > 0ms) return Fate::goes_back;
        return chance() < build_.silently ? Fate::falls_silent : Fate::fails;
    }

    void put(Member& member, Place after) {
        auto& tally = tallies_[static_cast<std::size_t>(after.wave)].tally;
        tally += tally_of(after);
        tally -= tally_of(member.place);
        member.place = std::move(after);
    }

    void schedule(std::size_t index, std::optional<Instant> at) {
        if (at) events_.push({*at, index});
    }

    void begin(std::size_t index, Instant now) {
        auto& member = members_[index];
        put(member, when_handed_out(member.place, tempo_, now));
        auto const minutes = [](double count) {
            return Millis{static_cast<std::int64_t>(count * 60'000)};
        };
        member.arrives = now + minutes(std::exponential_distribution<double>(1.0 / 8)(random_));
        member.ends = member.arrives + minutes(3 + 5 * chance());
        if (member.fate == Fate::never_arrives) member.ends = member.arrives;
        schedule(index, member.ends);
        schedule(index, member.place.check_at);
        if (member.fate != Fate::goes_back) return;
        auto const more = chance() < build_.silently ? Millis{1h} : Millis{0};
        schedule(index, member.ends + build_.later + more + minutes(5 * chance()));
    }

    [[nodiscard]] Signs signs_of(Member const& member, Instant now) const {
        auto const since = now - *member.place.handed_out_at;
        auto heard = now - since % poll;
        Signs signs{.state = upgrade::State::downloading, .heard_at = heard};
        if (member.fate == Fate::never_arrives) {
            if (now >= member.ends) signs.state = upgrade::State::failed;
            signs.cause = "download_failed";
            signs.ended_at = member.ends;
            return signs;
        }
        if (now < member.arrives) return signs;
        signs.has_all_bytes = true;
        signs.state = upgrade::State::installing;
        if (member.fate == Fate::falls_silent) signs.heard_at = member.arrives;
        if (now < member.ends || member.fate == Fate::falls_silent) return signs;
        bool const failed = member.fate == Fate::fails;
        signs.state = failed ? upgrade::State::failed : upgrade::State::succeeded;
        signs.cause = failed ? "device_error" : "";
        signs.ended_at = member.ends;
        signs.heard_at = std::max(heard, member.ends);
        return signs;
    }

    // What is known of a member now.
    void look_at(std::size_t index, Instant now) {
        auto& member = members_[index];
        auto const& place = member.place;
        if (place.retry_at && now >= *place.retry_at) {
            put(member, when_tried_again(place, UpgradeId{}, rhythm_, now));
            begin(index, now);
            return;
        }
        bool const went_back = member.fate == Fate::goes_back && now >= member.ends + build_.later;
        if (went_back && reverts(place, rollout_.plan, Reported::other, now)) {
            put(member, when_reverted(place, tempo_, now));
        } else {
            put(member, when_looked_at(place, rollout_.plan, tempo_, signs_of(member, now), now));
        }
        schedule(index, place.check_at);
        schedule(index, place.retry_at);
    }

    bool see_events(Instant now) {
        bool any = false;
        for (; !events_.empty() && events_.top().at <= now; any = true) {
            auto const event = events_.top();
            events_.pop();
            look_at(event.member, now);
        }
        return any;
    }

    bool pass_waves(Instant now) {
        note_full(rollout_, tallies_, now);
        WaveFacts const facts{
            .tallies = tallies_, .tempo = tempo_, .middle_handed_out_at = {}, .idle_since = {}};
        if (passing(rollout_, facts, now) == Passing::not_yet) return false;
        pass_wave(rollout_, now);
        return true;
    }

    [[nodiscard]] std::optional<Instant> middle_handed_out_at() const {
        auto const count = members_.size() - first_of_wave_;
        if (count == 0) return std::nullopt;
        return members_[first_of_wave_ + count / 2].place.handed_out_at;
    }

    // A device that the open wave covers and that has no place.
    void take_any() {
        std::uniform_int_distribution<int> any(0, covered_ - 1);
        int device = any(random_);
        while (taken_[static_cast<std::size_t>(device)]) device = any(random_);
        taken_[static_cast<std::size_t>(device)] = true;
        ++taken_count_;
    }

    bool hand_out(Instant now) {
        if (rollout_.state != State::running) return false;
        Supply const supply{
            .wave_places = places_left_in_wave(rollout_, tallies_, For::others, now),
            .starts = rollout_.plan.per_minute_max};
        auto const without = covered_ - taken_count_;
        auto const showing_up = std::min(without, without / 5 + 1);
        auto const count =
            std::min(room(rollout_.plan, total_of_epoch(tallies_, 0), supply).places, showing_up);
        for (std::int64_t i = 0; i < count; ++i) {
            take_any();
            Member member{.place = {}, .fate = draw_fate(), .arrives = now, .ends = now};
            member.place.wave = static_cast<std::int64_t>(*rollout_.wave) + 1;
            member.place = when_taken(member.place, rhythm_, now);
            tallies_[*rollout_.wave + 1].tally += tally_of(member.place);
            bool const bad = member.fate != Fate::good && member.fate != Fate::never_arrives;
            run_.harmed += bad ? 1 : 0;
            members_.push_back(std::move(member));
            begin(members_.size() - 1, now);
        }
        run_.handed_out += std::max<std::int64_t>(count, 0);
        return count > 0;
    }

    // When anything can happen next.
    [[nodiscard]] Instant next_moment(Instant now) const {
        auto next = start_ + horizon;
        if (!events_.empty()) next = std::min(next, events_.top().at);
        if (auto const soaked = soak_until(rollout_, *rollout_.wave)) {
            if (*soaked > now) next = std::min(next, *soaked);
        }
        if (auto const middle = middle_handed_out_at()) {
            auto const soaked = *middle + rollout_.plan.waves[*rollout_.wave].soak;
            if (soaked > now) next = std::min(next, soaked);
        }
        auto const steps = (next - now + step - Millis{1}) / step;
        return now + std::max<std::int64_t>(steps, 1) * step;
    }

    Build const& build_;
    Queue const& queue_;
    std::mt19937 random_;
    std::int64_t enough_;
    std::vector<bool> taken_;
    int covered_ = fleet_size;      // The devices that the open wave covers are the first ones.
    std::int64_t taken_count_ = 0;  // Of these.
    std::size_t first_of_wave_ = 0;
    Instant start_{1'000'000'000'000};
    Rhythm rhythm_{.polling = poll, .gap_p99 = {}};
    Tempo tempo_;
    Rollout rollout_;
    std::vector<WaveTally> tallies_;
    std::vector<Member> members_;
    std::priority_queue<Event, std::vector<Event>, std::greater<>> events_;
    Run run_;
};

int number_of_seeds() {
    auto const* given = std::getenv("UPDRAFT_SEEDS");
    return given == nullptr ? 20 : std::max(1, std::atoi(given));
}

std::vector<Run> runs_of(Build const& build, std::int64_t enough) {
    static Queue const queue;
    std::vector<Run> runs;
    for (int seed = 0; seed < number_of_seeds(); ++seed) {
        runs.push_back(
            SimulatedRollout(build, queue, static_cast<std::uint32_t>(seed), enough).run());
    }
    return runs;
}

template <class Value>
std::pair<Value, Value> median_and_worst(std::vector<Run> const& runs, Value Run::*member) {
    std::vector<Value> values;
    for (auto const& run : runs) values.push_back(run.*member);
    std::ranges::sort(values);
    return {values[values.size() / 2], values.back()};
}

int halted(std::vector<Run> const& runs) {
    return static_cast<int>(
        std::ranges::count_if(runs, [](Run const& run) { return run.halted.has_value(); }));
}

void write_row(Build const& build, std::vector<Run> const& runs) {
    auto const* const file = std::getenv("UPDRAFT_ROLLOUT_TABLE");
    if (file == nullptr) return;
    auto const [harmed, harmed_worst] = median_and_worst(runs, &Run::harmed);
    auto const [handed_out, handed_out_worst] = median_and_worst(runs, &Run::handed_out);
    auto const hours = static_cast<double>(median_and_worst(runs, &Run::lasted).first / 6min) / 10;
    std::ofstream(file, std::ios::app)
        << "| " << build.name << " | " << handed_out << " / " << handed_out_worst << " | " << harmed
        << " / **" << harmed_worst << "** | " << halted(runs) << " of " << runs.size() << " | "
        << hours << " |\n";
}

struct HarmCase {
    Build build;
    std::int64_t harmed_max;
};
class HarmOfABadBuild : public testing::TestWithParam<HarmCase> {};
TEST_P(HarmOfABadBuild, IsBounded) {
    auto const& [build, harmed_max] = GetParam();
    auto const runs = runs_of(build, 200'000);
    write_row(build, runs);
    EXPECT_EQ(halted(runs), static_cast<int>(runs.size()));
    EXPECT_LE(median_and_worst(runs, &Run::harmed).second, harmed_max);
}
INSTANTIATE_TEST_SUITE_P(
    , HarmOfABadBuild,
    testing::Values(
        HarmCase{{.name = "100 % fail at once", .fails = 1, .silently = 0}, 10},
        HarmCase{{.name = "100 % fall silent", .fails = 1, .silently = 1}, 10},
        HarmCase{{.name = "100 % fail six hours later", .fails = 1, .later = 6h}, 10},
        HarmCase{{.name = "50 %", .fails = 0.5}, 20}, HarmCase{{.name = "20 %", .fails = 0.2}, 20},
        HarmCase{{.name = "10 %", .fails = 0.1}, 40}, HarmCase{{.name = "5 %", .fails = 0.05}, 100},
        HarmCase{{.name = "3 %", .fails = 0.03}, 300},
        HarmCase{{.name = "50 % fail six hours later", .fails = 0.5, .later = 6h}, 60},
        HarmCase{{.name = "20 % fail six hours later", .fails = 0.2, .later = 6h}, 60}));

// Devices that get a build which does not fail more often than accepted.
std::int64_t good_devices() { return number_of_seeds() > 20 ? 20'000 : 4'000; }

class AnAcceptableBuild : public testing::TestWithParam<Build> {};
TEST_P(AnAcceptableBuild, IsHaltedInOnePercentOfRolloutsAtMost) {
    auto const runs = runs_of(GetParam(), good_devices());
    write_row(GetParam(), runs);
    EXPECT_LE(halted(runs) * 100, number_of_seeds());
    EXPECT_GE(median_and_worst(runs, &Run::handed_out).first, good_devices());
}
INSTANTIATE_TEST_SUITE_P(, AnAcceptableBuild,
                         testing::Values(Build{.name = "0.5 %", .fails = 0.005},
                                         Build{.name = "1 %", .fails = 0.01},
                                         Build{.name = "exactly 2 %, the limit", .fails = 0.02}));

TEST(AHealthyBuild, IsNeverHaltedForBadWifi) {
    Build const build{.name = "healthy, 3 % of downloads fail for good", .downloads_fail = 0.03};
    auto const runs = runs_of(build, good_devices());
    write_row(build, runs);
    EXPECT_EQ(halted(runs), 0);
}

TEST(AHealthyBuild, ThatThirtyPercentCannotDownloadIsHaltedAsUnreachable) {
    Build const build{.name = "healthy, 30 % of downloads fail for good", .downloads_fail = 0.3};
    auto const runs = runs_of(build, 20'000);
    write_row(build, runs);
    EXPECT_EQ(std::ranges::count(runs, std::optional(HaltReason::unreachable), &Run::halted),
              number_of_seeds());
}

}  // namespace
}  // namespace updraft::rollout
