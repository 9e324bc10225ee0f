#include "push/dispatch.h"

#include <algorithm>
#include <utility>

#include "push/acknowledge.h"
#include "push/dispatch_parts.h"

namespace updraft::push {
namespace {

constexpr std::size_t record_batch_max = 256;
constexpr Millis record_pause{1'000};  // After the store refused.
constexpr Millis tend_pause{60'000};

void refuse(Dispatch::VerifyDone const& done) {
    done(fail(Errc::unavailable, "the server is stopping"));
}

}  // namespace

Dispatch::Dispatch(Store& store, HttpClient& http_client, Clock const& clock, IdSource& id_source,
                   Opener open, DispatchSettings settings)
    : store_(store),
      http_client_(http_client),
      clock_(clock),
      id_source_(id_source),
      open_(std::move(open)),
      settings_(std::move(settings)),
      inbox_(std::make_shared<Inbox>()) {
    if (store_.shared()) leases_.emplace(store_, id_source_.hex(12));
    store_.on_commit(Touched::outbox, [inbox = inbox_] {
        inbox->leave([](Inbox::News& news) { news.committed = true; });
    });
}

Dispatch::~Dispatch() { stop(Millis{0}); }

void Dispatch::start() {
    thread_ = std::thread([this] { run(); });
}

void Dispatch::stop(Millis patience) {
    {
        std::unique_lock lock(inbox_->mutex);
        inbox_->stopping = true;
        inbox_->some = true;
        inbox_->wake.notify_all();
        inbox_->wake.wait_for(lock, patience,
                              [&] { return inbox_->stopped || !thread_.joinable(); });
        inbox_->stopped = true;
        inbox_->wake.notify_all();
    }
    if (thread_.joinable()) thread_.join();
}

void Dispatch::verify_now(AppId appid, VerifyDone done) {
    bool refused = false;
    inbox_->leave([&](Inbox::News& news) {
        refused = inbox_->stopping;
        if (!refused) news.requests.emplace_back(std::move(appid), std::move(done));
    });
    if (refused) refuse(done);
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
            auto const left = std::exchange(inbox_->news, {});
            inbox_->wake.notify_all();
            lock.unlock();
            for (auto const& [appid, done] : left.requests) refuse(done);
            // What cannot be let go now is abandoned, and found so by another instance.
            if (leases_) static_cast<void>(leases_->let_go_all());
            return;
        }
        inbox_->wake.wait_for(lock, pause, [&] { return inbox_->some || inbox_->stopped; });
    }
}

bool Dispatch::idle() const { return in_flight_ == 0 && unrecorded_.empty() && !recording_; }

Dispatch::Line& Dispatch::line(AppId const& appid) { return lines_[appid]; }

Instant Dispatch::turn() {
    auto const now = clock_.now();
    bool stopping = false;
    {
        std::scoped_lock const lock(inbox_->mutex);
        stopping = inbox_->stopping;
    }
    auto news = inbox_->take();
    look_again_ = look_again_ || news.committed || !news.answers.empty();
    for (auto& [flight, receipt] : news.answers) {
        settle(std::move(flight), std::move(receipt), now);
    }
    for (auto& [check, receipt] : news.checked) {
        settle_check(std::move(check), std::move(receipt), now);
    }
    for (auto const& appid : news.check_recorded) --line(appid).checks;
    if (news.recorded) take_recorded(*news.recorded, std::move(news.batch), now);
    if (news.tended) take_tended(*news.tended, now);
    flush(now);
    if (stopping) {
        for (auto const& [appid, done] : news.requests) refuse(done);
        return now + record_pause;
    }
    for (auto& [appid, done] : news.requests) {
        check(appid, Occasion::request, std::move(done), now);
    }
    // A clock that was set back makes every plan too late: then look at once.
    if (look_again_ || now >= look_at_ || look_at_ - now > look_pause) look(now);
    if (now >= tend_at_ || tend_at_ - now > tend_pause) housekeep(now);
    auto const planned = std::min(look_at_, tending_ ? look_at_ : tend_at_);
    return unrecorded_.empty() || recording_ ? planned : std::min(planned, record_after_);
}

void Dispatch::take_recorded(Result<void> const& recorded, Batch batch, Instant now) {
    recording_ = false;
    look_again_ = true;
    store_refuses_ = !recorded;
    if (recorded) return release(*batch);
    // Kept, and tried again: a lost record would send everything twice. Nothing more is sent
    // before: what cannot be recorded would be heard again after a crash.
    ++record_failures_;
    record_after_ = now + record_pause;
    unrecorded_.insert(unrecorded_.begin(), batch->begin(), batch->end());
}

void Dispatch::take_tended(Result<bool> const& tended, Instant now) {
    tending_ = false;
    auto const pause = std::min(tend_pause, settings_.retry.give_up_after / 4);
    bool const more = tended && *tended;
    tend_at_ = more ? now : now + std::max(pause, Millis{100});
}

void Dispatch::settle(Flight flight, Receipt receipt, Instant now) {
    auto const stream = static_cast<std::size_t>(stream_of(flight.message.type));
    --line(flight.appid).in_flight[stream];
    --in_flight_;
    bool const arrived = acknowledged(receipt);
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
                     .answer = answer_excerpt(receipt)};
    ended.arrived = arrived;
    ended.gone = receipt.status == 410;
    if (!arrived && receipt.retry_after) {
        ended.retry_after = read_retry_after(*receipt.retry_after, now);
    }
    ended.jitter = {static_cast<std::uint32_t>(id_source_.below(10'000))};
    unrecorded_.push_back(std::move(ended));
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
        auto& app = line(ended.appid);
        app.busy[static_cast<std::size_t>(stream_of(ended.type))].erase(ended.did.value);
        if (app.unused()) lines_.erase(ended.appid);
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
    store_.submit([batch, retry = settings_.retry, receivers = settings_.receivers,
                   now](Tx& tx) { return record(tx, *batch, retry, receivers, now); },
                  [inbox = inbox_, batch](Result<void> result) {
                      inbox->leave([&](Inbox::News& news) {
                          news.batch = batch;
                          news.recorded = std::move(result);
                      });
                  });
}

void Dispatch::housekeep(Instant now) {
    tend_at_ = now + tend_pause;
    if (tending_ || !may_tend(now)) return;
    tending_ = true;
    auto more = std::make_shared<bool>(false);
    store_.submit(
        [more, retry = settings_.retry, receivers = settings_.receivers, now](Tx& tx) {
            auto const tended = tend(tx, retry, receivers, now);
            if (!tended) return Result<void>(tl::unexpected<Error>(tended.error()));
            *more = *tended;
            return Result<void>{};
        },
        [inbox = inbox_, more](Result<void> result) {
            inbox->leave([&](Inbox::News& news) {
                news.tended = result ? Result<bool>(*more)
                                     : Result<bool>(tl::unexpected<Error>(result.error()));
            });
        });
}

}  // namespace updraft::push
