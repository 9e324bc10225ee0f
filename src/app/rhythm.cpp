#include "app/rhythm.h"

#include <algorithm>
#include <chrono>
#include <utility>

namespace updraft::app {
namespace {

constexpr Millis retry_after{5000};
// The wall clock may be set while we wait by another one: look at it at least this often.
constexpr Millis wait_max{5000};

}  // namespace

Rhythm::~Rhythm() { stop(); }

std::size_t Rhythm::add(Step step) {
    entries_.push_back({.step = std::move(step), .trouble = {}});
    return entries_.size() - 1;
}

void Rhythm::start() {
    thread_ = std::thread([this] { keep_time(); });
}

void Rhythm::stop() {
    {
        std::lock_guard const lock(mutex_);
        stopping_ = true;
    }
    changed_.notify_all();
    if (thread_.joinable()) thread_.join();
}

void Rhythm::wake(std::size_t step) {
    {
        std::lock_guard const lock(mutex_);
        entries_.at(step).woken = true;
        if (any_woken_) return;
        any_woken_ = true;
    }
    changed_.notify_all();
}

Instant Rhythm::run_due(Instant now) {
    auto next = now + wait_max;
    for (auto& entry : entries_) {
        {
            std::lock_guard const lock(mutex_);
            if (std::exchange(entry.woken, false)) {
                entry.due = std::min(entry.due, std::max(now, entry.ran + entry.step.pause_min));
            }
        }
        // The clock was set back: what it showed before is no longer anything to wait for.
        if (now < entry.ran) entry.due = now;
        if (entry.due <= now) run_one(entry, now);
        next = std::min(next, entry.due);
    }
    return next;
}

void Rhythm::run_one(Entry& entry, Instant now) {
    entry.ran = now;
    auto const next = entry.step.run(now);
    if (next) {
        if (!entry.trouble.empty()) journal_.info("works again", {{"step", entry.step.name}});
        entry.trouble.clear();
        entry.due = *next;
        return;
    }
    entry.due = now + retry_after;
    if (entry.trouble == next.error().detail) return;
    entry.trouble = next.error().detail;
    journal_.error("a step by time failed, it is tried again",
                   {{"step", entry.step.name}, {"detail", entry.trouble}});
}

void Rhythm::keep_time() {
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
