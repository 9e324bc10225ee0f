// Random reports, as an unreliable network and faulty devices cause them, compared with a small
// model.
//
// UPDRAFT_STEPS is the number of steps (./dev torture: a million); UPDRAFT_SEED repeats one run.
#include <algorithm>
#include <cstdlib>
#include <map>
#include <random>

#include "scene.h"

#include "ports/deliveries_table.h"

namespace updraft::upgrade {
namespace {

std::uint64_t from_environment(char const* name, std::uint64_t otherwise) {
    auto const* given = std::getenv(name);
    return given == nullptr ? otherwise : std::strtoull(given, nullptr, 10);
}

// Whether any sequence of events may lead from one state to the other. Derived from the contract,
// not from the transition table under test.
bool may_become(State from, State to) {
    if (from == to) return true;
    if (is_final(from)) return false;
    if (is_final(to)) return to != State::expired || from == State::queued;
    if (to == State::queued) return false;
    if (from == State::cancelling || to == State::cancelling) return true;
    return to > from;
}

// The last observed values of an upgrade.
struct Model {
    Did did;
    State state = State::queued;
    std::int64_t progress = 0;
};

struct Sent {
    std::string did;
    UpgradeId id;
    Report report;
};

class RandomReports : public Scene {
protected:
    static constexpr int devices = 6;

    int any(int below) { return std::uniform_int_distribution<int>(0, below - 1)(chance_); }
    static std::string name(int n) { return "lamp-" + std::to_string(n); }

    void order_something() {
        auto const did = name(any(devices));
        if (!order(did)) return;
        auto const now = active(did);
        ASSERT_TRUE(now);
        models_.try_emplace(now->id, Model{.did = Did{did}});
        if (any(4) != 0) (void)fetch(did, now->id);
    }

    Report any_report() {
        Report report;
        // Closing reports are rare, so that most upgrades get many reports.
        report.said = static_cast<Said>(any(12) == 0 ? 4 + any(4) : any(4));
        if (any(3) == 0) report.count = Count{any(120), any(8) == 0 ? 0 : 100};
        if (any(3) == 0) report.texts = {std::to_string(any(120)) + "% step"};
        return report;
    }

    void serve_any_bytes(UpgradeId id) {
        auto const from = std::int64_t{any(1'001)};
        serve(id, from, from + any(1'001 - static_cast<int>(from)));
    }

    // A report of the current upgrade, of an earlier one, of another device's, or of an unknown id.
    Sent any_sent() {
        Sent sent{.did = name(any(devices)), .id = {11}, .report = any_report()};
        auto const current = active(sent.did);
        if (current) sent.id = current->id;
        if (models_.empty() || (current && any(5) != 0)) return sent;
        auto const nth = any(static_cast<int>(std::min<std::size_t>(models_.size(), 40)));
        sent.id = std::next(models_.rbegin(), nth)->first;
        return sent;
    }

    void deliver(Sent const& sent) {
        auto const known = models_.find(sent.id);
        auto const told = say(sent.did, sent.id, sent.report);
        if (known == models_.end() || known->second.did.value != sent.did) {
            ASSERT_FALSE(told);
            ASSERT_EQ(told.error().code, Errc::not_found);
        } else if (is_final(known->second.state)) {
            ASSERT_FALSE(told);
            ASSERT_EQ(told.error().code, Errc::gone);
        } else if (told && is_closing(sent.report.said)) {
            // A closing report ends the upgrade in every state, also a cancelled one.
            ASSERT_TRUE(is_final(told->state));
            ASSERT_EQ(told->state == State::succeeded, sent.report.said == Said::succeeded);
        }
    }

    // Some reports are delayed, some are sent twice.
    void report_something() {
        auto sent = any_sent();
        if (any(4) == 0) {
            delayed_.push_back(sent);
            if (any(2) == 0) return;
        }
        deliver(sent);
        if (any(5) == 0) deliver(sent);
        while (delayed_.size() > 20 || (!delayed_.empty() && any(6) == 0)) {
            auto const nth = delayed_.begin() + any(static_cast<int>(delayed_.size()));
            auto const late = *nth;
            delayed_.erase(nth);
            deliver(late);
        }
    }

    void something_else() {
        auto const did = name(any(devices));
        auto const current = active(did);
        switch (any(6)) {
            case 0:
                (void)cancel(did);
                break;
            case 1:
            case 2:
                if (current) (void)answer(did, current->id, static_cast<CancelAnswer>(any(3)));
                break;
            case 3:
                if (current) serve_any_bytes(current->id);
                break;
            case 4:
                clock.advance(std::chrono::minutes{any(600)});
                expire();
                break;
            default:
                release("v" + std::to_string(++versions_));
        }
    }

    // Compares every upgrade that has not ended in the model; with `all`, also the ended ones.
    void compare(bool all) {
        for (auto& [id, model] : models_) {
            if (is_final(model.state) && !all) continue;
            auto const is = upgrade(id);
            ASSERT_TRUE(may_become(model.state, is.state))
                << word(model.state) << " became " << word(is.state);
            ASSERT_GE(is.progress, model.progress);
            ASSERT_EQ(is.progress == 100, is.state == State::succeeded);
            ASSERT_EQ(is_final(is.state), is.finished_at.has_value());
            model.state = is.state;
            model.progress = is.progress;
        }
    }

    // Counts the messages in the outbox. Nothing is sent in this test, so all of them are there.
    std::int64_t results_of(std::string const& did) {
        DeliveryFilter const filter{.appid = {}, .did = Did{did}, .state = {}};
        PageAsk ask{.after = {}, .limit = 500};
        std::int64_t count = 0;
        do {
            auto page = saw([&](Tx const& tx) { return tx.deliveries().list(filter, ask); });
            count += std::ranges::count(page.items, push::MsgType::result, &push::Delivery::type);
            ask.after = std::move(page.next);
        } while (ask.after);
        return count;
    }

    std::mt19937_64 chance_;
    std::map<UpgradeId, Model> models_;
    std::vector<Sent> delayed_;
    int versions_ = 1;
};

TEST_F(RandomReports, NeverLeaveTheCourseAndEveryUpgradeEndsWithOneResult) {
    auto const steps = from_environment("UPDRAFT_STEPS", 20'000);
    auto const seed = from_environment("UPDRAFT_SEED", 20'261'123);
    RecordProperty("seed", std::to_string(seed));
    chance_.seed(seed);
    release("v1");
    for (int n = 0; n < devices; ++n) device(name(n));
    for (std::uint64_t step = 0; step < steps && !HasFatalFailure(); ++step) {
        auto const kind = any(20);
        if (kind == 0) order_something();
        if (kind == 1) something_else();
        if (kind > 1) report_something();
        compare(step % (1 + steps / 20) == 0);
    }
    ASSERT_FALSE(HasFatalFailure()) << "UPDRAFT_SEED=" << seed;
    clock.advance(limits.queue_timeout + limits.stall_timeout);
    while (expire() > 0) continue;
    compare(true);
    std::map<std::string, std::int64_t> ended;
    for (auto const& [id, model] : models_) {
        ASSERT_TRUE(is_final(model.state)) << word(model.state);
        ++ended[model.did.value];
    }
    for (auto const& [did, upgrades] : ended) EXPECT_EQ(results_of(did), upgrades) << did;
    EXPECT_GT(models_.size(), steps / 500);
}

}  // namespace
}  // namespace updraft::upgrade
