// Where an app is told things, and whether that place can be trusted to be its own.
//
// Lives here: the life of pushState: pending, verified, failed, suspended (P7, P12).
// Not here:   posting verifications (push/dispatch.h), the syntax of a URL (push/push_url.h).
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "access/app.h"
#include "ports/store.h"
#include "push/delivery.h"
#include "vocabulary/result.h"

namespace updraft::push {

// Configuration [push], as far as trusting a receiver needs it.
struct ReceiverRules {
    std::int64_t suspend_after = 10;
    Millis probe_after = std::chrono::seconds{30};
    Millis probe_pause_max = std::chrono::minutes{15};
    Millis reverify_every = std::chrono::hours{24};
};

// True when messages of that type are written down for the app: it is enabled, has a push URL
// (verified or not: what comes meanwhile waits) and subscribed to them.
[[nodiscard]] bool listens(access::App const& app, MsgType type);

// Gives the app another push URL, or none: pushState becomes pending, or none, and verification
// begins with the commit. Changes `app`; the caller stores it. The same URL again changes nothing,
// unless it has failed: then it has another chance.
Result<void> set_url(Tx& tx, access::App& app, std::optional<std::string> url, Instant now);

enum class Occasion : std::uint8_t {
    first,    // The URL is new, or failed so far.
    probe,    // It is suspended.
    routine,  // The daily one.
    request,  // An operator asked.
};

struct Verification {
    AppId appid;
    std::string url;  // That was posted to.
    Occasion occasion = Occasion::first;
    std::string fault;  // Empty: verified.
    bool gone = false;  // 410: nobody is asked again until an operator wishes it.
};

// Records how a verification went and when the next one is due. Answers the new state; nothing
// changes when the app has another URL by now, or none.
Result<access::PushState> record_verification(Tx& tx, Verification const& outcome,
                                              ReceiverRules const& rules, Instant now);

// Which occasion a receiver that is due is verified for.
[[nodiscard]] Occasion occasion_of(access::PushState state);

// Counts attempts, in the order they ended, into the failures in a row of the app's receiver, and
// suspends its URL when there are too many, or when one was answered by 410 Gone.
struct Attempts {
    AppId appid;
    std::string url;  // That was posted to.
    std::vector<bool> arrived;
    bool gone = false;
};
Result<void> count_attempts(Tx& tx, Attempts const& attempts, ReceiverRules const& rules,
                            Instant now);

}  // namespace updraft::push
