// The prepared statements of one connection.
//
// Lives here: preparing each text once, in the batch that uses it first.
// Not here:   parameters and batches (postgres/link), running statements (postgres/session).
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
    bool ready = false;      // The server has prepared it.
    bool announced = false;  // Its preparation is in the current batch.
    bool writes = false;     // It may change rows.

    // Handles the first answer to its commands, which is that of the preparation if this batch
    // prepared it.
    void learn(PostgresAnswer const& first);
};

[[nodiscard]] bool failed(PostgresAnswer const& answer);
// True when this statement may change rows.
[[nodiscard]] bool changes_rows(std::string_view sql);

// Used by one thread at a time.
class PostgresStatements {
public:
    // The link must outlive this object. Without `prepare` no statement is prepared.
    PostgresStatements(PostgresLink& link, bool prepare) : link_(link), prepare_(prepare) {}

    // Adds the commands of this statement to the link's batch: one, or two when it must be prepared
    // first. The reference is valid until forget_unnamed().
    PostgresStatement& put(std::string_view sql, PostgresParams const& params);
    // Removes texts that were not prepared, when there are many. Only while no statement is in the
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
