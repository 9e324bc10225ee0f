#include "sqlstore/postgres/read_runner.h"

#include <algorithm>
#include <utility>

#include "sqlstore/job.h"

namespace updraft::sqlstore {
namespace {

// After this many rounds each query is sent at once, because running the bodies again would cost
// more.
constexpr int shared_rounds_max = 3;

}  // namespace

struct PostgresReadRunner::PendingRead {
    PostgresReadJob* job;
    Transcript transcript = {};
    Result<void> result = {};
    bool ended = false;  // With that result.
    bool told = false;

    void tell() {
        if (!std::exchange(told, true)) job->done(std::move(result));
    }
    void tell(Error const& why) {
        result = tl::unexpected<Error>(why);
        tell();
    }
};

void PostgresReadRunner::answer(std::span<PostgresReadJob> jobs) {
    PendingReads reads;
    reads.reserve(jobs.size());
    for (auto& job : jobs) reads.push_back({.job = &job});
    answer(reads);
}

void PostgresReadRunner::answer(PendingReads& reads) {
    for (int attempt = 0;; ++attempt) {
        auto const connected = slot_.connected();
        if (!connected) {
            for (auto& read : reads) read.tell(connected.error());
            return;
        }
        auto const answered = on_snapshot(**connected, reads);
        auto const trouble = (*connected)->trouble();
        slot_.drop_if_lost();
        if (answered) return;
        std::erase_if(reads, [](PendingRead const& read) { return read.told; });
        auto const attempts_max = trouble == PostgresTrouble::lost ? lost_max : contended_max;
        auto const again = trouble != PostgresTrouble::none && attempt < attempts_max;
        if (!again && reads.size() == 1) return reads.front().tell(answered.error());
        if (!again) break;
        for (auto& read : reads) read = {.job = read.job};
    }
    // One of them fails: each body runs alone, so that the others are answered.
    for (auto& read : reads) answer(std::span(read.job, 1));
}

void PostgresReadRunner::run(PostgresConnection& here, PendingRead& read, OnMiss on_miss) {
    auto& session = *here.session;
    session.follow(read.transcript, on_miss);
    Tx const tx(here.rows.tables());
    read.result = run_guarded(read.job->body, tx);
    auto mistype = session.take_mistype();
    if (read.result) read.result = std::move(mistype);
    read.ended = !read.transcript.waits;
}

// Begins the snapshot if a query was collected, or if cached rows were used, which must be compared
// with the snapshot.
Result<void> PostgresReadRunner::begin(PostgresConnection& here, PendingReads& reads) {
    auto& session = *here.session;
    if (!session.has_collected() && !here.caches.hit()) return {};
    TRY(session.send_collected());
    if (!session.take_outdated()) return {};
    here.caches.begin();
    for (auto& read : reads) read.ended = false;
    return {};
}

Result<void> PostgresReadRunner::on_snapshot(PostgresConnection& here, PendingReads& reads) {
    struct Ending {
        PostgresSession& session;
        ~Ending() { session.end_read(); }
    };
    auto& session = *here.session;
    Ending const ending{session};
    here.caches.begin();
    session.begin_read();
    for (int round = 0;; ++round) {
        auto const on_miss = round < shared_rounds_max ? OnMiss::collect : OnMiss::ask;
        for (auto& read : reads) {
            if (!read.ended) run(here, read, on_miss);
            if (here.trouble() == PostgresTrouble::none && !session.broken()) continue;
            return read.result ? fail(Errc::unavailable, "a snapshot ended early") : read.result;
        }
        if (round == 0) {
            TRY(begin(here, reads));
        } else if (session.has_collected()) {
            TRY(session.send_collected());
        }
        for (auto& read : reads) {
            if (read.ended) read.tell();
        }
        if (std::ranges::all_of(reads, &PendingRead::told)) return {};
    }
}

void PostgresReadRunner::end_snapshot() {
    if (auto* const here = slot_.connection()) {
        here->session->end_snapshot();
        slot_.drop_if_lost();
    }
}

}  // namespace updraft::sqlstore
