#include "sqlstore/upkeep/snapshot.h"

#include "sqlstore/sqlite/database.h"
#include "sqlstore/upkeep/copy.h"

namespace updraft::sqlstore {

Result<void> take_snapshot(std::filesystem::path const& from, std::filesystem::path const& to) {
    TRY_ASSIGN(auto const opened, open_to_look(from));
    TRY(opened.session->execute("VACUUM INTO $1", to.string()));
    return {};
}

// The rows are copied to a temporary store in the same folder first, because that store has a
// write-ahead log, and a snapshot is one file.
Result<void> take_snapshot(Database& from, std::filesystem::path const& to) {
    auto beside = to;
    beside += ".copying";
    auto const clear = [&] {
        std::error_code ignored;
        for (auto const* ending : {"", "-wal", "-shm", ".lock"}) {
            std::filesystem::remove(beside.string() + ending, ignored);
        }
    };
    clear();
    auto const taken = [&]() -> Result<void> {
        TRY_ASSIGN(auto filled, open_to_fill(beside));
        TRY(copy_all(from, filled));
        TRY(filled.session->execute("VACUUM INTO $1", to.string()));
        return {};
    }();
    clear();
    return taken;
}

}  // namespace updraft::sqlstore
