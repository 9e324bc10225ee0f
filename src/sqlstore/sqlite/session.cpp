#include "sqlstore/sqlite/session.h"

#include <sqlite3.h>

#include <cstdlib>

#include "sqlstore/statement_watch.h"

namespace updraft::sqlstore {
namespace {

constexpr int busy_timeout_ms = 10'000;

// Size in bytes and number of the small memory blocks that a connection keeps for reuse (SQLite's
// lookaside).
constexpr int lookaside_bytes = 1'200;
constexpr int lookaside_slots = 200;

// Limit of kept statements, so that texts that are built at run time do not fill the memory.
constexpr std::size_t statements_max = 1024;

Errc errc_of(int code) {
    switch (code) {
        case SQLITE_CONSTRAINT_UNIQUE:
        case SQLITE_CONSTRAINT_PRIMARYKEY:
        case SQLITE_CONSTRAINT_ROWID:
            return Errc::conflict;
        default:
            break;
    }
    switch (code & 0xFF) {
        case SQLITE_CORRUPT:
        case SQLITE_NOTADB:
            return Errc::corrupt;
        case SQLITE_FULL:
        case SQLITE_IOERR:
        case SQLITE_CANTOPEN:
        case SQLITE_READONLY:
        case SQLITE_BUSY:
        case SQLITE_LOCKED:
        case SQLITE_NOMEM:
        case SQLITE_INTERRUPT:
        case SQLITE_PERM:
        case SQLITE_PROTOCOL:
            return Errc::unavailable;
        default:
            return Errc::internal;
    }
}

SqliteTrouble trouble_of(int code) {
    switch (code) {
        case SQLITE_IOERR_FSYNC:
        case SQLITE_IOERR_DIR_FSYNC:
            return SqliteTrouble::lasting;
        default:
            break;
    }
    switch (code & 0xFF) {
        case SQLITE_FULL:
        case SQLITE_IOERR:
        case SQLITE_NOMEM:
        case SQLITE_READONLY:
        case SQLITE_CANTOPEN:
        case SQLITE_BUSY:
            return SqliteTrouble::passing;
        default:
            return SqliteTrouble::none;
    }
}

// By default SQLite counts its memory use under one lock for all threads. That can be switched off
// only before the first use of SQLite.
void count_no_memory() {
    static bool const told = sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0) == SQLITE_OK;
    static_cast<void>(told);
}

}  // namespace

struct SqliteSession::Statement {
    std::string sql;
    sqlite3_stmt* handle = nullptr;
    std::vector<int>
        places;  // SQLite's number of $n is places[n - 1]; 0 when the text does not use it.
    std::string
        kept_text;  // Parameters of a query whose rows are read after query_params() returned.
    bool writes = false;
    bool in_use = false;

    Statement() = default;
    Statement(Statement const&) = delete;
    Statement& operator=(Statement const&) = delete;
    ~Statement() { sqlite3_finalize(handle); }

    void rest() {
        sqlite3_reset(handle);
        in_use = false;
    }

    enum class TextLives : std::uint8_t { until_reset, only_now };

    // Binds parameters by their number, so that the text may use $n in any order, several times, or
    // not at all.
    int bind(std::span<Param const> params, TextLives lives) {
        if (lives == TextLives::only_now) keep(params);
        std::size_t kept = 0;
        for (std::size_t i = 0; i < params.size(); ++i) {
            if (places[i] == 0) continue;
            auto const& value = params[i].value();
            int bound = SQLITE_OK;
            if (auto const* number = std::get_if<std::int64_t>(&value)) {
                bound = sqlite3_bind_int64(handle, places[i], *number);
            } else if (auto const* text = std::get_if<std::string_view>(&value)) {
                // An empty view may have a null pointer, which SQLite would store as NULL.
                char const* at = text->empty() ? "" : text->data();
                if (lives == TextLives::only_now) at = kept_text.data() + kept;
                kept += text->size();
                bound = sqlite3_bind_text64(handle, places[i], at, text->size(), SQLITE_STATIC,
                                            SQLITE_UTF8);
            } else {
                bound = sqlite3_bind_null(handle, places[i]);
            }
            if (bound != SQLITE_OK) return bound;
        }
        return SQLITE_OK;
    }

private:
    void keep(std::span<Param const> params) {
        kept_text.clear();
        for (std::size_t i = 0; i < params.size(); ++i) {
            auto const* text = std::get_if<std::string_view>(&params[i].value());
            if (text != nullptr && places[i] != 0) kept_text += *text;
        }
    }
};

