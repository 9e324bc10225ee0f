// A progress bar for files that are sent.
//
// Lives here: its text, and drawing it on a terminal.
//
// Not here:   counting what was sent (cli/client.h).
#pragma once

#include <string>
#include <string_view>

#include "cli/client.h"

namespace updraft::cli {

// "lamp.bin  [####----------------]  20 %, 1.0 MiB of 5.0 MiB, 512.0 KiB/s, ends in 8 s". Without a
// known size: "lamp.bin  1.0 MiB, 512.0 KiB/s".
[[nodiscard]] std::string progress_text(std::string_view name, Sent const& sent);

// Draws on stderr, and only when that is a terminal, so that pipes and logs get nothing. Removes
// its line at the end. For one thread.
class ProgressBar {
public:
    explicit ProgressBar(std::string name);
    ~ProgressBar();
    ProgressBar(ProgressBar const&) = delete;
    ProgressBar& operator=(ProgressBar const&) = delete;

    [[nodiscard]] bool visible() const { return visible_; }
    void draw(Sent const& sent);

private:
    std::string name_;
    bool visible_;
    bool drawn_ = false;
};

}  // namespace updraft::cli
