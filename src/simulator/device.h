// One simulated device: what it asks for next, given what it heard.
//
// Lives here: the course of a DDI client, as a state machine without sockets or clocks.
// Not here:   carrying requests (simulator/fleet.h), how documents look (simulator/ddi_words.h).
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "simulator/behaviour.h"
#include "simulator/ddi_words.h"
#include "vocabulary/digest.h"
#include "vocabulary/instant.h"

namespace updraft::simulator {

// Who a device is, and how it proves it.
struct Member {
    std::string did;
    std::string authorization;  // "TargetToken …" or "GatewayToken …".
    std::string version;        // Empty: unknown, then it reports none until it installed one.
};

enum class Verb : std::uint8_t { get, head, put, post };

struct Ask {
    Verb verb = Verb::get;
    std::string target;  // A path, or an absolute link that the server gave.
    std::string body;    // JSON; only with put and post.
    bool download = false;
    std::int64_t first_byte = 0;                  // Over 0: a Range from there on.
    std::optional<std::int64_t> break_off_after;  // Bytes of this answer; then the line is cut.
};

struct Heard {
    int status = 0;     // 0: no answer came.
    std::string body;   // Not of downloads: those went to take().
    bool whole = true;  // False: the line was cut in the middle of the answer.
};

// The next request of a device, and when.
struct Step {
    Instant at;
    Ask ask;
};

// Used by one thread. Exactly one request is under way, or waited for, at a time.
class Device {
public:
    Device(Member member, std::string_view tenant);
    ~Device();
    Device(Device&&) noexcept;
    Device& operator=(Device&&) noexcept;

    [[nodiscard]] Member const& member() const { return member_; }
    // The first poll, at `at`.
    [[nodiscard]] Step begin(Instant at);
    // The answer to the last ask came. Nothing: the device died and asks no more.
    [[nodiscard]] std::optional<Step> hear(Heard const& heard, World& world);
    // Bytes of a download, before hear() ends it. `status` is that of the answer.
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
    enum class Fate : std::uint8_t { success, failure, wrong_hash, silence, fallback, rejection };
    struct Task;

    [[nodiscard]] std::optional<Step> understood(Heard const& heard, World& world);
    [[nodiscard]] std::optional<Step> not_understood(Heard const& heard, World& world);
    [[nodiscard]] std::optional<Step> polled(Heard const& heard, World& world);
    [[nodiscard]] std::optional<Step> take_up(Heard const& heard, World& world);
    [[nodiscard]] std::optional<Step> downloaded(Heard const& heard, World& world);
    [[nodiscard]] std::optional<Step> install_on(World& world);
    [[nodiscard]] std::optional<Step> closed(World& world);
    [[nodiscard]] std::optional<Step> cancel_told(Heard const& heard, World& world);
    [[nodiscard]] std::optional<Step> cancel_answered(World& world);

    [[nodiscard]] Step poll_at(Instant at);
    [[nodiscard]] Step poll_later(World& world);
    [[nodiscard]] Step fetch_rest(World& world);
    [[nodiscard]] Step report(World& world, Report const& what, Awaiting awaiting, Instant at);
    [[nodiscard]] Step close(World& world, Report const& what);
    [[nodiscard]] Step tell_config(World& world);
    [[nodiscard]] Step step(Awaiting awaiting, Ask ask, Instant at);
    [[nodiscard]] Step again(World& world, Millis pause);
    void drop_task(World& world);
    void tell(World& world, std::string const& what) const;
    [[nodiscard]] static Fate fate(World& world);

    Member member_;
    std::string base_;  // The path of this controller.
    Awaiting awaiting_ = Awaiting::poll;
    Ask last_;
    int repeats_ = 0;  // Of the last ask, without an answer to it.
    Millis sleep_{30'000};
    Instant next_poll_;
    std::unique_ptr<Task> task_;
    bool cancelling_ = false;  // It agreed to a cancel and says so now.
    std::string closed_id_;    // The upgrade it ended last.
    std::string fallback_to_;  // A version to fall back to, in so many polls.
    int polls_to_fallback_ = 0;
};

}  // namespace updraft::simulator
