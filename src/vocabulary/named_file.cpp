#include "vocabulary/named_file.h"

#include "vocabulary/opened_file.h"

namespace updraft {

Result<std::string> read_named_file(std::string const& path) {
    auto content = OpenedFile(path).read(named_file_bytes_max);
    if (!content) return fail(Errc::invalid, content.error().detail);
    return content;
}

}  // namespace updraft
