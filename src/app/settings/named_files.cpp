#include "app/settings/named_files.h"

#include <filesystem>
#include <system_error>

#include "app/first_start.h"
#include "app/process/key_file.h"
#include "app/push_client.h"
#include "app/settings/bucket_settings.h"
#include "app/watch/certificate.h"
#include "http/tls_files.h"
#include "ports/admin_tokens_table.h"
#include "sqlstore/postgres/options.h"
#include "sqlstore/sqlite/database.h"

namespace updraft::app {
namespace {

void check_certificate(Settings::Tls const& tls, Instant now, NamedFiles& found) {
    http::TlsFiles files;
    if (auto const loaded = files.load(tls.cert, tls.key); !loaded) {
        found.problems.push_back(loaded.error().detail);
        return;
    }
    auto const end = files.not_after();
    auto const trouble = end ? certificate_trouble(*end, now) : std::nullopt;
    if (trouble) {
        found.warnings.push_back("tls.cert: " + tls.cert + ": " + *trouble + " (notAfter " +
                                 rfc3339(*end) + ")");
    }
}

namespace fs = std::filesystem;

// The start makes the data directory with all folders above it, and any other file or folder only
// in a folder that exists.
void check_place(fs::path const& path, Settings const& settings, NamedFiles& found) {
    auto const folder = path.has_parent_path() ? path.parent_path() : fs::path(".");
    std::error_code trouble;
    if (folder == fs::path(settings.data_dir) || fs::is_directory(folder, trouble)) return;
    found.problems.push_back(path.string() + " cannot be made: " + folder.string() +
                             (trouble ? ": " + trouble.message() : std::string(" is no folder")));
}

bool is_there(fs::path const& path) {
    std::error_code ignored;
    return fs::status(path, ignored).type() != fs::file_type::not_found;
}

// What does not exist is made at the start.
void check_folder(std::string const& path, NamedFiles& found) {
    if (!is_there(path)) return;
    std::error_code trouble;
    fs::directory_iterator const inside(path, trouble);
    if (trouble == std::errc::not_a_directory) {
        found.problems.push_back(path + " is no folder");
    } else if (trouble) {
        found.problems.push_back(path + " cannot be read: " + trouble.message());
    }
}

void check_made_folder(std::string const& path, Settings const& settings, NamedFiles& found) {
    check_folder(path, found);
    if (!is_there(path)) check_place(path, settings, found);
}

Result<void> check_store(Settings const& settings, NamedFiles& found) {
    auto const token_file = settings.data_dir + "/admin-token";
    // A token that cannot be read is a problem of check_named_files().
    auto const token = read_token_file(token_file).value_or(std::nullopt);
    std::string key_check;
    auto valid = true;
    TRY(sqlstore::look_into_store(settings.store.url.where, [&](Tx const& tx) -> Result<void> {
        TRY_ASSIGN(key_check, tx.admin_tokens().key_check());
        if (!token) return {};
        TRY_ASSIGN(valid, is_valid_token(tx, *token));
        return {};
    }));
    if (!valid) found.warnings.push_back(token_file + ": " + std::string(invalid_token_told));
    return key_fits(key_check, settings.secrets.key_file);
}

}  // namespace

NamedFiles check_named_files(Settings const& settings, Instant now) {
    NamedFiles found;
    auto const note = [&found](auto const& result) {
        if (!result) found.problems.push_back(result.error().detail);
    };
    check_certificate(settings.tls, now, found);
    note(http_client_settings(settings.push));
    check_folder(settings.data_dir, found);
    auto const& firmware = settings.firmware;
    check_made_folder(firmware.store ? firmware.cache_dir : firmware.dir, settings, found);
    // What is named for the other kind of place is not used, but must be right.
    check_folder(firmware.store ? firmware.dir : firmware.cache_dir, found);
    if (firmware.store) {
        note(bucket_settings(firmware));
    } else if (!firmware.secret_key_file.empty()) {
        note(read_secret_key(firmware.secret_key_file));
    }
    auto const& store = settings.store.url;
    if (store.kind == StoreKind::postgresql) note(sqlstore::check_postgres_files(store.where));
    if (store.kind == StoreKind::sqlite) check_place(store.where, settings, found);
    note(read_key_file(settings.secrets.key_file));
    check_place(settings.secrets.key_file, settings, found);
    note(read_token_file(settings.data_dir + "/admin-token"));
    return found;
}

void check_named_store(Settings const& settings, NamedFiles& found) {
    auto const& url = settings.store.url;
    if (url.kind != StoreKind::sqlite || !is_there(url.where)) return;
    auto const checked = check_store(settings, found);
    if (!checked) found.problems.push_back(checked.error().detail);
}

}  // namespace updraft::app
