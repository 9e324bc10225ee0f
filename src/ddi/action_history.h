// The texts of a device's own reports, as ?actionHistory asks for them.
//
// Lives here: reading the parameter, reading the texts in parts, and the answer with them.
//
// Not here:   the rest of the answer (ddi/deployment.h), recording texts (upgrade/record.h).
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "ddi/context.h"
#include "http/exchange.h"
#include "upgrade/upgrade.h"

namespace updraft::ddi {

// How many texts, newest first. -1: all.
struct HistoryWish {
    std::int64_t messages = 0;
};

// Absent and empty mean 0. Errc::invalid for anything but a number, or below -1.
[[nodiscard]] Result<HistoryWish> read_history_wish(http::Request const& request);

// A part of the texts: JSON strings with a comma before each, and where the next part begins.
// Entries that are recorded meanwhile are newer than all parts, so they change no part.
struct HistoryPart {
    std::string text;
    UpgradeId upgrade;
    std::int64_t left = 0;               // Texts that are still wished; -1: all.
    std::optional<std::int64_t> before;  // Of the timeline; absent: this is the last part.
};

// The newest texts: at most 64 KiB and one text more, which is read in one transaction.
[[nodiscard]] Result<HistoryPart> first_history_part(Tx const& tx, UpgradeId id, HistoryWish wish);

// An answer whose JSON begins with `before` and continues with "actionHistory". It has a
// Content-Length. A history of more than one part is read twice, part by part: to count its bytes,
// and when each part is sent, so that only one part is in memory.
[[nodiscard]] http::asio::awaitable<Result<http::Reply>> answer_with_history(
    Context& context, http::Request const& request, std::string before, HistoryPart first);

}  // namespace updraft::ddi
