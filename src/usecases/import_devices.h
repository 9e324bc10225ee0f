// Enrols the devices in the lines of an import, a batch of lines in one transaction.
//
// Lives here: the use case, and the tally to which the batches of one import are added.
//
// Not here:   reading lines (admin/import.h), enrolling (usecases/enroll_devices.h).
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "access/actor.h"
#include "fleet/enroll.h"
#include "ports/store.h"
#include "usecases/means.h"

namespace updraft::usecases {

struct ImportLine {
    std::int64_t number = 0;  // In the import, from 1.
    Result<fleet::Enrolment> wanted;
};

inline constexpr std::size_t rejected_lines_kept_max = 100;

struct ImportTally {
    struct Rejected {
        std::int64_t line = 0;
        std::string detail;
    };
    std::int64_t imported = 0;        // Devices that were created.
    std::int64_t updated = 0;         // Devices that existed.
    std::int64_t rejected_count = 0;  // Lines that changed nothing.
    std::vector<Rejected> rejected;   // The first rejected_lines_kept_max of them.

    void reject(std::int64_t line, std::string detail);
    void add(ImportTally batch);
};

// Enrols the devices in `lines`, in order; a did may occur several times. Lines that could not be
// read and devices that cannot be enrolled are counted as rejected and do not affect the others.
// Only errors of the store are returned.
[[nodiscard]] Result<ImportTally> import_devices(Tx& tx, Means const& means,
                                                 access::Actor const& actor,
                                                 std::span<ImportLine const> lines, Instant now);

}  // namespace updraft::usecases
