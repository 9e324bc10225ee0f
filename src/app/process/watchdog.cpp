#include "app/process/watchdog.h"

#include <algorithm>
#include <utility>

namespace updraft::app {

Watchdog::Watchdog(ServiceManager const& manager, std::function<bool()> works)
    : manager_(manager), works_(std::move(works)) {
    auto const limit = manager_.watchdog();
    if (limit) thread_ = std::thread([this, limit] { run(std::max(*limit / 2, Millis{1})); });
}

Watchdog::~Watchdog() {
    {
        std::scoped_lock const lock(mutex_);
        ended_ = true;
    }
    changed_.notify_all();
    if (thread_.joinable()) thread_.join();
}

void Watchdog::stop_asking() {
    std::scoped_lock const lock(mutex_);
    asking_ = false;
}

void Watchdog::run(Millis interval) {
    std::unique_lock lock(mutex_);
    while (!changed_.wait_for(lock, interval, [this] { return ended_; })) {
        // A message that was not sent is missed by the manager, which then ends the process.
        if (!asking_ || works_()) static_cast<void>(manager_.tell("WATCHDOG=1"));
    }
}

}  // namespace updraft::app
