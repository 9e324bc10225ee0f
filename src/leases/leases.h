// Leases: when several instances share a store, the instance that holds a lease does the work of
// that name.
//
// Lives here: taking, renewing and taking over, without comparing the clocks of two machines.
//
// Not here:   the rows (ports/leases_table.h), the work.
//
// An instance that wants a lease takes it over when the row has not changed for `abandoned_after`
// by its own clock. The holder stops the work earlier: `believed_for` after it began its last
// renewal.
#pragma once

#include <map>
#include <set>
#include <span>
#include <string>
#include <string_view>

#include "ports/leases_table.h"
#include "ports/store.h"
#include "vocabulary/instant.h"

namespace updraft::leases {

struct LeaseRules {
    Millis renew_every = std::chrono::seconds{2};
    Millis believed_for = std::chrono::seconds{5};  // Less than abandoned_after.
    Millis abandoned_after = std::chrono::seconds{8};
    // A lease that no call of hold() named for this long is given back.
    Millis kept_idle = std::chrono::seconds{30};
};

// Used by one thread, which may block. Two objects of one process have different holder names and
// compete as two instances do.
class Leases {
public:
    // `holder` is unique among all instances, past and future.
    Leases(Store& store, std::string holder, LeaseRules rules = {});

    // Which of the leases this object holds now. Takes those that are free or abandoned, and renews
    // its own when that is due; reads and writes the store for nothing else. Answers all of `names`
    // when the store is not shared.
    [[nodiscard]] Result<std::set<std::string>> hold(std::span<std::string const> names,
                                                     Instant now);
    [[nodiscard]] Result<bool> hold(std::string const& name, Instant now);
    // Gives the lease back: another instance may take it at once.
    Result<void> let_go(std::string const& name);
    // Gives all of them back, when the process ends.
    Result<void> let_go_all();

private:
    struct Seen {
        Lease lease;
        Instant since;
    };
    struct Held {
        Instant wanted_at;
    };

    [[nodiscard]] bool believed(Instant now) const;
    [[nodiscard]] Result<void> look(Instant now);
    [[nodiscard]] bool abandoned(Seen const& seen, Instant now) const;
    [[nodiscard]] Result<void> renew_and_take(std::span<std::string const> names, Instant now);

    Store& store_;
    std::string const holder_;
    LeaseRules const rules_;
    std::map<std::string, Held, std::less<>> held_;
    std::map<std::string, Seen, std::less<>> others_;
    Instant renewed_at_{};
    Instant looked_at_{};
};

}  // namespace updraft::leases
