// One simulated device: which request it makes next, after an answer.
//
// Lives here: a DDI client as a state machine, without sockets or clocks.
//
// Not here:   sending requests (simulator/fleet.h), the documents (simulator/ddi_words.h).
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "simulator/behaviour.h"
#include "simulator/ddi_words.h"
#include "simulator/later_fault.h"
#include "vocabulary/digest.h"
#include "vocabulary/instant.h"

namespace updraft::simulator {

// The identity of a device, and its credential.
struct Member {
    std::string did;
    std::string authorization;  // "TargetToken …" or "GatewayToken …".
    std::string version;        // Empty: unknown; then it reports none until it has installed one.
    std::size_t number = 0;     // In its fleet, from 0.
};

enum class Verb : std::uint8_t { get, head, put, post };

struct Request {
    Verb verb = Verb::get;
    std::string target;  // A path, or an absolute link that the server gave.
    std::string body;    // JSON; only with put and post.
    bool download = false;
    std::int64_t first_byte = 0;                  // Over 0: asks for a Range from this byte on.
    std::optional<std::int64_t> break_off_after;  // After these bytes the connection is cut.
};

struct Answer {
    int status = 0;     // 0: no answer came.
    std::string body;   // Empty for downloads, whose bytes went to take().
    bool whole = true;  // False: the connection was cut in the middle of the answer.
};

// The next request of a device, and when.
struct Step {
    Instant at;
    Request request;
};

// Used by one thread. At any time exactly one request is scheduled or in flight.
class Device {
public:
    Device(Member member, std::string_view tenant);
    ~Device();
    Device(Device&&) noexcept;
    Device& operator=(Device&&) noexcept;

    [[nodiscard]] Member const& member() const { return member_; }
    // The first poll, at `at`.
    [[nodiscard]] Step begin(Instant at);
    // Handles the answer to the last request, and answers the next step; nothing when the device
    // has stopped for ever.
    [[nodiscard]] std::optional<Step> on_answer(Answer const& answer, World& world);
    // Bytes of a download, before on_answer() ends it. `status` is that of the answer.
    void take(int status, std::string_view bytes);

private:
    enum class Awaiting : std::uint8_t {
        poll,
        config,
        cancel,
        cancel_answer,
        deployment,
        rejection,
        download_report,
        probe,
        bytes,
        downloaded_report,
        progress_report,
        closing,
    };
    struct Task;

    [[nodiscard]] std::optional<Step> understood(Answer const& answer, World& world);
    [[nodiscard]] std::optional<Step> not_understood(Answer const& answer, World& world);
    [[nodiscard]] std::optional<Step> polled(Answer const& answer, World& world);
    [[nodiscard]] std::optional<Step> take_up(Answer const& answer, World& world);
    [[nodiscard]] std::optional<Step> downloaded(Answer const& answer, World& world);
    [[nodiscard]] std::optional<Step> install_on(World& world);
    [[nodiscard]] std::optional<Step> closed(World& world);
    [[nodiscard]] std::optional<Step> cancel_told(Answer const& answer, World& world);
    [[nodiscard]] std::optional<Step> cancel_answered(World& world);

    [[nodiscard]] Step poll_at(Instant at);
    [[nodiscard]] Step poll_later(World& world);
    [[nodiscard]] Step fetch_rest(World& world);
    [[nodiscard]] Step report(World& world, Report const& what, Awaiting awaiting, Instant at);
    [[nodiscard]] Step close(World& world, Report const& what);
    [[nodiscard]] Step tell_config(World& world);
    [[nodiscard]] Step step(Awaiting awaiting, Request request, Instant at);
    [[nodiscard]] Step again(World& world, Millis pause);
    void drop_task(World& world);
    void tell(World& world, std::string const& what) const;
    void drop_stalled_task(std::string const& deployment, World& world);

    Member member_;
    std::string base_;  // The path of this controller.
    Awaiting awaiting_ = Awaiting::poll;
    Request last_;
    int repeats_ = 0;  // Of the last request, without an answer.
    Millis sleep_{30'000};
    Instant next_poll_;
    std::unique_ptr<Task> task_;
    bool cancelling_ = false;  // It accepted a cancel; the report about that is not answered yet.
    std::string closed_id_;    // The upgrade that it ended last.
    LaterFault later_fault_;
};

}  // namespace updraft::simulator
