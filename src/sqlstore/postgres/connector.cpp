#include "sqlstore/postgres/connector.h"

#include <algorithm>
#include <chrono>
#include <utility>

namespace updraft::sqlstore {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds probe_interval{1'000};
constexpr int probe_timeout_ms = 3'000;
constexpr milliseconds pause_max{64};
constexpr int attempts_without_pause = 2;

}  // namespace

PostgresConnector::PostgresConnector(PostgresOptions options)
    : options_(std::move(options)), watch_([this] { watch(); }) {}

PostgresConnector::~PostgresConnector() {
    {
        std::scoped_lock const lock(closing_mutex_);
        closing_ = true;
    }
    closes_.notify_all();
    watch_.join();
}

Result<std::unique_ptr<PostgresSession>> PostgresConnector::connect(Purpose purpose) {
    TRY(state());
    auto session = PostgresSession::open(options_);
    if (session && purpose == Purpose::read && options_.prepare) {
        auto const told = (*session)->script(std::string(postgres_snapshots));
        if (!told) session = tl::unexpected<Error>(told.error());
    }
    if (session) return session;
    note(tl::unexpected<Error>(session.error()));
    // A file that the URL names may have become unreadable, which is no caller's mistake.
    if (session.error().code == Errc::invalid) {
        return fail(Errc::unavailable, session.error().detail, "the database is away");
    }
    return session;
}

Result<void> PostgresConnector::state() const {
    if (!away_) return {};
    std::scoped_lock const lock(reason_mutex_);
    return fail(Errc::unavailable, "the database is away: " + reason_, "the database is away");
}

void PostgresConnector::note(Result<void> const& reached) {
    std::scoped_lock const lock(reason_mutex_);
    if (!reached) reason_ = reached.error().detail;
    away_ = !reached;
}

// Queries the database regularly on a separate connection, so that an idle instance also notices
// when the database cannot be reached, and an instance that refuses requests notices when it can be
// reached again.
void PostgresConnector::watch() {
    std::unique_ptr<PostgresSession> session;
    auto const look = [&]() -> Result<void> {
        if (!session) {
            TRY_ASSIGN(session, PostgresSession::open(options_));
            session->link().set_answer_timeout(probe_timeout_ms);
        }
        TRY(session->query("SELECT kind FROM changes ORDER BY kind LIMIT 1"));
        return {};
    };
    std::unique_lock lock(closing_mutex_);
    while (!closes_.wait_for(lock, probe_interval, [this] { return closing_; })) {
        lock.unlock();
        auto seen = look();
        if (!seen) {
            // Perhaps only this connection was lost: tries once more with a new one.
            session.reset();
            seen = look();
        }
        if (!seen) session.reset();
        note(seen);
        lock.lock();
    }
}

void PostgresConnector::pause_after(int attempt) {
    ++repeated_;
    if (attempt < attempts_without_pause) return;
    auto const longest = std::min(milliseconds{1} * (1 << std::min(attempt, 10)), pause_max);
    // The pause differs between threads, so that two of them do not collide again.
    auto const own = std::hash<std::thread::id>{}(std::this_thread::get_id()) >> 8;
    auto const pause = longest / 2 + milliseconds{own % 37 * longest.count() / 37};
    std::unique_lock lock(closing_mutex_);
    closes_.wait_for(lock, pause, [this] { return closing_; });
}

}  // namespace updraft::sqlstore
