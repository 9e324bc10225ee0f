// A database that one command works on by itself, beside a server or instead of one.
//
// Lives here: what such a command holds, and its transaction.
// Not here:   opening it (sqlite/database, postgres/database), what the commands do with it
//             (upkeep/), a server's store (sqlite/store, postgres/store).
#pragma once

#include <filesystem>
#include <memory>
#include <optional>

#include "sqlstore/dialect.h"
#include "sqlstore/session.h"
#include "sqlstore/sqlite/file_lock.h"

namespace updraft::sqlstore {

struct Database {
    std::optional<FileLock> lock;  // First, so that it is released last.
    std::unique_ptr<Session> session;
    Dialect const* dialect = nullptr;
};

// A transaction of a command. Rolled back when it was not ended by commit().
class Transaction {
public:
    enum class Kind : std::uint8_t { read, write };
    [[nodiscard]] static Result<Transaction> begin(Database& database, Kind kind);
    ~Transaction();
    Transaction(Transaction&& other) noexcept
        : database_(std::exchange(other.database_, nullptr)) {}
    Transaction& operator=(Transaction&&) = delete;

    [[nodiscard]] Result<void> commit();

private:
    explicit Transaction(Database& database) : database_(&database) {}

    Database* database_;  // Null once it has ended.
};

}  // namespace updraft::sqlstore
