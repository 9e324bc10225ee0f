#include "sqlstore/sqlite/file_lock.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace updraft::sqlstore {

Result<FileLock> FileLock::take(std::filesystem::path const& file) {
    auto const path = file.string() + ".lock";
    auto const descriptor = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (descriptor < 0) {
        return fail(Errc::unavailable, "cannot open " + path + ": " + std::strerror(errno));
    }
    FileLock lock(descriptor);
    if (::flock(descriptor, LOCK_EX | LOCK_NB) == 0) return lock;
    if (errno == EWOULDBLOCK) {
        return fail(Errc::conflict,
                    "another server is using " + file.string() + ": it holds " + path);
    }
    return fail(Errc::unavailable, "cannot lock " + path + ": " + std::strerror(errno));
}

FileLock::~FileLock() {
    if (descriptor_ >= 0) ::close(descriptor_);
}

}  // namespace updraft::sqlstore
