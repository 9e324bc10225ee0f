#include "stage/open_store.h"

#include <cstdlib>
#include <stdexcept>
#include <string>

namespace updraft::stage {

void CloseAndRemove::operator()(sqlstore::SqlStore* store) const {
    delete store;
    std::error_code ignored;
    std::filesystem::remove_all(folder, ignored);
}

std::filesystem::path scratch_folder() {
    auto const root = std::filesystem::is_directory("/dev/shm")
                          ? std::filesystem::path("/dev/shm")
                          : std::filesystem::temp_directory_path();
    auto pattern = (root / "updraft-test-XXXXXX").string();
    if (::mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("no scratch folder");
    return pattern;
}

ScratchStore open_store(sqlstore::SqliteOptions options) {
    auto const folder = scratch_folder();
    if (options.file.empty()) options.file = folder / "updraft.db";
    auto opened = sqlstore::open_sqlite(options);
    if (!opened) throw std::runtime_error("cannot open a store: " + opened.error().detail);
    return ScratchStore((*opened).release(), CloseAndRemove{folder});
}

}  // namespace updraft::stage
