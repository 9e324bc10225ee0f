#include "app/periodic/audit_tasks.h"

#include <chrono>
#include <utility>

#include "ports/audit_table.h"
#include "ports/operator_tokens_table.h"
#include "ports/sessions_table.h"
#include "usecases/sign_in.h"

namespace updraft::app {
namespace {

constexpr Millis denials_every{1'000};
constexpr Millis sign_ins_every = std::chrono::minutes{1};
constexpr Millis audit_every = std::chrono::minutes{10};
constexpr Millis audit_pause_in_backlog{20};
constexpr std::int64_t audit_rows_at_once = 500;
// Ended tokens are kept so that attempts to use one are recorded with a name.
constexpr Millis ended_tokens_kept = std::chrono::days{30};

}  // namespace

Result<void> write_counted_denials(Store& store, audit::Denials& denials,
                                   std::optional<Instant> now) {
    auto const rows = denials.take(now);
    if (rows.empty()) return {};
    return store.write([&rows](Tx& tx) -> Result<void> {
        for (auto const& row : rows) TRY(tx.audit().add(row));
        return {};
    });
}

PeriodicWork::Task write_denials(Store& store, audit::Denials& denials) {
    auto run = [&store, &denials](Instant now) -> Result<Instant> {
        TRY(write_counted_denials(store, denials, now));
        return now + denials_every;
    };
    return {.name = "write denials", .run = std::move(run)};
}

PeriodicWork::Task forget_sign_ins(Store& store, Millis session_max) {
    auto run = [&store, session_max](Instant now) -> Result<Instant> {
        auto forget = [session_max, now](Tx& tx) -> Result<void> {
            TRY(tx.operator_tokens().end_expired(now, audit_rows_at_once));
            TRY(tx.operator_tokens().forget_ended(now - ended_tokens_kept, audit_rows_at_once));
            TRY(tx.sessions().forget(now - session_max, audit_rows_at_once));
            TRY(tx.sessions().forget_setup(now - usecases::setup_token_lifetime,
                                           audit_rows_at_once));
            return {};
        };
        TRY(store.write(std::move(forget)));
        return now + sign_ins_every;
    };
    return {.name = "forget sign-ins", .run = std::move(run)};
}

PeriodicWork::Task forget_audit(Store& store, Millis retention) {
    auto run = [&store, retention,
                after = std::int64_t{0}](Instant now) mutable -> Result<Instant> {
        TRY_ASSIGN(auto const swept, write(store, [retention, after, now](Tx& tx) {
                       return tx.audit().sweep(now - retention, after, audit_rows_at_once);
                   }));
        after = swept.next.value_or(0);
        return now + (swept.next ? audit_pause_in_backlog : audit_every);
    };
    return {.name = "forget the audit", .run = std::move(run)};
}

}  // namespace updraft::app
