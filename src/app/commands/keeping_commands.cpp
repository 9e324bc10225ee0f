#include "app/commands/keeping_commands.h"

#include <sys/stat.h>

#include <iostream>
#include <memory>
#include <utility>

#include "access/seal.h"
#include "app/commands/bucket_place.h"
#include "app/commands/setting_flags.h"
#include "app/first_start.h"
#include "app/process/key_file.h"
#include "app/process/system_clock.h"
#include "app/settings/bucket_settings.h"
#include "keeping/backup.h"
#include "keeping/checkup.h"
#include "keeping/files.h"
#include "keeping/restore.h"
#include "sqlstore/postgres/database.h"
#include "sqlstore/sqlite/database.h"
#include "sqlstore/upkeep/copy.h"
#include "sqlstore/upkeep/snapshot.h"
#include "text/clean_text.h"
#include "vocabulary/version.h"

namespace updraft::app {
namespace {

using sqlstore::Database;

// What a database is opened for, on a file and on a server.
struct Purpose {
    Result<Database> (*file)(std::filesystem::path const&);
    Result<Database> (*server)(std::string const& url);
};
constexpr Purpose to_look{sqlstore::open_to_look, sqlstore::open_postgres_to_look};
constexpr Purpose to_empty{sqlstore::open_to_empty, sqlstore::open_postgres_to_empty};
constexpr Purpose to_fill{sqlstore::open_to_fill, sqlstore::open_postgres_to_fill};

// Only their owner may read the files that these commands make.
void make_private_files() { ::umask(077); }

int refuse(Error const& error) {
    std::cerr << "updraft: " << text::one_line(error.detail) << "\n";
    return 1;
}

std::string in_bytes(std::int64_t bytes) {
    constexpr std::int64_t kib = 1024;
    if (bytes < 10 * kib) return std::to_string(bytes) + " bytes";
    if (bytes < 10 * kib * kib) return std::to_string(bytes / kib) + " KiB";
    return std::to_string(bytes / (kib * kib)) + " MiB";
}

Result<Database> open_database(StoreUrl const& url, Purpose const& purpose) {
    if (url.kind == StoreKind::sqlite) return purpose.file(url.where);
    return purpose.server(url.where);
}

Result<void> take_snapshot(StoreUrl const& url, std::filesystem::path const& to) {
    if (url.kind == StoreKind::sqlite) return sqlstore::take_snapshot(url.where, to);
    TRY_ASSIGN(auto database, open_database(url, to_look));
    return sqlstore::take_snapshot(database, to);
}

Result<std::shared_ptr<keeping::ArtifactPlace>> artifact_place(Settings::Firmware const& firmware) {
    static SystemClock const clock;
    std::shared_ptr<keeping::ArtifactPlace> place;
    if (firmware.store) {
        TRY_ASSIGN(auto settings, client_settings(firmware, *firmware.store));
        place = std::make_shared<BucketPlace>(std::move(settings), clock);
    } else {
        place = std::make_shared<keeping::ArtifactFolder>(firmware.dir);
    }
    return place;
}

struct BackupWords {
    std::shared_ptr<SettingSources> sources;
    std::string to;
    bool without_key = false;
    bool without_artifacts = false;
};

void print(keeping::Manifest const& made, std::string const& to) {
    std::cout << "store      " << in_bytes(made.store_bytes) << "\n"
              << "artifacts  "
              << (made.with_artifacts
                      ? std::to_string(made.artifacts) + ", " + in_bytes(made.artifact_bytes)
                      : "not in it: they must be kept where they are")
              << "\n"
              << "key        "
              << (made.with_key ? "in it: who reads this backup can send pushes in your name"
                                : "not in it: without it the backup is of no use")
              << "\n"
              << "complete in " << to << "\n";
}

int back_up(Settings const& settings, BackupWords const& words) {
    auto const artifacts = artifact_place(settings.firmware);
    if (!artifacts) return refuse(artifacts.error());
    keeping::BackupSource source{
        .snapshot = [&](auto const& file) { return take_snapshot(settings.store.url, file); },
        .artifacts = *artifacts,
        .key = settings.secrets.key_file,
        .token = settings.data_dir + "/admin-token",
        .program = program_version()};
    if (words.without_key) source.key.reset();
    if (words.without_artifacts) source.artifacts.reset();
    make_private_files();
    auto const made = keeping::back_up(source, words.to, SystemClock().now());
    if (!made) return refuse(made.error());
    print(*made, words.to);
    for (auto const& sha256 : made->missing) {
        std::cerr << "updraft: the artifact " << sha256
                  << " is missing or damaged here, and is not in the backup\n";
    }
    return made->missing.empty() ? 0 : 1;
}

struct RestoreWords {
    std::string from;
    std::string data;
};

// Makes the data directory. Removes it again when there is nothing to put into it.
Result<keeping::Manifest> restored_into(RestoreWords const& words) {
    auto const missing = keeping::missing_folders(words.data);
    TRY_ASSIGN(auto const held, DataDir::hold(words.data));
    auto restored = keeping::restore(words.from, words.data);
    if (!restored) keeping::remove_empty_folders(missing);
    return restored;
}

int restore(RestoreWords const& words) {
    make_private_files();
    auto const restored = restored_into(words);
    if (!restored) return refuse(restored.error());
    std::cout << "restored into " << words.data << ": the store of " << rfc3339(restored->made_at)
              << ", " << restored->artifacts << " artifacts\n";
    if (!restored->with_artifacts) {
        std::cout
            << "the backup has no artifacts: they must still be where the configuration says\n";
    }
    if (!restored->with_key) {
        std::cout << "the backup has no key: put secret.key into " << words.data
                  << " (mode 0600) before a server starts on it\n";
    }
    for (auto const& sha256 : restored->missing) {
        std::cout << "the artifact " << sha256 << " was lost before the backup: upload it again\n";
    }
    return 0;
}

struct CheckWords {
    std::shared_ptr<SettingSources> sources;
    bool deep = false;
};

int check(Settings const& settings, CheckWords const& words) {
    auto database = open_database(settings.store.url, to_look);
    if (!database && database.error().code == Errc::corrupt) {
        std::cout << "the database is damaged: " << text::one_line(database.error().detail) << "\n";
        return 1;
    }
    if (!database) return refuse(database.error());
    auto const depth = words.deep ? sqlstore::Depth::every_row : sqlstore::Depth::rules;
    auto const artifacts = artifact_place(settings.firmware);
    if (!artifacts) return refuse(artifacts.error());
    auto checkup = keeping::check_up(*database, **artifacts, depth);
    if (!checkup) return refuse(checkup.error());
    if (auto const fits = key_fits(checkup->key_check, settings.secrets.key_file); !fits) {
        checkup->findings.push_back(fits.error().detail);
    }
    for (auto const& finding : checkup->findings) std::cout << text::one_line(finding) << "\n";
    std::cout << "checked: " << checkup->artifacts << " artifacts, "
              << in_bytes(checkup->artifact_bytes);
    if (words.deep) std::cout << ", read whole; " << checkup->rows << " rows";
    std::cout << "; " << checkup->findings.size() << " findings\n";
    return checkup->findings.empty() ? 0 : 1;
}

struct CopyWords {
    std::string from;
    std::string to;
};

int copy_store(CopyWords const& words) {
    auto const from_url = read_store_url(words.from);
    auto const to_url = read_store_url(words.to);
    if (!from_url || !to_url) {
        std::cerr << "updraft: " << (from_url ? "--to" : "--from") << " "
                  << text::one_line((from_url ? to_url : from_url).error().detail) << "\n";
        return 2;
    }
    make_private_files();
    auto from = open_database(*from_url, to_empty);
    if (!from) return refuse(from.error());
    auto to = open_database(*to_url, to_fill);
    if (!to) return refuse(to.error());
    auto const copied = sqlstore::copy_all(*from, *to);
    if (!copied) return refuse(copied.error());
    std::int64_t rows = 0;
    for (auto const& table : *copied) {
        std::cout << table.name << "  " << table.rows << "\n";
        rows += table.rows;
    }
    std::cout << "copied and compared: " << rows
              << " rows; the new store needs the same secret.key and the same artifacts\n";
    return 0;
}

void add_backup(cli::Syntax const& root) {
    auto const syntax = root.command(
        "backup",
        "Copy the database, the firmware files and the keys into a folder. The server may run.");
    auto const words = std::make_shared<BackupWords>();
    words->sources = add_place_flags(syntax);
    syntax.option("--to", words->to, "Empty or new folder.").required();
    syntax.flag("--without-key", words->without_key,
                "Leave secret.key and admin-token out; back them up by other means.");
    syntax.flag("--without-artifacts", words->without_artifacts,
                "Leave the firmware files out; back up their folder or bucket by other means.");
    syntax.when_given([words] {
        return with_settings(*words->sources,
                             [&](Settings const& settings) { return back_up(settings, *words); });
    });
}

void add_restore(cli::Syntax const& root) {
    auto const syntax = root.command("restore", "Put a backup into an empty data directory.");
    auto const words = std::make_shared<RestoreWords>();
    syntax.option("--from", words->from, "Folder that `updraft backup` made.").required();
    syntax.option("--data", words->data, "Empty or new data directory.").required();
    syntax.when_given([words] { return restore(*words); });
}

void add_check(cli::Syntax const& root) {
    auto const syntax = root.command(
        "check", "Check the database, the firmware files and the key. The server may run.");
    auto const words = std::make_shared<CheckWords>();
    words->sources = add_place_flags(syntax);
    syntax.flag("--deep", words->deep, "Also read every row and every firmware file.");
    syntax.when_given([words] {
        return with_settings(*words->sources,
                             [&](Settings const& settings) { return check(settings, *words); });
    });
}

void add_store(cli::Syntax const& root) {
    auto const store = root.command("store", "Copy a database while no server runs on it.");
    store.require_command();
    auto const syntax =
        store.command("copy", "Copy all rows into an empty database: all of them, or none.");
    auto const words = std::make_shared<CopyWords>();
    syntax.option("--from", words->from, "sqlite:PATH or postgresql://….").required();
    syntax.option("--to", words->to, "sqlite:PATH or postgresql://…; an empty or new database.")
        .required();
    syntax.when_given([words] { return copy_store(*words); });
}

}  // namespace

void add_keeping(cli::Syntax const& root) {
    add_backup(root);
    add_restore(root);
    add_check(root);
    add_store(root);
}

}  // namespace updraft::app
