#include "channel/downloads.h"

namespace updraft::channel {
namespace {

constexpr std::int64_t kept_part = 4;  // 1/4 of the places is for users below their fair share.

std::int64_t held_by(std::unordered_map<std::string, std::int64_t> const& counts,
                     std::string const& who) {
    auto const found = counts.find(who);
    return found == counts.end() ? 0 : found->second;
}

void take_off(std::unordered_map<std::string, std::int64_t>& counts, std::string const& who) {
    auto const found = counts.find(who);
    if (--found->second == 0) counts.erase(found);
}

// The first character keeps users and devices without a user apart.
std::string user_of(Downloader const& who) {
    return who.open_id ? 'u' + who.open_id->value : 'd' + who.did.value;
}

}  // namespace

std::int64_t Downloads::running() const {
    std::scoped_lock const lock(mutex_);
    return running_;
}

std::uint64_t Downloads::answered(PlaceAnswer answer) const {
    std::scoped_lock const lock(mutex_);
    return answers_[static_cast<std::size_t>(answer)];
}

PlaceAnswer Downloads::judge(std::string const& device, std::string const& user) const {
    if (limits_.of_one_device > 0 && held_by(by_device_, device) >= limits_.of_one_device) {
        return PlaceAnswer::device_has_enough;
    }
    if (running_ >= limits_.at_once) return PlaceAnswer::all_taken;
    if (running_ < limits_.at_once - limits_.at_once / kept_part) return PlaceAnswer::taken;
    auto const held = held_by(by_user_, user);
    auto const users = static_cast<std::int64_t>(by_user_.size()) + (held == 0 ? 1 : 0);
    return may_take_one_of_the_last(limits_.at_once, users, held) ? PlaceAnswer::taken
                                                                  : PlaceAnswer::user_has_enough;
}

PlaceAnswer Downloads::take(std::string const& device, std::string const& user) {
    std::scoped_lock const lock(mutex_);
    auto const answer = judge(device, user);
    ++answers_[static_cast<std::size_t>(answer)];
    if (answer != PlaceAnswer::taken) return answer;
    ++running_;
    ++by_device_[device];
    ++by_user_[user];
    return answer;
}

void Downloads::give_back(std::string const& device, std::string const& user) {
    std::scoped_lock const lock(mutex_);
    --running_;
    take_off(by_device_, device);
    take_off(by_user_, user);
}

DownloadPlace::DownloadPlace(Downloads& downloads, Downloader const& who)
    : downloads_(downloads),
      device_(who.did.value),
      user_(user_of(who)),
      answer_(downloads.take(device_, user_)) {}

DownloadPlace::~DownloadPlace() {
    if (answer_ == PlaceAnswer::taken) downloads_.give_back(device_, user_);
}

}  // namespace updraft::channel
