// The course of a release: drafted, given its file, released, withdrawn.
//
// Lives here: which step is allowed when, and what each one fixes for good.
// Not here:   the bytes (firmware/intake.h), upgrades of a withdrawn one (upgrade/cancel.h),
// telling
//             apps (push/announce.h), which only finds here what to tell.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "firmware/release.h"
#include "ports/store.h"

namespace updraft::firmware {

inline constexpr std::size_t update_log_bytes_max = 8 * 1024;
inline constexpr std::size_t file_name_bytes_max = 128;
inline constexpr std::size_t required_versions_max = 100;

// A file name that is safe in a path and in a link of the device channel: no '/', no control
// characters, not "." or "..", not one that would be taken for a checksum (".MD5SUM").
[[nodiscard]] Result<std::string> read_file_name(std::string_view text, std::string_view field);

struct Draft {
    ModelName model;
    Version version;
    std::string update_log;
    std::optional<Day> release_date;  // Absent: the day it will be released on.
    std::vector<Version> requires_version;
    std::optional<std::string> file_name;  // Absent: default_file_name.
};
inline constexpr std::string_view default_file_name = "firmware.bin";

// Errc::not_found with words for an operator.
[[nodiscard]] Result<Release> find(Tx const& tx, ReleaseId id);

// Errc::conflict when the model has that version already, whatever became of it.
[[nodiscard]] Result<Release> draft(Tx& tx, Draft const& wanted, Instant now);

// Errc::not_found; Errc::conflict when it is no draft any more: what was released never changes.
[[nodiscard]] Result<Release> draft_of(Tx const& tx, ReleaseId id);

// Gives a draft its file, or another one. The bytes are durable already. As draft_of().
[[nodiscard]] Result<Release> attach(Tx& tx, ReleaseId id, Artifact const& artifact);

// A file that says another version of itself than it is released as.
enum class Mismatch : std::uint8_t { refuse, accept };

// Makes it the newest of its model, and has apps told. A released one stays as it is. Errc::invalid
// without a file or with one that says another version, Errc::conflict when it was withdrawn.
[[nodiscard]] Result<Release> release(Tx& tx, ReleaseId id, Mismatch mismatch,
                                      std::chrono::minutes utc_offset, Instant now);

// It is offered no more and nobody is told of it any more; a withdrawn one stays as it is.
// Errc::conflict for a draft: discard it.
[[nodiscard]] Result<Release> withdraw(Tx& tx, ReleaseId id);

// A draft goes, its version is free again; its file becomes an orphan. As draft_of().
[[nodiscard]] Result<void> discard(Tx& tx, ReleaseId id);

}  // namespace updraft::firmware
