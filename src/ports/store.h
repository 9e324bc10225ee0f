// The store, as the domain sees it: transactions over tables.
//
// Lives here: Store (durable write transactions, snapshot reads) and Tx (the tables of one).
// Not here:   what each table can do (ports/*_table.h), how it is stored (sqlstore/).
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <type_traits>
#include <utility>

#include "vocabulary/result.h"

namespace updraft {

class AdminTokensTable;
class AppsTable;
class GrantsTable;
class DevicesTable;
class ModelsTable;
class ReleasesTable;
class UpgradesTable;
class OutboxTable;
class AnnouncementsTable;
class LeasesTable;
class OpeningsTable;

// One table per aggregate. Every one outlives the Tx that points to it.
struct Tables {
    AdminTokensTable* admin_tokens = nullptr;
    AppsTable* apps = nullptr;
    GrantsTable* grants = nullptr;
    DevicesTable* devices = nullptr;
    ModelsTable* models = nullptr;
    ReleasesTable* releases = nullptr;
    UpgradesTable* upgrades = nullptr;
    OutboxTable* outbox = nullptr;
    AnnouncementsTable* announcements = nullptr;
    LeasesTable* leases = nullptr;
    OpeningsTable* openings = nullptr;
};

// A transaction. A `Tx&` may change the tables, a `Tx const&` only reads: the const tables have the
// reading verbs alone. Used by one thread, inside the body that was given it, and nowhere else.
class Tx {
public:
    explicit Tx(Tables tables) : tables_(tables) {}
    Tx(Tx const&) = delete;
    Tx& operator=(Tx const&) = delete;

    AdminTokensTable& admin_tokens() { return *tables_.admin_tokens; }
    AdminTokensTable const& admin_tokens() const { return *tables_.admin_tokens; }
    AppsTable& apps() { return *tables_.apps; }
    AppsTable const& apps() const { return *tables_.apps; }
    GrantsTable& grants() { return *tables_.grants; }
    GrantsTable const& grants() const { return *tables_.grants; }
    DevicesTable& devices() { return *tables_.devices; }
    DevicesTable const& devices() const { return *tables_.devices; }
    ModelsTable& models() { return *tables_.models; }
    ModelsTable const& models() const { return *tables_.models; }
    ReleasesTable& releases() { return *tables_.releases; }
    ReleasesTable const& releases() const { return *tables_.releases; }
    UpgradesTable& upgrades() { return *tables_.upgrades; }
    UpgradesTable const& upgrades() const { return *tables_.upgrades; }
    OutboxTable& outbox() { return *tables_.outbox; }
    OutboxTable const& outbox() const { return *tables_.outbox; }
    AnnouncementsTable& announcements() { return *tables_.announcements; }
    AnnouncementsTable const& announcements() const { return *tables_.announcements; }
    LeasesTable& leases() { return *tables_.leases; }
    LeasesTable const& leases() const { return *tables_.leases; }
    OpeningsTable& openings() { return *tables_.openings; }
    OpeningsTable const& openings() const { return *tables_.openings; }

private:
    Tables tables_;
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
