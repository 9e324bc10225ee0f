#include "sqlstore/postgres/read.h"

#include <algorithm>
#include <utility>

#include "sqlstore/guarded.h"

namespace updraft::sqlstore {
namespace {

// Whoever still has questions then asks them one by one: running again and again would cost more.
constexpr int shared_rounds_max = 3;

}  // namespace

struct PostgresReading::Asker {
    PostgresQuestion* question;
    Transcript transcript = {};
    Result<void> result = {};
    bool ended = false;  // With that result.
    bool told = false;

    void tell() {
        if (!std::exchange(told, true)) question->done(std::move(result));
    }
    void tell(Error const& why) {
        result = tl::unexpected<Error>(why);
        tell();
    }
};

void PostgresReading::answer(std::span<PostgresQuestion> questions) {
    Askers askers;
    askers.reserve(questions.size());
    for (auto& question : questions) askers.push_back({.question = &question});
    answer(askers);
}

void PostgresReading::answer(Askers& askers) {
    for (int attempt = 0;; ++attempt) {
        auto const seated = seat_.sit();
        if (!seated) {
            for (auto& asker : askers) asker.tell(seated.error());
            return;
        }
        auto const answered = on_snapshot(**seated, askers);
        auto const trouble = (*seated)->trouble();
        seat_.stand_up_if_lost();
        if (answered) return;
        std::erase_if(askers, [](Asker const& asker) { return asker.told; });
        auto const attempts_max = trouble == PostgresTrouble::lost ? lost_max : contended_max;
        auto const again = trouble != PostgresTrouble::none && attempt < attempts_max;
        if (!again && askers.size() == 1) return askers.front().tell(answered.error());
        if (!again) break;
        for (auto& asker : askers) asker = {.question = asker.question};
    }
    // Somebody's question cannot be answered, and that is nobody else's trouble.
    for (auto& asker : askers) answer(std::span(asker.question, 1));
}

void PostgresReading::run(PostgresConnection& here, Asker& asker, Patience patience) {
    auto& session = *here.session;
    session.follow(asker.transcript, patience);
    Tx const tx(here.rows.tables());
    asker.result = run_guarded(asker.question->body, tx);
    auto mistype = session.take_mistype();
    if (asker.result) asker.result = std::move(mistype);
    asker.ended = !asker.transcript.waits;
}

// Begins the snapshot when anybody asked it something, or remembers what it may say otherwise.
Result<void> PostgresReading::begin(PostgresConnection& here, Askers& askers) {
    auto& session = *here.session;
    if (!session.has_collected() && !here.caches.hit()) return {};
    TRY(session.send_collected());
    if (!session.take_outdated()) return {};
    here.caches.begin();
    for (auto& asker : askers) asker.ended = false;
    return {};
}

Result<void> PostgresReading::on_snapshot(PostgresConnection& here, Askers& askers) {
    struct Ending {
        PostgresSession& session;
        ~Ending() { session.end_read(); }
    };
    auto& session = *here.session;
    Ending const ending{session};
    here.caches.begin();
    session.begin_read();
    for (int round = 0;; ++round) {
        auto const patience = round < shared_rounds_max ? Patience::collect : Patience::ask;
        for (auto& asker : askers) {
            if (!asker.ended) run(here, asker, patience);
            if (here.trouble() == PostgresTrouble::none && !session.spoilt()) continue;
            return asker.result ? fail(Errc::unavailable, "a snapshot broke off") : asker.result;
        }
        if (round == 0) {
            TRY(begin(here, askers));
        } else if (session.has_collected()) {
            TRY(session.send_collected());
        }
        for (auto& asker : askers) {
            if (asker.ended) asker.tell();
        }
        if (std::ranges::all_of(askers, &Asker::told)) return {};
    }
}

void PostgresReading::hush() {
    if (auto* const here = seat_.connection()) {
        here->session->hush();
        seat_.stand_up_if_lost();
    }
}

}  // namespace updraft::sqlstore
