#include "app/settings/settings.h"

#include <unistd.h>

#include <toml++/toml.h>
#include <algorithm>
#include <cmath>
#include <map>
#include <string_view>
#include <utility>

#include "app/settings/injected_variables.h"
#include "app/settings/settings_keys.h"
#include "text/nearest.h"
#include "text/userinfo.h"
#include "vocabulary/ascii.h"
#include "vocabulary/named_file.h"
#include "vocabulary/secret_file.h"

namespace updraft::app {
namespace {

std::string named(SettingKey const& key) {
    return "[" + std::string(key.section) + "] " + std::string(key.key);
}

SettingKey const* find_key(std::string_view section, std::string_view key) {
    auto const keys = setting_keys();
    auto const found = std::ranges::find_if(
        keys, [&](auto const& row) { return row.section == section && row.key == key; });
    return found == keys.end() ? nullptr : &*found;
}

std::string keys_of(std::string_view section) {
    std::string names;
    for (auto const& row : setting_keys()) {
        if (row.section != section) continue;
        names += (names.empty() ? "" : ", ") + std::string(row.key);
    }
    return names;
}

std::string sections() {
    std::string names;
    std::string_view last;
    for (auto const& row : setting_keys()) {
        if (row.section == last) continue;
        last = row.section;
        names += (names.empty() ? "[" : ", [") + std::string(last) + "]";
    }
    return names;
}

// True for a variable that somebody may have meant as a setting: it has the name of a key, or its
// first word is a section or nearly one, and more words follow. Other programs have variables too.
bool is_like_a_setting(std::string_view variable) {
    auto name = std::string(variable.substr(std::string_view("UPDRAFT_").size()));
    std::ranges::transform(name, name.begin(), ascii_lower);
    std::vector<std::string> sections;
    bool is_key = false;
    for (auto const& row : setting_keys()) {
        if (row.section == name) return false;
        is_key = is_key || row.key == name;
        sections.emplace_back(row.section);
    }
    if (is_key) return true;
    auto const word_end = name.find('_');
    return word_end != std::string::npos &&
           text::nearest(name.substr(0, word_end), sections).has_value();
}

// A whole number in another notation: 10.0, 1e1.
std::optional<std::int64_t> whole_in(toml::node const& node) {
    constexpr double exact_max = 9'007'199'254'740'992;  // 2^53
    auto const number = node.value_exact<double>();
    if (!number || std::abs(*number) > exact_max || std::trunc(*number) != *number) {
        return std::nullopt;
    }
    return static_cast<std::int64_t>(*number);
}

Written written_in(toml::node const& node) {
    if (auto const text = node.value_exact<std::string>()) return {.value = *text};
    if (auto const number = node.value_exact<std::int64_t>()) return {.value = *number};
    if (auto const number = whole_in(node)) return {.value = *number};
    if (auto const truth = node.value_exact<bool>()) return {.value = *truth};
    auto const* const list = node.as_array();
    if (list == nullptr) return {};
    std::vector<std::string> texts;
    for (auto const& element : *list) {
        auto const text = element.value_exact<std::string>();
        if (!text) return {};
        texts.push_back(*text);
    }
    return {.value = std::move(texts)};
}

// Fills settings from one source after the other, and notes where each value came from.
class Loading {
public:
    LoadedSettings run(SettingSources const& sources) &&;

private:
    void take(SettingKey const& key, Written const& written, std::string const& where);
    void take_defaults();
    void take_file(std::string const& path);
    void check_file_mode(std::string const& path);
    void take_section(std::string const& path, std::string_view section, toml::table const& table);
    void take_environment(std::vector<std::string> const& environment);
    void take_command_line(SettingSources const& sources);
    void check_together();
    void check_bucket();
    void fill_in_places();

