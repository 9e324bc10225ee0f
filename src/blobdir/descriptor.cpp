#include "blobdir/descriptor.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>
#include <vector>

namespace updraft::blobdir {

Descriptor::~Descriptor() {
    if (number_ >= 0) ::close(number_);
}

Descriptor& Descriptor::operator=(Descriptor&& other) noexcept {
    std::swap(number_, other.number_);
    return *this;
}

Error disk_error(std::string const& tried, int number) {
    auto const full = number == ENOSPC || number == EDQUOT;
    return {Errc::unavailable, "cannot " + tried + ": " + std::generic_category().message(number),
            full ? "there is no space for the file" : "the disk cannot be used"};
}

Descriptor open_to_read(std::filesystem::path const& file) {
    return Descriptor(::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
}

Result<void> write_all(Descriptor const& file, std::string_view bytes) {
    while (!bytes.empty()) {
        auto const written = ::write(file.number(), bytes.data(), bytes.size());
        if (written < 0 && errno == EINTR) continue;
        if (written < 0) return tl::unexpected(disk_error("write a firmware file", errno));
        bytes.remove_prefix(static_cast<std::size_t>(written));
    }
    return {};
}

Result<void> read_all(Descriptor const& file, std::function<void(std::string_view)> const& sink) {
    static constexpr std::size_t piece_bytes = std::size_t{1} << 20;
    std::vector<char> piece(piece_bytes);
    for (;;) {
        auto const got = ::read(file.number(), piece.data(), piece.size());
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return tl::unexpected(disk_error("read a firmware file", errno));
        if (got == 0) return {};
        sink({piece.data(), static_cast<std::size_t>(got)});
    }
}

Result<std::size_t> read_at(Descriptor const& file, std::int64_t offset, std::span<char> into) {
    std::size_t filled = 0;
    while (filled < into.size()) {
        auto const rest = into.subspan(filled);
        auto const got = ::pread(file.number(), rest.data(), rest.size(),
                                 offset + static_cast<std::int64_t>(filled));
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return tl::unexpected(disk_error("read a firmware file", errno));
        if (got == 0) break;
        filled += static_cast<std::size_t>(got);
    }
    return filled;
}

Result<void> flush(Descriptor const& file) {
    if (::fsync(file.number()) != 0) {
        return tl::unexpected(disk_error("flush a firmware file", errno));
    }
    return {};
}

Result<void> flush_folder(std::filesystem::path const& folder) {
    auto const path = folder.empty() ? std::string(".") : folder.string();
    Descriptor const opened(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!opened) return tl::unexpected(disk_error("open " + path, errno));
    return flush(opened);
}

}  // namespace updraft::blobdir
