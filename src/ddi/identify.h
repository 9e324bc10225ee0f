// Which device a request is from, as every route of this channel asks first.
//
// Lives here: tenant, did and credential out of a request, and the sign of life.
// Not here:   comparing tokens (access/device_credential.h).
#pragma once

#include "access/device_credential.h"
#include "ddi/context.h"
#include "http/exchange.h"

namespace updraft::ddi {

// Owns what it holds: it goes into transactions.
struct DeviceCall {
    Did did;
    access::DeviceCredential credential;
};

// Errc::not_found for another tenant, Errc::unauthorized without a credential that can be read.
[[nodiscard]] Result<DeviceCall> read_device_call(http::Request const& request);

// The device, when the credential is right. Within a transaction.
[[nodiscard]] inline Result<fleet::Device> recognised(Tx const& tx, DeviceCall const& call) {
    return access::authenticate(tx, call.credential, call.did);
}

// "https://host/DEFAULT/controller/v1/<did>", as this client reaches it.
[[nodiscard]] std::string base_link(http::Request const& request);

// Path parameters of this channel's routes.
inline constexpr std::size_t tenant_param = 0;
inline constexpr std::size_t did_param = 1;
inline constexpr std::size_t id_param = 2;
inline constexpr std::size_t file_param = 3;

// The number in the path, or Errc::not_found.
[[nodiscard]] Result<std::int64_t> id_of(http::Request const& request);

}  // namespace updraft::ddi
