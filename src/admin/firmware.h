// Operators' calls about firmware (docs/admin-api.md#firmware).
//
// Lives here: reading a draft, receiving its file, showing a release.
// Not here:   the course of a release (firmware/publish.h), what makes a file good
//             (firmware/intake.h).
#pragma once

#include "admin/context.h"
#include "http/exchange.h"
#include "json/reader.h"

namespace updraft::admin {

using http::Reply;
using http::Request;
namespace asio = boost::asio;

asio::awaitable<Reply> draft_firmware(Context& context, Request const& request, json::Object body);
asio::awaitable<Reply> list_firmware(Context& context, Request const& request);
asio::awaitable<Reply> show_firmware(Context& context, Request const& request);
asio::awaitable<Reply> release_firmware(Context& context, Request const& request,
                                        json::Object body);
asio::awaitable<Reply> withdraw_firmware(Context& context, Request const& request,
                                         json::Object body);
asio::awaitable<Reply> discard_firmware(Context& context, Request const& request);
// admin/upload.cpp
asio::awaitable<Reply> receive_firmware_file(Context& context, Request const& request);

}  // namespace updraft::admin
