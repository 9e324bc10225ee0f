// The store, as the domain sees it: transactions over tables.
//
// Lives here: Store (durable write transactions, snapshot reads) and Tx (the tables of one).
// Not here:   which tables there are (ports/tables.h), what each of them can do (ports/*_table.h),
//             how they are stored (sqlstore/).
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <type_traits>
#include <utility>

#include "ports/tables.h"
#include "vocabulary/result.h"

namespace updraft {

// A transaction. A `Tx&` may change the tables, a `Tx const&` only reads: the const tables have the
// reading verbs alone. Used by one thread, inside the body that was given it, and nowhere else.
class Tx {
public:
    // `tables` outlives it.
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

// What a committed transaction touched that somebody may be waiting for.
enum class Touched : std::uint8_t {
    outbox,         // A push message became due, or may have.
    announcements,  // A release waits to be announced.
    upgrades,       // A due time may have moved nearer.
};

// Safe to call from any thread.
class Store {
public:
    // May run twice: touches the Tx and its own locals, nothing else
    // (docs/architecture.md#the-store).
    using WriteBody = std::function<Result<void>(Tx&)>;
    using ReadBody = std::function<Result<void>(Tx const&)>;
    using Done = std::function<void(Result<void>)>;

    virtual ~Store() = default;

    // Queues a write transaction. `done` gets the body's error, after a roll-back, or success once
    // the commit is durable, or Errc::unavailable when it could not be made so (then nothing of it
    // is stored). `done` runs on a thread of the store and must not block.
    virtual void submit(WriteBody body, Done done) = 0;

    // Runs `body` on a snapshot and blocks the calling thread until it returned.
    virtual Result<void> read(ReadBody const& body) = 0;

    // The same without blocking: `done` as in submit().
    virtual void submit_read(ReadBody body, Done done) = 0;

    // True when a read costs microseconds and may run on an I/O thread; false when it waits for a
    // network and belongs on a worker.
    [[nodiscard]] virtual bool reads_inline() const = 0;

    // True when other processes may work on the same rows at the same time, so that work which one
    // of them at a time does needs a lease (ports/leases_table.h).
    [[nodiscard]] virtual bool shared() const { return false; }

    // Errc::unavailable, with the reason, while the store cannot take writes.
    [[nodiscard]] virtual Result<void> healthy() = 0;

    // `listener` runs after each commit that touched `what`, on a thread of the store; it must only
    // wake somebody up. Set before the first transaction.
    virtual void on_commit(Touched what, std::function<void()> listener) = 0;

    // submit(), waited for. Not for I/O threads.
    Result<void> write(WriteBody body);
};

// Reads and answers what `body(Tx const&)` answers, a Result<T>.
template <class Body>
auto read(Store& store, Body&& body) -> std::invoke_result_t<Body&, Tx const&> {
    using Answer = std::invoke_result_t<Body&, Tx const&>;
    std::optional<Answer> answer;
    auto const read = store.read([&](Tx const& tx) -> Result<void> {
        answer.emplace(body(tx));
        return {};
    });
    if (!read) return tl::unexpected<Error>(read.error());
    return *std::move(answer);
}

// Writes, waits until it is durable, and answers what `body(Tx&)` answers, a Result<T>.
template <class Body>
auto write(Store& store, Body body) -> std::invoke_result_t<Body&, Tx&> {
    using Answer = std::invoke_result_t<Body&, Tx&>;
    std::optional<Answer> answer;
    auto const written = store.write([&](Tx& tx) -> Result<void> {
        answer.emplace(body(tx));
        if (!*answer) return tl::unexpected<Error>(answer->error());
        return {};
    });
    if (!written) return tl::unexpected<Error>(written.error());
    return *std::move(answer);
}

}  // namespace updraft
