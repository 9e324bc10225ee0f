// Limits the number of downloads that run at the same time, over all channels.
//
// Lives here: the counts for all devices, for each device and for each user, their limits, and the
//             place that one download takes.
//
// Not here:   sending (channel/send_artifact.h), where the limits are set
//             (app/settings/settings.h).
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>

#include "vocabulary/ids.h"

namespace updraft::channel {

struct DownloadLimits {
    std::int64_t at_once = 0;
    std::int64_t of_one_device = 0;  // 0: no limit.
};

// Who downloads.
struct Downloader {
    Did did;
    std::optional<OpenId> open_id;  // The device's user. A device without one counts as a user.
};

enum class PlaceAnswer : std::uint8_t {
    taken,
    device_has_enough,  // The device has as many as of_one_device.
    user_has_enough,    // The places run out, and the user has his fair share.
    all_taken,
};
inline constexpr std::size_t place_answer_count = 4;

// True when a user who has `held` places may take one of the last quarter: fewer than his fair
// share, which is all places divided by the number of users who would have one then. At least two
// are counted, so that a user alone leaves a quarter for the next one. Limits below 4 have no such
// quarter.
[[nodiscard]] constexpr bool may_take_one_of_the_last(std::int64_t at_once, std::int64_t users,
                                                      std::int64_t held) {
    auto const share = at_once / (users < 2 ? 2 : users);
    return held < (share < 1 ? 1 : share);
}

// Safe to use from any thread.
class Downloads {
public:
    Downloads(DownloadLimits limits) : limits_(limits) {}

    [[nodiscard]] std::int64_t running() const;
    // How often a place was asked for and the answer was this one, since the start.
    [[nodiscard]] std::uint64_t answered(PlaceAnswer answer) const;

private:
    friend class DownloadPlace;
    // Takes the place, if the answer is `taken`.
    PlaceAnswer take(std::string const& device, std::string const& user);
    void give_back(std::string const& device, std::string const& user);
    [[nodiscard]] PlaceAnswer judge(std::string const& device, std::string const& user) const;

    using Counts = std::unordered_map<std::string, std::int64_t>;

    DownloadLimits limits_;
    mutable std::mutex mutex_;
    std::int64_t running_ = 0;
    Counts by_device_;  // Only devices and users that have a place.
    Counts by_user_;
    std::array<std::uint64_t, place_answer_count> answers_{};
};

// The place of one download. The constructor takes one if it may; the destructor gives it back.
// `downloads` must outlive it.
class DownloadPlace {
public:
    DownloadPlace(Downloads& downloads, Downloader const& who);
    ~DownloadPlace();
    DownloadPlace(DownloadPlace const&) = delete;
    DownloadPlace& operator=(DownloadPlace const&) = delete;

    [[nodiscard]] PlaceAnswer answer() const { return answer_; }

private:
    Downloads& downloads_;
    std::string device_;
    std::string user_;
    PlaceAnswer answer_;
};

}  // namespace updraft::channel
