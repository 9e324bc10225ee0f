// The statements that one connection knows by name.
//
// Lives here: preparing each text once, in the parcel that first uses it.
// Not here:   parameters and parcels (postgres_link), what is asked (postgres_session).
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
    std::string name;        // Empty: not to be kept.
    bool ready = false;      // The server knows it.
    bool announced = false;  // It will, when the answers to what was put are good.
    bool writes = false;     // It may change rows.

    // What the first answer to its commands tells: to preparing it, when that was one of them.
    void learn(PostgresAnswer const& first);
};

[[nodiscard]] bool failed(PostgresAnswer const& answer);
// True when that text may change rows.
[[nodiscard]] bool changes_rows(std::string_view sql);

// Used by one thread at a time.
class PostgresStatements {
public:
    // Both outlive it. Without `prepare` nothing is kept by the server.
    PostgresStatements(PostgresLink& link, bool prepare) : link_(link), prepare_(prepare) {}

    // Puts the commands that carry it out into the link's parcel: one, or two when the server does
    // not know it yet. Valid until forget_unnamed().
    PostgresStatement& put(std::string_view sql, PostgresParams const& params);
    // Texts built anew each time must not fill memory. To be called when nobody holds statements.
    void forget_unnamed();

private:
    PostgresStatement& find(std::string_view sql);

    PostgresLink& link_;
    bool const prepare_;
    std::uint64_t names_ = 0;
    std::unordered_map<std::string_view, std::unique_ptr<PostgresStatement>> all_;
};

}  // namespace updraft::sqlstore
