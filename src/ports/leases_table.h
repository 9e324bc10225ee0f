// Rows of leases: which of several instances does a piece of work.
//
// Lives here: taking, renewing, taking over and releasing a lease.
// Not here:   when a lease counts as abandoned (leases/leases.h).
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "vocabulary/result.h"

namespace updraft {

// A piece of work and the instance that does it. `beat` grows with every renewal: if it is
// unchanged between two reads, the holder did not renew the lease.
struct Lease {
    std::string name;
    std::string holder;
    std::int64_t beat = 0;

    bool operator==(Lease const&) const = default;
};

class LeasesTable {
public:
    virtual ~LeasesTable() = default;

    // Leases after `after` in order of name, at most `limit`.
    [[nodiscard]] virtual Result<std::vector<Lease>> list(std::string const& after,
                                                          std::int64_t limit) const = 0;
    // Raises the beat of all leases of this holder; answers their names.
    virtual Result<std::vector<std::string>> renew(std::string const& holder) = 0;
    // Takes a free lease. False when the lease has a holder.
    virtual Result<bool> take(std::string const& name, std::string const& holder) = 0;
    // Takes over a lease from its holder. False when it has changed since it was read.
    virtual Result<bool> take_over(Lease const& seen, std::string const& holder) = 0;
    // Releases the lease; no effect when it has another holder.
    virtual Result<void> let_go(std::string const& name, std::string const& holder) = 0;
};

}  // namespace updraft
