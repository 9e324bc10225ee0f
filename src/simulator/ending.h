// Decides what becomes of the upgrade of one device.
//
// Lives here: bad builds, which harm the same devices each time, and the rates, which draw anew.
//
// Not here:   what the device then does (simulator/device.h), the flags
//             (app/commands/bad_build_flag.h).
#pragma once

#include <string>
#include <string_view>

#include "simulator/behaviour.h"
#include "simulator/device.h"

namespace updraft::simulator {

// The bad build of that version that harms this device, as it is before the upgrade; nullptr when
// none does. The shares of several bad builds of one version add up: a device has at most one of
// them. The same version and did have the same answer in every run.
[[nodiscard]] BadBuild const* bad_build_for(std::string_view version, Member const& member,
                                            Behaviour const& behaviour);

// What becomes of an upgrade to that version: by the bad builds, else by the rates.
[[nodiscard]] Ending ending_of(std::string_view version, Member const& member, World& world);

// What a device says that fails to install, as real devices say it: a server finds the cause by its
// words.
[[nodiscard]] std::string text_of_failure(World& world);

// The attributes of a device, without its version.
[[nodiscard]] NamedTexts attributes_of(Member const& member, Behaviour const& behaviour);

}  // namespace updraft::simulator
