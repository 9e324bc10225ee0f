#include "sqlstore/database.h"

namespace updraft::sqlstore {

Result<Transaction> Transaction::begin(Database& database, Kind kind) {
    auto const& dialect = *database.dialect;
    TRY(database.session->script(
        std::string(kind == Kind::read ? dialect.begin_read : dialect.begin_write)));
    Transaction begun(database);
    if (!dialect.without_limits.empty()) {
        TRY(database.session->script(std::string(dialect.without_limits)));
    }
    return begun;
}

Transaction::~Transaction() {
    // When the roll-back fails as well, closing the session rolls back.
    if (database_ != nullptr) {
        static_cast<void>(database_->session->script(std::string(database_->dialect->rollback)));
    }
}

Result<void> Transaction::commit() {
    TRY(database_->session->script(std::string(database_->dialect->commit)));
    database_ = nullptr;
    return {};
}

}  // namespace updraft::sqlstore
