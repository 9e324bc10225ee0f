// The bytes of a firmware, whole or in stretches, to a device that has an upgrade of it.
//
// Lives here: artifact files, their MD5SUM, conditions and ranges, and the limit of downloads.
// Not here:   sending (http/), which file is meant (upgrade/hand_out.h), what served bytes mean
//             (upgrade/serving.h).
#pragma once

#include "ddi/door.h"
#include "http/exchange.h"

namespace updraft::ddi {

// GET …/softwaremodules/{id}/artifacts/{file} and {file}.MD5SUM
[[nodiscard]] http::asio::awaitable<http::Reply> download(Door& door, http::Request const& request);

}  // namespace updraft::ddi
