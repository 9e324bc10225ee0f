#include "cli/put_device.h"

#include <optional>

#include "text/percent.h"

namespace updraft::cli {
namespace {

std::optional<std::string> named(Given const& given, std::string_view flags) {
    auto const found = given.find(flags);
    if (found == given.end() || found->second.empty()) return std::nullopt;
    return found->second.back();
}

std::optional<std::string> text_in(json::Object const& device, std::string_view member) {
    auto const text = json::text_member(device, member);
    return text ? *text : std::nullopt;
}

}  // namespace

std::vector<std::string> losses(json::Object const& device, Given const& given) {
    std::vector<std::string> lost;
    auto const user = text_in(device, "openId");
    bool const leaves = user && named(given, "--open-id") != user;
    if (leaves) lost.push_back("unbind it from user " + *user);
    auto const upgrade = json::whole_member(device, "activeUpgradeId");
    bool const misfit = named(given, "--model") != text_in(device, "deviceModel");
    if (upgrade && *upgrade && (leaves || misfit)) {
        lost.push_back("end its upgrade " + std::to_string(**upgrade));
    }
    auto const gateway = text_in(device, "gatewayDid");
    if (gateway && !named(given, "--gateway-did")) {
        lost.push_back("take it from behind gateway " + *gateway);
    }
    auto const name = text_in(device, "name");
    if (name && !named(given, "--name")) lost.push_back("remove its name");
    auto const tags = json::array_member(device, "tags");
    bool const tagged = tags && *tags != nullptr && !(*tags)->empty();
    if (tagged && !named(given, "--tags")) lost.push_back("remove its tags");
    return lost;
}

Result<void> loses_nothing(Endpoint const& endpoint, Given const& given) {
    auto const did = named(given, "did,--did").value_or("");
    Call look{.method = "GET", .path = "/admin/v1/devices/" + text::percent_encoded(did)};
    TRY_ASSIGN(auto const answer, carry_out(endpoint, look));
    // Other errors are answered to the call that follows as well.
    if (!answer.good()) return {};
    TRY_ASSIGN(auto const device, json::read_object(answer.body));
    std::string would;
    auto const lost = losses(device, given);
    for (std::size_t i = 0; i < lost.size(); ++i) {
        would += i == 0 ? "" : i + 1 == lost.size() ? " and " : ", ";
        would += lost[i];
    }
    if (would.empty()) return {};
    return fail(Errc::conflict, "device " + did + " exists, and this would " + would +
                                    ". To change only what you name: updraft device set. To "
                                    "replace it all the same: --replace");
}

}  // namespace updraft::cli