// The rows of one statement. query_params() takes the first step, so that a statement that changes
// rows does so even when its rows are not read.
struct SqliteSession::Cursor final : public Rows::Source {
    SqliteSession& session;
    Statement* statement;
    std::unique_ptr<Statement> own;  // When the cached statement is still being read.
    int stepped;

    Cursor(SqliteSession& of, Statement* reading, std::unique_ptr<Statement> owned, int first)
        : session(of), statement(reading), own(std::move(owned)), stepped(first) {}
    Cursor(Cursor const&) = delete;
    Cursor& operator=(Cursor const&) = delete;
    ~Cursor() override { statement->rest(); }

    Result<bool> next() override {
        if (stepped == SQLITE_OK) stepped = sqlite3_step(statement->handle);
        auto const seen = stepped;
        if (seen == SQLITE_ROW) {
            stepped = SQLITE_OK;
            return true;
        }
        if (seen == SQLITE_DONE) return false;
        return session.failure(seen, statement->sql);
    }
    bool is_null(int column) const override {
        return sqlite3_column_type(statement->handle, column) == SQLITE_NULL;
    }
    std::int64_t number(int column) const override {
        if (sqlite3_column_type(statement->handle, column) != SQLITE_INTEGER) {
            session.note_mistype(statement->sql, column, "a whole number");
            return 0;
        }
        return sqlite3_column_int64(statement->handle, column);
    }
    std::string_view text(int column) const override {
        if (sqlite3_column_type(statement->handle, column) != SQLITE_TEXT) {
            session.note_mistype(statement->sql, column, "text");
            return {};
        }
        void const* bytes = sqlite3_column_text(statement->handle, column);
        auto const size = sqlite3_column_bytes(statement->handle, column);
        if (bytes == nullptr) return {};
        return {static_cast<char const*>(bytes), static_cast<std::size_t>(size)};
    }
};

Result<std::unique_ptr<SqliteSession>> SqliteSession::open(std::filesystem::path const& file,
                                                           Access access, Sync sync) {
    count_no_memory();
    sqlite3* database = nullptr;
    int flags = SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_PRIVATECACHE | SQLITE_OPEN_EXRESCODE;
    flags |= access == Access::read_write ? SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE
                                          : SQLITE_OPEN_READONLY;
    auto const opened = sqlite3_open_v2(file.c_str(), &database, flags, nullptr);
    if (database == nullptr) return fail(Errc::unavailable, "no memory to open a database");
    std::unique_ptr<SqliteSession> session(new SqliteSession(database));
    if (opened != SQLITE_OK) return session->failure(opened, "opening " + file.string());
    TRY(session->configure(access, sync));
    return session;
}

