// A store that refuses writes, or reports that several instances share it, as a test demands.
//
// Lives here: both switches, around a real store.
//
// Not here:   opening that store (open_store.h).
#pragma once

#include <atomic>
#include <functional>
#include <utility>

#include "ports/store.h"

namespace updraft::stage {

// Any thread may use it.
class FaultyStore final : public Store {
public:
    explicit FaultyStore(Store& store) : store_(store) {}
    void refuse(bool refuses) { refuses_ = refuses; }
    void share() { shared_ = true; }
    [[nodiscard]] bool shared() const override { return shared_; }

    void submit(WriteBody body, Done done) override {
        if (refuses_) return done(fail(Errc::unavailable, "the disk is full"));
        store_.submit(std::move(body), std::move(done));
    }
    Result<void> read(ReadBody const& body) override { return store_.read(body); }
    void submit_read(ReadBody body, Done done) override {
        store_.submit_read(std::move(body), std::move(done));
    }
    [[nodiscard]] bool reads_inline() const override { return store_.reads_inline(); }
    [[nodiscard]] Result<void> healthy() override { return store_.healthy(); }
    void on_commit(Touched what, std::function<void()> listener) override {
        store_.on_commit(what, std::move(listener));
    }
    void on_audit(std::function<void(AuditEntry const&)> listener) override {
        store_.on_audit(std::move(listener));
    }

private:
    Store& store_;
    std::atomic<bool> refuses_{false};
    std::atomic<bool> shared_{false};
};

}  // namespace updraft::stage
