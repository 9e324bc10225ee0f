#include "webpost/curl_http_client.h"

#include <curl/curl.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <map>
#include <mutex>
#include <system_error>
#include <thread>
#include <unordered_map>
#include <utility>

#include "vocabulary/named_file.h"
#include "webpost/fault.h"
#include "webpost/resolver.h"
#include "webpost/transfer.h"

namespace updraft::webpost {
namespace {

constexpr std::size_t idle_handles_max = 256;
// How often the deadlines of posts that wait for a look-up are compared with the clock.
constexpr long tick_ms = 100;

Millis monotonic_now() {
    auto const since = std::chrono::steady_clock::now().time_since_epoch();
    return std::chrono::duration_cast<Millis>(since);
}

class Descriptor {
public:
    Descriptor(int number, char const* what) : number_(number) {
        if (number_ < 0) throw std::system_error(errno, std::generic_category(), what);
    }
    ~Descriptor() { close(number_); }
    Descriptor(Descriptor const&) = delete;
    Descriptor& operator=(Descriptor const&) = delete;
    [[nodiscard]] int number() const { return number_; }

private:
    int number_;
};

}  // namespace

// The thread that runs libcurl, its queue of posts, and its handles. A post that needs the
// addresses of a name is taken out of libcurl until the resolver has them.
class CurlHttpClient::Engine {
public:
    explicit Engine(HttpClientSettings settings);
    ~Engine();
    Engine(Engine const&) = delete;
    Engine& operator=(Engine const&) = delete;

    void post(Parcel parcel, std::function<void(Receipt)> done);

private:
    using Waiting = std::pair<Parcel, std::function<void(Receipt)>>;

    void run();
    bool take_waiting();
    void begin(Waiting waiting);
    void take_event(epoll_event const& event, bool& woken);
    void end_finished();
    void hold(CURL* easy, Transfer& transfer);
    void go_on(CURL* easy, Transfer& transfer);
    void go_on_with(Resolver::Ended const& ended);
    void end_overdue();
    void set_ticking(bool ticking);
    void end(CURL* easy, CURLcode code);
    void answer(Transfer& transfer, CURL* easy, CURLcode code);
    CURL* handle();
    static int on_socket(CURL*, curl_socket_t socket, int what, void* engine, void* known);
    static int on_timer(CURLM*, long timeout_ms, void* engine);

    HttpClientSettings settings_;
    Descriptor poll_{epoll_create1(EPOLL_CLOEXEC), "epoll"};
    // Threads of the resolver share it: they may end after this object.
    std::shared_ptr<Descriptor> wake_ =
        std::make_shared<Descriptor>(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK), "eventfd");
    Descriptor timer_{timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK), "timerfd"};
    Descriptor ticks_{timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK), "timerfd"};
    CURLM* multi_ = nullptr;
    std::unordered_map<CURL*, std::unique_ptr<Transfer>> transfers_;
    Resolver resolver_{[wake = wake_] { eventfd_write(wake->number(), 1); }};
    std::map<std::string, std::vector<CURL*>> held_;  // By the name that they wait for.
    bool ticking_ = false;
    std::vector<CURL*> idle_;

    std::mutex mutex_;
    std::vector<Waiting> waiting_;
    bool stopping_ = false;
    std::thread thread_;
};

CurlHttpClient::Engine::Engine(HttpClientSettings settings) : settings_(std::move(settings)) {
    static auto const ready = curl_global_init(CURL_GLOBAL_DEFAULT);
    multi_ = ready == CURLE_OK ? curl_multi_init() : nullptr;
    if (multi_ == nullptr) throw std::bad_alloc();
    curl_multi_setopt(multi_, CURLMOPT_SOCKETFUNCTION, &Engine::on_socket);
    curl_multi_setopt(multi_, CURLMOPT_SOCKETDATA, this);
    curl_multi_setopt(multi_, CURLMOPT_TIMERFUNCTION, &Engine::on_timer);
    curl_multi_setopt(multi_, CURLMOPT_TIMERDATA, this);
    curl_multi_setopt(multi_, CURLMOPT_MAXCONNECTS,
                      static_cast<long>(settings_.pooled_connections_max));
    for (auto const* own : {wake_.get(), &timer_, &ticks_}) {
        epoll_event event{.events = EPOLLIN, .data = {.fd = own->number()}};
        if (epoll_ctl(poll_.number(), EPOLL_CTL_ADD, own->number(), &event) != 0) {
            throw std::system_error(errno, std::generic_category(), "epoll_ctl");
        }
    }
    thread_ = std::thread([this] { run(); });
}

