// Which of several instances does a piece of work: none without a lease, none for ever.
//
// Lives here: taking, renewing and taking over, without comparing the clocks of two machines.
// Not here:   the rows (ports/leases_table.h), the work.
//
// A lease that has not changed for `abandoned_after`, as measured by whoever wants it, is taken
// over. Its holder stops believing in it long before, counted from before it last renewed it.
#pragma once

#include <map>
#include <set>
#include <span>
#include <string>
#include <string_view>

#include "ports/leases_table.h"
#include "ports/store.h"
#include "vocabulary/instant.h"

namespace updraft::push {

struct LeaseRules {
    Millis renew_every = std::chrono::seconds{2};
    Millis believed_for = std::chrono::seconds{5};
    Millis abandoned_after = std::chrono::seconds{8};
    // Work that nobody asked for so long is let go.
    Millis kept_idle = std::chrono::seconds{30};
};

// Of one thread, which may block. Two of one process are strangers to each other.
class Leases {
public:
    // `holder` is nobody else's name, ever.
    Leases(Store& store, std::string holder, LeaseRules rules = {});

    // Which of that work is ours now. Takes what is free or abandoned, and renews what is due; asks
    // the store only for that. All of it when the store is nobody else's.
    [[nodiscard]] Result<std::set<std::string>> hold(std::span<std::string const> names,
                                                     Instant now);
    [[nodiscard]] Result<bool> hold(std::string const& name, Instant now);
    // Others may take it at once.
    Result<void> let_go(std::string const& name);
    // The same with everything, when the process ends.
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

}  // namespace updraft::push
