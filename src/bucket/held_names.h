// Names that one thread at a time works on.
//
// Lives here: waiting for a name, and letting it go.
// Not here:   what is done meanwhile (bucket/bucket.h).
#pragma once

#include <condition_variable>
#include <mutex>
#include <set>
#include <string>
#include <utility>

namespace updraft::bucket {

class HeldNames {
public:
    // Has the name from its making to its end. Another process is kept off by nothing but the time
    // of an object (docs/adr/0014-artifacts-in-a-bucket.md).
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
