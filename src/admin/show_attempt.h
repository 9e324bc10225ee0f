// How an attempt to deliver a push is shown.
//
// Lives here: the members that an attempt has in an attemptLog and in the answer to a trial.
//
// Not here:   the type (push/delivery.h), the lists of pushes (admin/pushes.cpp).
#pragma once

#include "json/writer.h"
#include "push/delivery.h"

namespace updraft::admin {

// Writes "status", "durationMs", "answer" and "error" into the current object.
void write_attempt_members(json::Writer& writer, push::Attempt const& attempt);

}  // namespace updraft::admin
