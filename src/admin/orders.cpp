#include "admin/answer.h"
#include "admin/problem.h"
#include "admin/reading.h"
#include "admin/upgrades.h"
#include "http/on_store.h"
#include "text/whole_number.h"
#include "usecases/order_devices.h"

namespace updraft::admin {
namespace {

constexpr std::size_t order_dids_max = 1000;

// The code of the open API (docs/open-api.md#codes), which is also used for the refused devices of
// an operator's order.
int open_code(Errc code) {
    switch (code) {
        case Errc::not_found:
        case Errc::not_bound:
            return 604;
        case Errc::nothing_to_upgrade:
            return 901;
        case Errc::not_upgradable:
            return 912;
        case Errc::busy:
        case Errc::conflict:
            return 104;
        default:
            return 302;
    }
}

// An id as a string, as it is shown, or as a number.
Result<std::optional<ReleaseId>> read_release_id(json::Object const& said) {
    TRY_ASSIGN(auto const* const given, said.find("firmwareId"));
    if (given == nullptr) return std::optional<ReleaseId>{};
    std::optional<std::int64_t> number;
    if (auto const* const digits = given->string()) number = text::read_whole(*digits);
    if (auto const* const written = given->number()) number = json::whole_of(*written);
    if (!number) return fail(Errc::invalid, "firmwareId must be the id of a firmware");
    return std::optional(ReleaseId{*number});
}

Result<upgrade::OperatorOrder> read_order(json::Object const& said) {
    upgrade::OperatorOrder wanted;
    TRY_ASSIGN(auto dids, names_to_find(said, "dids", order_dids_max));
    if (dids.empty()) return fail(Errc::invalid, "dids must name at least one device");
    for (auto& did : dids) wanted.dids.push_back({std::move(did)});
    TRY_ASSIGN(wanted.release, read_release_id(said));
    TRY_ASSIGN(auto const through, json::truth_member(said, "through"));
    if (!through.value_or(false)) return wanted;
    if (wanted.release) return fail(Errc::invalid, "through goes without firmwareId");
    wanted.step_mode = upgrade::StepMode::all_steps;
    return wanted;
}

std::string outcome_body(upgrade::OrderOutcome const& outcome) {
    std::string body;
    json::Writer writer(body);
    writer.object().member("orderId", outcome.order_id.value).member("started", outcome.started);
    writer.key("refused").array();
    for (auto const& refusal : outcome.refused) {
        writer.object()
            .member("did", refusal.did.value)
            .member("code", open_code(refusal.code))
            .member("detail", refusal.detail)
            .end();
    }
    writer.end().end();
    return body;
}

}  // namespace

asio::awaitable<Reply> create_order(Context& context, Request const& request, Actor const& actor,
                                    json::Object body) {
    auto wanted = read_order(body);
    if (!wanted) co_return failure(context, request, wanted.error());
    auto const now = context.clock.now();
    auto order = [&context, actor, wanted = *std::move(wanted), now](Tx& tx) {
        return usecases::order_devices(tx, context.means, actor, wanted, now);
    };
    auto const outcome = co_await http::on_store(context.store, std::move(order));
    if (!outcome) co_return failure(context, request, outcome.error());
    co_return json_reply(201, outcome_body(*outcome));
}

}  // namespace updraft::admin
