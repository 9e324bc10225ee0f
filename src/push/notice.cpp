#include "push/notice.h"

#include "firmware/offer.h"
#include "firmware/running.h"
#include "ports/devices_table.h"
#include "ports/releases_table.h"
#include "push/message.h"
#include "vocabulary/if_found.h"

namespace updraft::push {
namespace {

struct Runner {
    ModelName const& model;
    Version const& runs;
    std::optional<ReleaseId> offers_after;
};

Result<std::optional<Version>> overtaken(Tx const& tx, Runner const& device,
                                         std::optional<Version> announced) {
    if (!announced) return std::nullopt;
    TRY_ASSIGN(auto const catalog, tx.releases().catalog(device.model));
    if (still_holds(*catalog, device.runs, device.offers_after, *announced)) return std::nullopt;
    return announced;
}

}  // namespace

bool still_holds(firmware::Catalog const& catalog, Version const& runs,
                 std::optional<ReleaseId> offers_after, Version const& announced) {
    auto const* const offered = firmware::offer(catalog, runs, offers_after);
    if (offered != nullptr) return offered->version == announced;
    auto const* const installed = firmware::running(catalog, runs);
    return installed != nullptr && installed->version == announced &&
           installed->state == firmware::ReleaseState::released;
}

Result<std::optional<Version>> overtaken(Tx const& tx, DueMessage const& message) {
    if (message.type != MsgType::new_firmware || !message.model || !message.runs) {
        return std::nullopt;
    }
    auto announced = message.version ? message.version : version_in_notice(message.body);
    return overtaken(tx, {*message.model, *message.runs, message.offers_after},
                     std::move(announced));
}

Result<std::optional<Version>> overtaken(Tx const& tx, Delivery const& delivery) {
    if (delivery.type != MsgType::new_firmware) return std::nullopt;
    TRY_ASSIGN(auto const device, if_found(tx.devices().find(delivery.did)));
    if (!device) return std::nullopt;
    return overtaken(tx, {device->model, device->version, device->offers_after},
                     version_in_notice(delivery.body));
}

}  // namespace updraft::push
