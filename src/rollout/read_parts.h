// Reads the waves and the window of a plan from JSON.
//
// Lives here: the two members of a plan that are objects of several members.
//
// Not here:   the plan (rollout/read_plan.h).
#pragma once

#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "json/reader.h"
#include "ports/time_zones.h"
#include "rollout/plan.h"
#include "vocabulary/result.h"

namespace updraft::rollout {

// Errc::invalid for a member that is not in `known`; `path` names the object.
[[nodiscard]] Result<void> refuse_unknown(json::Object const& object,
                                          std::initializer_list<std::string_view> known,
                                          std::string const& path);

// Each answers Errc::invalid, naming what is wrong below `path`.
[[nodiscard]] Result<Millis> duration_between(json::Value const& value, Millis least, Millis most,
                                              std::string const& path);
[[nodiscard]] Result<std::int64_t> whole_between(json::Value const& value, std::int64_t least,
                                                 std::int64_t most, std::string const& path);
[[nodiscard]] Result<double> number_between(json::Value const& value, double least, double most,
                                            std::string const& path);

// A list of waves, which grow; the last one is 100 percent.
[[nodiscard]] Result<std::vector<Wave>> read_waves(json::Value const& value,
                                                   std::string const& path);
// "any": nothing; or an object. Without `zones`, its zone is not checked.
[[nodiscard]] Result<std::optional<Window>> read_window(json::Value const& value,
                                                        std::string const& path,
                                                        TimeZones const* zones);

// The days of a window, in the order of the bits of Window::days.
inline constexpr EnumWords<7> day_words{"mon", "tue", "wed", "thu", "fri", "sat", "sun"};
// "HH:MM"; 24:00 only where `Window::to` is meant.
[[nodiscard]] std::string written_time(Millis time);

// A number as JSON writes it, in its shortest form.
[[nodiscard]] std::string written_number(double number);

}  // namespace updraft::rollout
