#include "sqlstore/sqlite/database.h"

#include "sqlstore/schema/migrate.h"
#include "sqlstore/sqlite/session.h"
#include "sqlstore/tables/tables.h"

namespace updraft::sqlstore {
namespace {

Result<void> must_be_there(std::filesystem::path const& file) {
    std::error_code failed;
    auto const type = std::filesystem::status(file, failed).type();
    if (type == std::filesystem::file_type::regular) return {};
    auto const place = "there is no store at " + file.string();
    if (type == std::filesystem::file_type::not_found) return fail(Errc::not_found, place);
    if (type == std::filesystem::file_type::none) {
        return fail(Errc::unavailable, file.string() + " cannot be read: " + failed.message());
    }
    return fail(Errc::not_found, place + ": it is no file");
}

}  // namespace

Result<Database> open_to_look(std::filesystem::path const& file) {
    TRY(must_be_there(file));
    TRY_ASSIGN(auto session, SqliteSession::open(file, Access::read_only, Sync::off));
    return Database{.lock = {}, .session = std::move(session), .dialect = &sqlite_dialect};
}

Result<void> look_into_store(std::filesystem::path const& file, Store::ReadBody const& body) {
    TRY_ASSIGN(auto database, open_to_look(file));
    auto& session = *database.session;
    TRY_ASSIGN(auto const transaction, Transaction::begin(database, Transaction::Kind::read));
    TRY_ASSIGN(auto const missing, missing_migrations(session, embedded_migrations()));
    if (missing > 0) return {};
    Generations const generations;
    Caches caches(session, generations);
    AllRows const rows(session, caches);
    TRY(body(Tx(rows.tables())));
    return session.take_mistype();
}

Result<Database> open_to_empty(std::filesystem::path const& file) {
    TRY(must_be_there(file));
    TRY_ASSIGN(auto lock, FileLock::take(file));
    TRY_ASSIGN(auto opened, open_to_look(file));
    opened.lock.emplace(std::move(lock));
    return opened;
}

Result<Database> open_to_fill(std::filesystem::path const& file) {
    TRY_ASSIGN(auto lock, FileLock::take(file));
    TRY_ASSIGN(auto session, SqliteSession::open(file, Access::read_write, Sync::every_commit));
    Database opened{
        .lock = std::move(lock), .session = std::move(session), .dialect = &sqlite_dialect};
    TRY_ASSIGN(auto transaction, Transaction::begin(opened, Transaction::Kind::write));
    TRY(migrate(*opened.session, sqlite_dialect, embedded_migrations()));
    TRY(transaction.commit());
    return opened;
}

}  // namespace updraft::sqlstore
