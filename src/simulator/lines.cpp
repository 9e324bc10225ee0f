#include "simulator/lines.h"

#include <curl/curl.h>

#include <algorithm>
#include <utility>

namespace updraft::simulator {
namespace {

constexpr std::size_t answer_bytes_max = 1024 * 1024;  // Of JSON; more is no DDI answer.
constexpr long connect_timeout_ms = 10'000;
constexpr long redirects_max = 8;
// A transfer that stands still so long is over: the device asks again.
constexpr long stall_seconds = 30;

curl_slist* with(curl_slist* list, std::string const& line) {
    auto* longer = curl_slist_append(list, line.c_str());
    return longer != nullptr ? longer : list;
}

}  // namespace

struct Lines::Line {
    State* state = nullptr;
    CURL* easy = nullptr;
    curl_slist* headers = nullptr;
    std::size_t caller = 0;
    bool download = false;
    std::int64_t left_before_break = -1;  // Bytes; below 0: the line is not cut.
    std::string sent;
    std::string url;
    Heard heard;
};

struct Lines::State {
    Options options;
    OnBytes on_bytes;
    OnHeard on_heard;
    CURLM* multi = nullptr;
    std::vector<std::unique_ptr<Line>> lines;
    std::vector<Line*> idle;
    std::size_t downloads = 0;
};

namespace {

template <class Line>
std::size_t take_body(char* data, std::size_t, std::size_t bytes, void* user) {
    auto& line = *static_cast<Line*>(user);
    if (!line.download) {
        if (line.heard.body.size() + bytes > answer_bytes_max) return 0;
        line.heard.body.append(data, bytes);
        return bytes;
    }
    long status = 0;
    curl_easy_getinfo(line.easy, CURLINFO_RESPONSE_CODE, &status);
    auto taken = bytes;
    if (line.left_before_break >= 0) {
        taken = std::min(bytes, static_cast<std::size_t>(line.left_before_break));
        line.left_before_break -= static_cast<std::int64_t>(taken);
    }
    if (taken > 0) {
        line.state->on_bytes(line.caller, static_cast<int>(status), {data, taken});
    }
    // Taking less than was given is how libcurl is told to hang up.
    return taken;
}

// What is the same for every request.
void tune(CURL* easy, Lines::Options const& options) {
    curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(easy, CURLOPT_PROXY, "");
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(easy, CURLOPT_USERAGENT, "updraft-simulator/" UPDRAFT_VERSION);
    curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, connect_timeout_ms);
    curl_easy_setopt(easy, CURLOPT_LOW_SPEED_LIMIT, 1L);
    curl_easy_setopt(easy, CURLOPT_LOW_SPEED_TIME, stall_seconds);
    if (options.trusts_any_certificate) {
        curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, 0L);
        curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, 0L);
    }
}

// What this one asks for.
template <class Line>
void dress(Line& line, Ask const& ask, std::string const& authorization) {
    auto* easy = line.easy;
    curl_slist_free_all(std::exchange(line.headers, nullptr));
    line.headers = with(line.headers, "Authorization: " + authorization);
    if (ask.download || ask.verb == Verb::head) {
        line.headers = with(line.headers, "Accept: application/octet-stream");
    } else {
        line.headers = with(line.headers, "Accept: application/hal+json");
        line.headers = with(line.headers, "Content-Type: application/json");
    }
    curl_easy_setopt(easy, CURLOPT_URL, line.url.c_str());
    curl_easy_setopt(easy, CURLOPT_HTTPHEADER, line.headers);
    curl_easy_setopt(easy, CURLOPT_PRIVATE, static_cast<void*>(&line));
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, &take_body<Line>);
    curl_easy_setopt(easy, CURLOPT_WRITEDATA, static_cast<void*>(&line));
    if (ask.verb == Verb::head) curl_easy_setopt(easy, CURLOPT_NOBODY, 1L);
    if (ask.verb == Verb::post || ask.verb == Verb::put) {
        curl_easy_setopt(easy, CURLOPT_POSTFIELDS, line.sent.c_str());
        curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE, static_cast<long>(line.sent.size()));
        if (ask.verb == Verb::put) curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, "PUT");
    }
    if (ask.download || ask.verb == Verb::head) {
        // To a bucket, as real clients do; libcurl keeps the token from other hosts and ports.
        curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 1L);
        curl_easy_setopt(easy, CURLOPT_MAXREDIRS, redirects_max);
    }
    auto const rate = line.state->options.download_rate;
    if (ask.download && rate > 0) {
        curl_easy_setopt(easy, CURLOPT_MAX_RECV_SPEED_LARGE, static_cast<curl_off_t>(rate));
    }
    if (ask.first_byte > 0) {
        auto const range = std::to_string(ask.first_byte) + "-";
        curl_easy_setopt(easy, CURLOPT_RANGE, range.c_str());
    }
}

}  // namespace

