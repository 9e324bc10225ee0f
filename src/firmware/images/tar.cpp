#include "firmware/images/tar.h"

#include <array>

#include "firmware/images/fields.h"

namespace updraft::firmware::images {
namespace {

constexpr std::int64_t block_bytes = 512;
constexpr int descriptions_max = 4;  // Consecutive descriptions before one member.

// Reads octal digits up to a blank or NUL. The binary form of numbers over 8 GiB is not read: no
// member that we use is that large.
std::optional<std::int64_t> octal(std::string_view field) {
    while (!field.empty() && field.front() == ' ') field.remove_prefix(1);
    std::int64_t number = 0;
    for (auto const c : field) {
        if (c == ' ' || c == '\0') break;
        if (c < '0' || c > '7') return std::nullopt;
        number = number * 8 + (c - '0');
    }
    return number;
}

bool is_header(std::string const& block) {
    constexpr std::size_t sum_at = 148;
    constexpr std::size_t sum_bytes = 8;
    auto const said = octal(std::string_view(block).substr(sum_at, sum_bytes));
    std::int64_t sum = 0;
    for (std::size_t at = 0; at < block.size(); ++at) {
        auto const is_sum = at >= sum_at && at < sum_at + sum_bytes;
        sum += is_sum ? std::uint32_t{' '} : byte_at(block, at);
    }
    return said == sum && block[0] != '\0';
}

}  // namespace

std::optional<TarMember> tar_member(Peek& file, std::int64_t at) {
    for (int i = 0; i <= descriptions_max; ++i) {
        auto const block = file.exactly(at, block_bytes);
        if (!block || !is_header(*block)) return std::nullopt;
        auto const bytes = octal(std::string_view(*block).substr(124, 12));
        if (!bytes) return std::nullopt;
        TarMember member{.name = std::string(padded(*block, 0, 100)),
                         .at = at + block_bytes,
                         .bytes = *bytes,
                         .next = 0};
        member.next = member.at + (*bytes + block_bytes - 1) / block_bytes * block_bytes;
        auto const type = (*block)[156];
        if (type != 'x' && type != 'g' && type != 'L') return member;
        at = member.next;
    }
    return std::nullopt;
}

}  // namespace updraft::firmware::images
