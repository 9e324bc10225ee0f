// A database as a command uses it (such as a backup), while a server runs or not.
//
// Lives here: the session and the lock of such a command, and its transactions.
// Not here:   opening it (sqlite/database, postgres/database), the commands' work (upkeep/), the
//             store of a server (sqlite/store, postgres/store).
#pragma once

#include <filesystem>
#include <memory>
#include <optional>

#include "sqlstore/dialect.h"
#include "sqlstore/session.h"
#include "sqlstore/sqlite/file_lock.h"

namespace updraft::sqlstore {

struct Database {
    std::optional<FileLock> lock;  // First member, so that it is released last.
    std::unique_ptr<Session> session;
    Dialect const* dialect = nullptr;
};

// A transaction of a command. The destructor rolls it back unless commit() succeeded.
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
