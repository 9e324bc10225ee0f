// Tells the service manager at intervals that the server works.
//
// Lives here: the thread that sends WATCHDOG=1 while the server works.
//
// Not here:   the protocol (app/process/service_manager.h), what working means (app/wiring.h).
#pragma once

#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>

#include "app/process/service_manager.h"

namespace updraft::app {

class Watchdog {
public:
    // Twice in the manager's interval `works` is called, on a thread of this object; a message is
    // sent when it answers true. Without a watchdog in `manager`, which must outlive this object,
    // nothing happens.
    Watchdog(ServiceManager const& manager, std::function<bool()> works);
    // Ends the thread.
    ~Watchdog();
    Watchdog(Watchdog const&) = delete;
    Watchdog& operator=(Watchdog const&) = delete;

    // From now on `works` is not called, and the message is always sent: the orderly stop, which
    // has its own time limit, is not disturbed.
    void stop_asking();

private:
    void run(Millis interval);

    ServiceManager const& manager_;
    std::function<bool()> works_;
    std::mutex mutex_;
    std::condition_variable changed_;
    bool asking_ = true;
    bool ended_ = false;
    std::thread thread_;
};

}  // namespace updraft::app
