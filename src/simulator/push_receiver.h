// A push receiver: what an app's backend would be, small enough to watch.
//
// Lives here: listening on a free local port, and telling each message as it comes.
// Not here:   what a message means and whether it is genuine (simulator/reception.h).
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
    // `tell` is given one readable line for each message, on the receiver's thread; clock and
    // id_source outlive the receiver.
    [[nodiscard]] static Result<std::unique_ptr<PushReceiver>> open(
        Clock const& clock, IdSource& id_source, std::function<void(std::string const&)> tell);
    ~PushReceiver();
    PushReceiver(PushReceiver const&) = delete;
    PushReceiver& operator=(PushReceiver const&) = delete;

    // The app's push secret ("whsec_…"). Before it is known everything is refused. From any thread.
    void trust(Secret push_secret);

    // "http://127.0.0.1:PORT/push".
    [[nodiscard]] std::string const& url() const;

private:
    struct Parts;
    explicit PushReceiver(std::unique_ptr<Parts> parts);

    std::unique_ptr<Parts> parts_;
};

}  // namespace updraft::simulator