CurlHttpClient::Engine::~Engine() {
    {
        std::scoped_lock const lock(mutex_);
        stopping_ = true;
    }
    eventfd_write(wake_->number(), 1);
    thread_.join();
    for (auto* easy : idle_) curl_easy_cleanup(easy);
    curl_multi_cleanup(multi_);
}

void CurlHttpClient::Engine::post(Parcel parcel, std::function<void(Receipt)> done) {
    bool first = false;
    {
        std::scoped_lock const lock(mutex_);
        first = waiting_.empty();
        waiting_.emplace_back(std::move(parcel), std::move(done));
    }
    if (first) eventfd_write(wake_->number(), 1);
}

int CurlHttpClient::Engine::on_socket(CURL*, curl_socket_t socket, int what, void* engine,
                                      void* known) {
    auto& self = *static_cast<Engine*>(engine);
    if (what == CURL_POLL_REMOVE) {
        epoll_ctl(self.poll_.number(), EPOLL_CTL_DEL, socket, nullptr);
        curl_multi_assign(self.multi_, socket, nullptr);
        return 0;
    }
    epoll_event event{};
    event.data.fd = socket;
    if (what != CURL_POLL_OUT) event.events |= EPOLLIN;
    if (what != CURL_POLL_IN) event.events |= EPOLLOUT;
    auto const act = known == nullptr ? EPOLL_CTL_ADD : EPOLL_CTL_MOD;
    if (epoll_ctl(self.poll_.number(), act, socket, &event) != 0) {
        // The kernel has reused the descriptor's number, so the recorded state belonged to another,
        // closed socket.
        auto const other = act == EPOLL_CTL_ADD ? EPOLL_CTL_MOD : EPOLL_CTL_ADD;
        epoll_ctl(self.poll_.number(), other, socket, &event);
    }
    curl_multi_assign(self.multi_, socket, &self);
    return 0;
}

int CurlHttpClient::Engine::on_timer(CURLM*, long timeout_ms, void* engine) {
    auto& self = *static_cast<Engine*>(engine);
    itimerspec at{};  // All zero disarms the timer.
    if (timeout_ms == 0) at.it_value.tv_nsec = 1;
    if (timeout_ms > 0) {
        at.it_value.tv_sec = timeout_ms / 1000;
        at.it_value.tv_nsec = timeout_ms % 1000 * 1'000'000;
    }
    timerfd_settime(self.timer_.number(), 0, &at, nullptr);
    return 0;
}

void CurlHttpClient::Engine::run() {
    std::array<epoll_event, 256> events{};
    for (;;) {
        auto const count = epoll_wait(poll_.number(), events.data(), events.size(), -1);
        bool woken = false;
        for (int i = 0; i < count; ++i) take_event(events[static_cast<std::size_t>(i)], woken);
        end_finished();
        if (!woken) continue;
        for (auto const& ended : resolver_.take_ended(monotonic_now())) go_on_with(ended);
        if (!take_waiting()) break;
    }
    while (!transfers_.empty()) {
        auto const first = transfers_.begin();
        first->second->refused = "the server is stopping";
        end(first->first, CURLE_ABORTED_BY_CALLBACK);
    }
}

