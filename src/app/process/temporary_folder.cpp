#include "app/process/temporary_folder.h"

#include <cstdlib>
#include <system_error>

namespace updraft::app {

namespace fs = std::filesystem;

Result<TemporaryFolder> TemporaryFolder::make(std::string const& name) {
    std::error_code trouble;
    auto path = (fs::temp_directory_path(trouble) / (name + "-XXXXXX")).string();
    if (trouble || ::mkdtemp(path.data()) == nullptr) {
        return fail(Errc::unavailable, "no temporary directory can be made at " + path);
    }
    return TemporaryFolder(path);
}

TemporaryFolder::~TemporaryFolder() {
    std::error_code ignored;
    if (!path_.empty()) fs::remove_all(path_, ignored);
}

}  // namespace updraft::app
