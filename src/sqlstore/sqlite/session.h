// A connection to an SQLite file.
//
// Lives here: prepared statements, binding of parameters, checking the types of columns, errors as
//             values.
// Not here:   the threads that use it (sqlite/readers, sqlite/commit_queue), SQL
//             (tables/*_rows.cpp).
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "sqlstore/dialect.h"
#include "sqlstore/session.h"

struct sqlite3;
struct sqlite3_stmt;

namespace updraft::sqlstore {

enum class Access : std::uint8_t { read_only, read_write };
enum class Sync : std::uint8_t {
    off,  // Commits survive a crash of the process, but not of the machine.
    every_commit,
};

// The kind of a disk error, in addition to the Errc. It decides whether the store may continue.
enum class SqliteTrouble : std::uint8_t {
    none,
    passing,  // Full, refused, interrupted: the next attempt may succeed.
    lasting,  // A sync failed: it is not known what reached the disk, and a second sync would
              // report success.
};

class SqliteSession final : public Session {
public:
    // Opens in WAL mode without automatic checkpoints. Errc::unavailable when the file cannot be
    // opened, Errc::corrupt when it is not a database.
    [[nodiscard]] static Result<std::unique_ptr<SqliteSession>> open(
        std::filesystem::path const& file, Access access, Sync sync);
    ~SqliteSession() override;
    SqliteSession(SqliteSession const&) = delete;
    SqliteSession& operator=(SqliteSession const&) = delete;

    Result<Rows> query_params(std::string_view sql, std::span<Param const> params) override;
    Result<std::int64_t> execute_params(std::string_view sql,
                                        std::span<Param const> params) override;

    Result<void> script(std::string const& sql) override;
    // Runs one statement of the dialect, such as BEGIN or COMMIT, without the savepoint of
    // savepoint_before_write().
    Result<void> control(std::string_view sql);

    // The number of rows changed since the connection was opened, including changes that were
    // rolled back.
    [[nodiscard]] std::int64_t changes() const;
    // Makes the next statement that writes open a savepoint first. So jobs that write nothing need
    // no savepoint.
    void savepoint_before_write() { savepoint_ = Savepoint::wanted; }
    // Keeps or undoes the changes since savepoint_before_write().
    Result<void> end_savepoint(bool keep);

    // True inside a transaction. SQLite itself rolls a transaction back when the disk fails.
    [[nodiscard]] bool in_transaction() const;
    // The worst disk error since the last call.
    [[nodiscard]] SqliteTrouble take_trouble() {
        return std::exchange(trouble_, SqliteTrouble::none);
    }

    // The number of commits of this session that changed something.
    [[nodiscard]] std::uint64_t log_commits() const { return log_commits_; }
    // The number of pages in the write-ahead log after the last commit of this session.
    [[nodiscard]] std::int64_t log_pages() const { return log_pages_; }
    // Copies the pages of the log that no reader needs to the database file. True when all pages
    // were copied.
    Result<bool> checkpoint();

private:
    struct Statement;
    struct Cursor;
    enum class Savepoint : std::uint8_t { none, wanted, open };
    // Finds a cached statement by the address of its text, which does not change for a literal.
    struct TextAddress {
        char const* text;
        std::size_t size;
        bool operator==(TextAddress const&) const = default;
    };
    struct HashAddress {
        std::size_t operator()(TextAddress at) const noexcept {
            return std::hash<char const*>{}(at.text) ^ at.size;
        }
    };

    explicit SqliteSession(sqlite3* database);
    Result<void> configure(Access access, Sync sync);
    Result<Statement*> statement(std::string_view sql);
    Result<std::unique_ptr<Statement>> prepare(std::string_view sql);
    static Result<void> counted(Statement const& statement, std::size_t given);
    Result<void> before(Statement const& statement);
    tl::unexpected<Error> failure(int code, std::string_view doing);
    static int committed(void* self, sqlite3* database, char const* name, int pages);

    sqlite3* database_;
    std::unordered_map<TextAddress, Statement*, HashAddress> by_address_;
    std::unordered_map<std::string_view, std::unique_ptr<Statement>> by_text_;
    Savepoint savepoint_ = Savepoint::none;
    SqliteTrouble trouble_ = SqliteTrouble::none;
    std::int64_t log_pages_ = 0;
    std::uint64_t log_commits_ = 0;
};

}  // namespace updraft::sqlstore
