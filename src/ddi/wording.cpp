#include "ddi/wording.h"

#include <algorithm>
#include <array>
#include <utility>

#include "json/lenient.h"
#include "json/reader.h"
#include "text/utf8.h"
#include "text/whole_number.h"

namespace updraft::ddi {
namespace {

enum class Execution : std::uint8_t {
    closed,
    proceeding,
    download,
    downloaded,
    canceled,
    scheduled,
    rejected,
    resumed,
};
enum class Finished : std::uint8_t { success, failure, none };

constexpr auto executions =
    std::to_array<std::string_view>({"closed", "proceeding", "download", "downloaded", "canceled",
                                     "scheduled", "rejected", "resumed"});
constexpr auto finishes = std::to_array<std::string_view>({"success", "failure", "none"});

constexpr std::size_t details_max = 1'000;  // Texts of one report; of more, the last ones are kept.

// Uses append() because g++ 12 gives a wrong warning for operator+ here.
Error wrong(std::string_view name, std::string_view what) {
    std::string detail(name);
    detail.append(what);
    return {Errc::invalid, std::move(detail)};
}

template <class Word, std::size_t n>
Result<Word> read_word(json::Object const& object, std::string_view name,
                       std::array<std::string_view, n> const& words) {
    TRY_ASSIGN(auto const text, json::text_member(object, name));
    if (!text) return fail(wrong(name, " is missing"));
    auto const found = std::ranges::find(words, *text);
    if (found == words.end()) {
        return fail(wrong(name, " is not a word of this interface"));
    }
    return static_cast<Word>(found - words.begin());
}

std::optional<std::int64_t> read_whole(json::Object const& object, std::string_view name) {
    auto const member = object.find(name);
    if (!member || *member == nullptr || (*member)->number() == nullptr) return std::nullopt;
    return json::whole_of(*(*member)->number());
}

// A malformed `progress` is ignored; the rest of the report still counts.
Result<std::optional<upgrade::Count>> read_progress(json::Object const& result) {
    TRY_ASSIGN(auto const* progress, result.find("progress"));
    if (progress == nullptr || progress->object() == nullptr) return std::nullopt;
    auto const cnt = read_whole(*progress->object(), "cnt");
    auto const of = read_whole(*progress->object(), "of");
    if (!cnt || !of) return std::nullopt;
    return upgrade::Count{*cnt, *of};
}

// NULs are dropped: PostgreSQL's TEXT refuses them.
std::string without_nuls(std::string text) {
    std::erase(text, '\0');
    return text;
}

Result<std::vector<std::string>> read_details(json::Object const& status) {
    TRY_ASSIGN(auto const* details, json::array_member(status, "details"));
    std::vector<std::string> texts;
    if (details == nullptr) return texts;
    for (auto const& detail : *details) {
        if (detail.is_null()) continue;
        if (auto const* text = detail.string()) {
            texts.push_back(without_nuls(*text));
        } else if (auto const* number = detail.number()) {
            texts.push_back(number->digits);
        } else {
            return fail(Errc::invalid, "details must be a list of texts");
        }
    }
    if (texts.size() > details_max) texts.erase(texts.begin(), texts.end() - details_max);
    return texts;
}

struct Status {
    Execution execution = Execution::proceeding;
    Finished finished = Finished::none;
    std::optional<upgrade::Count> count;
    std::vector<std::string> texts;
};

Result<Status> read_status(std::string_view body) {
    TRY_ASSIGN(auto const object, json::read_object_leniently(body));
    TRY_ASSIGN(auto const* status, json::object_member(object, "status"));
    if (status == nullptr) return fail(Errc::invalid, "status is missing");
    TRY_ASSIGN(auto const* result, json::object_member(*status, "result"));
    if (result == nullptr) return fail(Errc::invalid, "status.result is missing");
    Status read;
    TRY_ASSIGN(read.execution, read_word<Execution>(*status, "execution", executions));
    TRY_ASSIGN(read.finished, read_word<Finished>(*result, "finished", finishes));
    TRY_ASSIGN(read.count, read_progress(*result));
    TRY_ASSIGN(read.texts, read_details(*status));
    return read;
}

upgrade::Said said_of(Execution execution, Finished finished) {
    switch (execution) {
        case Execution::closed:
            return finished == Finished::failure ? upgrade::Said::failed : upgrade::Said::succeeded;
        case Execution::rejected:
            return upgrade::Said::rejected;
        case Execution::canceled:
            return upgrade::Said::called_off;
        case Execution::proceeding:
        case Execution::download:
        case Execution::downloaded:
        case Execution::scheduled:
        case Execution::resumed:
            break;
    }
    if (finished == Finished::failure) return upgrade::Said::trouble;
    if (execution == Execution::download) return upgrade::Said::downloading;
    if (execution == Execution::downloaded) return upgrade::Said::downloaded;
    return upgrade::Said::working;
}

// A name or value of an attribute. If it is too long only because of U+FFFD, which has three bytes
// and may stand for one, it is cut.
std::string attribute_text(std::string_view sent) {
    auto text = without_nuls(std::string(sent));
    auto const most = fleet::attribute_bytes_max;
    if (text.size() <= most) return text;
    auto replaced = std::size_t{0};
    constexpr auto mark = text::replacement_character;
    for (auto at = text.find(mark); at != std::string::npos; at = text.find(mark, at + 1)) {
        replaced += mark.size() - 1;
    }
    if (text.size() - replaced <= most)
        text.resize(text::cut_between_characters(text, most).size());
    return text;
}

// An attribute's value as text; numbers and booleans as they are written in the JSON.
Result<std::string> read_value(json::Value const& value) {
    if (auto const* text = value.string()) return attribute_text(*text);
    if (auto const* number = value.number()) return number->digits;
    if (auto const* truth = value.boolean()) return std::string(*truth ? "true" : "false");
    return fail(Errc::invalid, "the values of data must be texts");
}

}  // namespace

Result<upgrade::Report> read_report(std::string_view body) {
    TRY_ASSIGN(auto status, read_status(body));
    return upgrade::Report{.said = said_of(status.execution, status.finished),
                           .count = status.count,
                           .texts = std::move(status.texts)};
}

Result<CancelReport> read_cancel_report(std::string_view body) {
    TRY_ASSIGN(auto status, read_status(body));
    CancelReport report;
    report.texts = std::move(status.texts);
    if (status.execution == Execution::rejected ||
        (status.execution == Execution::closed && status.finished == Finished::failure)) {
        report.answer = upgrade::CancelAnswer::refused;
    } else if (status.execution == Execution::closed || status.execution == Execution::canceled) {
        report.answer = upgrade::CancelAnswer::agreed;
    }
    return report;
}

Result<upgrade::SelfDescription> read_config_data(std::string_view body) {
    using Mode = upgrade::SelfDescription::Mode;
    TRY_ASSIGN(auto const object, json::read_object_leniently(body));
    upgrade::SelfDescription read;
    TRY_ASSIGN(auto const mode, json::text_member(object, "mode"));
    if (mode == "replace") {
        read.mode = Mode::replace;
    } else if (mode == "remove") {
        read.mode = Mode::remove;
    } else if (mode && mode != "merge") {
        return fail(Errc::invalid, "mode must be merge, replace or remove");
    }
    TRY_ASSIGN(auto const* data, json::object_member(object, "data"));
    if (data == nullptr) return fail(Errc::invalid, "data is missing");
    for (auto const& [sent_key, value] : data->members) {
        auto const key = attribute_text(sent_key);
        // With mode `remove` only the keys are used, so null is allowed.
        if (read.mode == Mode::remove && value.is_null()) {
            read.attributes[key];
            continue;
        }
        TRY_ASSIGN(read.attributes[key], read_value(value));
    }
    return read;
}

std::optional<std::int64_t> read_id(std::string_view text) {
    auto const id = text::read_whole<std::int32_t>(text);
    if (!id || *id < 0) return std::nullopt;
    return *id;
}

std::string written_sleep(std::chrono::seconds sleep) {
    constexpr std::int64_t longest = 99 * 3600 + 59 * 60 + 59;
    auto const all = std::clamp<std::int64_t>(sleep.count(), 0, longest);
    std::string out = "00:00:00";
    auto const put = [&](std::size_t at, std::int64_t number) {
        out[at] = static_cast<char>('0' + number / 10);
        out[at + 1] = static_cast<char>('0' + number % 10);
    };
    put(0, all / 3600);
    put(3, all / 60 % 60);
    put(6, all % 60);
    return out;
}

std::string_view action_status(upgrade::State state) {
    using upgrade::State;
    switch (state) {
        case State::queued:
        case State::installing:
        case State::verifying:
            return "RUNNING";
        case State::offered:
            return "RETRIEVED";
        case State::downloading:
            return "DOWNLOAD";
        case State::downloaded:
            return "DOWNLOADED";
        case State::cancelling:
            return "CANCELING";
        case State::succeeded:
            return "FINISHED";
        case State::cancelled:
            return "CANCELED";
        case State::failed:
        case State::expired:
            break;
    }
    return "ERROR";
}

Media preferred_media(std::string_view accept) {
    auto json_quality = -1.0;
    auto hal_quality = -1.0;
    while (!accept.empty()) {
        auto const comma = accept.find(',');
        auto const range = accept.substr(0, comma);
        auto quality = 1.0;
        if (auto const q = range.find("q="); q != std::string_view::npos) {
            auto const given = range.substr(q + 2);
            // "1", "0.8", "0": only the digit before the point and the first one after it are read.
            quality = !given.empty() && given[0] == '1' ? 1.0 : 0.0;
            if (given.size() > 2 && given[0] == '0') quality = (given[2] - '0') / 10.0;
        }
        if (range.find("application/hal+json") != std::string_view::npos) hal_quality = quality;
        if (range.find("application/json") != std::string_view::npos) json_quality = quality;
        if (comma == std::string_view::npos) break;
        accept.remove_prefix(comma + 1);
    }
    return json_quality > hal_quality && json_quality > 0 ? Media::json : Media::hal_json;
}

}  // namespace updraft::ddi
