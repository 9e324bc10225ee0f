#include "sqlstore/tables/sequences.h"

#include "sqlstore/tables/number_pool.h"

namespace updraft::sqlstore {
namespace {

// Without RETURNING, for whose rows SQLite makes a table at each call.
Result<std::int64_t> take_embedded(Session& session, std::string_view sequence,
                                   std::int64_t count) {
    TRY(
        session.change("INSERT INTO sequences (name, next) VALUES ($1, $2) "
                       "ON CONFLICT (name) DO UPDATE SET next = sequences.next + excluded.next",
                       sequence, count));
    TRY_ASSIGN(auto rows, session.query("SELECT next FROM sequences WHERE name = $1", sequence));
    TRY_ASSIGN(auto const found, rows.next());
    if (!found) return fail(Errc::corrupt, "a sequence gave no number");
    return rows.number(0) - count;
}

}  // namespace

Result<std::int64_t> take_numbers(Session& session, std::string_view sequence, std::int64_t count) {
    if (count < 1) return fail(Errc::invalid, "a sequence gives at least one number at a time");
    if (auto* const pool = session.numbers()) return pool->take(sequence, count);
    return take_embedded(session, sequence, count);
}

Result<std::int64_t> fetch_numbers(Session& session, std::string_view sequence,
                                   std::int64_t count) {
    TRY_ASSIGN(auto rows, session.query("INSERT INTO sequences (name, next) VALUES ($1, $2) "
                                        "ON CONFLICT (name) DO UPDATE "
                                        "SET next = sequences.next + excluded.next "
                                        "RETURNING next",
                                        sequence, count));
    TRY_ASSIGN(auto const found, rows.next());
    if (!found) return fail(Errc::corrupt, "a sequence gave no number");
    return rows.number(0) - count;
}

}  // namespace updraft::sqlstore
