#include "simulator/fleet.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "simulator/lines.h"

namespace updraft::simulator {
namespace {

constexpr Millis beat_interval{500};
constexpr Millis patience_max{100};  // How long a stop() may go unnoticed.

Instant monotonic() {
    auto const since = std::chrono::steady_clock::now().time_since_epoch();
    return {std::chrono::duration_cast<Millis>(since).count()};
}

}  // namespace

struct Fleet::Due {
    Instant at;
    std::size_t device;

    // The heap's top is what is due first.
    bool operator<(Due const& other) const { return at > other.at; }
};

Fleet::Fleet(FleetOptions options, Behaviour behaviour, std::vector<Member> members)
    : options_(std::move(options)), behaviour_(std::move(behaviour)), chance_(options_.seed) {
    devices_.reserve(members.size());
    for (auto& member : members) devices_.emplace_back(std::move(member), options_.tenant);
    asks_.resize(devices_.size());
}

Fleet::~Fleet() = default;

void Fleet::on_event(std::function<void(std::string const&)> tell) { tell_ = std::move(tell); }
void Fleet::on_beat(std::function<bool(Tally const&)> beat) { beat_ = std::move(beat); }

void Fleet::schedule(std::size_t device, Step step) {
    asks_[device] = std::move(step.ask);
    agenda_.push_back({step.at, device});
    std::push_heap(agenda_.begin(), agenda_.end());
}

void Fleet::take_due(Instant now) {
    while (!agenda_.empty() && agenda_.front().at <= now) {
        std::pop_heap(agenda_.begin(), agenda_.end());
        auto const device = agenda_.back().device;
        agenda_.pop_back();
        (asks_[device].download ? waiting_downloads_ : waiting_).push_back(device);
    }
}

void Fleet::send(Lines& lines, std::deque<std::size_t>& queue) {
    while (!queue.empty()) {
        auto const device = queue.front();
        auto const& authorization = devices_[device].member().authorization;
        if (!lines.send(device, asks_[device], authorization)) return;
        queue.pop_front();
    }
}

Result<void> Fleet::run() {
    auto const start = monotonic();
    for (std::size_t i = 0; i < devices_.size(); ++i) {
        auto const share = options_.ramp.count() * static_cast<std::int64_t>(i) /
                           static_cast<std::int64_t>(devices_.size());
        schedule(i, devices_[i].begin(start + Millis{share}));
    }
    auto on_bytes = [this](std::size_t device, int status, std::string_view bytes) {
        tally_.bytes += static_cast<std::int64_t>(bytes.size());
        devices_[device].take(status, bytes);
    };
    auto on_heard = [this](std::size_t device, Heard const& heard) {
        World world{behaviour_, tally_, chance_, monotonic(), tell_};
        if (auto next = devices_[device].hear(heard, world)) schedule(device, *std::move(next));
    };
    Lines::Options const line_options{options_.url, options_.connections_max,
                                      behaviour_.download_rate, options_.trusts_any_certificate};
    TRY_ASSIGN(auto const lines, Lines::open(line_options, on_bytes, on_heard));

    auto next_beat = start + beat_interval;
    while (!stopped_.load()) {
        auto const now = monotonic();
        take_due(now);
        send(*lines, waiting_);
        send(*lines, waiting_downloads_);
        if (beat_ && now >= next_beat) {
            next_beat = now + beat_interval;
            if (!beat_(tally_)) break;
        }
        auto patience = patience_max;
        if (!agenda_.empty()) patience = std::min(patience, agenda_.front().at - now);
        lines->work(std::max(patience, Millis{0}));
    }
    return {};
}

}  // namespace updraft::simulator
