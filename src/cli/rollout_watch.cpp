#include "cli/rollout_watch.h"

#include <algorithm>
#include <iostream>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "cli/client.h"
#include "cli/connection.h"
#include "cli/output.h"
#include "cli/rollout_picture.h"
#include "cli/show.h"
#include "cli/terminal.h"
#include "text/clean_text.h"
#include "text/percent.h"

namespace updraft::cli {
namespace {

struct Flags {
    Connection connection;
    std::string id;
    bool json = false;
    double seconds = 2;
};

Result<Answer> look_at(Endpoint const& endpoint, std::string const& id) {
    Call const call{.method = "GET", .path = "/admin/v1/rollouts/" + text::percent_encoded(id)};
    return carry_out(endpoint, call);
}

int show_once(Flags const& flags) {
    auto const endpoint = endpoint_of(flags.connection);
    if (!endpoint) return refuse(endpoint.error().detail, wrong_usage);
    auto const answer = look_at(*endpoint, flags.id);
    if (!answer) return refuse(answer.error().detail);
    if (flags.json) print_json(answer->body);
    if (!answer->good()) return refuse(problem_of(answer->body));
    auto const view = read_rollout(answer->body);
    if (!view) return refuse(view.error().detail);
    if (!flags.json) std::cout << rollout_picture(*view, columns_of_stdout());
    return 0;
}

// Draws each state of a rollout: over the last one on a terminal, else as a line when it changed.
class Screen {
public:
    explicit Screen(bool json) : json_(json) {}

    void draw(RolloutView const& view, std::string const& body) {
        auto const rows = json_ ? 0 : rows_of_stdout();
        auto text = json_ ? body : rows == 0 ? rollout_line(view) + "\n" : picture(view, rows);
        if (text == last_) return;
        if (json_) {
            print_json(body);
        } else if (rows == 0) {
            std::cout << text;
        } else {
            remove_drawing();
            std::cout << text;
            drawn_ = static_cast<std::size_t>(std::ranges::count(text, '\n'));
        }
        last_ = std::move(text);
    }

private:
    // The lines that fit, from the top.
    static std::string picture(RolloutView const& view, std::size_t rows) {
        auto text = rollout_picture(view, columns_of_stdout());
        std::size_t end = 0;
        for (std::size_t line = 1; line < rows && end < text.size(); ++line) {
            end = text.find('\n', end) + 1;
        }
        return text.substr(0, end);
    }
    void remove_drawing() const {
        if (drawn_ > 0) std::cout << "\x1b[" << drawn_ << "A\r\x1b[J";
    }

    bool json_;
    std::string last_;
    std::size_t drawn_ = 0;  // Lines.
};

// False when the answer says that asking again is no use.
bool may_come_back(Result<Answer> const& answer) {
    return answer ? answer->status >= 500 || answer->status == 429
                  : answer.error().code == Errc::unavailable;
}

int watch(Flags const& flags) {
    auto const endpoint = endpoint_of(flags.connection);
    if (!endpoint) return refuse(endpoint.error().detail, wrong_usage);
    Screen screen(flags.json);
    auto seen = false;
    auto lost = false;
    while (true) {
        auto const answer = look_at(*endpoint, flags.id);
        if (!answer || !answer->good()) {
            auto const why = answer ? problem_of(answer->body) : answer.error().detail;
            if (!seen || !may_come_back(answer)) return refuse(why);
            if (!std::exchange(lost, true)) std::cerr << text::escaped(why) << ": asking again\n";
        } else {
            auto const view = read_rollout(answer->body);
            if (!view) return refuse(view.error().detail);
            screen.draw(*view, answer->body);
            if (!flush_output()) return 1;
            if (auto const status = status_of_end(view->state); status >= 0) return status;
            seen = true;
            lost = false;
        }
        wait_for(Millis{static_cast<std::int64_t>(flags.seconds * 1000)});
    }
}

std::shared_ptr<Flags> add(Syntax const& syntax) {
    auto flags = std::make_shared<Flags>();
    syntax.option("id,--id", flags->id, "Its id.").required();
    add_connection_flags(syntax, flags->connection);
    return flags;
}

}  // namespace

void add_rollout_views(Syntax const& noun) {
    auto const show = noun.command("show", "Show one rollout: waves, counts, gate and next step.");
    auto const shown = add(show);
    show.flag("--json", shown->json, "Print the server's answer as it came.");
    show.when_given([shown] { return show_once(*shown); });
    auto const follow = noun.command(
        "watch", "Show one rollout until it ends. Exit status 0: finished; 3: halted or stopped.");
    auto const followed = add(follow);
    follow.option("--interval", followed->seconds, "Seconds between two looks.")
        .between(0.1, 3'600.0)
        .show_default();
    follow.flag("--json", followed->json, "Print each change as a line of JSON.");
    follow.when_given([followed] { return watch(*followed); });
}

}  // namespace updraft::cli
