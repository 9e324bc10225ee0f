// Reads from which device a request comes. Every route of this channel does this first.
//
// Lives here: reading tenant, did and credential of a request.
//
// Not here:   comparing tokens (access/device_credential.h), the device (channel/authenticate.h).
#pragma once

#include <string>
#include <string_view>

#include "channel/authenticate.h"
#include "ddi/context.h"
#include "http/exchange.h"

namespace updraft::ddi {

using channel::authenticate;
using channel::DeviceCall;

// The token in "TargetToken <token>" or "GatewayToken <token>"; nothing for other texts.
[[nodiscard]] std::optional<std::string_view> token_in(std::string_view authorization);

// Reads "TargetToken <token>" or "GatewayToken <token>"; upper and lower case of the scheme are
// equal. Errc::unauthorized for other texts.
[[nodiscard]] Result<access::DeviceCredential> read_credential(std::string_view authorization);

// Does not check the credential. Errc::not_found for another tenant than "default",
// Errc::unauthorized without a readable credential.
[[nodiscard]] Result<DeviceCall> read_device_call(http::Request const& request);

// Checks the credential and records that the device was heard. Errc::unauthorized when the
// credential is wrong.
[[nodiscard]] http::asio::awaitable<Result<void>> recognise(Context& context, DeviceCall call);

// Counts a request for the limit of each device (access/device_rate.h). The answer when the device
// calls too often; nothing when it may call. Reads no store.
[[nodiscard]] std::optional<http::Reply> over_rate(Context& context, http::Request const& request);

// For http::Route::check: a call without a credential that can be read is refused before its body
// is read. Before a large body is read, the device's limit and its credential are checked as well;
// over_rate() then does not count the call again.
[[nodiscard]] http::asio::awaitable<std::optional<http::Reply>> check_head(
    Context& context, http::Request const& request);

// For http::Route::review: counts refused credentials, which delays the reply when there were many.
void slow_guessing(Context const& context, http::Request const& request, http::Reply& reply);

// "https://host/DEFAULT/controller/v1/<did>", with host, tenant and did as in the request.
[[nodiscard]] std::string base_link(http::Request const& request);

// Indexes of the path parameters in this channel's routes.
inline constexpr std::size_t tenant_param = 0;
inline constexpr std::size_t did_param = 1;
inline constexpr std::size_t id_param = 2;
inline constexpr std::size_t file_param = 3;

// The id in the path; Errc::not_found when it is not a valid number.
[[nodiscard]] Result<std::int64_t> id_of(http::Request const& request);

}  // namespace updraft::ddi
