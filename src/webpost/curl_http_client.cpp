#include "webpost/curl_http_client.h"

#include <curl/curl.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <mutex>
#include <system_error>
#include <thread>
#include <unordered_map>
#include <utility>

#include "webpost/fault.h"
#include "webpost/transfer.h"

namespace updraft::webpost {
namespace {

constexpr std::size_t idle_handles_max = 256;

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

// The thread that runs libcurl, its queue of posts, and its handles.
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
    void end_finished();
    void end(CURL* easy, CURLcode code);
    void answer(Transfer& transfer, CURL* easy, CURLcode code);
    CURL* handle();
    static int on_socket(CURL*, curl_socket_t socket, int what, void* engine, void* known);
    static int on_timer(CURLM*, long timeout_ms, void* engine);

    HttpClientSettings settings_;
    Descriptor poll_{epoll_create1(EPOLL_CLOEXEC), "epoll"};
    Descriptor wake_{eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK), "eventfd"};
    Descriptor timer_{timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK), "timerfd"};
    CURLM* multi_ = nullptr;
    std::unordered_map<CURL*, std::unique_ptr<Transfer>> transfers_;
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
    for (auto const* own : {&wake_, &timer_}) {
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
    eventfd_write(wake_.number(), 1);
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
    if (first) eventfd_write(wake_.number(), 1);
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
    int running = 0;
    for (;;) {
        auto const count = epoll_wait(poll_.number(), events.data(), events.size(), -1);
        bool woken = false;
        for (int i = 0; i < count; ++i) {
            auto const& event = events[static_cast<std::size_t>(i)];
            if (event.data.fd == wake_.number()) {
                eventfd_t value = 0;
                eventfd_read(wake_.number(), &value);
                woken = true;
            } else if (event.data.fd == timer_.number()) {
                std::uint64_t expirations = 0;
                [[maybe_unused]] auto const got =
                    ::read(timer_.number(), &expirations, sizeof expirations);
                curl_multi_socket_action(multi_, CURL_SOCKET_TIMEOUT, 0, &running);
            } else {
                int what = 0;
                if ((event.events & (EPOLLIN | EPOLLHUP)) != 0) what |= CURL_CSELECT_IN;
                if ((event.events & EPOLLOUT) != 0) what |= CURL_CSELECT_OUT;
                if ((event.events & EPOLLERR) != 0) what |= CURL_CSELECT_ERR;
                curl_multi_socket_action(multi_, event.data.fd, what, &running);
            }
        }
        end_finished();
        if (woken && !take_waiting()) break;
    }
    while (!transfers_.empty()) {
        auto const first = transfers_.begin();
        first->second->refused = "the server is stopping";
        end(first->first, CURLE_ABORTED_BY_CALLBACK);
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
    auto* easy = handle();
    bool const ready = easy != nullptr && set_up(easy, *transfer) &&
                       curl_multi_add_handle(multi_, easy) == CURLM_OK;
    if (ready) {
        transfers_.emplace(easy, std::move(transfer));
        return;
    }
    curl_slist_free_all(transfer->headers);
    if (easy != nullptr) curl_easy_cleanup(easy);
    Receipt receipt;
    receipt.fault = PostFault::connect;
    receipt.trouble = "the request could not be made";
    transfer->done(std::move(receipt));
}

void CurlHttpClient::Engine::end_finished() {
    int left = 0;
    while (auto* message = curl_multi_info_read(multi_, &left)) {
        if (message->msg == CURLMSG_DONE) end(message->easy_handle, message->data.result);
    }
}

void CurlHttpClient::Engine::end(CURL* easy, CURLcode code) {
    auto const found = transfers_.find(easy);
    auto const transfer = std::move(found->second);
    transfers_.erase(found);
    answer(*transfer, easy, code);
    curl_multi_remove_handle(multi_, easy);
    curl_slist_free_all(transfer->headers);
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
    curl_off_t microseconds = 0;
    curl_easy_getinfo(easy, CURLINFO_TOTAL_TIME_T, &microseconds);
    receipt.status = static_cast<int>(status);
    receipt.duration = Millis{microseconds / 1000};
    auto const found = std::exchange(receipt.fault, PostFault::none);
    if (code == CURLE_OK || receipt.body_cut) return;
    receipt.fault = found == PostFault::none ? fault_of(code) : found;
    if (!transfer.refused.empty()) {
        receipt.trouble = transfer.refused;
    } else {
        receipt.trouble =
            transfer.error.front() == '\0' ? curl_easy_strerror(code) : transfer.error.data();
    }
}

Result<void> check_roots(std::string const& file) {
    if (file.empty()) return {};
    static constexpr std::size_t bytes_max = 4 * 1024 * 1024;
    std::ifstream opened(file, std::ios::binary);
    std::string text(bytes_max, '\0');
    opened.read(text.data(), static_cast<std::streamsize>(text.size()));
    text.resize(static_cast<std::size_t>(std::max<std::streamsize>(opened.gcount(), 0)));
    if (text.find("-----BEGIN CERTIFICATE-----") != std::string::npos) return {};
    return fail(Errc::invalid, "[push] ca_file: " + file + " holds no certificate (PEM)");
}

CurlHttpClient::CurlHttpClient(HttpClientSettings settings)
    : engine_(std::make_unique<Engine>(std::move(settings))) {}
CurlHttpClient::~CurlHttpClient() = default;

void CurlHttpClient::post(Parcel parcel, std::function<void(Receipt)> done) {
    engine_->post(std::move(parcel), std::move(done));
}

}  // namespace updraft::webpost
