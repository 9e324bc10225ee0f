#include "keeping/restore.h"

#include <set>

#include "blobdir/descriptor.h"
#include "blobdir/layout.h"
#include "keeping/files.h"
#include "sqlstore/schema/migrate.h"
#include "sqlstore/sqlite/database.h"
#include "sqlstore/upkeep/inspection.h"

namespace updraft::keeping {
namespace {

namespace fs = std::filesystem;

// A folder in the data directory itself, so that files are moved to their places by a rename on the
// same file system.
constexpr std::string_view aside_name = "restoring";

Result<std::vector<sqlstore::NamedArtifact>> look_at_store(fs::path const& file) {
    TRY_ASSIGN(auto database, sqlstore::open_to_look(file));
    TRY(sqlstore::missing_migrations(*database.session, sqlstore::embedded_migrations()));
    return sqlstore::named_artifacts(database);
}

Result<void> take_store(fs::path const& backup, fs::path const& aside, Manifest const& manifest) {
    TRY_ASSIGN(auto const sum, copy_whole(backup / store_name, aside / store_name));
    if (sum.bytes == manifest.store_bytes && sum.sha256 == manifest.store_sha256) return {};
    return fail(Errc::corrupt, (backup / store_name).string() +
                                   " is not what the backup holds by its manifest: it is damaged");
}

Result<void> take_artifacts(fs::path const& backup, fs::path const& aside,
                            Manifest const& manifest) {
    if (!manifest.with_artifacts) return {};
    TRY_ASSIGN(auto const named, look_at_store(aside / store_name));
    std::set<std::string> const missing(manifest.missing.begin(), manifest.missing.end());
    std::set<fs::path> shelves;
    for (auto const& one : named) {
        if (missing.contains(one.sha256) || !blobdir::is_digest(one.sha256)) continue;
        auto const copy = blobdir::blob_path(aside / firmware_name, one.sha256);
        TRY(make_folder(copy.parent_path()));
        shelves.insert(copy.parent_path());
        auto const from = blobdir::blob_path(backup / firmware_name, one.sha256);
        TRY_ASSIGN(auto const sum, copy_whole(from, copy));
        if (sum.sha256 != one.sha256 || sum.bytes != one.bytes) {
            return fail(Errc::corrupt, from.string() + ", the file of " + one.release +
                                           ", is damaged: it is not what its name says");
        }
    }
    for (auto const& shelf : shelves) TRY(blobdir::flush_folder(shelf));
    return blobdir::flush_folder(aside / firmware_name);
}

Result<void> take_secrets(fs::path const& backup, fs::path const& aside, Manifest const& manifest) {
    if (!manifest.with_key) return {};
    TRY(copy_whole(backup / key_name, aside / key_name));
    TRY_ASSIGN(auto const has_token, is_there(backup / token_name));
    if (!has_token) return {};
    TRY(copy_whole(backup / token_name, aside / token_name));
    return {};
}

Result<void> place(fs::path const& aside, fs::path const& to) {
    std::error_code failed;
    for (auto const name : {firmware_name, token_name, key_name, store_name}) {
        if (!fs::exists(aside / name, failed)) continue;
        fs::rename(aside / name, to / name, failed);
        if (failed) {
            return fail(Errc::unavailable,
                        "cannot name " + (to / name).string() + ": " + failed.message());
        }
    }
    fs::remove(aside, failed);
    return blobdir::flush_folder(to);
}

Result<void> take_all(fs::path const& backup, fs::path const& to, Manifest const& manifest) {
    auto const aside = to / aside_name;
    TRY(make_folder(aside));
    if (manifest.with_artifacts) TRY(make_folder(aside / firmware_name));
    TRY(take_store(backup, aside, manifest));
    TRY(take_artifacts(backup, aside, manifest));
    TRY(take_secrets(backup, aside, manifest));
    TRY(give_to_owner_of(to, aside));
    TRY(blobdir::flush_folder(aside));
    return place(aside, to);
}

void remove_partial_restore(fs::path const& to) {
    std::error_code ignored;
    for (auto const name : {aside_name, store_name, key_name, token_name, firmware_name}) {
        fs::remove_all(to / name, ignored);
    }
}

}  // namespace

Result<Manifest> restore(fs::path const& backup, fs::path const& to) {
    TRY_ASSIGN(auto manifest, read_manifest(backup));
    TRY(make_empty_folder(to));
    auto const taken = take_all(backup, to, manifest);
    if (taken) return manifest;
    remove_partial_restore(to);
    return pass(taken);
}

}  // namespace updraft::keeping
