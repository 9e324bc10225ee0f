// The line that each answered request is in the journal.
//
// Lives here: what stands in it, and which requests are worth one.
// Not here:   writing lines (app/journal.h), counting answers (app/measures.h).
#pragma once

#include "app/journal.h"
#include "http/listener.h"

namespace updraft::app {

// What the listener tells goes into `journal`, which outlives it.
[[nodiscard]] http::ListenerHooks log_to(Journal& journal);

}  // namespace updraft::app
