// The id types: one C++ type for each kind of id, so that they cannot be confused.
//
// Lives here: the id types, their limits, and reading an id from text that came from outside.
//
// Not here:   how new ones are made (ports/id_source.h).
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "vocabulary/result.h"

namespace updraft {

// A text id: opaque, compared byte by byte.
template <class Tag>
struct Name {
    std::string value;

    auto operator<=>(Name const&) const = default;
    [[nodiscard]] bool empty() const { return value.empty(); }
};

using Did = Name<struct DidTag>;              // A device.
using OpenId = Name<struct OpenIdTag>;        // A user.
using AppId = Name<struct AppIdTag>;          // A third-party app: 24 hex characters.
using ModelName = Name<struct ModelNameTag>;  // deviceModel.
using Version = Name<struct VersionTag>;      // firmwareVersion: compared by version_spelling.h.
using OrderId = Name<struct OrderIdTag>;      // A ULID.
using WebhookId = Name<struct WebhookIdTag>;  // A push message: "msg_" and a ULID.

// A numeric id. In DDI messages: decimal, 11 or more, below 2^31 and never ending in 0
// (docs/device-ddi.md#ids).
template <class Tag>
struct Number {
    std::int64_t value{};

    auto operator<=>(Number const&) const = default;
};

using UpgradeId = Number<struct UpgradeIdTag>;
using ReleaseId = Number<struct ReleaseIdTag>;

// The n-th device-safe id (n from 0): an id that a Zephyr client reads correctly, that is 11…19,
// 21…29, 31….
constexpr std::int64_t nth_device_safe_id(std::int64_t n) { return n / 9 * 10 + n % 9 + 11; }

// Bytes allowed in did, deviceModel, firmwareVersion and openId.
inline constexpr std::size_t name_bytes_max = 64;

// The text as an id. Errc::invalid, with a detail that names `field`, when it is empty, longer than
// `bytes_max` bytes, or contains U+0000.
template <class Id>
[[nodiscard]] Result<Id> read_name(std::string_view text, std::string_view field,
                                   std::size_t bytes_max = name_bytes_max) {
    if (text.empty()) return fail(Errc::invalid, std::string(field) + " must not be empty");
    if (text.size() > bytes_max) {
        return fail(Errc::invalid,
                    std::string(field) + " is longer than " + std::to_string(bytes_max) + " bytes");
    }
    if (text.find('\0') != std::string_view::npos) {
        return fail(Errc::invalid, std::string(field) + " contains U+0000");
    }
    return Id{std::string(text)};
}

}  // namespace updraft

template <class Tag>
struct std::hash<updraft::Name<Tag>> {
    std::size_t operator()(updraft::Name<Tag> const& name) const noexcept {
        return std::hash<std::string>{}(name.value);
    }
};
template <class Tag>
struct std::hash<updraft::Number<Tag>> {
    std::size_t operator()(updraft::Number<Tag> number) const noexcept {
        return std::hash<std::int64_t>{}(number.value);
    }
};
