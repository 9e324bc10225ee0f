// Operators' calls about devices and models (docs/admin-api.md#devices).
//
// Lives here: reading what is said about a device, and showing one.
// Not here:   what it means to enrol one (fleet/enroll.h), many at once (admin/import.h).
#pragma once

#include <span>
#include <vector>

#include "admin/context.h"
#include "fleet/enroll.h"
#include "http/exchange.h"
#include "json/reader.h"

namespace updraft::admin {

using http::Reply;
using http::Request;
namespace asio = boost::asio;

// What PUT and a line of an import say. Errc::invalid naming the field.
[[nodiscard]] Result<fleet::Enrolment> read_enrolment(json::Object const& said, Did did);
// Enrols them in this transaction, with all that follows for upgrades and apps. No did comes twice.
// What is wrong with one, Errc::invalid, is no error of the others.
[[nodiscard]] Result<std::vector<Result<fleet::Enrolled>>> enroll_devices(
    Tx& tx, Context const& context, std::span<fleet::Enrolment const> all, Instant now);

asio::awaitable<Reply> put_device(Context& context, Request const& request, json::Object body);
asio::awaitable<Reply> change_device(Context& context, Request const& request, json::Object body);
asio::awaitable<Reply> list_devices(Context& context, Request const& request);
asio::awaitable<Reply> show_device(Context& context, Request const& request);
asio::awaitable<Reply> remove_device(Context& context, Request const& request);
asio::awaitable<Reply> renew_device_token(Context& context, Request const& request);
asio::awaitable<Reply> put_model(Context& context, Request const& request, json::Object body);

}  // namespace updraft::admin
