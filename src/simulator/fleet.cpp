#include "simulator/fleet.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "simulator/connections.h"

namespace updraft::simulator {
namespace {

constexpr Millis beat_interval{500};
constexpr Millis wait_max{100};  // stop() is noticed within this time.

Instant monotonic() {
    auto const since = std::chrono::steady_clock::now().time_since_epoch();
    return {std::chrono::duration_cast<Millis>(since).count()};
}

}  // namespace

struct Fleet::Due {
    Instant at;
    std::size_t device;

    // So that the top of the heap is due first.
    bool operator<(Due const& other) const { return at > other.at; }
};

Fleet::Fleet(FleetOptions options, Behaviour behaviour, std::vector<Member> members)
    : options_(std::move(options)), behaviour_(std::move(behaviour)), chance_(options_.seed) {
    devices_.reserve(members.size());
    for (auto& member : members) {
        member.number = devices_.size();
        devices_.emplace_back(std::move(member), options_.tenant);
    }
    requests_.resize(devices_.size());
}

Fleet::~Fleet() = default;

void Fleet::on_event(std::function<void(std::string const&)> tell) { tell_ = std::move(tell); }
void Fleet::on_beat(std::function<bool(Tally const&)> beat) { beat_ = std::move(beat); }

void Fleet::schedule(std::size_t device, Step step) {
    requests_[device] = std::move(step.request);
    agenda_.push_back({step.at, device});
    std::push_heap(agenda_.begin(), agenda_.end());
}

void Fleet::take_due(Instant now) {
    while (!agenda_.empty() && agenda_.front().at <= now) {
        std::pop_heap(agenda_.begin(), agenda_.end());
        auto const device = agenda_.back().device;
        agenda_.pop_back();
        (requests_[device].download ? waiting_downloads_ : waiting_).push_back(device);
    }
}

void Fleet::send(Connections& connections, std::deque<std::size_t>& queue) {
    while (!queue.empty()) {
        auto const device = queue.front();
        auto const& authorization = devices_[device].member().authorization;
        if (!connections.send(device, requests_[device], authorization)) return;
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
    auto on_answer = [this](std::size_t device, Answer const& answer) {
        World world{behaviour_, tally_, chance_, monotonic(), tell_};
        if (auto next = devices_[device].on_answer(answer, world))
            schedule(device, *std::move(next));
    };
    Connections::Options const connection_options{options_.url, options_.connections_max,
                                                  behaviour_.download_rate,
                                                  options_.trusts_any_certificate};
    TRY_ASSIGN(auto const connections, Connections::open(connection_options, on_bytes, on_answer));

    auto next_beat = start + beat_interval;
    while (!stopped_.load()) {
        auto const now = monotonic();
        take_due(now);
        send(*connections, waiting_);
        send(*connections, waiting_downloads_);
        if (beat_ && now >= next_beat) {
            next_beat = now + beat_interval;
            if (!beat_(tally_)) break;
        }
        auto wait = wait_max;
        if (!agenda_.empty()) wait = std::min(wait, agenda_.front().at - now);
        connections->work(std::max(wait, Millis{0}));
    }
    return {};
}

}  // namespace updraft::simulator
