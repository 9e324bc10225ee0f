// DDI's words and ours, both ways. Pure.
//
// Lives here: reading what devices send, and the words that they are answered with.
// Not here:   HTTP (ddi/reply.h), what a report does (upgrade/feedback.h).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "upgrade/feedback.h"
#include "upgrade/self_description.h"

namespace updraft::ddi {

// The body of deploymentBase/{id}/feedback. Errc::invalid names the member that is wrong.
[[nodiscard]] Result<upgrade::Report> read_report(std::string_view body);

struct CancelReport {
    upgrade::CancelAnswer answer = upgrade::CancelAnswer::noted;
    std::vector<std::string> texts;
};
// The body of cancelAction/{id}/feedback.
[[nodiscard]] Result<CancelReport> read_cancel_report(std::string_view body);

// The body of configData.
[[nodiscard]] Result<upgrade::SelfDescription> read_config_data(std::string_view body);

// "8" of a path; nothing when it is no number that an action or a module can have.
[[nodiscard]] std::optional<std::int64_t> read_id(std::string_view text);

// "HH:MM:SS"; at most 99:59:59.
[[nodiscard]] std::string written_sleep(std::chrono::seconds sleep);

// hawkBit's word for how far an action is (actionHistory).
[[nodiscard]] std::string_view action_status(upgrade::State state);

enum class Media : std::uint8_t { hal_json, json };
// What an Accept header prefers of the two; hal+json when it does not care.
[[nodiscard]] Media preferred_media(std::string_view accept);
[[nodiscard]] constexpr std::string_view media_type(Media media) {
    return media == Media::json ? "application/json" : "application/hal+json";
}

// One segment of a path, everything but unreserved characters percent-encoded.
[[nodiscard]] std::string encoded_segment(std::string_view text);

}  // namespace updraft::ddi
