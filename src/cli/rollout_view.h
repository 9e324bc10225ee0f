// What the admin API says of one rollout, as far as the command line shows it.
//
// Lives here: reading its JSON (wire contract 6.7).
//
// Not here:   how it is shown (cli/rollout_picture.h), asking for it (cli/rollout_watch.h).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "vocabulary/result.h"

namespace updraft::cli {

// Texts are safe to show (text::escaped); empty ones are absent.
struct WaveView {
    std::string name;
    std::optional<std::int64_t> target;  // Cumulative.
    std::int64_t handed_out = 0;
    std::int64_t good = 0;
    std::int64_t bad = 0;
    std::int64_t silent = 0;  // Of the bad ones.
    std::int64_t unreached = 0;
    std::string state;
    std::string soak_until;
};

struct RolloutView {
    std::string id;
    std::string name;
    std::string model;
    std::string version;
    std::string mode;
    std::string state;
    std::string reason;
    std::optional<std::int64_t> wave;  // From 1.
    std::vector<WaveView> waves;
    std::optional<std::int64_t> audience;
    std::int64_t handed_out = 0;
    std::int64_t in_flight = 0;
    std::int64_t unproven = 0;
    std::int64_t good = 0;
    std::int64_t failed = 0;
    std::int64_t silent = 0;
    std::int64_t reverted = 0;
    std::int64_t unreached = 0;
    std::int64_t neutral = 0;
    std::int64_t user_pulled = 0;
    // What the gate judges.
    std::int64_t judged_good = 0;
    std::int64_t judged_bad = 0;
    std::optional<std::int64_t> halts_at;
    std::string next_what;
    std::string next_when;
    std::string next_because;
};

// Errc::invalid when the text is no such object.
[[nodiscard]] Result<RolloutView> read_rollout(std::string_view body);

}  // namespace updraft::cli