Result<void> SqliteSession::configure(Access access, Sync sync) {
    sqlite3_busy_timeout(database_, busy_timeout_ms);
    sqlite3_db_config(database_, SQLITE_DBCONFIG_LOOKASIDE, nullptr, lookaside_bytes,
                      lookaside_slots);
    // A plan must not depend on the values of parameters.
    sqlite3_db_config(database_, SQLITE_DBCONFIG_ENABLE_QPSG, 1, nullptr);
    sqlite3_db_config(database_, SQLITE_DBCONFIG_DQS_DML, 0, nullptr);
    sqlite3_db_config(database_, SQLITE_DBCONFIG_DQS_DDL, 0, nullptr);
    TRY(
        script("PRAGMA cache_size = -8192; PRAGMA temp_store = MEMORY; PRAGMA mmap_size = 0;"
               "PRAGMA foreign_keys = OFF;"));
    if (access == Access::read_only) return {};
    TRY(
        script("PRAGMA journal_mode = WAL; PRAGMA wal_autocheckpoint = 0;"
               "PRAGMA journal_size_limit = 67108864;"));
    sqlite3_wal_hook(database_, &SqliteSession::committed, this);
    return script(sync == Sync::every_commit ? "PRAGMA synchronous = FULL"
                                             : "PRAGMA synchronous = NORMAL");
}

SqliteSession::SqliteSession(sqlite3* database) : database_(database) {}

SqliteSession::~SqliteSession() {
    by_address_.clear();
    by_text_.clear();
    sqlite3_close_v2(database_);
}

int SqliteSession::committed(void* self, sqlite3*, char const*, int pages) {
    auto* const session = static_cast<SqliteSession*>(self);
    session->log_pages_ = pages;
    ++session->log_commits_;
    return SQLITE_OK;
}

tl::unexpected<Error> SqliteSession::failure(int code, std::string_view doing) {
    trouble_ = std::max(trouble_, trouble_of(code));
    auto detail =
        std::string("SQLite: ") + sqlite3_errmsg(database_) + " (" + std::to_string(code) + ") in ";
    auto const* const file = sqlite3_db_filename(database_, "main");
    if (file != nullptr && *file != '\0') detail += std::string(file) + ": ";
    detail += doing.substr(0, 200);
    auto const meaning = errc_of(code);
    auto const told = meaning == Errc::conflict ? told_of_conflict : std::string_view();
    return fail(meaning, std::move(detail), std::string(told));
}

Result<std::unique_ptr<SqliteSession::Statement>> SqliteSession::prepare(std::string_view sql) {
    auto made = std::make_unique<Statement>();
    made->sql = sql;
    auto const prepared =
        sqlite3_prepare_v3(database_, made->sql.data(), static_cast<int>(made->sql.size()),
                           SQLITE_PREPARE_PERSISTENT, &made->handle, nullptr);
    if (prepared != SQLITE_OK) return failure(prepared, sql);
    if (made->handle == nullptr) return fail(Errc::internal, "an empty SQL text");
    made->writes = sqlite3_stmt_readonly(made->handle) == 0;
    auto const count = sqlite3_bind_parameter_count(made->handle);
    for (int i = 1; i <= count; ++i) {
        char const* name = sqlite3_bind_parameter_name(made->handle, i);
        auto const number = name != nullptr && *name == '$' ? std::atoi(name + 1) : 0;
        if (number < 1 || number > 999) {
            return fail(Errc::internal, "a placeholder that is not $1…$n in: " + made->sql);
        }
        auto const needed = static_cast<std::size_t>(number);
        if (made->places.size() < needed) made->places.resize(needed, 0);
        made->places[needed - 1] = i;
    }
    note_statement(sql);
    return made;
}

Result<SqliteSession::Statement*> SqliteSession::statement(std::string_view sql) {
    TextAddress const address{sql.data(), sql.size()};
    auto const known = by_address_.find(address);
    // The text is compared, too: another text may be at the same address now.
    if (known != by_address_.end() && known->second->sql == sql) return known->second;
    auto found = by_text_.find(sql);
    if (found == by_text_.end()) {
        TRY_ASSIGN(auto made, prepare(sql));
        if (by_text_.size() >= statements_max) {
            by_address_.clear();
            std::erase_if(by_text_, [](auto const& kept) { return !kept.second->in_use; });
        }
        std::string_view const key = made->sql;
        found = by_text_.emplace(key, std::move(made)).first;
    }
    if (by_address_.size() >= statements_max) by_address_.clear();
    by_address_.insert_or_assign(address, found->second.get());
    return found->second.get();
}

