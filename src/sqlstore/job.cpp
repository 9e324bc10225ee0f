#include "sqlstore/job.h"

#include <utility>

namespace updraft::sqlstore {

void finish_job(Job& job, Session& session, Result<void> outcome) {
    auto mistype = session.take_mistype();
    auto const touched = session.take_touched();
    auto audited = session.take_audited();
    job.result = outcome ? std::move(mistype) : std::move(outcome);
    job.touched = job.result ? touched : 0;
    job.audited.clear();
    if (job.result) job.audited = std::move(audited);
}

void run_job(Job& job, Session& session, Tables const& tables) {
    Tx tx(tables);
    finish_job(job, session, run_guarded(job.body, tx));
}

}  // namespace updraft::sqlstore
