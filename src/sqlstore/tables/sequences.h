// Sequences of whole numbers; each number is used once, in order.
//
// Lives here: the rows with the next number of each sequence.
// Not here:   the ids that are made of the numbers (nth_device_safe_id in vocabulary/ids.h).
#pragma once

#include <cstdint>
#include <string_view>

#include "sqlstore/session.h"

namespace updraft::sqlstore {

// Takes `count` consecutive numbers of that sequence and answers the first. Each sequence starts at
// 0; later calls get higher numbers. Numbers of a transaction that was rolled back are used again.
// Errc::invalid when count < 1.
[[nodiscard]] Result<std::int64_t> take_numbers(Session& session, std::string_view sequence,
                                                std::int64_t count = 1);

// The same without the session's pool, for the pool itself.
[[nodiscard]] Result<std::int64_t> fetch_numbers(Session& session, std::string_view sequence,
                                                 std::int64_t count);

}  // namespace updraft::sqlstore