Result<std::unique_ptr<Lines>> Lines::open(Options options, OnBytes on_bytes, OnHeard on_heard) {
    auto state = std::make_unique<State>();
    state->options = std::move(options);
    state->on_bytes = std::move(on_bytes);
    state->on_heard = std::move(on_heard);
    state->multi = curl_multi_init();
    if (state->multi == nullptr) return fail(Errc::unavailable, "libcurl cannot be set up");
    auto const lines_max = std::max<std::size_t>(state->options.connections_max, 4);
    curl_multi_setopt(state->multi, CURLMOPT_MAXCONNECTS, static_cast<long>(lines_max));
    curl_multi_setopt(state->multi, CURLMOPT_PIPELINING, CURLPIPE_NOTHING);
    for (std::size_t i = 0; i < lines_max; ++i) {
        auto line = std::make_unique<Line>();
        line->state = state.get();
        line->easy = curl_easy_init();
        if (line->easy == nullptr) return fail(Errc::unavailable, "libcurl has no more handles");
        state->idle.push_back(line.get());
        state->lines.push_back(std::move(line));
    }
    return std::unique_ptr<Lines>(new Lines(std::move(state)));
}

Lines::Lines(std::unique_ptr<State> state) : state_(std::move(state)) {}

Lines::~Lines() {
    for (auto const& line : state_->lines) {
        curl_multi_remove_handle(state_->multi, line->easy);
        curl_easy_cleanup(line->easy);
        curl_slist_free_all(line->headers);
    }
    curl_multi_cleanup(state_->multi);
}

bool Lines::send(std::size_t caller, Ask const& ask, std::string const& authorization) {
    auto& state = *state_;
    if (state.idle.empty()) return false;
    if (ask.download && state.downloads >= state.lines.size() / 4 * 3) return false;
    auto& line = *state.idle.back();
    state.idle.pop_back();
    line.caller = caller;
    line.download = ask.download;
    line.left_before_break = ask.break_off_after.value_or(-1);
    line.sent = ask.body;
    line.heard = {};
    line.url = ask.target.starts_with('/') ? state.options.url + ask.target : ask.target;
    if (ask.download) ++state.downloads;
    curl_easy_reset(line.easy);
    tune(line.easy, state.options);
    dress(line, ask, authorization);
    curl_multi_add_handle(state.multi, line.easy);
    return true;
}

void Lines::work(Millis patience) {
    auto& state = *state_;
    int running = 0;
    curl_multi_perform(state.multi, &running);
    auto heard_any = false;
    int waiting = 0;
    while (auto const* message = curl_multi_info_read(state.multi, &waiting)) {
        if (message->msg != CURLMSG_DONE) continue;
        heard_any = true;
        auto const code = message->data.result;
        auto* easy = message->easy_handle;
        void* user = nullptr;
        curl_easy_getinfo(easy, CURLINFO_PRIVATE, &user);
        auto& line = *static_cast<Line*>(user);
        long status = 0;
        curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
        line.heard.status = static_cast<int>(status);
        line.heard.whole = code == CURLE_OK;
        curl_multi_remove_handle(state.multi, easy);
        if (line.download) --state.downloads;
        auto heard = std::exchange(line.heard, {});
        auto const caller = line.caller;
        state.idle.push_back(&line);
        state.on_heard(caller, std::move(heard));
    }
    if (heard_any) return;
    curl_multi_poll(state.multi, nullptr, 0, static_cast<int>(patience.count()), nullptr);
}

}  // namespace updraft::simulator
