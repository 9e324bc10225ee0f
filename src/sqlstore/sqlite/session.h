// A connection to an SQLite file.
//
// Lives here: prepared statements, binding, types checked on the way out, errors as values.
// Not here:   which threads use it when (sqlite/readers, sqlite/commit_queue), SQL
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
    off,  // Not synced: survives the death of the process, not that of the machine.
    every_commit,
};

// What went wrong on the disk, in addition to the Errc: decides whether the store may go on.
enum class SqliteTrouble : std::uint8_t {
    none,
    passing,  // Full, refused, interrupted: the next attempt may succeed.
    lasting,  // A sync failed: it is not known what reached the disk, and a second sync would
              // report success.
};

class SqliteSession final : public Session {
public:
    // WAL, no automatic checkpoint, modest page cache. Errc::unavailable when it cannot be opened,
    // Errc::corrupt when it is no database.
    [[nodiscard]] static Result<std::unique_ptr<SqliteSession>> open(
        std::filesystem::path const& file, Access access, Sync sync);
    ~SqliteSession() override;
    SqliteSession(SqliteSession const&) = delete;
    SqliteSession& operator=(SqliteSession const&) = delete;

    Result<Rows> query_params(std::string_view sql, std::span<Param const> params) override;
    Result<std::int64_t> execute_params(std::string_view sql,
                                        std::span<Param const> params) override;

    Result<void> script(std::string const& sql) override;
    // One statement of the dialect, such as begin or commit. It never opens a savepoint.
    Result<void> control(std::string_view sql);

    // Rows changed since the connection was opened, rolled back ones too.
    [[nodiscard]] std::int64_t changes() const;
    // The next statement that writes first opens a savepoint; a transaction that only reads, or
    // fails before it wrote anything, costs none.
    void savepoint_before_write() { savepoint_ = Savepoint::wanted; }
    // Keeps, or undoes, what was written since savepoint_before_write().
    Result<void> end_savepoint(bool keep);

    // False when SQLite rolled the transaction back by itself, as it does when the disk fails.
    [[nodiscard]] bool in_transaction() const;
    // The worst trouble since the last call.
    [[nodiscard]] SqliteTrouble take_trouble() {
        return std::exchange(trouble_, SqliteTrouble::none);
    }

    // Commits of this session that changed something.
    [[nodiscard]] std::uint64_t log_commits() const { return log_commits_; }
    // Pages in the write-ahead log after the last commit of this session.
    [[nodiscard]] std::int64_t log_pages() const { return log_pages_; }
    // Moves what no reader needs from the log into the file. True when the log is empty then.
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
