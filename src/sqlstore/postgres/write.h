// Write transactions, which run again when they have to.
//
// Lives here: one attempt after the other until a transaction is through, and when to give up.
// Not here:   queues and threads (postgres_writers), the connection (postgres_seat), SQL
//             (*_rows.cpp).
#pragma once

#include <span>

#include "ports/store.h"
#include "sqlstore/postgres/connection_slot.h"

namespace updraft::sqlstore {

// A write transaction on its way.
struct PostgresJob {
    Store::WriteBody body;
    Store::Done done;
    Result<void> result;
    std::uint32_t touched = 0;
    bool wrote = false;  // It changed rows, or tried to.
};

// Used by one thread at a time.
class PostgresWriting {
public:
    explicit PostgresWriting(PostgresReach& reach) : seat_(reach, Purpose::write) {}

    // Runs the jobs in one transaction. False when that could not be: then nothing of it is kept,
    // nobody has a result, and each is to run alone. When the turn does not come, all hear so.
    [[nodiscard]] bool write_together(std::span<PostgresJob> jobs);
    // Runs the job in a transaction of its own, again when that was lost, or began with old news.
    void write_alone(PostgresJob& job);

private:
    enum class Again : std::uint8_t { no, yes };

    [[nodiscard]] Result<void> run(PostgresConnection& here, PostgresJob& job);
    [[nodiscard]] Result<void> run_all(PostgresConnection& here, std::span<PostgresJob> jobs);
    [[nodiscard]] Again write_once(PostgresConnection& here, PostgresJob& job, int attempt);

    PostgresSeat seat_;
};

}  // namespace updraft::sqlstore
