#include "simulator/device.h"

#include <algorithm>
#include <utility>

#include "simulator/ending.h"

namespace updraft::simulator {
namespace {

constexpr Millis pause_min{500};
constexpr Millis pause_max{10'000};
constexpr int doublings_max = 5;

}  // namespace

struct Device::Task {
    Assignment what;
    Ending ending;
    DigestStream digest;
    std::int64_t received = 0;
    std::int64_t cut_at = 0;  // Bytes after which the connection is cut, once; 0: it is not.
    bool installing = false;
    bool stalled = false;  // It fetches no more bytes.
    Millis install{};      // How long the installation takes.
    int slice = 0;         // Of the installation: progress is reported after each.
    int slices = 1;
    Instant next_slice;
    std::string failure;  // What was reported last as the reason of a failure.
    [[nodiscard]] bool installed() const { return installing && slice >= slices; }
};

Device::Device(Member member, std::string_view tenant)
    : member_(std::move(member)), base_(controller_path(tenant, member_.did)) {}

Device::~Device() = default;
Device::Device(Device&&) noexcept = default;
Device& Device::operator=(Device&&) noexcept = default;

Step Device::begin(Instant at) { return poll_at(at); }

std::optional<Step> Device::on_answer(Answer const& answer, World& world) {
    ++world.tally.requests;
    auto const complete = answer.whole && answer.status == 200;
    if (awaiting_ == Awaiting::bytes) {
        auto const ranged = answer.status == 206 || answer.status == 416;
        auto const moved = task_->received > last_.first_byte || answer.status == 416;
        if ((answer.status != 200 && !ranged) || !moved) return not_understood(answer, world);
    } else if (!complete) {
        return not_understood(answer, world);
    }
    repeats_ = 0;
    auto next = understood(answer, world);
    if (!next || task_ || !later_fault_.vanishes_before(next->at)) return next;
    ++world.tally.silent;
    tell(world, "is never heard of again");
    return std::nullopt;
}

void Device::take(int status, std::string_view bytes) {
    if (!task_ || awaiting_ != Awaiting::bytes || (status != 200 && status != 206)) return;
    if (status == 200 && last_.first_byte > 0 && task_->received == last_.first_byte) {
        // The server sent the whole file instead of the range: start again.
        task_->digest = DigestStream();
        task_->received = 0;
        last_.first_byte = 0;
    }
    task_->digest.append(bytes);
    task_->received += static_cast<std::int64_t>(bytes.size());
}

std::optional<Step> Device::understood(Answer const& answer, World& world) {
    switch (awaiting_) {
        case Awaiting::poll:
            return polled(answer, world);
        case Awaiting::cancel:
            return cancel_told(answer, world);
        case Awaiting::cancel_answer:
            return cancel_answered(world);
        case Awaiting::deployment:
            return take_up(answer, world);
        case Awaiting::bytes:
            return downloaded(answer, world);
        case Awaiting::closing:
            return closed(world);
        case Awaiting::config:
            if (task_) return install_on(world);
            return poll_later(world);
        case Awaiting::rejection:
            closed_id_ = task_->what.id;
            ++world.tally.failed;
            ++world.tally.failures["rejected"];
            drop_task(world);
            return poll_later(world);
        case Awaiting::download_report: {
            Request probe;
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

std::optional<Step> Device::not_understood(Answer const& answer, World& world) {
    auto const try_again = !answer.whole || answer.status == 0 || answer.status == 409 ||
                           answer.status == 429 || answer.status == 502 || answer.status == 503 ||
                           answer.status == 504;
    if (try_again) {
        ++world.tally.unanswered;
        return again(world,
                     std::min(pause_min * (1 << std::min(repeats_, doublings_max)), pause_max));
    }
    // The report had arrived; only its answer was lost.
    if (answer.status == 410 && awaiting_ == Awaiting::closing && repeats_ > 0)
        return closed(world);
    if (answer.status == 401) ++world.tally.refused;
    if (answer.status == 401) return poll_later(world);
    auto const of_upgrade = awaiting_ != Awaiting::poll && awaiting_ != Awaiting::config;
    auto const ended = answer.status == 404 || answer.status == 405 || answer.status == 410;
    auto const status = "HTTP " + std::to_string(answer.status);
    if (!of_upgrade || !ended)
        ++world.tally.unexpected[status + " to " + last_.target.substr(0, 200)];
    auto const of_cancel = awaiting_ == Awaiting::cancel || awaiting_ == Awaiting::cancel_answer;
    cancelling_ = false;
    if (task_ && of_upgrade && !of_cancel) {
        ++world.tally.dropped;
        tell(world, "gives up " + task_->what.version + ", " + status);
        // What is installed runs, whatever became of the report.
        auto const runs = task_->installed() ? task_->what.version : member_.version;
        drop_task(world);
        if (std::exchange(member_.version, runs) != runs) return tell_config(world);
    }
    return poll_later(world);
}

std::optional<Step> Device::polled(Answer const& answer, World& world) {
    ++world.tally.polls;
    auto const poll = read_poll(answer.body);
    if (!poll) {
        ++world.tally.unexpected["poll: " + poll.error().detail];
        return poll_later(world);
    }
    sleep_ = world.behaviour.polling.value_or(poll->sleep.value_or(sleep_));
    if (sleep_ <= Millis{0}) sleep_ = Millis{1'000};
    next_poll_ = world.now + sleep_;
    Request request;
    if (!poll->cancel.empty()) {
        request.target = poll->cancel;
        return step(Awaiting::cancel, std::move(request), world.now);
    }
    if (!poll->config.empty()) return tell_config(world);
    drop_stalled_task(poll->deployment, world);
    if (task_) return install_on(world);
    if (!poll->deployment.empty()) {
        request.target = poll->deployment;
        return step(Awaiting::deployment, std::move(request), world.now);
    }
    if (auto fallback = later_fault_.falls_back(world.now)) {
        member_.version = *std::move(fallback);
        ++world.tally.fell_back;
        tell(world, "fell back to " + member_.version);
        return tell_config(world);
    }
    return poll_later(world);
}

std::optional<Step> Device::take_up(Answer const& answer, World& world) {
    auto assignment = read_deployment(answer.body);
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
    task_->ending = ending_of(task_->what.version, member_, world);
    ++world.tally.active;
    tell(world, member_.version + " -> " + task_->what.version + ": downloads " +
                    std::to_string(task_->what.bytes) + " bytes");
    auto const outcome = task_->ending.outcome;
    if (outcome == Outcome::rejection) {
        return report(world, {"rejected", "none", {}, "not now, the battery is low"},
                      Awaiting::rejection, world.now);
    }
    auto const stops = outcome == Outcome::broken_off || outcome == Outcome::stall;
    if (stops || world.happens(world.behaviour.cut_rate))
        task_->cut_at = std::max<std::int64_t>(task_->what.bytes / 2, 1);
    task_->install = world.behaviour.install;
    task_->slices =
        static_cast<int>(std::clamp<std::int64_t>(task_->install / Millis{1'000}, 2, 10));
    if (outcome == Outcome::failure && task_->ending.after) {
        task_->install = *task_->ending.after * 2;  // It fails halfway.
        task_->slices = 2;
    }
    return report(world, {"download", "none", {}, "downloads " + task_->what.file_name},
                  Awaiting::download_report, world.now);
}

std::optional<Step> Device::downloaded(Answer const& answer, World& world) {
    auto& task = *task_;
    if (task.ending.outcome == Outcome::broken_off) {
        return close(world, {"closed", "failure", {}, "download failed: connection reset"});
    }
    if (task.ending.outcome == Outcome::stall) {
        task.stalled = true;
        tell(world, "stops in the middle of its download");
        return poll_later(world);
    }
    if (task.received < task.what.bytes) {
        if (answer.status == 416) {
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
    if (task.ending.outcome == Outcome::wrong_hash) {
        return close(world, {"closed", "failure", {}, "checksum mismatch, the image is damaged"});
    }
    return report(world, {"downloaded", "none", {}, "downloaded, checksum is right"},
                  Awaiting::downloaded_report, world.now);
}

std::optional<Step> Device::install_on(World& world) {
    auto& task = *task_;
    if (task.stalled) return poll_later(world);
    if (!task.installing) return fetch_rest(world);
    // It polls while it installs, to learn of a cancel.
    if (next_poll_ < task.next_slice) return poll_at(std::max(next_poll_, world.now));
    auto const halfway = task.slice * 2 >= task.slices;
    if (task.ending.outcome == Outcome::silence && !task.ending.after && halfway) {
        ++world.tally.silent;
        tell(world, "stops for ever, without a report");
        --world.tally.active;
        return std::nullopt;
    }
    auto const at = std::max(task.next_slice, world.now);
    if (task.ending.outcome == Outcome::failure && halfway) {
        Report const failure{"closed", "failure", {}, text_of_failure(world)};
        return report(world, failure, Awaiting::closing, at);
    }
    if (task.slice >= task.slices) {
        Report const success{"closed", "success", {}, "installed " + task.what.version};
        return report(world, success, Awaiting::closing, at);
    }
    auto const percent = task.slice * 100 / task.slices;
    ++task.slice;
    task.next_slice = at + task.install / task.slices;
    return report(world, {"proceeding", "none", percent, "installs " + task.what.version},
                  Awaiting::progress_report, at);
}

std::optional<Step> Device::closed(World& world) {
    auto const what = task_->what;
    auto const went_well = task_->installed();
    auto const ending = task_->ending;
    auto const failure = std::move(task_->failure);
    closed_id_ = what.id;
    drop_task(world);
    if (!went_well) {
        ++world.tally.failed;
        ++world.tally.failures[failure];
        tell(world, "failed to install " + what.version);
        return poll_later(world);
    }
    ++world.tally.succeeded;
    tell(world, "runs " + what.version);
    later_fault_.plan(ending, member_.version, world.now);
    member_.version = what.version;
    return tell_config(world);
}

std::optional<Step> Device::cancel_told(Answer const& answer, World& world) {
    auto const id = read_cancel(answer.body);
    if (!id) {
        ++world.tally.unexpected["cancelAction: " + id.error().detail];
        return poll_later(world);
    }
    cancelling_ = !(task_ && world.happens(world.behaviour.cancel_refusal_rate));
    Report const agrees{"closed", "success", {}, "cancelled"};
    Report const refuses{"rejected", "success", {}, "already installing"};
    Request request;
    request.verb = Verb::post;
    request.target = base_ + "/cancelAction/" + *id + "/feedback";
    request.body = write_feedback(*id, cancelling_ ? agrees : refuses);
    return step(Awaiting::cancel_answer, std::move(request), world.now);
}

std::optional<Step> Device::cancel_answered(World& world) {
    if (std::exchange(cancelling_, false)) {
        ++world.tally.cancelled;
        tell(world, "stops, as it was asked to");
        if (task_) closed_id_ = task_->what.id;
        drop_task(world);
    } else {
        tell(world, "continues, although it was asked to stop");
    }
    if (task_) return install_on(world);
    return poll_later(world);
}

Step Device::poll_at(Instant at) {
    Request request;
    request.target = base_;
    return step(Awaiting::poll, std::move(request), at);
}

Step Device::poll_later(World& world) {
    if (world.behaviour.polling) sleep_ = *world.behaviour.polling;
    return poll_at(std::max(next_poll_, world.now + std::min(sleep_, Millis{1'000})));
}

Step Device::fetch_rest(World& world) {
    Request request;
    request.target = task_->what.link;
    request.download = true;
    request.first_byte = task_->received;
    if (task_->cut_at > task_->received) {
        request.break_off_after = std::exchange(task_->cut_at, 0) - task_->received;
    }
    return step(Awaiting::bytes, std::move(request), world.now);
}

Step Device::report(World& world, Report const& what, Awaiting awaiting, Instant at) {
    if (what.finished == "failure") task_->failure = what.detail;
    Request request;
    request.verb = Verb::post;
    request.target = base_ + "/deploymentBase/" + task_->what.id + "/feedback";
    request.body = write_feedback(task_->what.id, what);
    return step(awaiting, std::move(request), std::max(at, world.now));
}

Step Device::close(World& world, Report const& what) {
    return report(world, what, Awaiting::closing, world.now);
}

Step Device::tell_config(World& world) {
    auto attributes = attributes_of(member_, world.behaviour);
    if (!member_.version.empty()) {
        attributes.emplace_back(world.behaviour.version_attribute, member_.version);
    }
    Request request;
    request.verb = Verb::put;
    request.target = base_ + "/configData";
    request.body = write_config_data(attributes);
    return step(Awaiting::config, std::move(request), world.now);
}

Step Device::step(Awaiting awaiting, Request request, Instant at) {
    awaiting_ = awaiting;
    last_ = request;
    return {at, std::move(request)};
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

// A stalled device learns only from its polls that the server ended the upgrade.
void Device::drop_stalled_task(std::string const& deployment, World& world) {
    if (!task_ || !task_->stalled) return;
    if (deployment.find("/deploymentBase/" + task_->what.id) != std::string::npos) return;
    closed_id_ = task_->what.id;
    ++world.tally.dropped;
    drop_task(world);
}

}  // namespace updraft::simulator
