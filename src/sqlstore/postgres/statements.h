// The prepared statements of one connection.
//
// Lives here: preparing each text once, in the batch that first uses it.
// Not here:   parameters and batches (postgres/link), what is asked (postgres/session).
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>

#include "sqlstore/postgres/link.h"

namespace updraft::sqlstore {

struct PostgresStatement {
    std::string sql;
    std::string name;        // Empty: not prepared.
    bool ready = false;      // The server knows it.
    bool announced = false;  // It will, unless a command of the current batch fails.
    bool writes = false;     // It may change rows.

    // Takes the first answer to its commands: that of preparing it, when it was prepared in this
    // batch.
    void learn(PostgresAnswer const& first);
};

[[nodiscard]] bool failed(PostgresAnswer const& answer);
// True when that text may change rows.
[[nodiscard]] bool changes_rows(std::string_view sql);

// Used by one thread at a time.
class PostgresStatements {
public:
    // The link outlives it. Without `prepare` no statement is prepared.
    PostgresStatements(PostgresLink& link, bool prepare) : link_(link), prepare_(prepare) {}

    // Adds the commands that carry it out to the link's batch: one, or two when it must be prepared
    // first. The reference is valid until forget_unnamed().
    PostgresStatement& put(std::string_view sql, PostgresParams const& params);
    // Drops texts that were not prepared, when they are many. Only while no statement is in a
    // batch.
    void forget_unnamed();

private:
    PostgresStatement& find(std::string_view sql);

    PostgresLink& link_;
    bool const prepare_;
    std::uint64_t names_ = 0;
    std::unordered_map<std::string_view, std::unique_ptr<PostgresStatement>> all_;
};

}  // namespace updraft::sqlstore
