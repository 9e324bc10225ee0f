#include "rollout/bucket.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>
#include <string_view>

#include "vocabulary/digest.h"

namespace updraft::rollout {

std::int64_t bucket_of(ReleaseId release, Did const& did) {
    constexpr std::size_t digits_max = 20;
    std::array<char, digits_max + 1 + name_bytes_max> text{};
    auto* const end = std::to_chars(text.data(), text.data() + digits_max, release.value).ptr;
    auto const length = std::min(did.value.size(), name_bytes_max);
    std::memcpy(end + 1, did.value.data(), length);
    auto const size = static_cast<std::size_t>(end - text.data()) + 1 + length;
    auto const digest = sha256(std::string_view(text.data(), size));
    std::uint64_t first = 0;
    for (std::size_t i = 0; i < sizeof first; ++i) first = first << 8 | digest[i];
    return static_cast<std::int64_t>(first % std::uint64_t{bucket_count});
}

}  // namespace updraft::rollout
