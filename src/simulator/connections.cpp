#include "simulator/connections.h"

#include <curl/curl.h>

#include <algorithm>
#include <utility>

namespace updraft::simulator {
namespace {

constexpr std::size_t answer_bytes_max = 1024 * 1024;  // Of JSON; a longer answer is cut off.
constexpr long connect_timeout_ms = 10'000;
constexpr long redirects_max = 8;
// A transfer without a byte for this time is aborted; the device asks again.
constexpr long stall_seconds = 30;

curl_slist* with(curl_slist* list, std::string const& field) {
    auto* longer = curl_slist_append(list, field.c_str());
    return longer != nullptr ? longer : list;
}

}  // namespace

struct Connections::Connection {
    State* state = nullptr;
    CURL* easy = nullptr;
    curl_slist* headers = nullptr;
    std::size_t caller = 0;
    bool download = false;
    std::int64_t left_before_break = -1;  // Bytes; below 0: the connection is not cut.
    std::string sent;
    std::string url;
    Answer answer;
};

struct Connections::State {
    Options options;
    OnBytes on_bytes;
    OnAnswer on_answer;
    CURLM* multi = nullptr;
    std::vector<std::unique_ptr<Connection>> connections;
    std::vector<Connection*> idle;
    std::size_t downloads = 0;
};

namespace {

template <class Connection>
std::size_t take_body(char* data, std::size_t, std::size_t bytes, void* user) {
    auto& connection = *static_cast<Connection*>(user);
    if (!connection.download) {
        if (connection.answer.body.size() + bytes > answer_bytes_max) return 0;
        connection.answer.body.append(data, bytes);
        return bytes;
    }
    long status = 0;
    curl_easy_getinfo(connection.easy, CURLINFO_RESPONSE_CODE, &status);
    auto taken = bytes;
    if (connection.left_before_break >= 0) {
        taken = std::min(bytes, static_cast<std::size_t>(connection.left_before_break));
        connection.left_before_break -= static_cast<std::int64_t>(taken);
    }
    if (taken > 0) {
        connection.state->on_bytes(connection.caller, static_cast<int>(status), {data, taken});
    }
    // libcurl closes the connection when this is less than it passed to us.
    return taken;
}

// Sets what is the same for every request.
void set_common(CURL* easy, Connections::Options const& options) {
    curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(easy, CURLOPT_PATH_AS_IS, 1L);
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

// Sets what is special to this request.
template <class Connection>
void set_request(Connection& connection, Request const& request, std::string const& authorization) {
    auto* easy = connection.easy;
    curl_slist_free_all(std::exchange(connection.headers, nullptr));
    connection.headers = with(connection.headers, "Authorization: " + authorization);
    if (request.download || request.verb == Verb::head) {
        connection.headers = with(connection.headers, "Accept: application/octet-stream");
    } else {
        connection.headers = with(connection.headers, "Accept: application/hal+json");
        connection.headers = with(connection.headers, "Content-Type: application/json");
    }
    curl_easy_setopt(easy, CURLOPT_URL, connection.url.c_str());
    curl_easy_setopt(easy, CURLOPT_HTTPHEADER, connection.headers);
    curl_easy_setopt(easy, CURLOPT_PRIVATE, static_cast<void*>(&connection));
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, &take_body<Connection>);
    curl_easy_setopt(easy, CURLOPT_WRITEDATA, static_cast<void*>(&connection));
    if (request.verb == Verb::head) curl_easy_setopt(easy, CURLOPT_NOBODY, 1L);
    if (request.verb == Verb::post || request.verb == Verb::put) {
        curl_easy_setopt(easy, CURLOPT_POSTFIELDS, connection.sent.c_str());
        curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE, static_cast<long>(connection.sent.size()));
        if (request.verb == Verb::put) curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, "PUT");
    }
    if (request.download || request.verb == Verb::head) {
        // Follows a redirect to a bucket, as real clients do; libcurl does not send the token to
        // another host or port.
        curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 1L);
        curl_easy_setopt(easy, CURLOPT_MAXREDIRS, redirects_max);
    }
    auto const rate = connection.state->options.download_rate;
    if (request.download && rate > 0) {
        curl_easy_setopt(easy, CURLOPT_MAX_RECV_SPEED_LARGE, static_cast<curl_off_t>(rate));
    }
    if (request.first_byte > 0) {
        auto const range = std::to_string(request.first_byte) + "-";
        curl_easy_setopt(easy, CURLOPT_RANGE, range.c_str());
    }
}

}  // namespace

