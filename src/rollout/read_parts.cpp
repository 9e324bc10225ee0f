#include "rollout/read_parts.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

#include "policy/hours.h"
#include "rollout/window.h"
#include "text/duration.h"
#include "text/whole_number.h"
#include "vocabulary/new_name.h"

namespace updraft::rollout {
namespace {

constexpr Millis soak_max = std::chrono::hours{24 * 90};
constexpr std::int64_t wave_devices_max = 1'000'000'000;
constexpr double percent_least = 100.0 / static_cast<double>(whole);

std::optional<double> number_of(json::Value const& value) {
    auto const* const number = value.number();
    if (number == nullptr) return std::nullopt;
    double read = 0;
    auto const& digits = number->digits;
    auto const* const end = digits.data() + digits.size();
    auto const [stopped, trouble] = std::from_chars(digits.data(), end, read);
    if (trouble != std::errc{} || stopped != end) return std::nullopt;
    return read;
}

Result<json::Object const*> object_of(json::Value const& value, std::string const& path) {
    if (value.object() == nullptr) return fail(Errc::invalid, path + " must be an object");
    return value.object();
}

// The member, or nullptr when it is absent or `null`.
Result<json::Value const*> member_of(json::Object const& object, std::string_view name,
                                     std::string const& path) {
    auto found = object.find(name);
    if (!found) return fail(Errc::invalid, path + "." + found.error().detail);
    return *found;
}

Result<std::int64_t> read_share(json::Value const& value, std::string const& path) {
    TRY_ASSIGN(auto const percent, number_between(value, percent_least, 100, path));
    auto const parts = percent * static_cast<double>(millionths_of_a_percent);
    auto const rounded = std::round(parts);
    if (std::abs(parts - rounded) > 1e-6) {
        return fail(Errc::invalid, path + " must have at most 4 digits after the point");
    }
    return static_cast<std::int64_t>(rounded);
}

Result<std::string> read_wave_name(json::Value const& value, std::string const& path) {
    if (value.string() == nullptr) return fail(Errc::invalid, path + " must be a string");
    TRY(check_new_name(*value.string(), path));
    if (value.string()->size() > name_bytes_max) {
        return fail(Errc::invalid,
                    path + " is longer than " + std::to_string(name_bytes_max) + " bytes");
    }
    return *value.string();
}

Result<Wave> read_wave(json::Value const& value, std::string const& path) {
    TRY_ASSIGN(auto const* const object, object_of(value, path));
    TRY(refuse_unknown(*object, {"name", "devices", "percent", "soak", "approval"}, path));
    Wave wave;
    TRY_ASSIGN(auto const* const name, member_of(*object, "name", path));
    TRY_ASSIGN(auto const* const devices, member_of(*object, "devices", path));
    TRY_ASSIGN(auto const* const percent, member_of(*object, "percent", path));
    TRY_ASSIGN(auto const* const soak, member_of(*object, "soak", path));
    TRY_ASSIGN(auto const* const approval, member_of(*object, "approval", path));
    if ((devices == nullptr) == (percent == nullptr)) {
        return fail(Errc::invalid, path + " must have either devices or percent");
    }
    if (name != nullptr) {
        TRY_ASSIGN(wave.name, read_wave_name(*name, path + ".name"));
    }
    if (devices != nullptr) {
        TRY_ASSIGN(wave.devices, whole_between(*devices, 1, wave_devices_max, path + ".devices"));
    }
    if (percent != nullptr) {
        TRY_ASSIGN(wave.millionths, read_share(*percent, path + ".percent"));
    }
    if (soak != nullptr) {
        TRY_ASSIGN(wave.soak, duration_between(*soak, Millis{0}, soak_max, path + ".soak"));
    }
    if (approval != nullptr) {
        if (approval->boolean() == nullptr) {
            return fail(Errc::invalid, path + ".approval must be true or false");
        }
        wave.approval = *approval->boolean();
    }
    return wave;
}

Result<void> check_growth(std::vector<Wave> const& waves, std::string const& path) {
    for (std::size_t i = 1; i < waves.size(); ++i) {
        auto const& before = waves[i - 1];
        auto const& wave = waves[i];
        auto const here = path + "[" + std::to_string(i) + "]";
        if (wave.devices && before.millionths) {
            return fail(Errc::invalid,
                        here +
                            ".devices: a wave that counts devices cannot come after one in "
                            "percent");
        }
        if (wave.devices && before.devices && *wave.devices <= *before.devices) {
            return fail(Errc::invalid, here + ".devices must be more than in the wave before it");
        }
        if (wave.millionths && before.millionths && *wave.millionths <= *before.millionths) {
            return fail(Errc::invalid, here + ".percent must be more than in the wave before it");
        }
    }
    if (waves.back().millionths != whole) {
        return fail(Errc::invalid, path + ": the last wave must have percent 100");
    }
    if (waves.front().approval) {
        return fail(Errc::invalid, path + "[0].approval: the first wave opens with the start");
    }
    return {};
}

Result<Millis> read_time(json::Object const& object, std::string_view name,
                         std::string const& path) {
    TRY_ASSIGN(auto const* const value, member_of(object, name, path));
    auto const where = path + "." + std::string(name);
    if (value == nullptr) return fail(Errc::invalid, where + " is missing");
    auto const wrong = fail(Errc::invalid, where + " must be a time of the day such as \"22:00\"");
    auto const* const text = value->string();
    if (text == nullptr || text->size() != 5 || (*text)[2] != ':') return wrong;
    auto const hour = text::digits_at(*text, 0, 2);
    auto const minute = text::digits_at(*text, 3, 2);
    if (!hour || !minute || *minute > 59) return wrong;
    auto const time = std::chrono::minutes{*hour * 60 + *minute};
    auto const most = name == "to" ? std::chrono::minutes{24 * 60} : std::chrono::minutes{1439};
    if (time > most) return wrong;
    return Millis{time};
}

Result<std::uint8_t> read_days(json::Value const& value, std::string const& path) {
    auto const wrong = fail(Errc::invalid, path +
                                               " must be a list of mon, tue, wed, thu, fri, sat "
                                               "and sun");
    if (value.array() == nullptr) return wrong;
    unsigned days = 0;
    for (auto const& entry : *value.array()) {
        auto const* const text = entry.string();
        auto const day = text == nullptr ? std::nullopt : value_in<std::size_t>(day_words, *text);
        if (!day) return wrong;
        days |= 1U << *day;
    }
    if (days == 0) return fail(Errc::invalid, path + ": the window has no day");
    return static_cast<std::uint8_t>(days);
}

}  // namespace

Result<void> refuse_unknown(json::Object const& object,
                            std::initializer_list<std::string_view> known,
                            std::string const& path) {
    for (auto const& [name, value] : object.members) {
        if (std::ranges::find(known, name) == known.end()) {
            return fail(Errc::invalid, path + "." + name + " is unknown");
        }
    }
    return {};
}

Result<Millis> duration_between(json::Value const& value, Millis least, Millis most,
                                std::string const& path) {
    auto const* const text = value.string();
    auto const length = text == nullptr ? std::nullopt : text::read_duration(*text);
    if (!length || *length < least || *length > most) {
        return fail(Errc::invalid, path + " must be a duration from \"" +
                                       text::written_duration(least) + "\" to \"" +
                                       text::written_duration(most) + "\"");
    }
    return *length;
}

Result<std::int64_t> whole_between(json::Value const& value, std::int64_t least, std::int64_t most,
                                   std::string const& path) {
    auto const* const number = value.number();
    auto const read = number == nullptr ? std::nullopt : json::whole_of(*number);
    if (!read || *read < least || *read > most) {
        return fail(Errc::invalid, path + " must be a whole number from " + std::to_string(least) +
                                       " to " + std::to_string(most));
    }
    return *read;
}

Result<double> number_between(json::Value const& value, double least, double most,
                              std::string const& path) {
    auto const read = number_of(value);
    if (!read || !(*read >= least && *read <= most)) {
        return fail(Errc::invalid, path + " must be a number from " + written_number(least) +
                                       " to " + written_number(most));
    }
    return *read;
}

Result<std::vector<Wave>> read_waves(json::Value const& value, std::string const& path) {
    auto const* const list = value.array();
    if (list == nullptr || list->empty() || list->size() > waves_max) {
        return fail(Errc::invalid,
                    path + " must be a list of 1 to " + std::to_string(waves_max) + " waves");
    }
    std::vector<Wave> waves;
    for (std::size_t i = 0; i < list->size(); ++i) {
        TRY_ASSIGN(auto wave, read_wave((*list)[i], path + "[" + std::to_string(i) + "]"));
        waves.push_back(std::move(wave));
    }
    TRY(check_growth(waves, path));
    return waves;
}

Result<std::optional<Window>> read_window(json::Value const& value, std::string const& path,
                                          TimeZones const* zones) {
    if (value.string() != nullptr && *value.string() == "any") return std::optional<Window>{};
    if (value.object() == nullptr) {
        return fail(Errc::invalid, path + " must be \"any\" or an object");
    }
    auto const& object = *value.object();
    TRY(refuse_unknown(object, {"days", "from", "to", "zone"}, path));
    Window window;
    window.zone = zone_of_device;
    TRY_ASSIGN(window.from, read_time(object, "from", path));
    TRY_ASSIGN(window.to, read_time(object, "to", path));
    TRY_ASSIGN(auto const* const days, member_of(object, "days", path));
    if (days != nullptr) {
        TRY_ASSIGN(window.days, read_days(*days, path + ".days"));
    }
    TRY_ASSIGN(auto const* const zone, member_of(object, "zone", path));
    if (zone != nullptr) {
        auto const* const text = zone->string();
        bool const known = text != nullptr && (*text == zone_of_device || zones == nullptr ||
                                               policy::is_time_zone(*text, *zones));
        if (!known) {
            return fail(Errc::invalid, path +
                                           ".zone must be \"device\", an IANA name or "
                                           "\"+08:00\"");
        }
        window.zone = *text;
    }
    if (!opens_ever(window)) {
        return fail(Errc::invalid, path +
                                       ": the window has no minute, for it opens and closes at "
                                       "the same time");
    }
    return std::optional(std::move(window));
}

std::string written_time(Millis time) {
    auto const minutes = std::chrono::duration_cast<std::chrono::minutes>(time).count();
    auto const two = [](std::int64_t number) {
        return (number < 10 ? "0" : "") + std::to_string(number);
    };
    return two(minutes / 60) + ":" + two(minutes % 60);
}

std::string written_number(double number) {
    std::array<char, 32> text{};
    auto const end = std::to_chars(text.data(), text.data() + text.size(), number).ptr;
    return {text.data(), end};
}

}  // namespace updraft::rollout
