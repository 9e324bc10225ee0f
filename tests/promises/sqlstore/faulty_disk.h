// A disk under the real SQLite that fails when a test says so.
//
// Lives here: a VFS that passes all calls on, until the test says which ones to refuse.
//
// Not here:   what the store promises then (disk_trouble_test.cpp).
#pragma once

#include <cstdint>

namespace updraft::sqlstore {

enum class DiskFault : std::uint8_t {
    none,
    full,        // A write fails: no space left.
    unwritable,  // A write fails: input/output error.
    unsynced,    // A sync fails: input/output error. What was written may be lost.
};

// Every database that this process opens after the first call uses this disk.
class FaultyDisk {
public:
    static FaultyDisk& get();

    // From now on operations of that kind fail, after `passes` more successful ones.
    void fail(DiskFault fault, int passes = 0);
    void mend() { fail(DiskFault::none); }
    // The number of operations that were refused since fail().
    [[nodiscard]] int refused() const;

private:
    FaultyDisk();
};

}  // namespace updraft::sqlstore
