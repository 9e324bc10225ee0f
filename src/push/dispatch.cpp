#include "push/dispatch.h"

#include <algorithm>
#include <utility>

#include "push/acknowledge.h"
#include "push/dispatch_parts.h"

namespace updraft::push {
namespace {

constexpr std::size_t record_batch_max = 256;
constexpr Millis record_pause{1'000};  // After the store refused outcomes.
constexpr Millis cleaning_pause{60'000};

void refuse(Dispatch::VerifyDone const& done) {
    done(fail(Errc::unavailable, "the server is stopping"));
}

}  // namespace

Dispatch::Dispatch(Store& store, HttpClient& http_client, Clock const& clock, IdSource& id_source,
                   Opener open, RemovedApps const& removed_apps, DispatchSettings settings)
    : store_(store),
      http_client_(http_client),
      clock_(clock),
      id_source_(id_source),
      open_(std::move(open)),
      removed_apps_(removed_apps),
      settings_(std::move(settings)),
      inbox_(std::make_shared<Inbox>()) {
    if (store_.shared()) leases_.emplace(store_, id_source_.hex(12));
    store_.on_commit(Touched::outbox, [inbox = inbox_] {
        inbox->leave([](Inbox::Events& events) { events.committed = true; });
    });
}

Dispatch::~Dispatch() { stop(Millis{0}); }

void Dispatch::start() {
    thread_ = std::thread([this] { run(); });
}

void Dispatch::stop(Millis timeout) {
    {
        std::unique_lock lock(inbox_->mutex);
        inbox_->stopping = true;
        inbox_->some = true;
        inbox_->wake.notify_all();
        inbox_->wake.wait_for(lock, timeout,
                              [&] { return inbox_->stopped || !thread_.joinable(); });
        inbox_->stopped = true;
        inbox_->wake.notify_all();
    }
    if (thread_.joinable()) thread_.join();
}

void Dispatch::verify_now(AppId appid, VerifyDone done, std::optional<access::Actor> by) {
    bool refused = false;
    VerifyAsk ask{.done = std::move(done), .by = std::move(by)};
    inbox_->leave([&](Inbox::Events& events) {
        refused = inbox_->stopping;
        if (!refused) events.requests.emplace_back(std::move(appid), std::move(ask));
    });
    if (refused) refuse(ask.done);
}

DispatchCounts Dispatch::counts() const {
    std::scoped_lock const lock(counting_);
    return {.posted = posted_,
            .arrived = arrived_,
            .failed = failed_,
            .by_app = by_app_,
            .verifications = verifications_,
            .unrecorded = record_failures_,
            .in_flight = in_flight_};
}

void Dispatch::run() {
    for (;;) {
        auto const next = turn();
        auto const pause = std::clamp(next - clock_.now(), Millis{0}, look_pause);
        std::unique_lock lock(inbox_->mutex);
        if (inbox_->stopping && idle()) inbox_->stopped = true;
        if (inbox_->stopped) {
            auto const left = std::exchange(inbox_->events, {});
            inbox_->wake.notify_all();
            lock.unlock();
            for (auto const& [appid, ask] : left.requests) refuse(ask.done);
            // If this fails, another instance takes the leases over when they are abandoned.
            if (leases_) static_cast<void>(leases_->let_go_all());
            return;
        }
        inbox_->wake.wait_for(lock, pause, [&] { return inbox_->some || inbox_->stopped; });
    }
}

bool Dispatch::idle() const { return in_flight_ == 0 && unrecorded_.empty() && !recording_; }

Dispatch::AppState& Dispatch::state_of(AppId const& appid) { return app_states_[appid]; }

Instant Dispatch::turn() {
    auto const now = clock_.now();
    bool stopping = false;
    {
        std::scoped_lock const lock(inbox_->mutex);
        stopping = inbox_->stopping;
    }
    auto events = inbox_->take();
    look_again_ = look_again_ || events.committed || !events.answers.empty();
    for (auto& [flight, receipt] : events.answers) {
        settle(std::move(flight), std::move(receipt), now);
    }
    for (auto& [check, receipt] : events.checked) {
        settle_check(std::move(check), std::move(receipt), now);
    }
    for (auto const& appid : events.check_recorded) --state_of(appid).checks;
    if (events.recorded) take_recorded(*events.recorded, std::move(events.batch), now);
    if (events.cleaned) take_cleaned(*events.cleaned, now);
    flush(now);
    if (stopping) {
        for (auto const& [appid, ask] : events.requests) refuse(ask.done);
        return now + record_pause;
    }
    for (auto& [appid, ask] : events.requests) {
        check(appid, Occasion::request, std::move(ask), now);
    }
    // After the clock was set back, look_at_ is too late: look at once.
    if (look_again_ || now >= look_at_ || look_at_ - now > look_pause) look(now);
    if (now >= clean_at_ || clean_at_ - now > cleaning_pause) clean(now);
    auto const planned = std::min(look_at_, cleaning_ ? look_at_ : clean_at_);
    return unrecorded_.empty() || recording_ ? planned : std::min(planned, record_after_);
}

void Dispatch::take_recorded(Result<void> const& recorded, Batch batch, Instant now) {
    recording_ = false;
    look_again_ = true;
    store_refuses_ = !recorded;
    if (recorded) return release(*batch);
    // The outcomes are kept and recorded later. Until then nothing more is sent: messages whose
    // outcome is not recorded are sent again after a crash.
    ++record_failures_;
    record_after_ = now + record_pause;
    unrecorded_.insert(unrecorded_.begin(), batch->begin(), batch->end());
}

void Dispatch::take_cleaned(Result<bool> const& cleaned, Instant now) {
    cleaning_ = false;
    auto const pause = std::min(cleaning_pause, settings_.retry.give_up_after / 4);
    bool const more = cleaned && *cleaned;
    clean_at_ = more ? now : now + std::max(pause, Millis{100});
}

void Dispatch::settle(InFlight flight, Receipt receipt, Instant now) {
    auto const stream = static_cast<std::size_t>(stream_of(flight.message.type));
    --state_of(flight.appid).in_flight[stream];
    --in_flight_;
    auto const fault = fault_of(receipt);
    bool const arrived = !fault;
    count(flight.appid, arrived);
    Ended ended;
    ended.webhook_id = std::move(flight.message.webhook_id);
    ended.did = std::move(flight.message.did);
    ended.appid = std::move(flight.appid);
    ended.url = std::move(flight.url);
    ended.type = flight.message.type;
    ended.tries = flight.message.tries;
    ended.since = flight.message.since;
    ended.attempt = {.at = flight.at,
                     .status = receipt.status,
                     .duration_ms = static_cast<std::int64_t>(receipt.duration.count()),
                     .answer = answer_excerpt(receipt),
                     .fault = fault};
    tell_trouble(ended.appid, ended.webhook_id.value, receipt);
    ended.arrived = arrived;
    ended.gone = receipt.status == 410;
    if (!arrived && receipt.retry_after) {
        ended.retry_after = read_retry_after(*receipt.retry_after, now);
    }
    ended.jitter = {static_cast<std::uint32_t>(id_source_.below(10'000))};
    unrecorded_.push_back(std::move(ended));
}

void Dispatch::tell_trouble(AppId const& appid, std::string_view webhook_id,
                            Receipt const& receipt) const {
    if (settings_.trouble && !receipt.trouble.empty()) {
        settings_.trouble(appid, webhook_id, receipt.trouble);
    }
}

void Dispatch::count(AppId const& appid, bool arrived) {
    ++(arrived ? arrived_ : failed_);
    std::scoped_lock const lock(counting_);
    bool const named = by_app_.contains(appid) || by_app_.size() < DispatchCounts::named_apps_max;
    auto& counts = by_app_[named ? appid : AppId{}];
    ++(arrived ? counts.arrived : counts.failed);
}

void Dispatch::release(std::vector<Ended> const& batch) {
    for (auto const& ended : batch) {
        auto& app = state_of(ended.appid);
        app.busy[static_cast<std::size_t>(stream_of(ended.type))].erase(ended.did.value);
        if (app.unused()) app_states_.erase(ended.appid);
    }
}

void Dispatch::flush(Instant now) {
    if (recording_ || unrecorded_.empty()) return;
    if (now < record_after_ && record_after_ - now <= record_pause) return;
    auto const count = std::min(unrecorded_.size(), record_batch_max);
    auto const end = unrecorded_.begin() + static_cast<std::ptrdiff_t>(count);
    auto batch = std::make_shared<std::vector<Ended>>(std::make_move_iterator(unrecorded_.begin()),
                                                      std::make_move_iterator(end));
    unrecorded_.erase(unrecorded_.begin(), end);
    recording_ = true;
    // The rules of the outbox are not used here: only notices are written.
    auto body = [batch, retry = settings_.retry, receivers = settings_.receivers,
                 outbox = Outbox(id_source_, {}), now](Tx& tx) {
        return record(tx, *batch, {retry, receivers, outbox}, now);
    };
    store_.submit(std::move(body), [inbox = inbox_, batch](Result<void> result) {
        inbox->leave([&](Inbox::Events& events) {
            events.batch = batch;
            events.recorded = std::move(result);
        });
    });
}

void Dispatch::clean(Instant now) {
    clean_at_ = now + cleaning_pause;
    if (cleaning_ || !may_clean(now)) return;
    cleaning_ = true;
    auto more = std::make_shared<bool>(false);
    store_.submit(
        [more, retry = settings_.retry, receivers = settings_.receivers,
         &removed_apps = removed_apps_, now](Tx& tx) {
            auto const cleaned = clean_outbox(tx, retry, receivers, removed_apps, now);
            if (!cleaned) return Result<void>(pass(cleaned));
            *more = *cleaned;
            return Result<void>{};
        },
        [inbox = inbox_, more](Result<void> result) {
            inbox->leave([&](Inbox::Events& events) {
                events.cleaned = result ? Result<bool>(*more) : Result<bool>(pass(result));
            });
        });
}

}  // namespace updraft::push
