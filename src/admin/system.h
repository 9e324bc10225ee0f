// GET /admin/v1/system: what operators see of the process that answers.
//
// Lives here: the state that is shown, and the answer.
//
// Not here:   reading the state (app/watch/system_state.h), health (admin/health.h).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "http/exchange.h"
#include "vocabulary/instant.h"

namespace updraft::admin {

struct Context;

// Bytes are absent when they cannot be read now.
struct SystemState {
    std::string instance;  // Of this process; another one after each start.
    Instant started_at;
    std::string_view store_kind;  // "sqlite", "postgresql".
    std::optional<std::int64_t> store_bytes;
    std::string_view artifacts_kind;  // "folder", "bucket".
    std::optional<std::int64_t> artifacts_bytes;
    std::optional<Instant> tls_not_after;  // Absent without TLS.
};

http::asio::awaitable<http::Reply> show_system(Context& context, http::Request const& request);

}  // namespace updraft::admin
