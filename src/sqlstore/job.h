// A submitted write transaction, and running its body.
//
// Lives here: turning an exception of a body into an error, and reading the result of a body from
//             its session.
// Not here:   the queue (job_queue), committing (sqlite/commit_queue, postgres/write_runner).
#pragma once

#include <cstdint>
#include <exception>
#include <string>
#include <vector>

#include "ports/store.h"
#include "sqlstore/session.h"

namespace updraft::sqlstore {

struct Job {
    Store::WriteBody body;  // Empty: a probe, which only tests whether the disk accepts writes.
    Store::Done done;
    Result<void> result;
    std::uint32_t touched = 0;  // As Session::take_touched(); 0 when the job failed.
    std::vector<AuditEntry> audited = {};  // As Session::take_audited(); empty when it failed.
    bool wrote = false;         // It changed rows, or tried to. Used by PostgreSQL only.
};

// Runs the body of a transaction. An exception of it becomes Errc::internal, so that a bug in one
// body does not affect other transactions.
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

// Sets the job's result, and takes from the session what this body alone has left there: columns of
// the wrong type (the job fails then) and the touched kinds.
void finish_job(Job& job, Session& session, Result<void> outcome);

// Runs the job's body in the transaction that is open in that session.
void run_job(Job& job, Session& session, Tables const& tables);

}  // namespace updraft::sqlstore
