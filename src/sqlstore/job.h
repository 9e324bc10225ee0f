// A write transaction that was submitted, and running a body that was passed in.
//
// Lives here: what becomes of an exception in a body, and of what the body left in its session.
// Not here:   waiting for a turn (job_queue), committing (sqlite/commit_queue,
//             postgres/write_runner).
#pragma once

#include <cstdint>
#include <exception>
#include <string>

#include "ports/store.h"
#include "sqlstore/session.h"

namespace updraft::sqlstore {

struct Job {
    Store::WriteBody body;  // Empty: a probe, which only finds out whether the disk takes writes.
    Store::Done done;
    Result<void> result;
    std::uint32_t touched = 0;  // As Session::take_touched(); 0 when the job failed.
    bool wrote = false;         // It changed rows, or tried to. Only PostgreSQL needs to know.
};

// Runs a body of a transaction. An exception in it becomes Errc::internal, so that a bug in one
// body does not end the transactions of others.
template <class Body, class Transaction>
[[nodiscard]] Result<void> run_guarded(Body const& body, Transaction& tx) {
    try {
        return body(tx);
    } catch (std::exception const& thrown) {
        return fail(Errc::internal, std::string("a transaction threw: ") + thrown.what());
    } catch (...) {
        return fail(Errc::internal, "a transaction threw something");
    }
}

// Notes in the job how its body ended, and takes from the session what belongs to this body alone:
// columns of the wrong type (which make it fail) and what it touched.
void finish_job(Job& job, Session& session, Result<void> outcome);

// Runs the job's body in the transaction that is open in that session.
void run_job(Job& job, Session& session, Tables const& tables);

}  // namespace updraft::sqlstore
