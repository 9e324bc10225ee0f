// An app's push URL, and whether it is verified.
//
// Lives here: how pushState changes: pending, verified, failed, suspended (P7, P12).
//
// Not here:   posting verifications (push/dispatch.h), the syntax of a URL (push/push_url.h).
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "access/actor.h"
#include "access/app.h"
#include "ports/store.h"
#include "push/delivery.h"
#include "vocabulary/result.h"

namespace updraft::push {

// The settings in [push] that concern verifying and suspending a receiver.
struct ReceiverRules {
    std::int64_t suspend_after = 10;  // Failed attempts in a row.
    Millis probe_after = std::chrono::seconds{30};
    Millis probe_pause_max = std::chrono::minutes{15};
    Millis reverify_every = std::chrono::hours{24};
};

// True when messages of that type are written for the app: it is enabled, has a push URL and
// subscribed to them. The URL need not be verified: messages wait until it is.
[[nodiscard]] bool listens(access::App const& app, MsgType type);

// Gives the app another push URL, or none: pushState becomes pending, or none, and verification
// begins with the commit. Changes `app`; the caller stores it. The same URL again changes nothing,
// unless its verification failed: then it is verified again.
Result<void> set_url(Tx& tx, access::App& app, std::optional<std::string> url, Instant now);

enum class Occasion : std::uint8_t {
    first,    // The URL was never verified.
    probe,    // It is suspended.
    routine,  // ReceiverRules::reverify_every has passed.
    request,  // An operator asked.
};

struct Verification {
    AppId appid;
    std::string url;  // The one that was posted to.
    Occasion occasion = Occasion::first;
    std::string fault;  // Empty: verified.
    bool gone = false;  // Answered by 410: not verified again until an operator asks for it.
    std::optional<access::Actor> by{};  // The operator who asked.
};

// Records how a verification went and when the next one is due. Answers the new state; nothing
// changes when the app has another URL by now, or none. The audit gets the operator's request, and
// the suspension of a URL.
Result<access::PushState> record_verification(Tx& tx, Verification const& outcome,
                                              ReceiverRules const& rules, Instant now);

// Why a receiver that is due is verified.
[[nodiscard]] Occasion occasion_of(access::PushState state);

// Attempts to one app, in the order in which they ended.
struct Attempts {
    AppId appid;
    std::string url;  // The one that was posted to.
    std::vector<bool> arrived;
    bool gone = false;  // One was answered by 410.
};
// Counts them into the failures in a row of the app's receiver, and suspends its URL when there are
// too many, or after a 410.
Result<void> count_attempts(Tx& tx, Attempts const& attempts, ReceiverRules const& rules,
                            Instant now);

}  // namespace updraft::push
