// The bytes of a firmware, whole or in stretches, to a device that has an upgrade of it.
//
// Lives here: artifact files, the way to them in a bucket, their MD5SUM, conditions and ranges, and
// the limit of downloads. Not here:   sending (http/), which file is meant (upgrade/hand_out.h),
// what served bytes mean
//             (upgrade/serving.h).
#pragma once

#include "ddi/context.h"
#include "http/exchange.h"

namespace updraft::ddi {

// Behind the address of a file: to be sent on to where it may be fetched without us.
inline constexpr std::string_view via_bucket = "?via=bucket";

// GET …/softwaremodules/{id}/artifacts/{file} and {file}.MD5SUM
[[nodiscard]] http::asio::awaitable<http::Reply> download(Context& context,
                                                          http::Request const& request);

}  // namespace updraft::ddi
