// The store: transactions on tables, as the domain uses them.
//
// Lives here: Store (durable write transactions, snapshot reads) and Tx (the tables of one).
// Not here:   the list of tables (ports/tables.h), their functions (ports/*_table.h), how they are
//             stored (sqlstore/).
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <type_traits>
#include <utility>

#include "ports/tables.h"
#include "vocabulary/result.h"

namespace updraft {

// A transaction. A `Tx&` may change tables; a `Tx const&` has only the reading functions. Used by
// one thread, and only inside the body that gets it as its argument.
class Tx {
public:
    // `tables` must outlive the transaction.
    explicit Tx(Tables const& tables) : tables_(tables) {}
    explicit Tx(Tables&&) = delete;
    Tx(Tx const&) = delete;
    Tx& operator=(Tx const&) = delete;

    // `apps()` and so on, for each table of the list in ports/tables.h.
#define UPDRAFT_TX_TABLE(Name, name)              \
    Name##Table& name() { return *tables_.name; } \
    Name##Table const& name() const { return *tables_.name; }
    UPDRAFT_TABLES(UPDRAFT_TX_TABLE)
#undef UPDRAFT_TX_TABLE

    // Hints about what is read next.
    Prefetch const& prefetch() const { return *tables_.prefetch; }

private:
    Tables const& tables_;
};

// The kinds of changes that listeners wait for (on_commit()).
enum class Touched : std::uint8_t {
    outbox,         // A push message may have become due.
    announcements,  // A release waits to be announced.
    upgrades,       // The due time of an upgrade may be earlier now.
};

struct AuditEntry;

// Safe to call from any thread.
class Store {
public:
    // A body may run more than once: it may change nothing except the tables of its Tx and its own
    // results (docs/architecture.md#the-store).
    using WriteBody = std::function<Result<void>(Tx&)>;
    using ReadBody = std::function<Result<void>(Tx const&)>;
    using Done = std::function<void(Result<void>)>;

    virtual ~Store() = default;

    // Queues a write transaction. `done` gets success when the commit is durable; the body's error
    // after a roll-back; Errc::unavailable when the commit could not be made durable (if the
    // connection to the database was lost during the commit, it may be stored nevertheless); or
    // Errc::busy, at once and on the calling thread, when the queue is full. Otherwise `done` runs
    // on a thread of the store. It must not block.
    virtual void submit(WriteBody body, Done done) = 0;

    // Runs `body` on a snapshot, and blocks the calling thread until `body` has returned.
    virtual Result<void> read(ReadBody const& body) = 0;

    // The same without blocking: `done` as in submit().
    virtual void submit_read(ReadBody body, Done done) = 0;

    // True when a read takes microseconds and may run on an I/O thread; false when it waits for a
    // network and must run on a worker thread.
    [[nodiscard]] virtual bool reads_inline() const = 0;

    // True when other processes may use the same database at the same time: work that only one of
    // them may do then needs a lease (ports/leases_table.h).
    [[nodiscard]] virtual bool shared() const { return false; }

    // Errc::unavailable, with the reason, while the store cannot take writes.
    [[nodiscard]] virtual Result<void> healthy() = 0;

    // `listener` is called after each commit that changed `what`, on a thread of the store. It must
    // not block. Set before the first transaction.
    virtual void on_commit(Touched what, std::function<void()> listener) = 0;

    // `listener` is called for each entry of the audit (ports/audit_table.h) after its commit, as
    // the one of on_commit().
    virtual void on_audit(std::function<void(AuditEntry const&)> listener) = 0;

    // submit(), and waits for the result. Must not be called on an I/O thread.
    Result<void> write(WriteBody body);
};

// Runs `body(Tx const&)`, which returns a Result<T>, on a snapshot and returns its result.
template <class Body>
auto read(Store& store, Body&& body) -> std::invoke_result_t<Body&, Tx const&> {
    using Answer = std::invoke_result_t<Body&, Tx const&>;
    std::optional<Answer> answer;
    auto const read = store.read([&](Tx const& tx) -> Result<void> {
        answer.emplace(body(tx));
        return {};
    });
    if (!read) return pass(read);
    return *std::move(answer);
}

// Runs `body(Tx&)`, which returns a Result<T>, in a write transaction, waits until the commit is
// durable and returns the result. An error of `body` rolls the transaction back.
template <class Body>
auto write(Store& store, Body body) -> std::invoke_result_t<Body&, Tx&> {
    using Answer = std::invoke_result_t<Body&, Tx&>;
    std::optional<Answer> answer;
    auto const written = store.write([&](Tx& tx) -> Result<void> {
        answer.emplace(body(tx));
        if (!*answer) return fail(answer->error());
        return {};
    });
    if (!written) return pass(written);
    return *std::move(answer);
}

}  // namespace updraft
