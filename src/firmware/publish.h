// The life of a release: it is drafted, gets its file, is released, and may be withdrawn.
//
// Lives here: which step is allowed in which state, and what cannot change after it.
//
// Not here:   the bytes (firmware/intake.h), upgrades of a withdrawn release (upgrade/cancel.h),
//             telling apps (push/announce.h).
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "firmware/image.h"
#include "firmware/release.h"
#include "ports/store.h"

namespace updraft::firmware {

inline constexpr std::size_t update_log_bytes_max = 8 * 1024;
inline constexpr std::size_t file_name_bytes_max = 128;
inline constexpr std::size_t required_versions_max = 100;
inline constexpr std::size_t reported_as_max = 100;

// Reads a file name that is safe in a path and in a link of a device channel. Errc::invalid, naming
// `field`, for '/' or '\', characters that no new name may have (vocabulary/new_name.h), ".",
// "..", and a name with the ending ".MD5SUM", which is reserved for checksums.
[[nodiscard]] Result<std::string> read_file_name(std::string_view text, std::string_view field);

struct Draft {
    ModelName model;
    Version version;
    std::vector<Version> reported_as;
    std::string update_log;
    std::optional<Day> release_date;  // Absent: the day on which it is released.
    std::vector<Version> requires_version;
    std::optional<std::string> file_name;  // Absent: named by the format of the file.
};

// The name of a file that was given none: "firmware." and the ending that clients of its format
// need.
[[nodiscard]] std::string_view default_file_name(Format format);

// The release. Errc::not_found, with a text for operators.
[[nodiscard]] Result<Release> find(Tx const& tx, ReleaseId id);

// Creates a draft. Errc::conflict when another release of the model, in any state, has one of its
// versions in any spelling.
[[nodiscard]] Result<Release> draft(Tx& tx, Draft const& wanted, Instant now);

// Absent values stay.
struct ReleaseChange {
    std::optional<std::vector<Version>> reported_as;
    std::optional<std::string> update_log;
    std::optional<Availability> availability;  // Of a released one; not Availability::rollout.
};
// Changes a draft or a released firmware. When it becomes available to everyone again, apps are
// notified of it as after its release. Errc::not_found; Errc::conflict when it was withdrawn, for
// the availability of a draft, and as draft().
[[nodiscard]] Result<Release> change(Tx& tx, ReleaseId id, ReleaseChange const& wanted,
                                     Instant now);

// Finds a draft. Errc::not_found when there is no such release; Errc::conflict when it is not a
// draft any more, because a released firmware never changes.
[[nodiscard]] Result<Release> draft_of(Tx const& tx, ReleaseId id);

// Sets or replaces the file of a draft; its bytes are durable already. A file without a name gets
// the one of its format. Errors as draft_of().
[[nodiscard]] Result<Release> attach(Tx& tx, ReleaseId id, Artifact const& artifact);

// What to do when the version inside the file differs from the version of the release, and when the
// file is cut short or damaged by its own account.
enum class Mismatch : std::uint8_t { refuse, accept };

struct ToRelease {
    ReleaseId id;
    Mismatch mismatch = Mismatch::refuse;
    std::chrono::minutes utc_offset{};  // Time zone of the release date.
    Availability availability = Availability::everyone;
};
// Releases a draft: it becomes the newest release of its model, and apps are notified if it is
// available to everyone. No effect on a released one. Errc::invalid without a file, and with
// Mismatch::refuse when the version inside the file differs or the file is damaged; Errc::conflict
// when it was withdrawn.
[[nodiscard]] Result<Release> release(Tx& tx, ToRelease const& wanted, Instant now);

// Sets to whom a released firmware is available. When it becomes available to everyone, apps are
// notified of it as after its release. Errc::not_found; Errc::conflict when it is not released.
[[nodiscard]] Result<void> make_available(Tx& tx, ReleaseId id, Availability to, Instant now);

// Announces the newest released firmware of a model that is upgradable again or not held any more:
// apps are notified of what its devices are offered, each of a version that it was not notified of
// before.
[[nodiscard]] Result<void> announce_again(Tx& tx, ModelName const& model, Instant now);

// Withdraws a release: it is not offered any more, and apps are not notified of it any more. No
// effect on a withdrawn one. Errc::conflict for a draft, which can only be discarded.
[[nodiscard]] Result<Release> withdraw(Tx& tx, ReleaseId id, Instant now);

// Deletes a draft: its version can be used again, and its file becomes an orphan. Errors as
// draft_of().
[[nodiscard]] Result<void> discard(Tx& tx, ReleaseId id);

}  // namespace updraft::firmware
