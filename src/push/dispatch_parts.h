// The private types of Dispatch; only its own files include this header.
//
// Lives here: messages and verifications that are being sent, the inbox of callbacks, what is known
//             of an app.
//
// Not here:   the turns (push/dispatch.cpp), choosing what is sent (push/dispatch_look.cpp).
#pragma once

#include <algorithm>
#include <array>
#include <condition_variable>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "push/dispatch.h"

namespace updraft::push {

// The store is read at least this often, to notice changes by other instances.
inline constexpr Millis look_pause{2'000};

// A message that is being sent.
struct Dispatch::InFlight {
    AppId appid;
    std::string url;
    DueMessage message;
    Instant at;
};

// Who waits for a verification; nobody, when it is routine.
struct Dispatch::VerifyAsk {
    VerifyDone done;
    std::optional<access::Actor> by;
};

// A verification that is being sent.
struct Dispatch::UrlCheck {
    Verification outcome;
    std::string echo;
    VerifyDone done;
};

// What callbacks store for the next turn.
struct Dispatch::Inbox {
    struct Events {
        std::vector<std::pair<InFlight, Receipt>> answers;
        std::vector<std::pair<UrlCheck, Receipt>> checked;
        std::vector<AppId> check_recorded;
        std::vector<std::pair<AppId, VerifyAsk>> requests;
        Batch batch;                           // What was being recorded.
        std::optional<Result<void>> recorded;  // Whether that succeeded.
        std::optional<Result<bool>> cleaned;
        bool committed = false;
    };

    template <class Change>
    void leave(Change change) {
        {
            std::scoped_lock const lock(mutex);
            change(events);
            some = true;
        }
        wake.notify_all();
    }
    Events take() {
        std::scoped_lock const lock(mutex);
        some = false;
        return std::exchange(events, {});
    }

    std::mutex mutex;
    std::condition_variable wake;
    Events events;
    bool some = false;
    bool stopping = false;  // Nothing new is begun.
    bool stopped = false;   // The thread ends even if posts are in flight.
};

// What is known of one app: what is being sent to it, and when it was sent progress.
struct Dispatch::AppState {
    using Dids = std::set<std::string, std::less<>>;
    std::array<Dids, 2>
        busy;  // By stream: devices with a message that is sent and not yet recorded.
    std::array<std::int64_t, 2> in_flight{};
    std::map<std::string, Instant, std::less<>> progress_at;
    std::size_t progress_kept = 64;  // With more entries, old ones of progress_at are removed.
    std::int64_t checks = 0;         // Verifications that are posted and not yet recorded.

    [[nodiscard]] bool unused() const {
        return busy[0].empty() && busy[1].empty() && progress_at.empty() && checks == 0;
    }
};

// What look() found in the store.
struct Dispatch::Found {
    Instant now;
    std::int64_t free_slots = 0;  // For posts of all apps.
    Instant next;                 // When something becomes due.
    std::vector<std::pair<std::shared_ptr<access::App const>, DueMessage>> due;
    std::vector<std::pair<AppId, Occasion>> checks;
    bool removed_apps = false;  // There are messages of an app that was removed.

    void expect(std::optional<Instant> at) {
        if (at) next = std::min(next, *at);
    }
};

}  // namespace updraft::push
