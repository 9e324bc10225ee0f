#include "sqlstore/snapshot.h"

#include "sqlstore/database.h"

namespace updraft::sqlstore {

Result<void> take_snapshot(std::filesystem::path const& from, std::filesystem::path const& to) {
    TRY_ASSIGN(auto const opened, open_to_look(from));
    TRY(opened.session->execute("VACUUM INTO $1", to.string()));
    return {};
}

}  // namespace updraft::sqlstore
