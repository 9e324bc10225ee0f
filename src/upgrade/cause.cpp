#include "upgrade/cause.h"

#include <algorithm>

#include "text/clean_text.h"
#include "vocabulary/ascii.h"

namespace updraft::upgrade {
namespace {

struct KeyWord {
    std::string_view part;  // In lower case.
    Cause cause;
};

// The first entry whose text occurs in the device's text is used (docs/device-ddi.md#causes).
constexpr auto key_words = std::to_array<KeyWord>({
    {"no space", Cause::no_space},
    {"enospc", Cause::no_space},
    {"not enough space", Cause::no_space},
    {"insufficient space", Cause::no_space},
    {"out of space", Cause::no_space},
    {"disk full", Cause::no_space},
    {"available space", Cause::no_space},
    {"version mismatch", Cause::version_mismatch},
    {"checksum", Cause::verify_failed},
    {"hash", Cause::verify_failed},
    {"signature", Cause::verify_failed},
    {"verif", Cause::verify_failed},
    {"digest", Cause::verify_failed},
    {"download", Cause::download_failed},
    {"unsupported", Cause::unsupported_image},
    {"not supported", Cause::unsupported_image},
    {"incompatible", Cause::unsupported_image},
    {"not compatible", Cause::unsupported_image},
    {"compatible mismatch", Cause::unsupported_image},
    {"no suitable", Cause::unsupported_image},
    {"invalid image", Cause::unsupported_image},
    {"write", Cause::write_failed},
    {"writing", Cause::write_failed},
    {"flash", Cause::write_failed},
    {"i/o error", Cause::write_failed},
    {"timed out", Cause::timeout},
    {"timeout", Cause::timeout},
});

constexpr auto skip_phrases = std::to_array<std::string_view>(
    {"skipped update", "update skipped", "update was skipped", "update has been skipped",
     "update is skipped", "skipping update", "installation skipped", "installation was skipped"});

std::string lower(std::string_view text) {
    std::string out(text);
    std::ranges::transform(out, out.begin(), ascii_lower);
    return out;
}

}  // namespace

std::string tidied(std::string_view text, std::size_t bytes_max, Breaks breaks) {
    auto const* const kept = breaks == Breaks::keep ? "\n\t" : "";
    return text::clean_text(text, {.bytes_max = bytes_max, .kept = kept});
}

std::string written(Cause cause, std::string_view detail) {
    std::string out(word(cause));
    auto const tidy = tidied(detail, cause_detail_bytes_max, Breaks::remove);
    if (!tidy.empty()) out += ": " + tidy;
    return out;
}

Cause cause_of(std::string_view detail) {
    auto const text = lower(detail);
    for (auto const& [part, cause] : key_words) {
        if (text.find(part) != std::string::npos) return cause;
    }
    return Cause::device_error;
}

std::string_view last_error_in(std::string_view text) {
    constexpr std::string_view beginning = "LastError:";
    std::string_view last;
    while (!text.empty()) {
        auto const line = text.substr(0, text.find('\n'));
        if (line.starts_with(beginning)) last = line;
        text.remove_prefix(std::min(line.size() + 1, text.size()));
    }
    return last;
}

bool says_skipped(std::string_view text) {
    auto const lowered = lower(text);
    auto const first = lowered.find_first_not_of(" \t");
    if (first != std::string::npos && lowered.compare(first, 7, "skipped") == 0) return true;
    return std::ranges::any_of(skip_phrases, [&](std::string_view phrase) {
        return lowered.find(phrase) != std::string::npos;
    });
}

}  // namespace updraft::upgrade
