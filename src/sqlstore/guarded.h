// Running a body of somebody else's.
//
// Lives here: what becomes of an exception in it.
// Not here:   what becomes of its result (writer, postgres_write, postgres_read).
#pragma once

#include <exception>
#include <string>

#include "vocabulary/result.h"

namespace updraft::sqlstore {

// A bug in one body must cost nobody else's transaction: what it throws becomes Errc::internal.
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

}  // namespace updraft::sqlstore
