#include "simulator/device.h"

#include <algorithm>
#include <array>
#include <utility>

namespace updraft::simulator {
namespace {

constexpr Millis pause_min{500};
constexpr Millis pause_max{10'000};
constexpr int doublings_max = 5;
constexpr int polls_before_fallback = 2;

// What went wrong, in the words of real devices: a server sorts them by what they say.
constexpr std::array<std::string_view, 6> troubles{
    "no space left on device",          "checksum of the written image is wrong",
    "flash write failed at 0x0003f000", "unsupported image for board rev C",
    "download of a delta part failed",  "watchdog reset while installing",
};

}  // namespace

struct Device::Task {
    Assignment what;
    Fate fate = Fate::success;
    DigestStream digest;
    std::int64_t received = 0;
    std::int64_t cut_at = 0;  // Bytes after which the line is cut, once; 0: it is not.
    bool installing = false;
    int slice = 0;  // Of the installation: progress is reported after each.
    int slices = 1;
    Instant next_slice;
};

Device::Device(Member member, std::string_view tenant)
    : member_(std::move(member)), base_(controller_path(tenant, member_.did)) {}

Device::~Device() = default;
Device::Device(Device&&) noexcept = default;
Device& Device::operator=(Device&&) noexcept = default;

Step Device::begin(Instant at) { return poll_at(at); }

std::optional<Step> Device::hear(Heard const& heard, World& world) {
    ++world.tally.requests;
    auto const complete = heard.whole && heard.status == 200;
    if (awaiting_ == Awaiting::bytes) {
        auto const ranged = heard.status == 206 || heard.status == 416;
        auto const moved = task_->received > last_.first_byte || heard.status == 416;
        if ((heard.status != 200 && !ranged) || !moved) return not_understood(heard, world);
    } else if (!complete) {
        return not_understood(heard, world);
    }
    repeats_ = 0;
    return understood(heard, world);
}

void Device::take(int status, std::string_view bytes) {
    if (!task_ || awaiting_ != Awaiting::bytes || (status != 200 && status != 206)) return;
    if (status == 200 && last_.first_byte > 0 && task_->received == last_.first_byte) {
        // The whole file, though a part was asked for: from the beginning then.
        task_->digest = DigestStream();
        task_->received = 0;
        last_.first_byte = 0;
    }
    task_->digest.append(bytes);
    task_->received += static_cast<std::int64_t>(bytes.size());
}

std::optional<Step> Device::understood(Heard const& heard, World& world) {
    switch (awaiting_) {
        case Awaiting::poll:
            return polled(heard, world);
        case Awaiting::cancel:
            return cancel_told(heard, world);
        case Awaiting::cancel_answer:
            return cancel_answered(world);
        case Awaiting::deployment:
            return take_up(heard, world);
        case Awaiting::bytes:
            return downloaded(heard, world);
        case Awaiting::closing:
            return closed(world);
        case Awaiting::config:
            if (task_) return install_on(world);
            return poll_later(world);
        case Awaiting::rejection:
            closed_id_ = task_->what.id;
            ++world.tally.failed;
            drop_task(world);
            return poll_later(world);
        case Awaiting::download_report: {
            Ask probe;
            probe.verb = Verb::head;
            probe.target = task_->what.link;
            return step(Awaiting::probe, std::move(probe), world.now);
        }
        case Awaiting::probe:
            return fetch_rest(world);
        case Awaiting::downloaded_report:
            task_->installing = true;
            task_->next_slice = world.now;
            return install_on(world);
        case Awaiting::progress_report:
            return install_on(world);
    }
    return poll_later(world);
}

std::optional<Step> Device::not_understood(Heard const& heard, World& world) {
    auto const try_again = !heard.whole || heard.status == 0 || heard.status == 409 ||
                           heard.status == 429 || heard.status == 502 || heard.status == 503 ||
                           heard.status == 504;
    if (try_again) {
        ++world.tally.unanswered;
        auto const pause = pause_min * (1 << std::min(repeats_, doublings_max));
        return again(world, std::min(pause, pause_max));
    }
    if (heard.status == 410 && awaiting_ == Awaiting::closing && repeats_ > 0) {
        // Its report had arrived, only the answer was lost.
        return closed(world);
    }
    if (heard.status == 401) {
        ++world.tally.refused;
        return poll_later(world);
    }
    auto const of_upgrade = awaiting_ != Awaiting::poll && awaiting_ != Awaiting::config;
    auto const ended = heard.status == 404 || heard.status == 405 || heard.status == 410;
    if (!of_upgrade || !ended) {
        ++world.tally.unexpected["HTTP " + std::to_string(heard.status) + " to " +
                                 last_.target.substr(0, 200)];
    }
    auto const of_cancel = awaiting_ == Awaiting::cancel || awaiting_ == Awaiting::cancel_answer;
    cancelling_ = false;
    if (task_ && of_upgrade && !of_cancel) {
        ++world.tally.dropped;
        tell(world, "gives up " + task_->what.version + ", HTTP " + std::to_string(heard.status));
        drop_task(world);
    }
    return poll_later(world);
}

std::optional<Step> Device::polled(Heard const& heard, World& world) {
    ++world.tally.polls;
    auto const answer = read_poll(heard.body);
    if (!answer) {
        ++world.tally.unexpected["poll: " + answer.error().detail];
        return poll_later(world);
    }
    sleep_ = world.behaviour.polling.value_or(answer->sleep.value_or(sleep_));
    if (sleep_ <= Millis{0}) sleep_ = Millis{1'000};
    next_poll_ = world.now + sleep_;
    Ask ask;
    if (!answer->cancel.empty()) {
        ask.target = answer->cancel;
        return step(Awaiting::cancel, std::move(ask), world.now);
    }
    if (!answer->config.empty()) return tell_config(world);
    if (task_) return install_on(world);
    if (!answer->deployment.empty()) {
        ask.target = answer->deployment;
        return step(Awaiting::deployment, std::move(ask), world.now);
    }
    if (!fallback_to_.empty() && --polls_to_fallback_ <= 0) {
        member_.version = std::exchange(fallback_to_, {});
        ++world.tally.fell_back;
        tell(world, "fell back to " + member_.version);
        return tell_config(world);
    }
    return poll_later(world);
}

std::optional<Step> Device::take_up(Heard const& heard, World& world) {
    auto assignment = read_deployment(heard.body);
    if (!assignment) {
        ++world.tally.unexpected["deploymentBase: " + assignment.error().detail];
        return poll_later(world);
    }
    if (assignment->id == closed_id_) {
        ++world.tally.unexpected["an upgrade is announced after it was closed"];
        return poll_later(world);
    }
    task_ = std::make_unique<Task>();
    task_->what = *std::move(assignment);
    task_->fate = fate(world);
    ++world.tally.active;
    tell(world, member_.version + " -> " + task_->what.version + ": downloads " +
                    std::to_string(task_->what.bytes) + " bytes");
    if (task_->fate == Fate::rejection) {
        return report(world, {"rejected", "none", {}, "not now, the battery is low"},
                      Awaiting::rejection, world.now);
    }
    if (world.happens(world.behaviour.cut_rate))
        task_->cut_at = std::max<std::int64_t>(task_->what.bytes / 2, 1);
    task_->slices =
        static_cast<int>(std::clamp<std::int64_t>(world.behaviour.install / Millis{1'000}, 2, 10));
    return report(world, {"download", "none", {}, "downloads " + task_->what.file_name},
                  Awaiting::download_report, world.now);
}

std::optional<Step> Device::downloaded(Heard const& heard, World& world) {
    auto& task = *task_;
    if (task.received < task.what.bytes) {
        if (heard.status == 416) {
            ++world.tally.unexpected["an unfinished download has no more bytes"];
            return close(world, {"closed", "failure", {}, "download failed: HTTP 416"});
        }
        ++world.tally.resumed;
        return fetch_rest(world);
    }
    auto const digests = task.digest.finish();
    if (digests.sha256 != task.what.sha256) {
        ++world.tally.unexpected["an artifact has another sha256 than announced"];
        return close(world, {"closed", "failure", {}, "checksum mismatch: " + digests.sha256});
    }
    if (task.fate == Fate::wrong_hash) {
        return close(world, {"closed", "failure", {}, "checksum mismatch, the image is damaged"});
    }
    return report(world, {"downloaded", "none", {}, "downloaded, checksum is right"},
                  Awaiting::downloaded_report, world.now);
}

std::optional<Step> Device::install_on(World& world) {
    auto& task = *task_;
    if (!task.installing) return fetch_rest(world);
    // It keeps polling while it installs: that is how it learns of a cancel.
    if (next_poll_ < task.next_slice) return poll_at(std::max(next_poll_, world.now));
    auto const halfway = task.slice * 2 >= task.slices;
    if (task.fate == Fate::silence && halfway) {
        ++world.tally.silent;
        tell(world, "falls silent");
        --world.tally.active;
        return std::nullopt;
    }
    auto const at = std::max(task.next_slice, world.now);
    if (task.fate == Fate::failure && halfway) {
        auto const which = world.chance() % troubles.size();
        Report const failure{"closed", "failure", {}, std::string(troubles[which])};
        return report(world, failure, Awaiting::closing, at);
    }
    if (task.slice >= task.slices) {
        Report const success{"closed", "success", {}, "installed " + task.what.version};
        return report(world, success, Awaiting::closing, at);
    }
    auto const percent = task.slice * 100 / task.slices;
    ++task.slice;
    task.next_slice = at + world.behaviour.install / task.slices;
    return report(world, {"proceeding", "none", percent, "installs " + task.what.version},
                  Awaiting::progress_report, at);
}

std::optional<Step> Device::closed(World& world) {
    auto const what = task_->what;
    auto const went_well = task_->installing && task_->slice >= task_->slices;
    auto const falls_back = task_->fate == Fate::fallback;
    closed_id_ = what.id;
    drop_task(world);
    if (!went_well) {
        ++world.tally.failed;
        tell(world, "failed to install " + what.version);
        return poll_later(world);
    }
    ++world.tally.succeeded;
    tell(world, "runs " + what.version);
    if (falls_back) {
        fallback_to_ = member_.version;
        polls_to_fallback_ = polls_before_fallback;
    }
    member_.version = what.version;
    return tell_config(world);
}

std::optional<Step> Device::cancel_told(Heard const& heard, World& world) {
    auto const id = read_cancel(heard.body);
    if (!id) {
        ++world.tally.unexpected["cancelAction: " + id.error().detail];
        return poll_later(world);
    }
    cancelling_ = !(task_ && world.happens(world.behaviour.cancel_refusal_rate));
    Report const agrees{"closed", "success", {}, "cancelled"};
    Report const refuses{"rejected", "success", {}, "already installing"};
    Ask ask;
    ask.verb = Verb::post;
    ask.target = base_ + "/cancelAction/" + *id + "/feedback";
    ask.body = write_feedback(*id, cancelling_ ? agrees : refuses);
    return step(Awaiting::cancel_answer, std::move(ask), world.now);
}

std::optional<Step> Device::cancel_answered(World& world) {
    if (std::exchange(cancelling_, false)) {
        ++world.tally.cancelled;
        tell(world, "stops, as it was asked to");
        if (task_) closed_id_ = task_->what.id;
        drop_task(world);
    } else {
        tell(world, "goes on, though it was asked to stop");
    }
    if (task_) return install_on(world);
    return poll_later(world);
}

Step Device::poll_at(Instant at) {
    Ask ask;
    ask.target = base_;
    return step(Awaiting::poll, std::move(ask), at);
}

Step Device::poll_later(World& world) {
    if (world.behaviour.polling) sleep_ = *world.behaviour.polling;
    return poll_at(std::max(next_poll_, world.now + std::min(sleep_, Millis{1'000})));
}

Step Device::fetch_rest(World& world) {
    Ask ask;
    ask.target = task_->what.link;
    ask.download = true;
    ask.first_byte = task_->received;
    if (task_->cut_at > task_->received) {
        ask.break_off_after = std::exchange(task_->cut_at, 0) - task_->received;
    }
    return step(Awaiting::bytes, std::move(ask), world.now);
}

Step Device::report(World& world, Report const& what, Awaiting awaiting, Instant at) {
    Ask ask;
    ask.verb = Verb::post;
    ask.target = base_ + "/deploymentBase/" + task_->what.id + "/feedback";
    ask.body = write_feedback(task_->what.id, what);
    return step(awaiting, std::move(ask), std::max(at, world.now));
}

Step Device::close(World& world, Report const& what) {
    return report(world, what, Awaiting::closing, world.now);
}

Step Device::tell_config(World& world) {
    NamedTexts attributes{{"serialNo", member_.did}, {"hwRevision", "1.0"}};
    if (!member_.version.empty()) {
        attributes.emplace_back(world.behaviour.version_attribute, member_.version);
    }
    Ask ask;
    ask.verb = Verb::put;
    ask.target = base_ + "/configData";
    ask.body = write_config_data(attributes);
    return step(Awaiting::config, std::move(ask), world.now);
}

Step Device::step(Awaiting awaiting, Ask ask, Instant at) {
    awaiting_ = awaiting;
    last_ = ask;
    return {at, std::move(ask)};
}

Step Device::again(World& world, Millis pause) {
    ++repeats_;
    auto next =
        awaiting_ == Awaiting::bytes ? fetch_rest(world) : step(awaiting_, last_, world.now);
    next.at = world.now + pause;
    return next;
}

void Device::drop_task(World& world) {
    if (!task_) return;
    --world.tally.active;
    task_.reset();
}

void Device::tell(World& world, std::string const& what) const {
    if (world.tell) world.tell(member_.did + " " + what);
}

Device::Fate Device::fate(World& world) {
    auto const& behaviour = world.behaviour;
    std::array<std::pair<double, Fate>, 5> const shares{{
        {behaviour.failure_rate, Fate::failure},
        {behaviour.wrong_hash_rate, Fate::wrong_hash},
        {behaviour.silence_rate, Fate::silence},
        {behaviour.fallback_rate, Fate::fallback},
        {behaviour.rejection_rate, Fate::rejection},
    }};
    auto left = std::uniform_real_distribution<double>{0, 1}(world.chance);
    for (auto const& [share, fate] : shares) {
        if (left < share) return fate;
        left -= share;
    }
    return Fate::success;
}

}  // namespace updraft::simulator
