// Operators' calls about devices and models (docs/admin-api.md#devices).
//
// Lives here: reading the bodies, and writing a device as JSON.
//
// Not here:   enrolling and its consequences (usecases/enroll_devices.h), many devices in one
//             request (admin/import.h).
#pragma once

#include "admin/context.h"
#include "fleet/enroll.h"
#include "http/exchange.h"
#include "json/reader.h"

namespace updraft::admin {

using http::Reply;
using http::Request;
namespace asio = boost::asio;

// Reads the body of a PUT or a line of an import. Errc::invalid names the field.
[[nodiscard]] Result<fleet::Enrolment> read_enrolment(json::Object const& said, Did did);

asio::awaitable<Reply> put_device(Context& context, Request const& request, Actor const& actor,
                                  json::Object body);
asio::awaitable<Reply> change_device(Context& context, Request const& request, Actor const& actor,
                                     json::Object body);
asio::awaitable<Reply> list_devices(Context& context, Request const& request);
asio::awaitable<Reply> show_device(Context& context, Request const& request);
asio::awaitable<Reply> remove_device(Context& context, Request const& request, Actor const& actor);
asio::awaitable<Reply> refresh_device(Context& context, Request const& request, Actor const& actor);
asio::awaitable<Reply> renew_device_token(Context& context, Request const& request,
                                          Actor const& actor);
asio::awaitable<Reply> show_device_timeline(Context& context, Request const& request);
asio::awaitable<Reply> list_models(Context& context, Request const& request);
asio::awaitable<Reply> show_model(Context& context, Request const& request);
asio::awaitable<Reply> change_model(Context& context, Request const& request, Actor const& actor,
                                    json::Object body);
asio::awaitable<Reply> put_model(Context& context, Request const& request, Actor const& actor,
                                 json::Object body);

}  // namespace updraft::admin
