#include "simulator/ending.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>

#include "vocabulary/digest.h"

namespace updraft::simulator {
namespace {

constexpr std::array<std::string_view, 6> troubles{
    "no space left on device",          "checksum of the written image is wrong",
    "flash write failed at 0x0003f000", "unsupported image for board rev C",
    "download of a delta part failed",  "watchdog reset while installing",
};

// From 0 up to 1, spread evenly over dids; another order of the devices for each version.
double draw_of(std::string_view version, std::string_view did) {
    auto text = std::string(version);
    text += '\0';
    text += did;
    auto const digest = sha256(text);
    std::uint64_t first = 0;
    for (std::size_t i = 0; i < 6; ++i) {
        first = first << 8 | static_cast<std::uint8_t>(digest[i]);
    }
    return static_cast<double>(first) / static_cast<double>(std::uint64_t{1} << 48);
}

bool concerns(BadBuild const& build, std::string_view version, Member const& member,
              NamedTexts const& attributes) {
    if (build.version != version) return false;
    if (!build.from.empty() && build.from != member.version) return false;
    return std::ranges::all_of(build.attributes, [&](auto const& wanted) {
        return std::ranges::find(attributes, wanted) != attributes.end();
    });
}

}  // namespace

std::string text_of_failure(World& world) {
    return std::string(troubles[world.chance.below(troubles.size())]);
}

NamedTexts attributes_of(Member const& member, Behaviour const& behaviour) {
    NamedTexts all{{"serialNo", member.did}, {"hwRevision", "1.0"}};
    for (auto const& [name, values] : behaviour.attributes) {
        auto const& value = values[member.number % values.size()];
        auto const known = std::ranges::find(all, name, &NamedTexts::value_type::first);
        if (known == all.end()) {
            all.emplace_back(name, value);
        } else {
            known->second = value;
        }
    }
    return all;
}

BadBuild const* bad_build_for(std::string_view version, Member const& member,
                              Behaviour const& behaviour) {
    if (behaviour.bad_builds.empty()) return nullptr;
    auto const attributes = attributes_of(member, behaviour);
    auto left = draw_of(version, member.did);
    for (auto const& build : behaviour.bad_builds) {
        if (!concerns(build, version, member, attributes)) continue;
        if (left < build.share) return &build;
        left -= build.share;
    }
    return nullptr;
}

Ending ending_of(std::string_view version, Member const& member, World& world) {
    auto const& behaviour = world.behaviour;
    if (auto const* build = bad_build_for(version, member, behaviour)) return build->ending;
    std::array<std::pair<double, Outcome>, 5> const shares{{
        {behaviour.failure_rate, Outcome::failure},
        {behaviour.wrong_hash_rate, Outcome::wrong_hash},
        {behaviour.silence_rate, Outcome::silence},
        {behaviour.fallback_rate, Outcome::fallback},
        {behaviour.rejection_rate, Outcome::rejection},
    }};
    auto left = world.chance.share();
    for (auto const& [share, outcome] : shares) {
        if (left < share) return {outcome};
        left -= share;
    }
    return {};
}

}  // namespace updraft::simulator
