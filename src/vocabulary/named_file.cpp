#include "vocabulary/named_file.h"

#include <cerrno>
#include <cstdio>
#include <memory>
#include <system_error>

namespace updraft {
namespace {

struct CloseNamedFile {
    void operator()(std::FILE* file) const { std::fclose(file); }
};

}  // namespace

Result<std::string> read_named_file(std::string const& path) {
    auto const unreadable = [&path] {
        return fail(Errc::invalid,
                    path + " cannot be read: " + std::generic_category().message(errno));
    };
    std::unique_ptr<std::FILE, CloseNamedFile> const file(std::fopen(path.c_str(), "rbe"));
    if (!file) return unreadable();
    std::string content;
    std::string piece(std::size_t{64} << 10, '\0');
    while (true) {
        // A directory can be opened; reading it fails.
        auto const got = std::fread(piece.data(), 1, piece.size(), file.get());
        content.append(piece, 0, got);
        if (std::ferror(file.get()) != 0) return unreadable();
        if (content.size() > named_file_bytes_max) {
            return fail(Errc::invalid,
                        path + " has more than " + std::to_string(named_file_bytes_max) + " bytes");
        }
        if (got < piece.size()) return content;
    }
}

}  // namespace updraft
