#include "vocabulary/secret_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

namespace updraft {
namespace {

class Opened {
public:
    explicit Opened(std::string const& path)
        : number_(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY)) {}
    ~Opened() {
        if (number_ >= 0) ::close(number_);
    }
    Opened(Opened const&) = delete;
    Opened& operator=(Opened const&) = delete;
    [[nodiscard]] int number() const { return number_; }

private:
    int number_;
};

tl::unexpected<Error> unreadable(std::string const& path, int error) {
    return fail(Errc::unavailable,
                path + " cannot be read: " + std::generic_category().message(error));
}

bool is_for_others_too(struct stat const& seen) {
    if (!S_ISREG(seen.st_mode)) return false;
    auto const of_root = seen.st_uid == 0;
    auto const refused = of_root ? S_IRWXO : S_IRWXO | S_IRWXG;
    return (seen.st_mode & refused) != 0;
}

}  // namespace

Result<std::optional<Secret>> read_secret_file(std::string const& path, std::size_t bytes_max) {
    Opened const file(path);
    if (file.number() < 0) {
        if (errno == ENOENT) return std::nullopt;
        return unreadable(path, errno);
    }
    // The opened file is looked at, not its name: the name may mean another file by now.
    struct stat seen {};
    if (::fstat(file.number(), &seen) != 0) return unreadable(path, errno);
    if (is_for_others_too(seen)) {
        return fail(Errc::invalid, "others may read " + path +
                                       ", which holds a secret: give it the mode 0600 (or 0640 "
                                       "when root owns it)");
    }
    std::string content(bytes_max + 1, '\0');
    std::size_t filled = 0;
    while (filled < content.size()) {
        auto const got = ::read(file.number(), content.data() + filled, content.size() - filled);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return unreadable(path, errno);
        if (got == 0) break;
        filled += static_cast<std::size_t>(got);
    }
    if (filled > bytes_max) {
        return fail(Errc::too_large,
                    path + " has more than " + std::to_string(bytes_max) + " bytes");
    }
    content.resize(filled);
    content.resize(content.find_last_not_of(" \t\r\n") + 1);
    return Secret(std::move(content));
}

}  // namespace updraft
