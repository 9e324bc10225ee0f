#include "cli/rollout_picture.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>
#include <vector>

#include "cli/table.h"
#include "cli/text_width.h"

namespace updraft::cli {
namespace {

constexpr std::int64_t bar_cells = 20;

using Words = std::pair<std::string_view, std::string_view>;

constexpr std::array<Words, 7> steps{{
    {"submit", "somebody submits or starts it"},
    {"approve", "somebody approves it"},
    {"start", "it starts"},
    {"open_wave", "the next wave opens"},
    {"finish", "it finishes"},
    {"resume", "somebody resumes or stops it"},
    {"stop", "it stops"},
}};

constexpr std::array<Words, 4> reasons{{
    {"failing", "more of the judged devices failed than the limit allows"},
    {"failing_fast", "so many devices failed that it did not wait for the others"},
    {"harmed", "as many devices failed as the plan allows at most"},
    {"unreachable", "too many devices could not download the release"},
}};

// "1,000,000".
std::string grouped(std::int64_t number) {
    auto digits = std::to_string(number);
    auto const first = digits.starts_with('-') ? 1 : 0;
    for (auto at = static_cast<std::ptrdiff_t>(digits.size()) - 3; at > first; at -= 3) {
        digits.insert(static_cast<std::size_t>(at), 1, ',');
    }
    return digits;
}

// "2026-11-29 18:00:00 UTC" of a time of the API; another text as it is.
std::string readable_time(std::string const& time) {
    constexpr std::size_t seconds = 19;
    if (time.size() < seconds + 1 || time[10] != 'T' || !time.ends_with('Z')) return time;
    return time.substr(0, 10) + " " + time.substr(11, seconds - 11) + " UTC";
}

std::string with_blanks(std::string text) {
    std::ranges::replace(text, '_', ' ');
    return text;
}

// At least one cell for what is there at all, so that one bad device of a million is seen.
std::int64_t cells_for(std::int64_t count, std::int64_t of) {
    if (count <= 0 || of <= 0) return 0;
    auto const share = static_cast<double>(count) / static_cast<double>(of);
    return std::clamp<std::int64_t>(static_cast<std::int64_t>(share * bar_cells), 1, bar_cells);
}

// "####==x---": good ones, those that are not settled, bad ones, free places.
std::string bar_of(WaveView const& wave, std::int64_t places) {
    auto const bad = cells_for(wave.bad, places);
    auto const taken = std::max(cells_for(wave.handed_out, places), bad);
    auto const good = std::min(cells_for(wave.good, places), taken - bad);
    auto const text = [](std::int64_t count, char letter) {
        return std::string(static_cast<std::size_t>(count), letter);
    };
    return "[" + text(good, '#') + text(taken - bad - good, '=') + text(bad, 'x') +
           text(bar_cells - taken, '-') + "]";
}

Row row_of(WaveView const& wave, std::size_t number, std::int64_t before) {
    auto const name = std::to_string(number) + (wave.name.empty() ? "" : " " + wave.name);
    auto bar = "[" + std::string(static_cast<std::size_t>(bar_cells), '-') + "]";
    auto handed_out = grouped(wave.handed_out);
    if (wave.target) {
        auto const places = std::max<std::int64_t>(*wave.target - before, 0);
        bar = bar_of(wave, places);
        handed_out += " of " + grouped(places);
    }
    auto state = wave.state;
    if (!wave.soak_until.empty()) state += " until " + readable_time(wave.soak_until);
    return {name,
            bar,
            handed_out,
            grouped(wave.good),
            grouped(wave.bad),
            grouped(wave.silent),
            grouped(wave.unreached),
            state};
}

std::string waves_of(RolloutView const& view, std::size_t columns_max) {
    std::vector<Row> rows;
    std::int64_t before = 0;
    for (auto const& wave : view.waves) {
        rows.push_back(row_of(wave, rows.size() + 1, before));
        before = wave.target.value_or(before);
    }
    if (rows.empty()) return {};
    return Table({"wave", "", "handed out", "good", "bad", "silent", "unreached", "state"},
                 columns_max)
        .page(rows);
}

// "2 failed, 9 silent".
std::string bad_in_words(RolloutView const& view) {
    std::string text;
    auto const add = [&text](std::int64_t count, std::string_view what) {
        if (count > 0)
            text += (text.empty() ? "" : ", ") + grouped(count) + " " + std::string(what);
    };
    add(view.failed, "failed");
    add(view.silent, "silent");
    add(view.reverted, "reverted");
    return text;
}

std::string state_in_words(RolloutView const& view) {
    auto text = with_blanks(view.state);
    if (view.state == "running" && view.wave && !view.waves.empty()) {
        text += ", wave " + std::to_string(*view.wave) + " of " + std::to_string(view.waves.size());
    }
    if (view.reason.empty()) return text;
    auto const* const known = std::ranges::find(reasons, view.reason, &Words::first);
    text += ": " + with_blanks(view.reason);
    if (known == reasons.end()) return text;
    text += ", " + std::string(known->second);
    auto const bad = bad_in_words(view);
    return bad.empty() ? text : text + " (" + bad + ")";
}

// From the audience to the proven ones.
std::string funnel_of(RolloutView const& view) {
    auto const audience = view.audience ? grouped(*view.audience) : std::string("?");
    return audience + " in the audience > " + grouped(view.handed_out) + " handed out > " +
           grouped(std::max<std::int64_t>(view.handed_out - view.in_flight, 0)) + " ended > " +
           grouped(view.good) + " good";
}

std::string others_of(RolloutView const& view) {
    return grouped(view.in_flight) + " in flight, " + grouped(view.unproven) + " unproven, " +
           grouped(view.failed) + " failed, " + grouped(view.silent) + " silent, " +
           grouped(view.reverted) + " reverted, " + grouped(view.unreached) + " unreached, " +
           grouped(view.neutral) + " neutral, " + grouped(view.user_pulled) + " ordered by users";
}

}  // namespace

std::string gate_in_words(RolloutView const& view) {
    auto const judged = view.judged_good + view.judged_bad;
    if (judged == 0) return "nobody is judged yet";
    auto text = grouped(view.judged_bad) + " of " + grouped(judged) + " failed, ";
    if (view.halts_at) return text + "halts at " + grouped(*view.halts_at);
    return text + "too few are judged to halt it";
}

std::string next_in_words(RolloutView const& view) {
    if (view.next_what.empty()) return {};
    auto const* const known = std::ranges::find(steps, view.next_what, &Words::first);
    auto text = known == steps.end() ? with_blanks(view.next_what) : std::string(known->second);
    if (!view.next_when.empty()) text += " at " + readable_time(view.next_when);
    if (!view.next_because.empty()) text += ": " + view.next_because;
    return text;
}

std::string rollout_picture(RolloutView const& view, std::size_t columns_max) {
    std::vector<std::string> head{"rollout " + view.id + ": " + view.model + " " + view.version +
                                  ", mode " + view.mode};
    if (!view.name.empty()) head.front() += " (" + view.name + ")";
    head.push_back("state    " + state_in_words(view));
    std::vector<std::string> foot{"devices  " + funnel_of(view), "         " + others_of(view),
                                  "gate     " + gate_in_words(view)};
    if (auto const next = next_in_words(view); !next.empty()) foot.push_back("next     " + next);
    std::string text;
    auto const add = [&](std::vector<std::string> const& lines) {
        for (auto const& line : lines) {
            text += (columns_max == 0 ? line : cut_to_columns(line, columns_max)) + "\n";
        }
    };
    add(head);
    text += waves_of(view, columns_max);
    if (!view.waves.empty()) add({"# good  = not settled  x bad  - free"});
    add(foot);
    return text;
}

std::string rollout_line(RolloutView const& view) {
    auto text = state_in_words(view) + "; " + grouped(view.handed_out) + " handed out, " +
                grouped(view.good) + " good";
    if (auto const bad = bad_in_words(view); !bad.empty()) text += ", " + bad;
    if (view.unreached > 0) text += ", " + grouped(view.unreached) + " unreached";
    text += "; " + gate_in_words(view);
    if (auto const next = next_in_words(view); !next.empty()) text += "; next: " + next;
    return text;
}

}  // namespace updraft::cli
