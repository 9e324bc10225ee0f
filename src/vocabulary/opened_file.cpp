#include "vocabulary/opened_file.h"

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>

namespace updraft {
namespace {

constexpr int patience_ms = 5'000;  // For the writer of a pipe.
constexpr std::size_t piece_bytes = std::size_t{64} << 10;

}  // namespace

tl::unexpected<Error> unreadable_file(std::string const& path, int error) {
    return fail(Errc::unavailable,
                path + " cannot be read: " + std::generic_category().message(error));
}

OpenedFile::OpenedFile(std::string const& path)
    : path_(path), number_(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK)) {
    if (number_ < 0 || ::fstat(number_, &seen_) != 0) trouble_ = errno;
}

OpenedFile::~OpenedFile() {
    if (number_ >= 0) ::close(number_);
}

Result<std::size_t> OpenedFile::read_piece(char* into, std::size_t size) const {
    for (;;) {
        auto const got = ::read(number_, into, size);
        if (got >= 0) return static_cast<std::size_t>(got);
        if (errno == EINTR) continue;
        if (errno != EAGAIN) return unreadable_file(path_, errno);
        pollfd waited{.fd = number_, .events = POLLIN, .revents = 0};
        if (::poll(&waited, 1, patience_ms) == 0) {
            return fail(Errc::unavailable, path_ + " cannot be read: nobody writes into this pipe");
        }
    }
}

Result<std::string> OpenedFile::read(std::size_t bytes_max) const {
    if (trouble_ != 0) return unreadable_file(path_, trouble_);
    std::string content;
    while (content.size() <= bytes_max) {
        auto const before = content.size();
        content.resize(before + std::min(piece_bytes, bytes_max + 1 - before));
        TRY_ASSIGN(auto const got, read_piece(content.data() + before, content.size() - before));
        content.resize(before + got);
        if (got > 0) continue;
        // A pipe that no writer has opened is at its end at once.
        if (content.empty() && S_ISFIFO(seen_.st_mode)) {
            return fail(Errc::unavailable, path_ + " cannot be read: nobody writes into this pipe");
        }
        return content;
    }
    return fail(Errc::too_large, path_ + " has more than " + std::to_string(bytes_max) + " bytes");
}

}  // namespace updraft
