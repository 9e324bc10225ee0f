#include "admin/answer.h"
#include "admin/problem.h"
#include "admin/reading.h"
#include "admin/upgrades.h"
#include "http/on_store.h"

namespace updraft::admin {
namespace {

constexpr std::size_t order_dids_max = 1000;

// The open API's codes (docs/open-api.md#codes), which an operator's refusals speak as well.
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

// An id as it is shown, a string; a number is understood as well.
Result<std::optional<ReleaseId>> read_release_id(json::Object const& said) {
    TRY_ASSIGN(auto const* const given, said.find("firmwareId"));
    if (given == nullptr) return std::optional<ReleaseId>{};
    std::string_view digits;
    if (given->string() != nullptr) digits = *given->string();
    if (given->number() != nullptr) digits = given->number()->digits;
    std::int64_t number = 0;
    auto const [stop, failed] =
        std::from_chars(digits.data(), digits.data() + digits.size(), number);
    if (digits.empty() || failed != std::errc{} || stop != digits.data() + digits.size()) {
        return fail(Errc::invalid, "firmwareId must be the id of a firmware");
    }
    return std::optional(ReleaseId{number});
}

Result<upgrade::OperatorOrder> read_order(json::Object const& said) {
    upgrade::OperatorOrder wanted;
    TRY_ASSIGN(auto dids, optional_names(said, "dids", order_dids_max));
    if (dids.empty()) return fail(Errc::invalid, "dids must name at least one device");
    for (auto& did : dids) wanted.dids.push_back({std::move(did)});
    TRY_ASSIGN(wanted.release, read_release_id(said));
    TRY_ASSIGN(auto const through, json::truth_member(said, "through"));
    if (!through.value_or(false)) return wanted;
    if (wanted.release) return fail(Errc::invalid, "through goes without firmwareId");
    wanted.step_mode = upgrade::StepMode::all_steps;
    return wanted;
}

std::string body_of(upgrade::OrderOutcome const& outcome) {
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

asio::awaitable<Reply> create_order(Context& context, Request const&, json::Object body) {
    auto wanted = read_order(body);
    if (!wanted) co_return problem(wanted.error());
    auto const now = context.clock.now();
    auto order = [&context, wanted = *std::move(wanted), now](Tx& tx) {
        return upgrade::order_by_operator(tx, context.means, wanted, now);
    };
    auto const outcome = co_await http::on_store(context.store, std::move(order));
    if (!outcome) co_return problem(outcome.error());
    co_return json_reply(201, body_of(*outcome));
}

}  // namespace updraft::admin
