#include "app/periodic/periodic_work.h"

#include <algorithm>
#include <chrono>
#include <utility>

namespace updraft::app {
namespace {

constexpr Millis retry_after{5000};
// The clock of the machine may be set during a wait: look at it at least this often.
constexpr Millis wait_max{5000};

}  // namespace

PeriodicWork::~PeriodicWork() { stop(); }

std::size_t PeriodicWork::add(Task task) {
    entries_.push_back({.task = std::move(task), .trouble = {}});
    return entries_.size() - 1;
}

void PeriodicWork::start() {
    thread_ = std::thread([this] { run_until_stopped(); });
}

void PeriodicWork::stop() {
    {
        std::lock_guard const lock(mutex_);
        stopping_ = true;
    }
    changed_.notify_all();
    if (thread_.joinable()) thread_.join();
}

void PeriodicWork::wake(std::size_t task) {
    {
        std::lock_guard const lock(mutex_);
        entries_.at(task).woken = true;
        if (any_woken_) return;
        any_woken_ = true;
    }
    changed_.notify_all();
}

Instant PeriodicWork::run_due(Instant now) {
    auto next = now + wait_max;
    for (auto& entry : entries_) {
        {
            std::lock_guard const lock(mutex_);
            if (std::exchange(entry.woken, false)) {
                entry.due = std::min(entry.due, std::max(now, entry.ran + entry.task.pause_min));
            }
        }
        // The clock was set back: `due` was computed from the old time, so the task runs now.
        if (now < entry.ran) entry.due = now;
        if (entry.due <= now) run_one(entry, now);
        next = std::min(next, entry.due);
    }
    return next;
}

void PeriodicWork::run_one(Entry& entry, Instant now) {
    entry.ran = now;
    auto const next = entry.task.run(now);
    if (next) {
        if (!entry.trouble.empty())
            journal_.info("periodic task works again", {{"task", entry.task.name}});
        entry.trouble.clear();
        entry.due = *next;
        return;
    }
    entry.due = now + retry_after;
    if (entry.trouble == next.error().detail) return;
    entry.trouble = next.error().detail;
    journal_.error("periodic task failed, it is tried again",
                   {{"task", entry.task.name}, {"detail", entry.trouble}});
}

void PeriodicWork::run_until_stopped() {
    while (true) {
        {
            std::lock_guard const lock(mutex_);
            if (stopping_) return;
            any_woken_ = false;
        }
        auto const now = clock_.now();
        auto const next = run_due(now);
        auto const wait = std::clamp(next - clock_.now(), Millis{1}, wait_max);
        std::unique_lock lock(mutex_);
        changed_.wait_for(lock, wait, [this] { return stopping_ || any_woken_; });
    }
}

}  // namespace updraft::app
