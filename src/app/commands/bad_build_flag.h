// The flags of `updraft simulate` that say which builds are bad, and what devices differ in.
//
// Lives here: reading their values.
//
// Not here:   what a bad build does (simulator/ending.h), the other flags
//             (app/commands/simulate.cpp).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "simulator/behaviour.h"
#include "vocabulary/result.h"

namespace updraft::app {

inline constexpr auto const* bad_build_help =
    "A build that harms devices, always the same ones: VERSION[:NAME=VALUE,...]. how=fail (the "
    "default: reports a failure), silent (vanishes), revert (runs the old version again), reject, "
    "download (its download breaks off) or stall (downloads half, polls on). share=PERCENT of the "
    "devices (100). after=DURATION, such as 6h: fail: after the installation began; silent, "
    "revert: after a reported success. from=VERSION: only devices that run it. "
    "attribute.NAME=VALUE: only devices that have it. May be given several times.";

// Reads a value of --bad-build. Errc::invalid says what is wrong with which part.
[[nodiscard]] Result<simulator::BadBuild> read_bad_build(std::string_view text);

inline constexpr auto const* attribute_help =
    "NAME=VALUE: an attribute that the devices report. Given several times with one NAME, each "
    "device gets the next VALUE.";

// Reads the values of --attribute. Errc::invalid names the one that is no NAME=VALUE.
[[nodiscard]] Result<std::vector<simulator::Attribute>> read_attributes(
    std::vector<std::string> const& texts);

}  // namespace updraft::app
