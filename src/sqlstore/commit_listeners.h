// Calls the listeners of Store::on_commit() and Store::on_audit() after a commit.
//
// Lives here: one listener for each kind of `Touched`, calling those whose kind a commit changed,
//             and giving the entries of the audit to theirs.
// Not here:   when a commit is durable (sqlite/commit_queue, postgres/commit_queue).
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <utility>
#include <vector>

#include "ports/audit_table.h"
#include "ports/store.h"

namespace updraft::sqlstore {

class CommitListeners {
public:
    // As Store::on_commit(). Must be called before the first transaction.
    void set(Touched what, std::function<void()> listener) {
        listeners_[static_cast<std::size_t>(what)] = std::move(listener);
    }
    // To be called after a commit, with the bits of its jobs (Session::take_touched()). From any
    // thread.
    void tell(std::uint32_t touched) const {
        for (std::size_t i = 0; i < touched_kinds; ++i) {
            if ((touched & 1U << i) != 0 && listeners_[i]) listeners_[i]();
        }
    }
    // As Store::on_audit().
    void set_audit(std::function<void(AuditEntry const&)> listener) {
        audit_ = std::move(listener);
    }
    // To be called after a commit, for each of its jobs that succeeded. From any thread.
    void tell_audit(std::vector<AuditEntry> const& entries) const {
        if (!audit_) return;
        for (auto const& entry : entries) audit_(entry);
    }

private:
    static constexpr std::size_t touched_kinds = 3;  // Of `Touched`.

    std::array<std::function<void()>, touched_kinds> listeners_;
    std::function<void(AuditEntry const&)> audit_;
};

}  // namespace updraft::sqlstore
