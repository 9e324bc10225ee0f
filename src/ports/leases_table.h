// The rows that say which of several instances does a piece of work.
//
// Lives here: what an instance that holds a lease, or wants one, asks of them.
// Not here:   when a lease counts as abandoned (push/leases.h).
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "vocabulary/result.h"

namespace updraft {

// A piece of work and the instance that does it. The holder changes the beat regularly: one that
// stays the same means that the holder has stopped.
struct Lease {
    std::string name;
    std::string holder;
    std::int64_t beat = 0;

    bool operator==(Lease const&) const = default;
};

class LeasesTable {
public:
    virtual ~LeasesTable() = default;

    // In order of name, after that one.
    [[nodiscard]] virtual Result<std::vector<Lease>> list(std::string const& after,
                                                          std::int64_t limit) const = 0;
    // Changes the beat of all leases of this holder; answers their names.
    virtual Result<std::vector<std::string>> renew(std::string const& holder) = 0;
    // Takes a lease that has no holder. False when another holder was faster.
    virtual Result<bool> take(std::string const& name, std::string const& holder) = 0;
    // Takes a lease from its holder, if it is still as it was read before.
    virtual Result<bool> take_over(Lease const& seen, std::string const& holder) = 0;
    // Removes the lease, if it is that holder's.
    virtual Result<void> let_go(std::string const& name, std::string const& holder) = 0;
};

}  // namespace updraft