    LoadedSettings loaded_;
    std::map<std::string, std::string> places_;  // "[tls] cert" -> "updraft.toml:7".
};

void Loading::take(SettingKey const& key, Written const& written, std::string const& where) {
    auto const name = named(key);
    if (auto const read = key.read(loaded_.settings, written); !read) {
        loaded_.problems.push_back(where + ": " + name + " " + read.error().detail);
    }
    places_[name] = where;
}

void Loading::take_defaults() {
    for (auto const& key : setting_keys()) {
        if (key.standard.empty()) continue;
        auto const line = "value = " + std::string(key.standard);
        auto const parsed = toml::parse(line);
        take(key, written_in(*parsed.get("value")), "default");
    }
    places_.clear();
}

void Loading::take_file(std::string const& path) {
    auto const content = read_named_file(path);
    if (!content) {
        loaded_.problems.push_back(content.error().detail);
        return;
    }
    try {
        auto const table = toml::parse(std::string_view(*content));
        for (auto const& [name, node] : table) {
            auto const where = path + ":" + std::to_string(name.source().begin.line);
            auto const* const section = node.as_table();
            if (keys_of(name.str()).empty() || section == nullptr) {
                loaded_.problems.push_back(where + ": " + std::string(name.str()) +
                                           " is no section; there are " + sections());
                continue;
            }
            take_section(path, name.str(), *section);
        }
    } catch (toml::parse_error const& error) {
        loaded_.problems.push_back(path + ":" + std::to_string(error.source().begin.line) + ": " +
                                   std::string(error.description()));
    }
    check_file_mode(path);
}

// A file with a password is one that holds a secret.
void Loading::check_file_mode(std::string const& path) {
    auto const& settings = loaded_.settings;
    for (auto const& [name, url] : {std::pair("[store] url", settings.store.url.where),
                                    std::pair("[push] proxy", settings.push.proxy)}) {
        if (!text::has_password(url)) continue;
        auto const allowed = check_secret_mode(path);
        if (allowed) continue;
        loaded_.problems.push_back(places_[name] + ": " + name +
                                   " has a password: " + allowed.error().detail);
    }
}

void Loading::take_section(std::string const& path, std::string_view section,
                           toml::table const& table) {
    for (auto const& [name, node] : table) {
        auto const where = path + ":" + std::to_string(name.source().begin.line);
        auto const* const key = find_key(section, name.str());
        if (key == nullptr) {
            loaded_.problems.push_back(where + ": [" + std::string(section) + "] " +
                                       std::string(name.str()) + " is no setting; there are " +
                                       keys_of(section));
            continue;
        }
        take(*key, written_in(node), where);
    }
}

void Loading::take_environment(std::vector<std::string> const& environment) {
    for (auto const& entry : environment) {
        auto const equals = entry.find('=');
        if (!entry.starts_with("UPDRAFT_") || equals == std::string::npos) continue;
        auto const variable = entry.substr(0, equals);
        auto const value = entry.substr(equals + 1);
        if (value.empty()) continue;  // Counts as not set: compose files cannot unset a variable.
        auto is_setting = false;
        for (auto const& key : setting_keys()) {
            if (environment_name(key) != variable) continue;
            take(key, {.value = value, .from_environment = true}, variable);
            is_setting = true;
        }
        if (is_setting) loaded_.settings.variables.push_back(variable);
        if (is_setting || is_injected(variable, value) || is_of_commands(variable)) continue;
        if (is_like_a_setting(variable)) {
            loaded_.problems.push_back(variable + ": is no setting; see `updraft config example`");
        } else {
            loaded_.settings.warnings.push_back(variable + ": has no meaning, and is ignored");
        }
    }
}

void Loading::take_command_line(SettingSources const& sources) {
    if (!sources.listen.empty()) {
        take(*find_key("server", "listen"), {.value = sources.listen}, "--listen");
    }
    if (sources.store) take(*find_key("store", "url"), {.value = *sources.store}, "--store");
    loaded_.settings.data_dir = sources.data_dir;
    if (sources.data_dir.empty()) loaded_.problems.emplace_back("--data: must not be empty");
}

void Loading::check_together() {
    auto const& tls = loaded_.settings.tls;
    if (tls.cert.empty() != tls.key.empty()) {
        auto const* const given = tls.cert.empty() ? "[tls] key" : "[tls] cert";
        auto const* const missing = tls.cert.empty() ? "[tls] cert" : "[tls] key";
        loaded_.problems.push_back(places_[given] + ": " + given + " is given without " + missing);
    }
    for (auto const& endpoint : loaded_.settings.admin.listen) {
        auto const& others = loaded_.settings.server.listen;
        if (endpoint.port == 0 || std::ranges::find(others, endpoint) == others.end()) continue;
        loaded_.problems.push_back(places_["[admin] listen"] + ": [admin] listen has " +
                                   endpoint.written() + ", which is in [server] listen");
    }
    if (loaded_.settings.firmware.store) check_bucket();
}

void Loading::check_bucket() {
    auto const& firmware = loaded_.settings.firmware;
    auto const say = [this](std::string const& what) {
        loaded_.problems.push_back(places_["[firmware] store"] + ": [firmware] store " + what);
    };
    if (firmware.access_key.empty()) say("is given without [firmware] access_key");
    if (firmware.secret_key_file.empty()) say("is given without [firmware] secret_key_file");
    if (firmware.max_size > bucket::put_bytes_max) {
        say("is a bucket, which takes at most 5GiB at once: [firmware] max_size is more");
    }
}

void Loading::fill_in_places() {
    auto& settings = loaded_.settings;
    auto const inside = [&](std::string& place, char const* name) {
        if (place.empty()) place = settings.data_dir + "/" + name;
    };
    inside(settings.store.url.where, "updraft.db");
    inside(settings.secrets.key_file, "secret.key");
    inside(settings.firmware.dir, "firmware");
    inside(settings.firmware.cache_dir, "firmware-cache");
}

LoadedSettings Loading::run(SettingSources const& sources) && {
    take_defaults();
    if (sources.file) take_file(*sources.file);
    take_environment(sources.environment);
    take_command_line(sources);
    check_together();
    fill_in_places();
    return std::move(loaded_);
}

}  // namespace

LoadedSettings load_settings(SettingSources const& sources) { return Loading{}.run(sources); }

std::vector<std::string> process_environment() {
    std::vector<std::string> entries;
    for (char** entry = environ; entry != nullptr && *entry != nullptr; ++entry) {
        entries.emplace_back(*entry);
    }
    return entries;
}

}  // namespace updraft::app
