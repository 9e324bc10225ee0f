// The table of all settings: section, key, default, meaning and reader.
//
// Lives here: the table, and the example file that is printed from it.
//
// Not here:   files and environments (app/settings/settings.cpp), kinds of value
//             (app/settings/setting_values.h).
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "app/settings/settings.h"

namespace updraft::app {

// A value as a source gave it. The environment gives text only: numbers and booleans are read from
// it, and lists are split at commas.
struct Written {
    struct OfOtherType {};
    std::variant<OfOtherType, std::string, std::int64_t, bool, std::vector<std::string>> value;
    bool from_environment = false;
};

struct SettingKey {
    std::string_view section;
    std::string_view key;
    std::string_view standard;  // The default as TOML; empty: none.
    std::string_view example;   // Shown when there is no default.
    std::string_view meaning;   // Lines of text.
    // Sets the field. Errc::invalid: what the value must be.
    std::function<Result<void>(Settings&, Written const&)> read;
};

// In the order of the example file; the keys of one section follow one another.
[[nodiscard]] std::span<SettingKey const> setting_keys();

// "UPDRAFT_PUSH_TIMEOUT".
[[nodiscard]] std::string environment_name(SettingKey const& key);

// updraft.example.toml: every key with its meaning and its default.
[[nodiscard]] std::string example_configuration();

}  // namespace updraft::app
