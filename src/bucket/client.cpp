#include "bucket/client.h"

#include <array>
#include <new>
#include <utility>
#include <vector>

#include "bucket/exchange.h"
#include "text/percent.h"

namespace updraft::bucket {
namespace {

constexpr auto pauses = std::to_array<Millis>({Millis{200}, Millis{1'000}});
constexpr std::size_t idle_handles_max = 16;

bool worth_another_try(long status) {
    return status == 0 || status == 408 || status == 429 || status >= 500;
}

tl::unexpected<Error> away(std::string const& why) {
    return fail(Errc::unavailable, "the bucket cannot be reached: " + why,
                "the bucket cannot be reached");
}

tl::unexpected<Error> refusal(long status, std::string const& code) {
    auto text = "the bucket refuses the request: HTTP " + std::to_string(status);
    if (!code.empty()) text += ", " + code;
    auto told = text;
    return fail(Errc::unavailable, std::move(text), std::move(told));
}

}  // namespace

// Unused curl handles. They keep their connections open for the next request.
struct Client::Pool {
    std::mutex mutex;
    std::vector<CURL*> idle;

    ~Pool() {
        for (auto* easy : idle) curl_easy_cleanup(easy);
    }
    CURL* take() {
        std::scoped_lock const lock(mutex);
        if (idle.empty()) {
            if (auto* easy = curl_easy_init()) return easy;
            throw std::bad_alloc();
        }
        auto* const easy = idle.back();
        idle.pop_back();
        return easy;
    }
    void give_back(CURL* easy) {
        curl_easy_reset(easy);
        std::scoped_lock const lock(mutex);
        if (idle.size() < idle_handles_max) {
            idle.push_back(easy);
        } else {
            curl_easy_cleanup(easy);
        }
    }
};

Client::Client(ClientSettings settings, Clock const& clock)
    : settings_(std::move(settings)), clock_(clock), pool_(std::make_unique<Pool>()) {
    static auto const ready = curl_global_init(CURL_GLOBAL_DEFAULT);
    if (ready != CURLE_OK) throw std::bad_alloc();
}

Client::~Client() = default;

Place const& Client::place() const { return settings_.place; }

void Client::attempt(Exchange& once) {
    auto const& request = once.request;
    auto const where = location_of(settings_.endpoint, settings_.place.bucket, request.key);
    SignAsk const sign{.method = request.method,
                       .host = where.host,
                       .path = where.path,
                       .query = request.query,
                       .headers = request.headers,
                       .payload = request.content == nullptr
                                      ? empty_sha256
                                      : std::string_view(request.content->sha256)};
    auto fields = signed_fields(sign, settings_.credentials, clock_.now());
    fields.insert(fields.end(), request.headers.begin(), request.headers.end());
    auto* const easy = pool_->take();
    exchange(easy, where.scheme + "://" + where.host + target_of(sign), fields,
             settings_.user_agent, once);
    pool_->give_back(easy);
}

// Waits before the next attempt. False when the client is stopped meanwhile.
bool Client::pause(std::size_t failed_attempts) {
    std::unique_lock lock(mutex_);
    return !stopped_.wait_for(lock, pauses[failed_attempts - 1],
                              [this] { return stopping_.load(); });
}

Result<Client::Answer> Client::ask(Request const& request) {
    Answer answer;
    std::int64_t sunk = 0;
    std::string etag;
    for (std::size_t failed = 0;;) {
        if (stopping_) return away("the server is stopping");
        Exchange once{
            .request = request, .stopping = stopping_, .sink_from = sunk, .if_match = etag};
        attempt(once);
        if (once.own) return fail(*once.own);
        auto const broke_off = once.status == 0 && once.sunk > 0;
        if (sunk == 0) etag = once.facts.etag;
        if (sunk == 0) answer.facts = once.facts;
        sunk += once.sunk;
        answer.status = once.status;
        answer.body = std::move(once.body);
        answer.trouble = std::move(once.trouble);
        if (!worth_another_try(once.status)) break;
        // An attempt that transferred bytes resets the count: the transfer makes progress.
        failed = broke_off ? 1 : failed + 1;
        if (failed >= request.attempts || !pause(failed)) break;
    }
    return judged(std::move(answer));
}

Result<Client::Answer> Client::judged(Answer answer) {
    if (stopping_) return away("the server is stopping");
    auto const code = answer.status >= 300 ? error_code(answer.body) : std::string();
    if (answer.status == 404 && code != "NoSuchBucket") {
        ++missing_;
        note({});
        return fail(Errc::not_found, "there is no such object in the bucket");
    }
    if (answer.status >= 200 && answer.status < 300) {
        ++answered_;
        note({});
        return answer;
    }
    auto const is_away = worth_another_try(answer.status);
    ++(is_away ? unavailable_ : refused_);
    auto wrong = answer.status == 0 ? away(answer.trouble) : refusal(answer.status, code);
    note(wrong.value().for_client());
    return wrong;
}

void Client::note(std::string trouble) {
    std::scoped_lock const lock(mutex_);
    trouble_ = std::move(trouble);
}

Result<Facts> Client::look(std::string const& key) {
    TRY_ASSIGN(auto const answer, ask({.method = "HEAD", .key = key}));
    return answer.facts;
}

Result<Facts> Client::fetch(std::string const& key, Sink const& sink) {
    TRY_ASSIGN(auto const answer, ask({.method = "GET", .key = key, .sink = &sink}));
    return answer.facts;
}

Result<void> Client::put(std::string const& key, Content const& content) {
    TRY(ask({.method = "PUT", .key = key, .content = &content}));
    return {};
}

Result<void> Client::put_empty(std::string const& key) {
    TRY(ask({.method = "PUT", .key = key}));
    return {};
}

Result<void> Client::copy(std::string const& from, std::string const& to) {
    auto const source = "/" + settings_.place.bucket + "/" + from;
    Pairs headers{{"x-amz-copy-source", text::percent_encoded(source, text::Slash::stays)}};
    TRY_ASSIGN(auto const answer, ask({.method = "PUT", .key = to, .headers = headers}));
    // S3 may report a failed copy in the body of an answer with status 200.
    auto const code = error_code(answer.body);
    if (!code.empty()) return refusal(answer.status, code);
    return {};
}

Result<void> Client::remove(std::string const& key) {
    auto const removed = ask({.method = "DELETE", .key = key});
    if (removed || removed.error().code == Errc::not_found) return {};
    return pass(removed);
}

Result<Page> Client::list(std::string const& prefix, std::string const& token) {
    Pairs query{{"list-type", "2"}, {"prefix", prefix}};
    if (!token.empty()) query.emplace_back("continuation-token", token);
    auto const answer = ask({.method = "GET", .query = query});
    if (answer) return read_page(answer->body);
    // A 404 for a list means that the bucket itself does not exist.
    if (answer.error().code == Errc::not_found) return refusal(404, "NoSuchBucket");
    return pass(answer);
}

Result<void> Client::each(std::string const& prefix,
                          std::function<void(Listed const&)> const& sink) {
    std::string token;
    do {
        TRY_ASSIGN(auto page, list(prefix, token));
        for (auto const& listed : page.objects) sink(listed);
        token = std::move(page.next);
    } while (!token.empty());
    return {};
}

Result<void> Client::probe() {
    Pairs query{{"list-type", "2"}, {"prefix", settings_.place.prefix}, {"max-keys", "1"}};
    TRY(ask({.method = "GET", .query = query, .attempts = 1}));
    return {};
}

std::string Client::public_url(std::string const& key, std::string_view method,
                               std::string const& disposition, Instant now) const {
    auto const where = location_of(settings_.public_address, settings_.place.bucket, key);
    SignAsk sign{.method = method,
                 .host = where.host,
                 .path = where.path,
                 .query = {{"response-content-disposition", disposition}},
                 .payload = unsigned_payload};
    return where.scheme + "://" + where.host +
           signed_target(std::move(sign), settings_.credentials, now, settings_.url_ttl);
}

void Client::stop() {
    {
        std::scoped_lock const lock(mutex_);
        stopping_ = true;
    }
    stopped_.notify_all();
}

ClientCounts Client::counts() const {
    return {answered_.load(), missing_.load(), refused_.load(), unavailable_.load()};
}

std::string Client::trouble() const {
    std::scoped_lock const lock(mutex_);
    return trouble_;
}

}  // namespace updraft::bucket
