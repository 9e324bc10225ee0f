// A disk that fails on command, under the real SQLite.
//
// Lives here: a VFS that passes everything on, until the test says what to refuse.
// Not here:   what the store promises then (disk_trouble_test.cpp).
#pragma once

#include <cstdint>

namespace updraft::sqlstore {

enum class DiskFault : std::uint8_t {
    none,
    full,        // Writing: no space left.
    unwritable,  // Writing: input/output error.
    unsynced,    // Syncing: input/output error. What was written may be lost.
};

// Every database opened in this process from the first call on lies on this disk.
class FaultyDisk {
public:
    static FaultyDisk& get();

    // From now on, after `passes` more operations of the kind that fails.
    void fail(DiskFault fault, int passes = 0);
    void mend() { fail(DiskFault::none); }
    // Operations that were refused since fail().
    [[nodiscard]] int refused() const;

private:
    FaultyDisk();
};

}  // namespace updraft::sqlstore
