#include "sqlstore/sqlite/foreign_commits.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstring>
#include <string>

namespace updraft::sqlstore {
namespace {

constexpr std::size_t shared_bytes = sizeof(std::uint64_t);

std::atomic_ref<std::uint64_t> number_at(void* at) {
    return std::atomic_ref<std::uint64_t>(*static_cast<std::uint64_t*>(at));
}

tl::unexpected<Error> no_memory_of(std::string const& path) {
    return fail(Errc::unavailable, "cannot use " + path + ": " + std::strerror(errno));
}

}  // namespace

Result<ForeignCommits> ForeignCommits::open(std::filesystem::path const& file) {
    auto const path = file.string() + ".lock";
    auto const descriptor = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (descriptor < 0) return no_memory_of(path);
    struct stat found {};
    auto const fits = ::fstat(descriptor, &found) == 0 &&
                      (static_cast<std::size_t>(found.st_size) >= shared_bytes ||
                       ::ftruncate(descriptor, static_cast<off_t>(shared_bytes)) == 0);
    auto* const at =
        fits ? ::mmap(nullptr, shared_bytes, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0)
             : MAP_FAILED;
    auto const why = errno;
    ::close(descriptor);
    errno = why;
    if (at == MAP_FAILED) return no_memory_of(path);
    return ForeignCommits(at);
}

ForeignCommits::~ForeignCommits() {
    if (at_ != nullptr) ::munmap(at_, shared_bytes);
}

std::uint64_t ForeignCommits::count() const { return number_at(at_).load(); }

// Stays odd when it is odd, so that a process that ended before done() changes nothing.
void ForeignCommits::announce() { number_at(at_).store(count() | 1U); }
void ForeignCommits::done() { number_at(at_).fetch_add(1); }
void ForeignCommits::reset() { number_at(at_).store(0); }

}  // namespace updraft::sqlstore
