// Limits the number of downloads that run at the same time, over all channels.
//
// Lives here: the count, its limit, and the place that one download takes.
//
// Not here:   sending (channel/send_artifact.h), where the limit is set (app/settings/settings.h).
#pragma once

#include <atomic>
#include <cstdint>

namespace updraft::channel {

// Safe to use from any thread.
class Downloads {
public:
    Downloads(std::int64_t most) : most_(most) {}

    [[nodiscard]] std::int64_t running() const { return running_.load(std::memory_order_relaxed); }

private:
    friend class DownloadPlace;

    std::int64_t most_;
    std::atomic<std::int64_t> running_{0};
};

// The place of one download. The constructor takes one if one is free; the destructor gives it
// back. `downloads` must outlive it.
class DownloadPlace {
public:
    explicit DownloadPlace(Downloads& downloads)
        : downloads_(downloads),
          taken_(downloads.running_.fetch_add(1, std::memory_order_relaxed) < downloads.most_) {
        if (!taken_) downloads_.running_.fetch_sub(1, std::memory_order_relaxed);
    }
    ~DownloadPlace() {
        if (taken_) downloads_.running_.fetch_sub(1, std::memory_order_relaxed);
    }
    DownloadPlace(DownloadPlace const&) = delete;
    DownloadPlace& operator=(DownloadPlace const&) = delete;

    [[nodiscard]] bool taken() const { return taken_; }

private:
    Downloads& downloads_;
    bool taken_;
};

}  // namespace updraft::channel