Result<std::unique_ptr<Connections>> Connections::open(Options options, OnBytes on_bytes,
                                                       OnAnswer on_answer) {
    auto state = std::make_unique<State>();
    state->options = std::move(options);
    state->on_bytes = std::move(on_bytes);
    state->on_answer = std::move(on_answer);
    state->multi = curl_multi_init();
    if (state->multi == nullptr) return fail(Errc::unavailable, "libcurl cannot be set up");
    auto const count = std::max<std::size_t>(state->options.connections_max, 4);
    curl_multi_setopt(state->multi, CURLMOPT_MAXCONNECTS, static_cast<long>(count));
    curl_multi_setopt(state->multi, CURLMOPT_PIPELINING, CURLPIPE_NOTHING);
    for (std::size_t i = 0; i < count; ++i) {
        auto connection = std::make_unique<Connection>();
        connection->state = state.get();
        connection->easy = curl_easy_init();
        if (connection->easy == nullptr)
            return fail(Errc::unavailable, "libcurl has no more handles");
        state->idle.push_back(connection.get());
        state->connections.push_back(std::move(connection));
    }
    return std::unique_ptr<Connections>(new Connections(std::move(state)));
}

Connections::Connections(std::unique_ptr<State> state) : state_(std::move(state)) {}

Connections::~Connections() {
    for (auto const& connection : state_->connections) {
        curl_multi_remove_handle(state_->multi, connection->easy);
        curl_easy_cleanup(connection->easy);
        curl_slist_free_all(connection->headers);
    }
    curl_multi_cleanup(state_->multi);
}

bool Connections::send(std::size_t caller, Request const& request,
                       std::string const& authorization) {
    auto& state = *state_;
    if (state.idle.empty()) return false;
    if (request.download && state.downloads >= state.connections.size() / 4 * 3) return false;
    auto& connection = *state.idle.back();
    state.idle.pop_back();
    connection.caller = caller;
    connection.download = request.download;
    connection.left_before_break = request.break_off_after.value_or(-1);
    connection.sent = request.body;
    connection.answer = {};
    connection.url =
        request.target.starts_with('/') ? state.options.url + request.target : request.target;
    if (request.download) ++state.downloads;
    curl_easy_reset(connection.easy);
    set_common(connection.easy, state.options);
    set_request(connection, request, authorization);
    curl_multi_add_handle(state.multi, connection.easy);
    return true;
}

void Connections::work(Millis wait) {
    auto& state = *state_;
    int running = 0;
    curl_multi_perform(state.multi, &running);
    auto any_answer = false;
    int waiting = 0;
    while (auto const* message = curl_multi_info_read(state.multi, &waiting)) {
        if (message->msg != CURLMSG_DONE) continue;
        any_answer = true;
        auto const code = message->data.result;
        auto* easy = message->easy_handle;
        void* user = nullptr;
        curl_easy_getinfo(easy, CURLINFO_PRIVATE, &user);
        auto& connection = *static_cast<Connection*>(user);
        long status = 0;
        curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
        connection.answer.status = static_cast<int>(status);
        connection.answer.whole = code == CURLE_OK;
        curl_multi_remove_handle(state.multi, easy);
        if (connection.download) --state.downloads;
        auto answer = std::exchange(connection.answer, {});
        auto const caller = connection.caller;
        state.idle.push_back(&connection);
        state.on_answer(caller, std::move(answer));
    }
    if (any_answer) return;
    curl_multi_poll(state.multi, nullptr, 0, static_cast<int>(wait.count()), nullptr);
}

}  // namespace updraft::simulator
