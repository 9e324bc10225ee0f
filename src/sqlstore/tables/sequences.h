// Sequences of whole numbers, each given out once and in order.
//
// Lives here: the rows that remember the next number of each sequence.
// Not here:   which ids are made of them (nth_device_safe_id in vocabulary/ids.h).
#pragma once

#include <cstdint>
#include <string_view>

#include "sqlstore/session.h"

namespace updraft::sqlstore {

// Takes `count` numbers of that sequence and answers the first; each sequence starts at 0. Later
// calls get greater ones. Numbers of a transaction that is rolled back are given out again.
// Errc::invalid when count < 1.
[[nodiscard]] Result<std::int64_t> take_numbers(Session& session, std::string_view sequence,
                                                std::int64_t count = 1);

// The same without the session's pool, for the pool itself.
[[nodiscard]] Result<std::int64_t> fetch_numbers(Session& session, std::string_view sequence,
                                                 std::int64_t count);

}  // namespace updraft::sqlstore
