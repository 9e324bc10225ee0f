#include "webpost/resolver.h"

#include <gtest/gtest.h>

#include <condition_variable>
#include <mutex>

namespace updraft::webpost {
namespace {

using NameSet = std::set<std::string>;

// Look-ups that end when the test says so.
class LookUps : public testing::Test {
protected:
    ~LookUps() override { finish(std::string("*")); }

    // Waits for the threads of look-ups that were begun.
    void await_running(NameSet const& names) {
        std::unique_lock lock(state_->mutex);
        state_->changed.wait(lock, [&] { return state_->running == names; });
    }
    void finish(std::string const& name) {
        std::scoped_lock const lock(state_->mutex);
        state_->finished.insert(name);
        state_->changed.notify_all();
    }
    // Lets that look-up end, and answers which names have ended.
    NameSet ended(std::string const& name, Millis now) {
        finish(name);
        std::unique_lock lock(state_->mutex);
        state_->changed.wait(lock, [&] { return state_->woken > 0; });
        --state_->woken;
        lock.unlock();
        NameSet names;
        for (auto const& one : resolver_.take_ended(now)) {
            EXPECT_EQ(one.addresses.found.size(), 1U);
            names.insert(one.name);
        }
        return names;
    }
    NameSet begun() {
        std::scoped_lock const lock(state_->mutex);
        return state_->begun;
    }

    // Threads share it: they may end after the test.
    struct State {
        std::mutex mutex;
        std::condition_variable changed;
        NameSet begun;
        NameSet running;
        NameSet finished;
        int woken = 0;
    };
    static Addresses look_up(State& state, std::string const& name) {
        std::unique_lock lock(state.mutex);
        state.begun.insert(name);
        state.running.insert(name);
        state.finished.erase(name);
        state.changed.notify_all();
        state.changed.wait(
            lock, [&] { return state.finished.contains(name) || state.finished.contains("*"); });
        state.running.erase(name);
        state.changed.notify_all();
        return {.found = {*text::Address::read("192.0.2.1")}, .trouble = {}};
    }

    static constexpr Millis at{5'000};
    static constexpr Millis soon{5'010};
    static constexpr Millis late{9'000};
    std::shared_ptr<State> state_ = std::make_shared<State>();
    Resolver resolver_{[state = state_] {
                           std::scoped_lock const lock(state->mutex);
                           ++state->woken;
                           state->changed.notify_all();
                       },
                       {.running_max = 4,
                        .slow_running_max = 2,
                        .slow_after = Millis{1'000},
                        .slow_names_max = 100},
                       [state = state_](std::string const& name) { return look_up(*state, name); }};
};

TEST_F(LookUps, OfOneNameRunOnceAtATime) {
    for (int i = 0; i < 3; ++i) resolver_.want("a", at);
    resolver_.want("b", at);
    await_running({"a", "b"});
    EXPECT_EQ(ended("a", soon), NameSet{"a"});
    await_running({"b"});
    resolver_.want("a", soon);
    await_running({"a", "b"});
}

TEST_F(LookUps, AboveTheLimitWaitInOrder) {
    for (auto const* name : {"a", "b", "c", "d", "e", "f"}) resolver_.want(name, at);
    await_running({"a", "b", "c", "d"});
    resolver_.forget("e");
    EXPECT_EQ(ended("b", soon), NameSet{"b"});
    await_running({"a", "c", "d", "f"});
    EXPECT_FALSE(begun().contains("e"));
}

TEST_F(LookUps, OfSlowNamesLeavePlacesForOthers) {
    for (auto const* name : {"slow1", "slow2", "slow3"}) {
        resolver_.want(name, at);
        await_running({name});
        EXPECT_EQ(ended(name, late), NameSet{name});
        await_running({});
    }
    for (auto const* name : {"slow1", "slow2", "slow3", "new", "good"}) resolver_.want(name, late);
    await_running({"slow1", "slow2", "new", "good"});
    // A place that a slow name leaves is taken by the next slow one, another place is not.
    EXPECT_EQ(ended("good", late), NameSet{"good"});
    await_running({"slow1", "slow2", "new"});
    EXPECT_EQ(ended("slow2", late), NameSet{"slow2"});
    // It ended quickly this time, so it is not slow any more.
    resolver_.want("slow2", late);
    await_running({"slow1", "slow2", "slow3", "new"});
}

TEST_F(LookUps, ThatHangForTheFirstTimeCountAsSlowWhileTheyRun) {
    resolver_.want("slow1", at);
    await_running({"slow1"});
    EXPECT_EQ(ended("slow1", late), NameSet{"slow1"});
    resolver_.want("hangs1", at);
    resolver_.want("hangs2", at);
    await_running({"hangs1", "hangs2"});
    resolver_.want("slow1", late);
    resolver_.want("new", late);
    await_running({"hangs1", "hangs2", "new"});
}

TEST_F(LookUps, AreNotWaitedForAtTheEnd) {
    {
        Resolver short_lived(
            [] {}, {}, [state = state_](std::string const& name) { return look_up(*state, name); });
        short_lived.want("hangs", at);
        await_running({"hangs"});
    }
    await_running({"hangs"});
}

}  // namespace
}  // namespace updraft::webpost
