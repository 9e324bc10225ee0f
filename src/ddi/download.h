// Downloads of the files of a software module, for a device that has an upgrade with it.
//
// Lives here: the file that an address names, its MD5SUM, and the wish for a redirect to the
// bucket.
//
// Not here:   sending (channel/send_artifact.h), which releases a device may have
//             (upgrade/hand_out.h).
#pragma once

#include "ddi/context.h"
#include "http/exchange.h"

namespace updraft::ddi {

// Suffix of a file's address that asks for a redirect to the bucket, if there is one.
inline constexpr std::string_view via_bucket = "?via=bucket";

// GET …/softwaremodules/{id}/artifacts/{file} and {file}.MD5SUM
[[nodiscard]] http::asio::awaitable<http::Reply> download(Context& context,
                                                          http::Request const& request);

}  // namespace updraft::ddi
