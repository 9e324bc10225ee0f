// What a Dispatch is made of inside; nobody else includes it.
//
// Lives here: messages and verifications on their way, the inbox of callbacks, what is known of an
//             app. Not here: the turns (push/dispatch.cpp), choosing what goes (dispatch_look.cpp).
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

// Changes of apps that no commit tells of are seen by then.
inline constexpr Millis look_pause{2'000};

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
        Batch batch;                           // That was being recorded,
        std::optional<Result<void>> recorded;  // and how that went.
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

}  // namespace updraft::push
