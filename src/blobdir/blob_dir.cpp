#include "blobdir/blob_dir.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <set>

#include "blobdir/descriptor.h"
#include "blobdir/layout.h"

namespace updraft::blobdir {
namespace {

namespace fs = std::filesystem;

Result<void> make_folder(fs::path const& folder) {
    if (::mkdir(folder.c_str(), 0700) == 0) return flush_folder(folder.parent_path());
    if (errno == EEXIST) return {};
    return tl::unexpected(disk_error("make the folder " + folder.string(), errno));
}

// A running upload, of this or another process, holds a lock on its temporary file. A file that can
// be locked was left by a process that ended, and is removed.
void clear_left_over(fs::path const& folder) {
    std::error_code ignored;
    for (auto const& entry : fs::directory_iterator(folder, ignored)) {
        auto const file = open_to_read(entry.path());
        if (file && ::flock(file.number(), LOCK_EX | LOCK_NB) == 0) ::unlink(entry.path().c_str());
    }
}

Instant modified(struct stat const& status) {
    return {record_of(status, {}).modified_ns / 1'000'000};
}

}  // namespace

// A temporary file that finish() turns into a blob. Without finish() it is removed.
class BlobDir::Intake final : public BlobIntake {
public:
    Intake(BlobDir& owner, fs::path path, Descriptor file, std::int64_t bytes_max)
        : owner_(owner), path_(std::move(path)), file_(std::move(file)), bytes_max_(bytes_max) {}
    ~Intake() override {
        if (!path_.empty()) ::unlink(path_.c_str());
    }
    Intake(Intake const&) = delete;
    Intake& operator=(Intake const&) = delete;

    Result<void> append(std::string_view bytes) override {
        if (static_cast<std::uint64_t>(artifact_.bytes) + bytes.size() >
            static_cast<std::uint64_t>(bytes_max_)) {
            return fail(Errc::too_large,
                        "the file is larger than " + std::to_string(bytes_max_) + " bytes");
        }
        TRY(write_all(file_, bytes));
        artifact_.bytes += static_cast<std::int64_t>(bytes.size());
        digests_.append(bytes);
        return {};
    }

    Result<std::size_t> look(std::int64_t offset, std::span<char> into) override {
        return read_at(file_, offset, into);
    }

    firmware::Artifact const& described() override {
        if (artifact_.digests.sha256.empty()) artifact_.digests = digests_.finish();
        return artifact_;
    }

