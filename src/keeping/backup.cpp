#include "keeping/backup.h"

#include <map>
#include <set>
#include <vector>

#include "blobdir/descriptor.h"
#include "blobdir/layout.h"
#include "keeping/files.h"
#include "sqlstore/sqlite/database.h"
#include "sqlstore/upkeep/inspection.h"
#include "vocabulary/secret_file.h"

namespace updraft::keeping {
namespace {

namespace fs = std::filesystem;

// A draft's file may be removed between the snapshot and the copy. Then a new snapshot is taken,
// which no longer names the file. After this many snapshots a missing file has another cause.
constexpr int snapshots_max = 5;

class Copying {
public:
    Copying(BackupSource const& source, fs::path const& to) : source_(source), to_(to) {}

    Result<void> run(Manifest& manifest) {
        manifest.with_artifacts = source_.artifacts != nullptr;
        if (source_.artifacts) TRY(make_folder(to_ / firmware_name));
        TRY(copy_secrets(manifest));
        for (int snapshots = 1;; ++snapshots) {
            auto const missing_before = missing_;
            TRY(copy_store(manifest));
            if (source_.artifacts) TRY(copy_artifacts());
            auto const lost = missing_ == missing_before || snapshots == snapshots_max;
            if (missing_.empty() || lost) break;
        }
        TRY(forget_unnamed());
        return sum_up(manifest);
    }

private:
    Result<void> copy_secrets(Manifest& manifest) const {
        if (!source_.key) return {};
        TRY_ASSIGN(auto const key, read_whole_secret_file(*source_.key, secret_file_bytes_max));
        if (!key) return fail(Errc::not_found, "there is no file " + source_.key->string());
        TRY(write_file(to_ / key_name, key->reveal()));
        manifest.with_key = true;
        if (!source_.token) return {};
        TRY_ASSIGN(auto const token, read_whole_secret_file(*source_.token, secret_file_bytes_max));
        if (!token) return {};
        return write_file(to_ / token_name, token->reveal());
    }

    Result<void> copy_store(Manifest& manifest) {
        auto const file = to_ / store_name;
        std::error_code ignored;
        fs::remove(file, ignored);
        TRY(source_.snapshot(file));
        fs::permissions(file, fs::perms::owner_read | fs::perms::owner_write, ignored);
        TRY(flush_file(file));
        TRY_ASSIGN(auto const sum, sum_of_file(file));
        manifest.store_bytes = sum.bytes;
        manifest.store_sha256 = sum.sha256;
        TRY_ASSIGN(auto database, sqlstore::open_to_look(file));
        TRY_ASSIGN(named_, sqlstore::named_artifacts(database));
        return {};
    }

    Result<void> copy_artifacts() {
        missing_.clear();
        for (auto const& named : named_) {
            if (copied_.contains(named.sha256)) continue;
            if (!blobdir::is_digest(named.sha256)) {
                missing_.insert(named.sha256);
                continue;
            }
            TRY(copy_artifact(named));
        }
        for (auto const& shelf : shelves_) TRY(blobdir::flush_folder(shelf));
        return blobdir::flush_folder(to_ / firmware_name);
    }

    // An artifact counts as missing when it is absent, or when its bytes have another digest.
    Result<void> copy_artifact(sqlstore::NamedArtifact const& named) {
        auto const copy = blobdir::blob_path(to_ / firmware_name, named.sha256);
        TRY(make_folder(copy.parent_path()));
        shelves_.insert(copy.parent_path());
        auto const sum = keep_whole(
            [&](Sink const& sink) { return source_.artifacts->read(named.sha256, sink); }, copy);
        if (!sum && sum.error().code != Errc::not_found) {
            return pass(sum);
        }
        if (sum && sum->sha256 == named.sha256) {
            copied_[named.sha256] = sum->bytes;
            return {};
        }
        std::error_code ignored;
        fs::remove(copy, ignored);
        missing_.insert(named.sha256);
        return {};
    }

    // Removes copies of artifacts that only an earlier snapshot named.
    Result<void> forget_unnamed() {
        std::set<std::string> named;
        for (auto const& one : named_) named.insert(one.sha256);
        std::erase_if(copied_, [&](auto const& copied) {
            if (named.contains(copied.first)) return false;
            std::error_code ignored;
            fs::remove(blobdir::blob_path(to_ / firmware_name, copied.first), ignored);
            return true;
        });
        return {};
    }

    Result<void> sum_up(Manifest& manifest) const {
        manifest.artifacts = static_cast<std::int64_t>(copied_.size());
        for (auto const& [sha256, bytes] : copied_) manifest.artifact_bytes += bytes;
        manifest.missing.assign(missing_.begin(), missing_.end());
        return blobdir::flush_folder(to_);
    }

    BackupSource const& source_;
    fs::path const& to_;
    std::vector<sqlstore::NamedArtifact> named_;  // By the newest snapshot.
    std::map<std::string, std::int64_t> copied_;  // Digest -> bytes.
    std::set<std::string> missing_;
    std::set<fs::path> shelves_;
};

void remove_partial_backup(fs::path const& folder) {
    std::error_code ignored;
    for (auto const name : {manifest_name, store_name, firmware_name, key_name, token_name}) {
        fs::remove_all(folder / name, ignored);
    }
}

}  // namespace

Result<Manifest> back_up(BackupSource const& source, fs::path const& to, Instant now) {
    auto const missing = missing_folders(to);
    TRY(make_empty_folder(to));
    Manifest manifest{.made_at = now, .program = source.program, .store_sha256 = {}, .missing = {}};
    auto copied = Copying(source, to).run(manifest);
    if (copied) copied = write_manifest(to, manifest);
    if (copied) return manifest;
    remove_partial_backup(to);
    remove_empty_folders(missing);
    return pass(copied);
}

}  // namespace updraft::keeping
