// A push receiver, as the server of an app has one; reports each message.
//
// Lives here: listening on a free local port.
//
// Not here:   checking and reading a message (simulator/reception.h).
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "ports/clock.h"
#include "ports/id_source.h"
#include "vocabulary/result.h"
#include "vocabulary/secret.h"

namespace updraft::simulator {

// Works on a thread of its own from open() until it is destroyed.
class PushReceiver {
public:
    // `tell` is called with a readable line for each message, on the receiver's thread; clock and
    // id_source outlive the receiver.
    [[nodiscard]] static Result<std::unique_ptr<PushReceiver>> open(
        Clock const& clock, IdSource& id_source, std::function<void(std::string const&)> tell);
    ~PushReceiver();
    PushReceiver(PushReceiver const&) = delete;
    PushReceiver& operator=(PushReceiver const&) = delete;

    // Sets the app's push secret ("whsec_…"). Until then all messages are refused. From any thread.
    void trust(Secret push_secret);

    // "http://127.0.0.1:PORT/push".
    [[nodiscard]] std::string const& url() const;

private:
    struct Parts;
    explicit PushReceiver(std::unique_ptr<Parts> parts);

    std::unique_ptr<Parts> parts_;
};

}  // namespace updraft::simulator