    Result<firmware::Artifact> finish() override {
        // A blob's age counts from its modification time. It is set to now, so that a sweep does
        // not remove the blob as an old orphan before its row is written.
        ::futimens(file_.number(), nullptr);
        TRY(flush(file_));
        TRY(owner_.take_in(path_, described().digests.sha256));
        path_.clear();
        return artifact_;
    }

private:
    BlobDir& owner_;
    fs::path path_;  // Empty after finish().
    Descriptor file_;
    std::int64_t bytes_max_;
    DigestStream digests_;
    firmware::Artifact artifact_;
};

BlobDir::BlobDir(fs::path folder, Clock const& clock) : folder_(std::move(folder)), clock_(clock) {}

Result<std::unique_ptr<BlobDir>> BlobDir::open_folder(fs::path folder, Clock const& clock) {
    TRY(make_folder(folder));
    for (auto const* inside : {"tmp", "checked", "damaged"}) TRY(make_folder(folder / inside));
    clear_left_over(folder / "tmp");
    return std::unique_ptr<BlobDir>(new BlobDir(std::move(folder), clock));
}

fs::path BlobDir::path_of(std::string const& sha256) const { return blob_path(folder_, sha256); }

fs::path BlobDir::damaged_path_of(std::string const& sha256) const {
    return folder_ / "damaged" / sha256;
}

Result<std::unique_ptr<BlobIntake>> BlobDir::begin(std::int64_t bytes_max) {
    auto pattern = (folder_ / "tmp" / "upload-XXXXXX").string();
    Descriptor file(::mkostemp(pattern.data(), O_CLOEXEC));
    if (!file) return tl::unexpected(disk_error("begin a firmware file", errno));
    ::flock(file.number(), LOCK_EX | LOCK_NB);
    return std::make_unique<Intake>(*this, pattern, std::move(file), bytes_max);
}

Result<void> BlobDir::take_in(fs::path const& temporary, std::string const& sha256) {
    auto const path = path_of(sha256);
    TRY(make_folder(path.parent_path()));
    struct stat status {};
    {
        std::scoped_lock const lock(names_);
        if (::rename(temporary.c_str(), path.c_str()) != 0) {
            return tl::unexpected(disk_error("name a firmware file", errno));
        }
        ::unlink(damaged_path_of(sha256).c_str());
        if (::stat(path.c_str(), &status) != 0) {
            return tl::unexpected(disk_error("look at a firmware file", errno));
        }
    }
    TRY(flush_folder(path.parent_path()));
    note_check(sha256, record_of(status, clock_.now()));
    return {};
}

Error BlobDir::missing(std::string const& sha256) const {
    std::error_code ignored;
    if (is_digest(sha256) && fs::exists(damaged_path_of(sha256), ignored)) {
        return damaged_blob(sha256);
    }
    return no_such_blob(sha256);
}

Result<std::shared_ptr<OpenBlob const>> BlobDir::open(std::string const& sha256) {
    if (!is_digest(sha256)) return tl::unexpected(missing(sha256));
    // A file that changed since its last check is verified at most once per call. Afterwards its
    // record is up to date, or it was moved to damaged/.
    for (bool looked_again = false;; looked_again = true) {
        auto file = open_to_read(path_of(sha256));
        if (!file && errno != ENOENT) {
            return tl::unexpected(disk_error("open a firmware file", errno));
        }
        if (!file) return tl::unexpected(missing(sha256));
        struct stat status {};
        if (::fstat(file.number(), &status) != 0) {
            return tl::unexpected(disk_error("look at a firmware file", errno));
        }
        auto const record = last_check(sha256);
        if (record && record->describes(status)) {
            return std::make_shared<OpenBlob const>(file.release(), status.st_size);
        }
        if (looked_again) return fail(Errc::busy, "the stored file " + sha256 + " is changing");
        TRY(verify(sha256));
    }
}

Result<void> BlobDir::verify(std::string const& sha256) {
    std::scoped_lock const one_at_a_time(verifying_);
    if (!is_digest(sha256)) return tl::unexpected(missing(sha256));
    auto const path = path_of(sha256);
    auto const file = open_to_read(path);
    if (!file && errno != ENOENT) {
        return tl::unexpected(disk_error("open a firmware file", errno));
    }
    if (!file) return tl::unexpected(missing(sha256));
    struct stat before {};
    if (::fstat(file.number(), &before) != 0) {
        return tl::unexpected(disk_error("look at a firmware file", errno));
    }
    DigestStream digests;
    TRY(read_all(file, [&](std::string_view bytes) { digests.append(bytes); }));
    if (digests.finish().sha256 == sha256) {
        note_check(sha256, record_of(before, clock_.now()));
        return {};
    }
    std::scoped_lock const lock(names_);
    struct stat now {};
    // The inode is compared because the same bytes may have been uploaded again since the read; the
    // new file must not be marked damaged.
    if (::stat(path.c_str(), &now) == 0 && now.st_ino == before.st_ino) {
        if (::rename(path.c_str(), damaged_path_of(sha256).c_str()) != 0) {
            return tl::unexpected(disk_error("put a damaged firmware file aside", errno));
        }
        TRY(flush_folder(folder_ / "damaged"));
        TRY(flush_folder(path.parent_path()));
    }
    return tl::unexpected(damaged_blob(sha256));
}

Result<void> BlobDir::each(
    std::function<void(std::string const& sha256, struct stat const& status)> const& sink) const {
    std::error_code failed;
    for (auto const& shelf : fs::directory_iterator(folder_, failed)) {
        std::error_code not_a_folder;
        for (auto const& entry : fs::directory_iterator(shelf.path(), not_a_folder)) {
            auto const name = entry.path().filename().string();
            auto const inside = shelf.path().filename().string();
            if (!is_digest(name) || inside == "checked" || inside == "tmp") continue;
            struct stat status {};
            if (::stat(entry.path().c_str(), &status) == 0) sink(name, status);
        }
    }
    if (failed)
        return fail(Errc::unavailable, "cannot list the firmware folder: " + failed.message());
    return {};
}

Result<std::vector<std::string>> BlobDir::list(Instant older_than) {
    std::set<std::string> found;
    TRY(each([&](std::string const& sha256, struct stat const& status) {
        if (modified(status) < older_than) found.insert(sha256);
    }));
    return std::vector<std::string>(found.begin(), found.end());
}

Result<std::int64_t> BlobDir::bytes_stored() {
    std::int64_t sum = 0;
    TRY(each([&](std::string const&, struct stat const& status) { sum += status.st_size; }));
    return sum;
}

Result<void> BlobDir::remove(std::string const& sha256, Instant older_than) {
    if (!is_digest(sha256)) return {};
    std::scoped_lock const lock(names_);
    bool gone = true;
    for (auto const& path : {path_of(sha256), damaged_path_of(sha256)}) {
        struct stat status {};
        if (::stat(path.c_str(), &status) != 0) continue;
        if (modified(status) >= older_than) {
            gone = false;
        } else if (::unlink(path.c_str()) != 0 && errno != ENOENT) {
            return tl::unexpected(disk_error("remove a firmware file", errno));
        }
    }
    if (!gone) return {};
    ::unlink((folder_ / "checked" / sha256).c_str());
    std::scoped_lock const records_lock(records_mutex_);
    records_.erase(sha256);
    return {};
}

Result<std::optional<std::string>> BlobDir::due_for_check(Instant checked_before) {
    std::error_code failed;
    std::optional<std::string> oldest;
    Instant oldest_check = checked_before;
    for (auto const& shelf : fs::directory_iterator(folder_, failed)) {
        if (shelf.path().filename().string().size() != 2) continue;
        std::error_code not_a_folder;
        for (auto const& entry : fs::directory_iterator(shelf.path(), not_a_folder)) {
            auto const name = entry.path().filename().string();
            if (!is_digest(name)) continue;
            auto const record = last_check(name);
            auto const checked_at = record ? record->checked_at : Instant{};
            if (checked_at >= oldest_check) continue;
            oldest = name;
            oldest_check = checked_at;
        }
    }
    if (failed)
        return fail(Errc::unavailable, "cannot list the firmware folder: " + failed.message());
    return oldest;
}

std::optional<CheckRecord> BlobDir::last_check(std::string const& sha256) {
    std::scoped_lock const lock(records_mutex_);
    if (auto const known = records_.find(sha256); known != records_.end()) return known->second;
    auto const record = read_record(folder_ / "checked" / sha256);
    if (record) records_.emplace(sha256, *record);
    return record;
}

void BlobDir::note_check(std::string const& sha256, CheckRecord const& record) {
    std::scoped_lock const lock(records_mutex_);
    records_.insert_or_assign(sha256, record);
    // The result is ignored: without the record, the blob is checked once more after the next
    // start.
    static_cast<void>(write_record(folder_ / "checked" / sha256, record));
}

}  // namespace updraft::blobdir
