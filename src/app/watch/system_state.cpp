#include "app/watch/system_state.h"

namespace updraft::app {
namespace {

std::optional<std::int64_t> if_known(Result<std::int64_t> const& bytes) {
    return bytes ? std::optional(*bytes) : std::nullopt;
}

}  // namespace

admin::SystemState look_at_system(SystemSources const& sources,
                                  std::optional<Instant> tls_not_after) {
    auto const& settings = sources.settings;
    admin::SystemState state;
    state.instance = sources.instance;
    state.started_at = sources.started_at;
    state.store_kind = settings.store.url.kind == StoreKind::sqlite ? "sqlite" : "postgresql";
    state.store_bytes = if_known(sources.store.bytes());
    state.artifacts_kind = settings.firmware.store ? "bucket" : "folder";
    state.artifacts_bytes = if_known(sources.blobs.bytes_stored());
    state.tls_not_after = tls_not_after;
    return state;
}

}  // namespace updraft::app
