// What runs by time: one thread, some bounded steps, each saying when it wants to run next.
//
// Lives here: waiting, waking early, and what happens when a step fails.
// Not here:   the steps themselves (the verbs of the domain, listed in app/wiring.cpp).
#pragma once

#include <condition_variable>
#include <cstddef>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "app/journal.h"
#include "ports/clock.h"
#include "vocabulary/result.h"

namespace updraft::app {

class Rhythm {
public:
    struct Step {
        std::string name;
        // A bounded piece of work. Answers when it wants to run again; `now` or earlier: at once,
        // after the others had their turn.
        std::function<Result<Instant>(Instant now)> run;
        // However often it is woken, this much time passes before it runs again for that.
        Millis pause_min{100};
    };

    Rhythm(Clock& clock, Journal& journal) : clock_(clock), journal_(journal) {}
    // stop(), when nobody called it.
    ~Rhythm();
    Rhythm(Rhythm const&) = delete;
    Rhythm& operator=(Rhythm const&) = delete;

    // Before start(). Answers the number to wake it by.
    std::size_t add(Step step);
    void start();
    // Waits for the step that runs; runs none after it.
    void stop();

    // From any thread, also before start(): this step has something to look at now.
    void wake(std::size_t step);

    // Runs every step that is due, once, and answers when the next one is: what the thread does
    // between two waits. For tests, without start().
    Instant run_due(Instant now);

private:
    struct Entry {
        Step step;
        Instant due{};
        Instant ran{};
        bool woken = false;
        std::string trouble;  // The last error, so that a lasting one is logged once.
    };

    void run_one(Entry& entry, Instant now);
    void keep_time();

    Clock& clock_;
    Journal& journal_;
    std::vector<Entry> entries_;  // The rhythm's thread's own, but for `woken`.
    std::mutex mutex_;            // Guards `woken` and what follows.
    std::condition_variable changed_;
    bool any_woken_ = false;
    bool stopping_ = false;
    std::thread thread_;
};

}  // namespace updraft::app