Result<void> SqliteSession::counted(Statement const& statement, std::size_t given) {
    if (given == statement.places.size()) return {};
    return fail(Errc::internal, std::to_string(given) + " parameters given for: " + statement.sql);
}

Result<void> SqliteSession::before(Statement const& statement) {
    if (!statement.writes || savepoint_ != Savepoint::wanted) return {};
    savepoint_ = Savepoint::none;
    TRY(control(sqlite_dialect.savepoint));
    savepoint_ = Savepoint::open;
    return {};
}

Result<Rows> SqliteSession::query_params(std::string_view sql, std::span<Param const> params) {
    TRY_ASSIGN(auto* reading, statement(sql));
    std::unique_ptr<Statement> own;
    if (reading->in_use) {
        TRY_ASSIGN(own, prepare(sql));
        reading = own.get();
    }
    TRY(counted(*reading, params.size()));
    TRY(before(*reading));
    auto stepped = reading->bind(params, Statement::TextLives::only_now);
    if (stepped == SQLITE_OK) stepped = sqlite3_step(reading->handle);
    if (stepped != SQLITE_ROW && stepped != SQLITE_DONE) {
        auto failed = failure(stepped, sql);
        reading->rest();
        return failed;
    }
    reading->in_use = true;
    return Rows(std::make_unique<Cursor>(*this, reading, std::move(own), stepped));
}

Result<std::int64_t> SqliteSession::execute_params(std::string_view sql,
                                                   std::span<Param const> params) {
    TRY_ASSIGN(auto* doing, statement(sql));
    std::unique_ptr<Statement> own;
    if (doing->in_use) {
        TRY_ASSIGN(own, prepare(sql));
        doing = own.get();
    }
    TRY(counted(*doing, params.size()));
    TRY(before(*doing));
    auto const changes_before = sqlite3_total_changes64(database_);
    auto stepped = doing->bind(params, Statement::TextLives::until_reset);
    if (stepped == SQLITE_OK) {
        do stepped = sqlite3_step(doing->handle);
        while (stepped == SQLITE_ROW);
    }
    if (stepped != SQLITE_DONE) {
        auto failed = failure(stepped, sql);
        doing->rest();
        return failed;
    }
    doing->rest();
    return sqlite3_total_changes64(database_) - changes_before;
}

Result<void> SqliteSession::script(std::string const& sql) {
    auto const done = sqlite3_exec(database_, sql.c_str(), nullptr, nullptr, nullptr);
    if (done != SQLITE_OK) return failure(done, sql);
    return {};
}

Result<void> SqliteSession::control(std::string_view sql) {
    TRY_ASSIGN(auto* doing, statement(sql));
    auto const stepped = sqlite3_step(doing->handle);
    if (stepped != SQLITE_DONE && stepped != SQLITE_ROW) {
        auto failed = failure(stepped, sql);
        doing->rest();
        return failed;
    }
    doing->rest();
    return {};
}

Result<void> SqliteSession::end_savepoint(bool keep) {
    auto const state = std::exchange(savepoint_, Savepoint::none);
    if (state != Savepoint::open || !in_transaction()) return {};
    if (!keep) TRY(control(sqlite_dialect.rollback_to_savepoint));
    return control(sqlite_dialect.release_savepoint);
}

std::int64_t SqliteSession::changes() const { return sqlite3_total_changes64(database_); }

bool SqliteSession::in_transaction() const { return sqlite3_get_autocommit(database_) == 0; }

Result<bool> SqliteSession::checkpoint() {
    int in_log = 0;
    int moved = 0;
    auto const done =
        sqlite3_wal_checkpoint_v2(database_, nullptr, SQLITE_CHECKPOINT_PASSIVE, &in_log, &moved);
    if (done != SQLITE_OK) return failure(done, "checkpoint");
    return in_log == moved;
}

}  // namespace updraft::sqlstore