void CurlHttpClient::Engine::take_event(epoll_event const& event, bool& woken) {
    int running = 0;
    std::uint64_t times = 0;
    if (event.data.fd == wake_->number()) {
        [[maybe_unused]] auto const got = ::read(event.data.fd, &times, sizeof times);
        woken = true;
    } else if (event.data.fd == timer_.number()) {
        [[maybe_unused]] auto const got = ::read(event.data.fd, &times, sizeof times);
        curl_multi_socket_action(multi_, CURL_SOCKET_TIMEOUT, 0, &running);
    } else if (event.data.fd == ticks_.number()) {
        [[maybe_unused]] auto const got = ::read(event.data.fd, &times, sizeof times);
        end_overdue();
    } else {
        int what = 0;
        if ((event.events & (EPOLLIN | EPOLLHUP)) != 0) what |= CURL_CSELECT_IN;
        if ((event.events & EPOLLOUT) != 0) what |= CURL_CSELECT_OUT;
        if ((event.events & EPOLLERR) != 0) what |= CURL_CSELECT_ERR;
        curl_multi_socket_action(multi_, event.data.fd, what, &running);
    }
}

// Starts the posts in the queue. When the client is being destroyed, fails them and returns false.
bool CurlHttpClient::Engine::take_waiting() {
    std::vector<Waiting> waiting;
    bool stopping = false;
    {
        std::scoped_lock const lock(mutex_);
        waiting.swap(waiting_);
        stopping = stopping_;
    }
    for (auto& one : waiting) {
        if (stopping) {
            Receipt receipt;
            receipt.trouble = "the server is stopping";
            one.second(std::move(receipt));
        } else {
            begin(std::move(one));
        }
    }
    return !stopping;
}

CURL* CurlHttpClient::Engine::handle() {
    if (idle_.empty()) return curl_easy_init();
    auto* easy = idle_.back();
    idle_.pop_back();
    return easy;
}

void CurlHttpClient::Engine::begin(Waiting waiting) {
    auto transfer = std::make_unique<Transfer>();
    transfer->parcel = std::move(waiting.first);
    transfer->done = std::move(waiting.second);
    transfer->settings = &settings_;
    transfer->begun = monotonic_now();
    auto* easy = handle();
    bool const ready = easy != nullptr && set_up(easy, *transfer) &&
                       curl_multi_add_handle(multi_, easy) == CURLM_OK;
    if (ready) {
        transfers_.emplace(easy, std::move(transfer));
        return;
    }
    release(easy, *transfer);
    if (easy != nullptr) curl_easy_cleanup(easy);
    Receipt receipt;
    receipt.fault = PostFault::connect;
    receipt.trouble = "the request could not be made";
    transfer->done(std::move(receipt));
}

void CurlHttpClient::Engine::end_finished() {
    int left = 0;
    while (auto* message = curl_multi_info_read(multi_, &left)) {
        if (message->msg != CURLMSG_DONE) continue;
        auto* const easy = message->easy_handle;
        auto const code = message->data.result;
        auto& transfer = *transfers_.at(easy);
        curl_multi_remove_handle(multi_, easy);
        if (transfer.host_wanted && !transfer.host_given) {
            hold(easy, transfer);
        } else {
            end(easy, code);
        }
    }
}

// Lets a post that libcurl gave up wait for the addresses of its host.
void CurlHttpClient::Engine::hold(CURL* easy, Transfer& transfer) {
    transfer.host_wanted = false;
    transfer.error.front() = '\0';
    transfer.host = host_to_resolve(transfer).value_or(Host{});
    if (transfer.host.is_known) return go_on(easy, transfer);
    auto const& name = transfer.host.name;
    held_[name].push_back(easy);
    set_ticking(true);
    resolver_.want(name, monotonic_now());
}

void CurlHttpClient::Engine::go_on_with(Resolver::Ended const& ended) {
    auto const found = held_.extract(ended.name);
    if (found.empty()) return;
    for (auto* const easy : found.mapped()) {
        auto& transfer = *transfers_.at(easy);
        transfer.host_given = true;
        if (give_addresses(easy, transfer, ended.addresses)) {
            go_on(easy, transfer);
        } else {
            end(easy, CURLE_COULDNT_RESOLVE_HOST);
        }
    }
    set_ticking(!held_.empty());
}

