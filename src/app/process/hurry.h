// A descriptor that becomes readable when nothing may wait long any more.
//
// Lives here: the end of a server's patience with a database that does not answer.
//
// Not here:   the waits that it shortens (sqlstore/postgres/link.h).
#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <thread>

#include "blobdir/descriptor.h"
#include "vocabulary/instant.h"

namespace updraft::app {

// Made and destroyed on one thread.
class Hurry {
public:
    Hurry();
    ~Hurry();
    Hurry(Hurry const&) = delete;
    Hurry& operator=(Hurry const&) = delete;

    // For poll(): readable for ever from the moment on. -1 when the system has no more descriptors.
    [[nodiscard]] int descriptor() const { return event_.number(); }
    // The moment is `patience` from now; nothing happens when this object is destroyed before. Call
    // it once.
    void begin_after(Millis patience);
    // Until then, after begin_after().
    [[nodiscard]] Millis left() const;

private:
    blobdir::Descriptor event_;
    std::mutex mutex_;
    std::condition_variable ends_;
    bool ending_ = false;
    std::chrono::steady_clock::time_point moment_;
    std::thread thread_;  // Last member: it uses all of the above.
};

}  // namespace updraft::app
