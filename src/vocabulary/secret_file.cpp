#include "vocabulary/secret_file.h"

#include <cerrno>

#include "vocabulary/opened_file.h"

namespace updraft {
namespace {

bool is_for_others_too(struct stat const& seen) {
    if (!S_ISREG(seen.st_mode)) return false;
    auto const of_root = seen.st_uid == 0;
    auto const refused = of_root ? S_IRWXO : S_IRWXO | S_IRWXG;
    return (seen.st_mode & refused) != 0;
}

Result<void> refuse_for_others(std::string const& path, OpenedFile const& file) {
    if (!is_for_others_too(file.seen())) return {};
    return fail(Errc::invalid, "others may read " + path +
                                   ", which holds a secret: give it the mode 0600 (or 0640 when "
                                   "root owns it)");
}

}  // namespace

Result<std::optional<Secret>> read_whole_secret_file(std::string const& path,
                                                     std::size_t bytes_max) {
    OpenedFile const file(path);
    if (file.trouble() == ENOENT) return std::nullopt;
    if (file.trouble() != 0) return unreadable_file(path, file.trouble());
    TRY(refuse_for_others(path, file));
    TRY_ASSIGN(auto content, file.read(bytes_max));
    return Secret(std::move(content));
}

Result<std::optional<Secret>> read_secret_file(std::string const& path, std::size_t bytes_max) {
    TRY_ASSIGN(auto const whole, read_whole_secret_file(path, bytes_max));
    if (!whole) return std::nullopt;
    auto const& content = whole->reveal();
    return Secret(content.substr(0, content.find_last_not_of(" \t\r\n") + 1));
}

Result<void> check_secret_mode(std::string const& path) {
    OpenedFile const file(path);
    if (file.trouble() != 0) return {};
    return refuse_for_others(path, file);
}

}  // namespace updraft
