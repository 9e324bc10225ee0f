#include "push/notice.h"

#include "firmware/offer.h"
#include "firmware/running.h"
#include "ports/devices_table.h"
#include "ports/releases_table.h"
#include "push/message.h"
#include "vocabulary/if_found.h"

namespace updraft::push {
namespace {

Result<std::optional<Version>> overtaken(Tx const& tx, firmware::Catalog const& catalog,
                                         fleet::Device const& device,
                                         std::optional<Version> announced) {
    if (!announced) return std::nullopt;
    TRY_ASSIGN(auto const candidate, firmware::candidate(tx, catalog, device));
    if (still_holds(catalog, candidate, *announced)) return std::nullopt;
    return announced;
}

}  // namespace

bool still_holds(firmware::Catalog const& catalog, firmware::Candidate const& device,
                 Version const& announced) {
    auto const* const offered = firmware::offer(catalog, device);
    if (offered != nullptr) return offered->version == announced;
    auto const* const installed = firmware::running(catalog, device.device->version);
    return installed != nullptr && installed->version == announced &&
           installed->state == firmware::ReleaseState::released;
}

Result<std::optional<Version>> overtaken(Tx const& tx, DueMessage const& message) {
    if (message.type != MsgType::new_firmware || !message.model || !message.runs) {
        return std::nullopt;
    }
    auto announced = message.version ? message.version : version_in_notice(message.body);
    TRY_ASSIGN(auto const catalog, tx.releases().catalog(*message.model));
    fleet::Device device;
    device.did = message.did;
    device.model = *message.model;
    device.version = *message.runs;
    device.offers_after = message.offers_after;
    if (!catalog->rollouts.empty()) {
        // Their audiences ask for more than the message has of the device.
        TRY_ASSIGN(auto found, if_found(tx.devices().find(message.did)));
        if (!found) return std::nullopt;
        device = *std::move(found);
    }
    return overtaken(tx, *catalog, device, std::move(announced));
}

Result<std::optional<Version>> overtaken(Tx const& tx, Delivery const& delivery) {
    if (delivery.type != MsgType::new_firmware) return std::nullopt;
    TRY_ASSIGN(auto const device, if_found(tx.devices().find(delivery.did)));
    if (!device) return std::nullopt;
    TRY_ASSIGN(auto const catalog, tx.releases().catalog(device->model));
    return overtaken(tx, *catalog, *device, version_in_notice(delivery.body));
}

}  // namespace updraft::push
