#include "faulty_disk.h"

#include <sqlite3.h>

#include <atomic>
#include <cstddef>
#include <new>

namespace updraft::sqlstore {
namespace {

std::atomic<DiskFault> current{DiskFault::none};
std::atomic<int> passes_left{0};
std::atomic<int> refusals{0};

bool fails_now() {
    if (passes_left.fetch_sub(1) > 0) return false;
    ++refusals;
    return true;
}

// The file object that SQLite sees; the object of the real file follows in the same memory.
struct File {
    sqlite3_file base;
    sqlite3_file* real;
};
sqlite3_file* real(sqlite3_file* file) {
    void* const memory = file;
    return static_cast<File*>(memory)->real;
}

int close_file(sqlite3_file* f) { return real(f)->pMethods->xClose(real(f)); }
int read_file(sqlite3_file* f, void* to, int bytes, sqlite3_int64 at) {
    return real(f)->pMethods->xRead(real(f), to, bytes, at);
}
int write_file(sqlite3_file* f, void const* from, int bytes, sqlite3_int64 at) {
    auto const fault = current.load();
    if (fault == DiskFault::full && fails_now()) return SQLITE_FULL;
    if (fault == DiskFault::unwritable && fails_now()) return SQLITE_IOERR_WRITE;
    return real(f)->pMethods->xWrite(real(f), from, bytes, at);
}
int truncate_file(sqlite3_file* f, sqlite3_int64 size) {
    return real(f)->pMethods->xTruncate(real(f), size);
}
int sync_file(sqlite3_file* f, int flags) {
    if (current == DiskFault::unsynced && fails_now()) return SQLITE_IOERR_FSYNC;
    return real(f)->pMethods->xSync(real(f), flags);
}
int size_of_file(sqlite3_file* f, sqlite3_int64* size) {
    return real(f)->pMethods->xFileSize(real(f), size);
}
int lock_file(sqlite3_file* f, int level) { return real(f)->pMethods->xLock(real(f), level); }
int unlock_file(sqlite3_file* f, int level) { return real(f)->pMethods->xUnlock(real(f), level); }
int check_reserved(sqlite3_file* f, int* out) {
    return real(f)->pMethods->xCheckReservedLock(real(f), out);
}
int control_file(sqlite3_file* f, int op, void* arg) {
    return real(f)->pMethods->xFileControl(real(f), op, arg);
}
int sector_size(sqlite3_file* f) { return real(f)->pMethods->xSectorSize(real(f)); }
int characteristics(sqlite3_file* f) { return real(f)->pMethods->xDeviceCharacteristics(real(f)); }
int shm_map(sqlite3_file* f, int region, int size, int extend, void volatile** out) {
    return real(f)->pMethods->xShmMap(real(f), region, size, extend, out);
}
int shm_lock(sqlite3_file* f, int offset, int n, int flags) {
    return real(f)->pMethods->xShmLock(real(f), offset, n, flags);
}
void shm_barrier(sqlite3_file* f) { real(f)->pMethods->xShmBarrier(real(f)); }
int shm_unmap(sqlite3_file* f, int remove) { return real(f)->pMethods->xShmUnmap(real(f), remove); }

sqlite3_io_methods const methods{2,
                                 close_file,
                                 read_file,
                                 write_file,
                                 truncate_file,
                                 sync_file,
                                 size_of_file,
                                 lock_file,
                                 unlock_file,
                                 check_reserved,
                                 control_file,
                                 sector_size,
                                 characteristics,
                                 shm_map,
                                 shm_lock,
                                 shm_barrier,
                                 shm_unmap,
                                 nullptr,
                                 nullptr};

sqlite3_vfs* system_disk = nullptr;

int open_file(sqlite3_vfs*, char const* name, sqlite3_file* file, int flags, int* out) {
    void* const memory = file;
    auto* const ours = new (memory) File{};
    void* const behind = static_cast<std::byte*>(memory) + sizeof(File);
    ours->real = static_cast<sqlite3_file*>(behind);
    auto const opened = system_disk->xOpen(system_disk, name, ours->real, flags, out);
    // SQLite calls xClose only when pMethods is set, so it stays empty when opening failed.
    ours->base.pMethods = ours->real->pMethods != nullptr ? &methods : nullptr;
    return opened;
}

}  // namespace

FaultyDisk::FaultyDisk() {
    system_disk = sqlite3_vfs_find(nullptr);
    static sqlite3_vfs faulty = *system_disk;
    faulty.szOsFile = static_cast<int>(sizeof(File)) + system_disk->szOsFile;
    faulty.zName = "faulty";
    faulty.pNext = nullptr;
    faulty.xOpen = open_file;
    sqlite3_vfs_register(&faulty, 1);
}

FaultyDisk& FaultyDisk::get() {
    static FaultyDisk disk;
    return disk;
}

void FaultyDisk::fail(DiskFault fault, int passes) {
    current = DiskFault::none;
    passes_left = passes;
    refusals = 0;
    current = fault;
}

int FaultyDisk::refused() const { return refusals; }

}  // namespace updraft::sqlstore
