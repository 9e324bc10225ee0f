// Work at intervals: one thread runs several bounded tasks, and each task answers when it is due
// next.
//
// Lives here: waiting, waking a task early, and trying a failed task again.
//
// Not here:   the tasks (app/periodic/tasks.h, app/periodic/bucket_tasks.h).
#pragma once

#include <condition_variable>
#include <cstddef>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "app/watch/journal.h"
#include "ports/clock.h"
#include "vocabulary/result.h"

namespace updraft::app {

class PeriodicWork {
public:
    struct Task {
        std::string name;  // In log lines; for work by leases also the name of the lease.
        // A bounded piece of work. Answers when it is due again; `now` or earlier: as soon as the
        // other tasks that are due have run.
        std::function<Result<Instant>(Instant now)> run;
        // A task that was woken waits at least this long after its last run.
        Millis pause_min{100};
    };

    PeriodicWork(Clock& clock, Journal& journal) : clock_(clock), journal_(journal) {}
    // Calls stop().
    ~PeriodicWork();
    PeriodicWork(PeriodicWork const&) = delete;
    PeriodicWork& operator=(PeriodicWork const&) = delete;

    // Before start(). Answers the number for wake().
    std::size_t add(Task task);
    void start();
    // Waits for the task that is running; no task runs afterwards. A second call has no
    // effect.
    void stop();

    // This task has something to do now. From any thread, also before start().
    void wake(std::size_t task);

    // Runs every task that is due, once, and answers when the next one is due. The thread calls
    // this between two waits; tests call it without start().
    Instant run_due(Instant now);

private:
    struct Entry {
        Task task;
        Instant due{};
        Instant ran{};
        bool woken = false;
        std::string trouble;  // The last error: the same error is logged once.
    };

    void run_one(Entry& entry, Instant now);
    void run_until_stopped();

    Clock& clock_;
    Journal& journal_;
    std::vector<Entry> entries_;  // Used by the thread alone, except `woken`.
    std::mutex mutex_;            // Guards `woken` and the members below.
    std::condition_variable changed_;
    bool any_woken_ = false;
    bool stopping_ = false;
    std::thread thread_;
};

}  // namespace updraft::app
