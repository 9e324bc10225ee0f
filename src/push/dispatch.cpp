#include "push/dispatch.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "ports/apps_table.h"
#include "push/acknowledge.h"
#include "push/message.h"

namespace updraft::push {
namespace {

using access::PushState;

constexpr std::size_t record_batch_max = 256;
constexpr Millis record_pause{1'000};  // After the store refused.
constexpr Millis look_pause{2'000};    // Changes of apps that no commit tells of are seen by then.
constexpr Millis tend_pause{60'000};
constexpr std::int64_t apps_max = 100'000;
constexpr std::int64_t checks_max = 100;

// Notices leave most of an app's posts free, so that a slow receiver delays no result by them.
std::int64_t notices_max(std::int64_t per_app) { return std::max<std::int64_t>(1, per_app / 4); }

void refuse(Dispatch::VerifyDone const& done) {
    done(fail(Errc::unavailable, "the server is stopping"));
}

}  // namespace

// A message on its way.
struct Dispatch::Flight {
    AppId appid;
    std::string url;
    DueMessage message;
    Instant at;
};

// A verification on its way.
struct Dispatch::Check {
    Verification outcome;
    std::string echo;
    VerifyDone done;
};

// What callbacks leave for the next turn.
struct Dispatch::Inbox {
    struct News {
        std::vector<std::pair<Flight, Receipt>> answers;
        std::vector<std::pair<Check, Receipt>> checked;
        std::vector<AppId> check_recorded;
        std::vector<std::pair<AppId, VerifyDone>> requests;
        std::shared_ptr<std::vector<Ended>> batch;  // That was being recorded,
        std::optional<Result<void>> recorded;       // and how that went.
        std::optional<Result<bool>> tended;
        bool committed = false;
    };

    template <class Change>
    void leave(Change change) {
        {
            std::scoped_lock const lock(mutex);
            change(news);
            some = true;
        }
        wake.notify_all();
    }
    News take() {
        std::scoped_lock const lock(mutex);
        some = false;
        return std::exchange(news, {});
    }

    std::mutex mutex;
    std::condition_variable wake;
    News news;
    bool some = false;
    bool stopping = false;  // Nothing new is begun.
    bool stopped = false;   // The thread ends, whatever is in flight.
};

// What is known of one app: what it is being told, and when it was told progress.
struct Dispatch::Line {
    using Dids = std::set<std::string, std::less<>>;
    std::array<Dids, 2> busy;  // By stream: lanes from being sent until that is recorded.
    std::array<std::int64_t, 2> in_flight{};
    std::map<std::string, Instant, std::less<>> progress_at;
    std::size_t progress_kept = 64;  // Above: forget those that no longer matter.
    std::int64_t checks = 0;         // Verifications from being posted until recorded.

    [[nodiscard]] bool unused() const {
        return busy[0].empty() && busy[1].empty() && progress_at.empty() && checks == 0;
    }
};

// What one look at the store found.
struct Dispatch::Look {
    Instant now;
    std::int64_t room = 0;  // For posts of all apps.
    Instant next;           // When something becomes due.
    std::vector<std::pair<std::shared_ptr<access::App const>, DueMessage>> due;
    std::vector<std::pair<AppId, Occasion>> checks;
    bool strays = false;  // Somebody was removed, and left messages.

    void expect(std::optional<Instant> at) {
        if (at) next = std::min(next, *at);
    }
};

Dispatch::Dispatch(Store& store, Courier& courier, Clock const& clock, Minter& minter, Opener open,
                   DispatchSettings settings)
    : store_(store),
      courier_(courier),
      clock_(clock),
      minter_(minter),
      open_(std::move(open)),
      settings_(std::move(settings)),
      inbox_(std::make_shared<Inbox>()) {
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
    return {.posted = posted_,
            .arrived = arrived_,
            .failed = failed_,
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
    if (news.recorded) {
        recording_ = false;
        look_again_ = true;
        store_refuses_ = !*news.recorded;
        if (*news.recorded) {
            release(*news.batch);
        } else {
            // Kept, and tried again: a lost record would send everything twice. Nothing more is
            // sent before: what cannot be recorded would be heard again after a crash.
            ++record_failures_;
            record_after_ = now + record_pause;
            unrecorded_.insert(unrecorded_.begin(), news.batch->begin(), news.batch->end());
        }
    }
    if (news.tended) {
        tending_ = false;
        auto const pause = std::min(tend_pause, settings_.retry.give_up_after / 4);
        bool const at_once = *news.tended && **news.tended;
        tend_at_ = at_once ? now : now + std::max(pause, Millis{100});
    }
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

void Dispatch::settle(Flight flight, Receipt receipt, Instant now) {
    auto const stream = static_cast<std::size_t>(stream_of(flight.message.type));
    --line(flight.appid).in_flight[stream];
    --in_flight_;
    bool const arrived = acknowledged(receipt);
    ++(arrived ? arrived_ : failed_);
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
    ended.jitter = {static_cast<std::uint32_t>(minter_.below(10'000))};
    unrecorded_.push_back(std::move(ended));
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
    store_.submit(
        [batch, retry = settings_.retry, receivers = settings_.receivers, now](Tx& tx) {
            return record(tx, *batch, retry, receivers, now);
        },
        [inbox = inbox_, batch](Result<void> result) {
            inbox->leave([&](Inbox::News& news) {
                news.batch = batch;
                news.recorded = std::move(result);
            });
        });
}

void Dispatch::look(Instant now) {
    look_again_ = false;
    Look found;
    auto const looked = store_.read([&](Tx const& tx) -> Result<void> {
        found = {.now = now,
                 .room = settings_.in_flight_max - in_flight_,
                 .next = now + look_pause,
                 .due = {},
                 .checks = {},
                 .strays = false};
        TRY_ASSIGN(auto const apps, tx.outbox().apps_waiting({}, apps_max));
        for (auto const& appid : apps) look_at(tx, appid, found);
        TRY_ASSIGN(auto const receivers, tx.outbox().receivers_due(now, checks_max));
        for (auto const& receiver : receivers) {
            auto const known = lines_.find(receiver.appid);
            if (known != lines_.end() && known->second.checks > 0) continue;
            auto const app = tx.apps().find(receiver.appid);
            if (app) found.checks.emplace_back(receiver.appid, occasion_of((*app)->push_state));
        }
        TRY_ASSIGN(auto const next, tx.outbox().next_receiver_due(now));
        found.expect(next);
        return {};
    });
    look_at_ = looked ? found.next : now + record_pause;
    if (looked && found.strays) tend_at_ = now;
    if (looked && !store_refuses_) send(found, now);
}

void Dispatch::look_at(Tx const& tx, AppId const& appid, Look& found) const {
    auto const app = tx.apps().find(appid);
    // An app that cannot be told anything now is looked at again when that changes; one whose rows
    // cannot be read must not keep the others waiting.
    if (!app && app.error().code == Errc::not_found) found.strays = true;
    if (!app || (*app)->disabled || !(*app)->push_url) return;
    if ((*app)->push_state != PushState::verified) return;

    static Line const unknown;
    auto const known = lines_.find(appid);
    auto const& app_line = known == lines_.end() ? unknown : known->second;
    // The fuller the house, the less for one app: many slow receivers cannot fill it.
    auto const per_app =
        std::min(settings_.in_flight_per_app_max, std::max<std::int64_t>(1, found.room / 16));
    // Lanes whose record is not durable yet cost memory, not posts; but not without end.
    auto const lanes = std::ssize(app_line.busy[0]) + std::ssize(app_line.busy[1]);
    auto room = std::min(per_app - app_line.in_flight[0] - app_line.in_flight[1],
                         per_app * 8 - lanes);
    for (auto const stream : {Stream::upgrade, Stream::notice}) {
        auto const nth = static_cast<std::size_t>(stream);
        auto mine = std::min(room, found.room);
        if (stream == Stream::notice) {
            mine = std::min(mine, notices_max(per_app) - app_line.in_flight[nth]);
        }
        DueAsk const ask{.appid = appid,
                         .stream = stream,
                         .now = found.now,
                         .limit = mine,
                         .skip = [&](std::string_view did) {
                             return app_line.busy[nth].contains(did);
                         }};
        auto due = tx.outbox().due(ask);
        auto const next = tx.outbox().next_due(appid, stream, found.now);
        if (next) found.expect(*next);
        if (!due) continue;
        room -= std::ssize(*due);
        found.room -= std::ssize(*due);
        for (auto& message : *due) found.due.emplace_back(*app, std::move(message));
    }
}

void Dispatch::send(Look& found, Instant now) {
    for (auto const& [appid, occasion] : found.checks) check(appid, occasion, {}, now);
    for (auto& [app, message] : found.due) {
        auto& app_line = line(app->appid);
        auto const stream = static_cast<std::size_t>(stream_of(message.type));
        if (!app_line.busy[stream].insert(message.did.value).second) continue;
        if (message.type != MsgType::progress) {
            post(app, std::move(message), now);
            continue;
        }
        Ended early;
        auto const last = app_line.progress_at.find(message.did.value);
        if (now >= message.since + settings_.retry.progress_life) {
            early.too_old = true;
        } else if (last != app_line.progress_at.end() && now >= last->second &&
                   now < last->second + settings_.progress_interval) {
            early.postponed_to = last->second + settings_.progress_interval;
        } else {
            app_line.progress_at.insert_or_assign(message.did.value, now);
            post(app, std::move(message), now);
            continue;
        }
        early.webhook_id = std::move(message.webhook_id);
        early.did = std::move(message.did);
        early.appid = app->appid;
        early.type = message.type;
        unrecorded_.push_back(std::move(early));
    }
    for (auto& [appid, app_line] : lines_) {
        if (app_line.progress_at.size() <= app_line.progress_kept) continue;
        std::erase_if(app_line.progress_at, [&](auto const& one) {
            return now >= one.second + settings_.progress_interval || now < one.second;
        });
        app_line.progress_kept = std::max<std::size_t>(64, app_line.progress_at.size() * 2);
    }
    flush(now);
}

void Dispatch::post(std::shared_ptr<access::App const> const& app, DueMessage message,
                    Instant now) {
    auto const stream = static_cast<std::size_t>(stream_of(message.type));
    auto parcel = make_parcel(*app, open_, message.webhook_id, message.body, now, settings_.timeout);
    ++line(app->appid).in_flight[stream];
    ++in_flight_;
    ++posted_;
    Flight flight{
        .appid = app->appid, .url = *app->push_url, .message = std::move(message), .at = now};
    flight.message.body.clear();
    if (!parcel) {
        // Keys that do not open are an operator's problem: the message is tried again like any.
        Receipt receipt;
        receipt.trouble = parcel.error().detail;
        inbox_->leave([&](Inbox::News& news) {
            news.answers.emplace_back(std::move(flight), std::move(receipt));
        });
        return;
    }
    courier_.post(*std::move(parcel), [inbox = inbox_, flight](Receipt receipt) {
        inbox->leave([&](Inbox::News& news) {
            news.answers.emplace_back(flight, std::move(receipt));
        });
    });
}

void Dispatch::check(AppId const& appid, Occasion occasion, VerifyDone done, Instant now) {
    auto const app = read(store_, [&](Tx const& tx) { return tx.apps().find(appid); });
    if (!app || !(*app)->push_url) {
        if (!done) return;
        if (!app) return done(tl::unexpected<Error>(app.error()));
        return done(fail(Errc::conflict, "the app has no pushUrl"));
    }
    Check checking{.outcome = {.appid = appid,
                               .url = *(*app)->push_url,
                               .occasion = occasion,
                               .fault = {},
                               .gone = false},
                   .echo = minter_.hex(16),
                   .done = std::move(done)};
    auto const id = minter_.webhook_id(now);
    auto parcel = make_parcel(**app, open_, id, verification_body(checking.echo), now,
                              settings_.timeout);
    ++line(appid).checks;
    ++in_flight_;
    ++verifications_;
    auto leave = [inbox = inbox_, checking](Receipt receipt) {
        inbox->leave([&](Inbox::News& news) {
            news.checked.emplace_back(checking, std::move(receipt));
        });
    };
    if (parcel) return courier_.post(*std::move(parcel), std::move(leave));
    Receipt receipt;
    receipt.trouble = parcel.error().detail;
    leave(std::move(receipt));
}

void Dispatch::settle_check(Check check, Receipt receipt, Instant now) {
    --in_flight_;
    auto outcome = std::move(check.outcome);
    outcome.fault = verification_fault(receipt, check.echo);
    outcome.gone = receipt.status == 410;
    store_.submit(
        [outcome, rules = settings_.receivers, now](Tx& tx) -> Result<void> {
            auto const recorded = record_verification(tx, outcome, rules, now);
            if (!recorded) return tl::unexpected<Error>(recorded.error());
            return {};
        },
        [inbox = inbox_, outcome, done = std::move(check.done)](Result<void> result) {
            inbox->leave([&](Inbox::News& news) { news.check_recorded.push_back(outcome.appid); });
            if (!done) return;
            if (!result) return done(tl::unexpected<Error>(std::move(result).error()));
            done(Verdict{.verified = outcome.fault.empty(), .detail = outcome.fault});
        });
}

void Dispatch::housekeep(Instant now) {
    tend_at_ = now + tend_pause;
    if (tending_) return;
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
