// The documents of hawkBit's device API (DDI), as a device reads and writes them.
//
// Lives here: reading the documents of a server, writing the reports of a device.
//
// Not here:   when a device does which (simulator/device.h), HTTP (simulator/fleet.h).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "vocabulary/instant.h"
#include "vocabulary/result.h"

namespace updraft::simulator {

struct PollAnswer {
    std::optional<Millis> sleep;  // Absent: not given, or not HH:MM:SS.
    // Links; empty when absent.
    std::string deployment;
    std::string cancel;
    std::string config;
};
// All read functions: Errc::invalid when the text is not such a document, with what is wrong.
[[nodiscard]] Result<PollAnswer> read_poll(std::string_view text);

// The first artifact of the first chunk of a deployment.
struct Assignment {
    std::string id;
    std::string version;
    std::string file_name;
    std::int64_t bytes = 0;
    std::string sha256;
    std::string link;
};
[[nodiscard]] Result<Assignment> read_deployment(std::string_view text);

// The id with which a cancelAction is answered.
[[nodiscard]] Result<std::string> read_cancel(std::string_view text);

struct Report {
    std::string_view execution = "proceeding";
    std::string_view finished = "none";
    std::optional<int> percent;
    std::string detail;
};
[[nodiscard]] std::string write_feedback(std::string_view id, Report const& report);

using NamedTexts = std::vector<std::pair<std::string, std::string>>;
[[nodiscard]] std::string write_config_data(NamedTexts const& attributes);

// "/DEFAULT/controller/v1/<did>", the did percent-encoded.
[[nodiscard]] std::string controller_path(std::string_view tenant, std::string_view did);

}  // namespace updraft::simulator
