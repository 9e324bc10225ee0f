// A push that an operator sends to try a receiver: one example message, sent at once and kept
// nowhere.
//
// Lives here: the example messages, and sending one.
//
// Not here:   messages about devices (push/outbox.h), their delivery (push/dispatch.h), who may ask
//             for one (admin/push_test.h).
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "access/app.h"
#include "ports/http_client.h"
#include "ports/id_source.h"
#include "push/delivery.h"
#include "push/posting.h"
#include "vocabulary/result.h"

namespace updraft::push {

// The body of an example message, with "did":"example" and made-up values.
[[nodiscard]] std::string example_body(MsgType type, Instant now);

// Safe to use from any thread.
class Trial {
public:
    struct Settings {
        Millis timeout = std::chrono::seconds{10};
        // As DispatchSettings::trouble.
        std::function<void(AppId const& appid, std::string_view webhook_id, std::string_view what)>
            trouble{};
    };
    using Done = std::function<void(Result<Attempt>)>;

    // The references outlive it.
    Trial(HttpClient& http_client, IdSource& id_source, Opener open, Settings settings);

    // Posts an example message, with the headers of a real one, to the app's URL, which must be
    // set. Counts for nothing: neither for a suspension nor in the metrics. `done` is called once,
    // on this thread or one of the client, and must not block; it gets Errc::corrupt when a key of
    // the app cannot be opened.
    void send(access::App const& app, MsgType type, Instant now, Done done);

private:
    HttpClient& http_client_;
    IdSource& id_source_;
    Opener open_;
    Settings settings_;
};

}  // namespace updraft::push
