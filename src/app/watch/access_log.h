// Logs a line for each request that was answered.
//
// Lives here: its fields, and its level.
//
// Not here:   writing lines (app/watch/journal.h), counting answers (app/watch/measures.h).
#pragma once

#include "app/watch/journal.h"
#include "http/listener.h"

namespace updraft::app {

// Hooks that write to `journal`, which outlives the listener.
[[nodiscard]] http::ListenerHooks log_to(Journal& journal);

}  // namespace updraft::app
