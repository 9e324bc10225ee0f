// Converts between DDI's texts and the types of the domain. Pure.
//
// Lives here: reading the bodies that devices send, and the texts in answers.
//
// Not here:   HTTP replies (ddi/reply.h), the effect of a report (upgrade/feedback.h).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "upgrade/feedback.h"
#include "upgrade/self_description.h"

namespace updraft::ddi {

// The body of deploymentBase/{id}/feedback, read leniently (json/lenient.h). Of more than 1,000
// details the last ones are kept; U+0000 in them is dropped. Errc::invalid names the member that is
// wrong.
[[nodiscard]] Result<upgrade::Report> read_report(std::string_view body);

struct CancelReport {
    upgrade::CancelAnswer answer = upgrade::CancelAnswer::noted;
    std::vector<std::string> texts;
};
// The body of cancelAction/{id}/feedback. Errors as read_report().
[[nodiscard]] Result<CancelReport> read_cancel_report(std::string_view body);

// The body of configData, read leniently. A name or value that is longer than
// fleet::attribute_bytes_max only because U+FFFD replaced bytes in it is cut. Errors as
// read_report().
[[nodiscard]] Result<upgrade::SelfDescription> read_config_data(std::string_view body);

// The id in a path; nothing unless it is a whole number from 0 to 2^31 - 1.
[[nodiscard]] std::optional<std::int64_t> read_id(std::string_view text);

// "HH:MM:SS"; at most 99:59:59.
[[nodiscard]] std::string written_sleep(std::chrono::seconds sleep);

// hawkBit's name of an action's state (actionHistory).
[[nodiscard]] std::string_view action_status(upgrade::State state);

enum class Media : std::uint8_t { hal_json, json };
// The one of the two that the Accept header prefers; hal_json when it names neither.
[[nodiscard]] Media preferred_media(std::string_view accept);
[[nodiscard]] constexpr std::string_view media_type(Media media) {
    return media == Media::json ? "application/json" : "application/hal+json";
}

}  // namespace updraft::ddi
