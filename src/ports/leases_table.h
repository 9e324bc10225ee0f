// The rows that say which of several instances does a piece of work.
//
// Lives here: what a holder, and whoever wants to take over, asks of them.
// Not here:   when a lease counts as abandoned (push/leases.h).
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "vocabulary/result.h"

namespace updraft {

// A piece of work and who does it. Two looks that find the same beat: its holder was idle between.
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
    // Changes the beat of all that this holder has; answers their names.
    virtual Result<std::vector<std::string>> renew(std::string const& holder) = 0;
    // Gives work that nobody does to that holder. False when somebody was faster.
    virtual Result<bool> take(std::string const& name, std::string const& holder) = 0;
    // The same with work that somebody does, if that lease is still as it was seen.
    virtual Result<bool> take_over(Lease const& seen, std::string const& holder) = 0;
    // Nobody does it from now on, if it was that holder's.
    virtual Result<void> let_go(std::string const& name, std::string const& holder) = 0;
};

}  // namespace updraft
