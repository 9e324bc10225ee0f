#include "sqlstore/postgres_seat.h"

#include <exception>
#include <utility>

namespace updraft::sqlstore {
namespace {

// Others are in the way of one transaction so often only when something is wrong with the load.
constexpr int contended_max = 40;
// A connection that was idle may have died long ago; one that dies at once again is no accident.
constexpr int lost_max = 2;

}  // namespace

struct PostgresSeat::Connection {
    std::unique_ptr<PostgresSession> session;
    Generations generations;
    Caches caches;
    AllRows rows;

    explicit Connection(std::unique_ptr<PostgresSession> opened)
        : session(std::move(opened)), caches(*session, generations), rows(*session, caches) {
        session->on_begin([this](Changes const& changes) { return learn(changes); });
    }

    // False when this transaction was answered something that has changed since.
    bool learn(Changes const& changes) {
        bool news = false;
        for (std::size_t kind = 0; kind < cached_kinds; ++kind) {
            // One more than counted, so that the first change is news as well.
            news = generations.learn(static_cast<Cached>(kind), changes[kind] + 1) || news;
        }
        if (!news) return true;
        if (caches.hit()) return false;
        caches.begin();
        return true;
    }
    // A transaction that was answered from memory alone still has to hear whether that is right.
    Result<void> settle() {
        if (!caches.hit()) return {};
        return session->ensure_begun();
    }
    [[nodiscard]] PostgresTrouble trouble() const { return session->link().trouble(); }
};

PostgresSeat::PostgresSeat(PostgresReach& reach) : reach_(reach) {}
PostgresSeat::~PostgresSeat() = default;

Result<PostgresSeat::Connection*> PostgresSeat::sit() {
    if (connection_) return connection_.get();
    TRY_ASSIGN(auto session, reach_.connect());
    connection_ = std::make_unique<Connection>(std::move(session));
    return connection_.get();
}

void PostgresSeat::stand_up_if_lost() {
    if (connection_ && connection_->session->link().lost()) connection_.reset();
}

Result<void> PostgresSeat::run_write(Connection& here, PostgresJob& job) {
    auto& session = *here.session;
    auto const writes_before = session.writes();
    Tx tx(here.rows.tables());
    auto outcome = [&]() -> Result<void> {
        // A bug in one body must cost nobody else's transaction.
        try {
            return job.body(tx);
        } catch (std::exception const& thrown) {
            return fail(Errc::internal, std::string("a transaction threw: ") + thrown.what());
        } catch (...) {
            return fail(Errc::internal, "a transaction threw something");
        }
    }();
    if (outcome) outcome = session.take_mistype();
    static_cast<void>(session.take_mistype());
    job.touched = session.take_touched();
    if (!outcome) job.touched = 0;
    job.wrote = session.writes() != writes_before;
    return outcome;
}

bool PostgresSeat::write_together(std::span<PostgresJob> jobs) {
    auto const seated = sit();
    if (!seated) return false;
    auto& here = **seated;
    auto& session = *here.session;
    here.caches.begin();
    session.begin_write();
    std::uint32_t touched = 0;
    for (auto& job : jobs) {
        job.result = run_write(here, job);
        touched |= job.touched;
        auto const harmless = job.result || !job.wrote;
        if (harmless && !session.spoilt() && here.trouble() == PostgresTrouble::none) continue;
        session.roll_back();
        stand_up_if_lost();
        return false;
    }
    auto committed = here.settle();
    if (committed) committed = session.commit(touched);
    auto const uncertain = session.uncertain();
    if (!committed) session.roll_back();
    stand_up_if_lost();
    if (committed) return true;
    if (!uncertain) return false;
    for (auto& job : jobs) {
        job.touched = 0;
        if (job.result) job.result = committed;
    }
    return true;
}

// Whether a transaction that met this trouble runs again.
PostgresSeat::Again PostgresSeat::write_once(Connection& here, PostgresJob& job, int attempt) {
    auto& session = *here.session;
    here.caches.begin();
    session.begin_write();
    job.result = run_write(here, job);
    if (job.result) job.result = here.settle();
    if (job.result && here.trouble() == PostgresTrouble::none) {
        job.result = session.commit(job.touched);
    }
    auto const trouble = here.trouble();
    auto const uncertain = session.uncertain();
    if (!job.result || trouble != PostgresTrouble::none) {
        job.touched = 0;
        session.roll_back();
    }
    stand_up_if_lost();
    switch (trouble) {
        case PostgresTrouble::none:
            return Again::no;
        case PostgresTrouble::taken:
            // Whoever took it may have done so after our snapshot: the next one shows it.
            return attempt == 0 ? Again::yes : Again::no;
        case PostgresTrouble::stale:
        case PostgresTrouble::contention:
            if (attempt < contended_max) return Again::yes;
            job.result = fail(Errc::busy, "too many transactions are in each other's way");
            return Again::no;
        case PostgresTrouble::lost:
            break;
    }
    if (uncertain) {
        job.result = fail(Errc::unavailable,
                          "the database was lost during a commit, which may or may not be kept: " +
                              job.result.error().detail);
        return Again::no;
    }
    return attempt < lost_max ? Again::yes : Again::no;
}

void PostgresSeat::write_alone(PostgresJob& job) {
    for (int attempt = 0;; ++attempt) {
        auto const seated = sit();
        if (!seated) {
            job.result = tl::unexpected<Error>(seated.error());
            return;
        }
        if (write_once(**seated, job, attempt) == Again::no) return;
        reach_.pause_after(attempt);
    }
}

PostgresSeat::Again PostgresSeat::read_once(Connection& here, Store::ReadBody const& body,
                                            Result<void>& result, int attempt) {
    struct Ending {
        PostgresSeat& seat;
        PostgresSession& session;
        ~Ending() {
            static_cast<void>(session.take_mistype());
            session.end_read();
            seat.stand_up_if_lost();
        }
    };
    auto trouble = PostgresTrouble::none;
    {
        Ending const ending{*this, *here.session};
        here.caches.begin();
        here.session->begin_read();
        Tx const tx(here.rows.tables());
        result = body(tx);
        if (auto const settled = here.settle(); !settled && result) result = settled;
        if (result) result = here.session->take_mistype();
        trouble = here.trouble();
    }
    if (trouble == PostgresTrouble::none || trouble == PostgresTrouble::taken) return Again::no;
    return attempt < (trouble == PostgresTrouble::lost ? lost_max : contended_max) ? Again::yes
                                                                                   : Again::no;
}

Result<void> PostgresSeat::read(Store::ReadBody const& body) {
    Result<void> result;
    for (int attempt = 0;; ++attempt) {
        TRY_ASSIGN(auto* const here, sit());
        if (read_once(*here, body, result, attempt) == Again::no) return result;
    }
}

void PostgresSeat::hush() {
    if (!connection_) return;
    connection_->session->hush();
    stand_up_if_lost();
}

}  // namespace updraft::sqlstore
