// Operators' calls about firmware (docs/admin-api.md#firmware).
//
// Lives here: reading the bodies, and receiving a file.
//
// Not here:   the states of a release (firmware/publish.h), when a file is accepted
//             (firmware/intake.h), writing a release as JSON (admin/show_firmware.h).
#pragma once

#include "admin/context.h"
#include "http/exchange.h"
#include "json/reader.h"

namespace updraft::admin {

using http::Reply;
using http::Request;
namespace asio = boost::asio;

asio::awaitable<Reply> draft_firmware(Context& context, Request const& request, Actor const& actor,
                                      json::Object body);
asio::awaitable<Reply> list_firmware(Context& context, Request const& request);
asio::awaitable<Reply> show_firmware(Context& context, Request const& request);
asio::awaitable<Reply> change_firmware(Context& context, Request const& request, Actor const& actor,
                                       json::Object body);
asio::awaitable<Reply> release_firmware(Context& context, Request const& request,
                                        Actor const& actor, json::Object body);
asio::awaitable<Reply> withdraw_firmware(Context& context, Request const& request,
                                         Actor const& actor, json::Object body);
asio::awaitable<Reply> discard_firmware(Context& context, Request const& request,
                                        Actor const& actor);
// In admin/upload.cpp. Streamed: the file is written piece by piece.
asio::awaitable<Reply> receive_firmware_file(Context& context, Request const& request,
                                             Actor const& actor);

}  // namespace updraft::admin
