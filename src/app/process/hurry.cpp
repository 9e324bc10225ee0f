#include "app/process/hurry.h"

#include <sys/eventfd.h>

#include <algorithm>

namespace updraft::app {

Hurry::Hurry() : event_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {}

Hurry::~Hurry() {
    {
        std::lock_guard const lock(mutex_);
        ending_ = true;
    }
    ends_.notify_all();
    if (thread_.joinable()) thread_.join();
}

Millis Hurry::left() const {
    auto const left = moment_ - std::chrono::steady_clock::now();
    return std::max(Millis{0}, std::chrono::ceil<Millis>(left));
}

void Hurry::begin_after(Millis patience) {
    moment_ = std::chrono::steady_clock::now() + patience;
    thread_ = std::thread([this] {
        std::unique_lock lock(mutex_);
        if (ends_.wait_until(lock, moment_, [this] { return ending_; })) return;
        static_cast<void>(::eventfd_write(event_.number(), 1));
    });
}

}  // namespace updraft::app
