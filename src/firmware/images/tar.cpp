#include "firmware/images/tar.h"

#include <array>

#include "firmware/images/fields.h"

namespace updraft::firmware::images {
namespace {

constexpr std::int64_t block_bytes = 512;
constexpr std::int64_t member_bytes_max = std::int64_t{1} << 60U;
constexpr int descriptions_max = 4;  // Consecutive descriptions before one member.

// Reads octal digits up to a blank or NUL, or the binary form of larger numbers, whose first bit
// is 1.
std::optional<std::int64_t> octal(std::string_view field) {
    if (field.starts_with('\x80')) {
        if (be32(field, field.size() - 8) >= 0x80000000U) return std::nullopt;
        return std::int64_t{be32(field, field.size() - 8)} << 32U | be32(field, field.size() - 4);
    }
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
        if (!bytes || *bytes > member_bytes_max) return std::nullopt;
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

bool is_tar_end(Peek& file, std::int64_t at) {
    auto const block = file.exactly(at, block_bytes);
    return block && block->find_first_not_of('\0') == std::string::npos;
}

}  // namespace updraft::firmware::images
