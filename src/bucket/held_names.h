// Locks by name: at most one thread holds a name at a time.
//
// Lives here: waiting for a name, and releasing it.
//
// Not here:   the work that is done while a name is held (bucket/bucket.h).
#pragma once

#include <condition_variable>
#include <mutex>
#include <set>
#include <string>
#include <utility>

namespace updraft::bucket {

// Safe to use from any thread of one process.
class HeldNames {
public:
    // Blocks until the name is free, and holds it until destruction. Other processes are not
    // blocked: between processes, the age of objects decides
    // (docs/adr/0014-artifacts-in-a-bucket.md).
    class Held {
    public:
        Held(HeldNames& names, std::string name) : names_(names), name_(std::move(name)) {
            std::unique_lock lock(names_.mutex_);
            names_.let_go_.wait(lock, [this] { return !names_.held_.contains(name_); });
            names_.held_.insert(name_);
        }
        ~Held() {
            {
                std::scoped_lock const lock(names_.mutex_);
                names_.held_.erase(name_);
            }
            names_.let_go_.notify_all();
        }
        Held(Held const&) = delete;
        Held& operator=(Held const&) = delete;

    private:
        HeldNames& names_;
        std::string name_;
    };

private:
    std::mutex mutex_;
    std::condition_variable let_go_;
    std::set<std::string> held_;
};

}  // namespace updraft::bucket
