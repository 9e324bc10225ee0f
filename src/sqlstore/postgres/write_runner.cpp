#include "sqlstore/postgres/write_runner.h"

#include <utility>

namespace updraft::sqlstore {

void PostgresWriteRunner::run(PostgresConnection& here, Job& job) {
    auto const writes_before = here.session->writes();
    run_job(job, *here.session, here.rows.tables());
    job.wrote = here.session->writes() != writes_before;
}

// Runs all jobs in one transaction and commits it.
Result<void> PostgresWriteRunner::run_all(PostgresConnection& here, std::span<Job> jobs) {
    auto& session = *here.session;
    here.caches.begin();
    session.begin_write();
    std::uint32_t touched = 0;
    for (auto& job : jobs) {
        run(here, job);
        touched |= job.touched;
        auto const harmless = job.result || !job.wrote;
        if (harmless && !session.broken() && here.trouble() == PostgresTrouble::none) continue;
        return job.result ? fail(Errc::busy, "a statement of the transaction failed") : job.result;
    }
    TRY(here.confirm_cached());
    return session.commit(touched);
}

bool PostgresWriteRunner::write_together(std::span<Job> jobs) {
    auto const connected = slot_.connected();
    if (!connected) return false;
    auto& here = **connected;
    auto const outcome = run_all(here, jobs);
    if (outcome) return true;
    auto const for_all = here.session->uncertain() || here.trouble() == PostgresTrouble::waited;
    here.session->roll_back();
    slot_.drop_if_lost();
    if (!for_all) return false;
    for (auto& job : jobs) {
        job.touched = 0;
        if (job.result) job.result = outcome;
    }
    return true;
}

// One attempt. Answers whether the transaction must run again.
PostgresWriteRunner::Again PostgresWriteRunner::write_once(PostgresConnection& here, Job& job,
                                                           int attempt) {
    auto& session = *here.session;
    here.caches.begin();
    session.begin_write();
    run(here, job);
    // Also when the body refused: what it read from the cache may have changed since.
    auto const confirmed = here.confirm_cached();
    if (job.result) job.result = confirmed;
    if (job.result && here.trouble() == PostgresTrouble::none) {
        job.result = session.commit(job.touched);
    }
    auto const trouble = here.trouble();
    auto const uncertain = session.uncertain();
    if (!job.result || trouble != PostgresTrouble::none) {
        job.touched = 0;
        session.roll_back();
    }
    slot_.drop_if_lost();
    switch (trouble) {
        case PostgresTrouble::none:
        case PostgresTrouble::waited:
            return Again::no;
        case PostgresTrouble::stale:
        case PostgresTrouble::contention:
            if (attempt < contended_max) return Again::yes;
            job.result = fail(Errc::busy, "other transactions interfered too often");
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

void PostgresWriteRunner::write_alone(Job& job) {
    for (int attempt = 0;; ++attempt) {
        auto const connected = slot_.connected();
        if (!connected) {
            job.result = tl::unexpected<Error>(connected.error());
            return;
        }
        if (write_once(**connected, job, attempt) == Again::no) return;
        slot_.connector().pause_after(attempt);
    }
}

}  // namespace updraft::sqlstore