// Starts the post again, with the rest of its time.
void CurlHttpClient::Engine::go_on(CURL* easy, Transfer& transfer) {
    auto const rest = transfer.parcel.timeout - (monotonic_now() - transfer.begun);
    auto const ms = static_cast<long>(std::max(rest, Millis{1}).count());
    curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, ms);
    curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, ms);
    if (curl_multi_add_handle(multi_, easy) != CURLM_OK) end(easy, CURLE_FAILED_INIT);
}

void CurlHttpClient::Engine::end_overdue() {
    auto const now = monotonic_now();
    std::vector<CURL*> overdue;
    for (auto& [name, posts] : held_) {
        auto const late = std::ranges::partition(posts, [&](CURL* easy) {
            auto const& transfer = *transfers_.at(easy);
            return now - transfer.begun < transfer.parcel.timeout;
        });
        overdue.insert(overdue.end(), late.begin(), late.end());
        posts.erase(late.begin(), late.end());
        if (posts.empty()) resolver_.forget(name);
    }
    std::erase_if(held_, [](auto const& one) { return one.second.empty(); });
    set_ticking(!held_.empty());
    for (auto* const easy : overdue) {
        auto& transfer = *transfers_.at(easy);
        transfer.refused = "could not resolve " + transfer.host.name + " in time";
        transfer.receipt.fault = PostFault::dns;
        end(easy, CURLE_OPERATION_TIMEDOUT);
    }
}

void CurlHttpClient::Engine::set_ticking(bool ticking) {
    if (ticking == std::exchange(ticking_, ticking)) return;
    itimerspec every{};  // All zero disarms the timer.
    if (ticking) every.it_interval.tv_nsec = every.it_value.tv_nsec = tick_ms * 1'000'000;
    timerfd_settime(ticks_.number(), 0, &every, nullptr);
}

// Answers the post. Its handle may still be in libcurl.
void CurlHttpClient::Engine::end(CURL* easy, CURLcode code) {
    auto const found = transfers_.find(easy);
    auto const transfer = std::move(found->second);
    transfers_.erase(found);
    answer(*transfer, easy, code);
    curl_multi_remove_handle(multi_, easy);
    release(easy, *transfer);
    if (idle_.size() < idle_handles_max) {
        curl_easy_reset(easy);
        idle_.push_back(easy);
    } else {
        curl_easy_cleanup(easy);
    }
    transfer->done(std::move(transfer->receipt));
}

void CurlHttpClient::Engine::answer(Transfer& transfer, CURL* easy, CURLcode code) {
    auto& receipt = transfer.receipt;
    long status = 0;
    curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
    receipt.status = static_cast<int>(status);
    auto const found = std::exchange(receipt.fault, PostFault::none);
    receipt.duration = monotonic_now() - transfer.begun;
    if (note_refusal_of_proxy(transfer) || code == CURLE_OK || receipt.body_cut) return;
    receipt.fault = found == PostFault::none ? fault_of(easy, code) : found;
    if (!transfer.refused.empty()) {
        receipt.trouble = transfer.refused;
    } else {
        receipt.trouble =
            transfer.error.front() == '\0' ? curl_easy_strerror(code) : transfer.error.data();
    }
}

Result<void> check_roots(std::string const& file) {
    if (file.empty()) return {};
    auto const text = read_named_file(file);
    if (!text) return fail(Errc::invalid, "[push] ca_file: " + text.error().detail);
    if (text->find("-----BEGIN CERTIFICATE-----") != std::string::npos) return {};
    return fail(Errc::invalid, "[push] ca_file: " + file + " holds no certificate (PEM)");
}

CurlHttpClient::CurlHttpClient(HttpClientSettings settings)
    : engine_(std::make_unique<Engine>(std::move(settings))) {}
CurlHttpClient::~CurlHttpClient() = default;

void CurlHttpClient::post(Parcel parcel, std::function<void(Receipt)> done) {
    engine_->post(std::move(parcel), std::move(done));
}

}  // namespace updraft::webpost
