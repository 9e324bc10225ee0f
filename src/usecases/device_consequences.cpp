#include "usecases/device_consequences.h"

#include "audit/record.h"
#include "ports/policies_table.h"
#include "upgrade/cancel.h"
#include "upgrade/order.h"

namespace updraft::usecases {
namespace {

Result<void> hand_policy_over(Tx& tx, fleet::Became const& became) {
    auto const& after = became.after;
    if (!became.before || became.before->open_id == after.open_id) return {};
    auto const from = became.before->open_id.value_or(OpenId{});
    auto const goes_along = !became.before->open_id && after.open_id;
    return tx.policies().give(after.did, from, goes_along ? &*after.open_id : nullptr);
}

std::optional<std::string> release_text(std::optional<ReleaseId> id) {
    return id ? std::optional(std::to_string(id->value)) : std::nullopt;
}

// As the API shows it: an empty text is null.
std::optional<std::string> shown(std::string const& text) {
    return text.empty() ? std::nullopt : std::optional(text);
}

std::string words(std::vector<std::string> const& tags) {
    std::string text;
    for (auto const& tag : tags) (text += text.empty() ? "" : " ") += tag;
    return text;
}

}  // namespace

Result<bool> end_upgrade_that_no_longer_fits(Tx& tx, Means const& means, fleet::Became& became,
                                             Instant now) {
    auto& after = became.after;
    auto ended = Result<bool>(false);
    if (became.leaves_user()) {
        ended = upgrade::cancel_unbound(tx, means.upgrades, after.did, now);
    } else if (became.changes_model()) {
        ended = upgrade::cancel_misfit(tx, means.upgrades, after.did, now);
    }
    if (!ended) return pass(ended);
    if (*ended) after.attributes_wanted = true;
    TRY(hand_policy_over(tx, became));
    return ended;
}

Result<void> tell_new_offer(Tx& tx, Means const& means, fleet::Became const& became, Instant now) {
    if (!became.offer_may_be_new()) return {};
    TRY(upgrade::adopt(tx, became.after));
    return means.outbox.tell_offer(tx, became.after, now);
}

Result<void> record_device(Tx& tx, access::Actor const& actor, fleet::Became const& became,
                           bool upgrade_ended, Instant now) {
    static fleet::Device const none;
    auto const& after = became.after;
    auto const& before = became.before ? *became.before : none;
    audit::Changes changes;
    changes.add("name", shown(before.name), shown(after.name))
        .add("deviceModel", shown(before.model.value), shown(after.model.value))
        .add("firmwareVersion", shown(before.version.value), shown(after.version.value))
        .add("openId", before.open_id, after.open_id)
        .add("gatewayDid", before.gateway_did, after.gateway_did)
        .add("offersAfter", release_text(before.offers_after), release_text(after.offers_after))
        .add("tags", shown(words(before.tags)), shown(words(after.tags)));
    if (!became.before || became.token) {
        changes.add_secret("deviceToken", became.before.has_value());
    }
    std::string effect = became.before ? "" : "enrolled";
    if (upgrade_ended) effect = "1 active upgrade ended";
    return audit::record(tx, actor,
                         {.object_kind = "device",
                          .object_id = after.did.value,
                          .changes = std::move(changes),
                          .effect = std::move(effect)},
                         now);
}

}  // namespace updraft::usecases
