// A load generator: keep-alive connections that send the requests of a file repeatedly.
//
//   bench_load [--once] HOST:PORT CONNECTIONS SECONDS REQUESTS_FILE [SERVER_PID...]
//
// REQUESTS_FILE holds whole requests, each preceded by its length in bytes and a line break. Each
// connection takes the next of them in turn; after the last comes the first again. With --once each
// request is sent once: the run ends when all are answered, or after SECONDS, when it waits for the
// answers that are still to come without measuring them. Prints one JSON object: requests, seconds,
// how many were sent in all, latency percentiles in µs, answers by status class, and the CPU that
// the server's processes took.
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <map>
#include <memory>
#include <optional>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

namespace {

std::int64_t now_us() {
    auto const since = std::chrono::steady_clock::now().time_since_epoch();
    return std::chrono::duration_cast<std::chrono::microseconds>(since).count();
}

[[noreturn]] void give_up(std::string const& why) {
    std::fprintf(stderr, "bench_load: %s\n", why.c_str());
    std::exit(1);
}

std::vector<std::string> read_requests(char const* path) {
    std::ifstream file(path, std::ios::binary);
    std::vector<std::string> requests;
    std::string line;
    while (std::getline(file, line)) {
        std::string request(static_cast<std::size_t>(std::atoll(line.c_str())), '\0');
        if (!file.read(request.data(), static_cast<std::streamsize>(request.size()))) break;
        requests.push_back(std::move(request));
    }
    if (requests.empty()) give_up(std::string("no requests in ") + path);
    return requests;
}

// User and system CPU time of a process and its threads, in µs.
std::int64_t cpu_us(int pid) {
    std::ifstream file("/proc/" + std::to_string(pid) + "/stat");
    std::string text((std::istreambuf_iterator<char>(file)), {});
    auto const after_name = text.rfind(')');
    if (after_name == std::string::npos) give_up("the server is gone");
    std::istringstream fields(text.substr(after_name + 2));
    std::string skipped;
    for (int i = 0; i < 11; ++i) fields >> skipped;
    std::int64_t user = 0;
    std::int64_t system = 0;
    fields >> user >> system;
    return (user + system) * 1'000'000 / sysconf(_SC_CLK_TCK);
}

// CPU time of the live threads in µs, from /proc/PID/task/TID/schedstat, which counts nanoseconds.
// cpu_us() when the kernel does not provide it.
std::int64_t exact_cpu_us(int pid) {
    std::int64_t sum_ns = 0;
    auto const folder = "/proc/" + std::to_string(pid) + "/task";
    auto const listing = ::popen(("ls " + folder).c_str(), "r");
    if (listing == nullptr) return cpu_us(pid);
    std::array<char, 64> line{};
    while (std::fgets(line.data(), line.size(), listing) != nullptr) {
        std::ifstream file(folder + "/" + std::to_string(std::atoi(line.data())) + "/schedstat");
        std::int64_t running_ns = 0;
        if (file >> running_ns) sum_ns += running_ns;
    }
    ::pclose(listing);
    return sum_ns > 0 ? sum_ns / 1000 : cpu_us(pid);
}

// The requests to send, one after the other.
class Requests {
public:
    Requests(std::vector<std::string> requests, bool once)
        : requests_(std::move(requests)), once_(once) {}

    // The next request; nothing when each was sent and --once was given.
    std::string const* next() {
        if (once_ && sent_ == requests_.size()) return nullptr;
        return &requests_[sent_++ % requests_.size()];
    }
    [[nodiscard]] std::size_t sent() const { return sent_; }
    [[nodiscard]] bool once() const { return once_; }
    // The first tenth of requests that are sent once warms up.
    [[nodiscard]] bool warmed_up() const { return once_ && sent_ >= requests_.size() / 10; }

private:
    std::vector<std::string> requests_;
    bool once_;
    std::size_t sent_ = 0;
};

struct Answers {
    std::map<int, std::int64_t> by_class;
    std::vector<std::uint32_t> latency_us;
    std::int64_t bytes = 0;
};

// One connection, with one request in flight at a time.
class Caller {
public:
    Caller(int epoll, sockaddr_in const& to, Requests& requests)
        : epoll_(epoll), requests_(requests) {
        socket_ = ::socket(AF_INET, SOCK_STREAM, 0);
        if (::connect(socket_, reinterpret_cast<sockaddr const*>(&to), sizeof to) != 0) {
            give_up(std::string("cannot connect: ") + std::strerror(errno));
        }
        int const yes = 1;
        ::setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
        ::fcntl(socket_, F_SETFL, O_NONBLOCK);
        epoll_event event{};
        event.events = EPOLLIN;
        event.data.ptr = this;
        ::epoll_ctl(epoll_, EPOLL_CTL_ADD, socket_, &event);
    }
    Caller(Caller const&) = delete;
    Caller& operator=(Caller const&) = delete;
    ~Caller() { ::close(socket_); }

    // False when there is nothing left to send.
    bool call() {
        auto const* const request = requests_.next();
        if (request == nullptr) return false;
        sent_at_ = now_us();
        auto const sent = ::send(socket_, request->data(), request->size(), MSG_NOSIGNAL);
        if (sent != static_cast<ssize_t>(request->size())) {
            give_up("could not send a request whole");
        }
        return true;
    }

    // True when an answer is complete.
    bool receive(Answers& answers) {
        std::array<char, 65536> piece;
        while (true) {
            // MSG_TRUNC discards the bytes of a body in the kernel, without copying them.
            bool const skipping = body_left_ > 0;
            auto const wanted =
                skipping ? std::min<std::size_t>(body_left_, 1 << 20) : piece.size();
            auto const got = ::recv(socket_, piece.data(), wanted, skipping ? int{MSG_TRUNC} : 0);
            if (got == 0) give_up("the server closed a connection after: " + input_.substr(0, 300));
            if (got < 0) return false;
            answers.bytes += got;
            if (skipping) {
                body_left_ -= static_cast<std::size_t>(got);
                if (body_left_ == 0) return finish(answers, input_.size());
                continue;
            }
            input_.append(piece.data(), static_cast<std::size_t>(got));
            if (complete(answers)) return true;
        }
    }

private:
    bool complete(Answers& answers) {
        auto const head_end = input_.find("\r\n\r\n");
        if (head_end == std::string::npos) return false;
        auto const total = total_bytes(head_end + 4);
        if (!total) return false;
        if (input_.size() < *total) {
            body_left_ = *total - input_.size();
            return false;
        }
        return finish(answers, *total);
    }

    bool finish(Answers& answers, std::size_t bytes) {
        ++answers.by_class[input_[9] - '0'];
        answers.latency_us.push_back(static_cast<std::uint32_t>(now_us() - sent_at_));
        input_.erase(0, bytes);
        return true;
    }

    // The length of head and body. Nothing while the end of a chunked answer has not arrived.
    std::optional<std::size_t> total_bytes(std::size_t head_bytes) const {
        auto const head = std::string_view(input_).substr(0, head_bytes);
        auto const length = head.find("Content-Length: ");
        if (length != std::string_view::npos) {
            return head_bytes + static_cast<std::size_t>(std::atoll(head.data() + length + 16));
        }
        if (head.find("chunked") == std::string_view::npos) give_up("an answer without a length");
        auto const end = input_.find("\r\n0\r\n\r\n", head_bytes - 2);
        if (end == std::string::npos) return std::nullopt;
        return end + 7;
    }

    int epoll_;
    int socket_ = -1;
    Requests& requests_;
    std::int64_t sent_at_ = 0;
    std::string input_;
    std::size_t body_left_ = 0;
};

std::uint32_t percentile(std::vector<std::uint32_t>& sorted, double share) {
    if (sorted.empty()) return 0;
    auto const at = static_cast<std::size_t>(share * static_cast<double>(sorted.size() - 1));
    return sorted[at];
}

struct Plan {
    sockaddr_in to{};
    int connections = 0;
    double seconds = 0;
    std::vector<int> pids;
};

// The run: warm-up, the measured part, and the answers that are still to come at its end.
class Run {
public:
    Run(Plan plan, Requests requests) : plan_(std::move(plan)), requests_(std::move(requests)) {
        for (int i = 0; i < plan_.connections; ++i) {
            callers_.push_back(std::make_unique<Caller>(epoll_, plan_.to, requests_));
        }
        events_.resize(callers_.size());
    }
    Run(Run const&) = delete;
    Run& operator=(Run const&) = delete;
    ~Run() { ::close(epoll_); }

    void go() {
        // The first tenth warms up and is not counted.
        auto const began = now_us();
        auto const measure_from = began + static_cast<std::int64_t>(plan_.seconds * 1e5);
        auto const measure_to = began + static_cast<std::int64_t>(plan_.seconds * 1e6);
        for (auto& caller : callers_) awaited_ += caller->call() ? 1 : 0;
        Answers warm;
        bool counts = false;
        while (awaited_ > 0 && now_us() < measure_to) {
            if (!counts && (now_us() >= measure_from || requests_.warmed_up())) {
                counts = true;
                start_counting();
            }
            receive(counts ? answers_ : warm, true);
        }
        if (!counts) start_counting();
        took_us_ = std::max<std::int64_t>(now_us() - counted_from_, 1);
        cpu_us_ = server_cpu_us() - cpu_us_;
        while (requests_.once() && awaited_ > 0) receive(warm, false);
    }

    void print() {
        auto& latency = answers_.latency_us;
        std::sort(latency.begin(), latency.end());
        auto const total = static_cast<double>(std::max<std::size_t>(latency.size(), 1));
        auto const seconds = static_cast<double>(took_us_) / 1e6;
        std::printf("{\"requests\":%zu,\"sent\":%zu,\"bytes\":%lld,\"seconds\":%.6f,",
                    latency.size(), requests_.sent(), static_cast<long long>(answers_.bytes),
                    seconds);
        std::printf("\"rate\":%.0f,\"cpu_us\":%.2f,\"cpu_total_us\":%lld,",
                    static_cast<double>(latency.size()) / seconds,
                    static_cast<double>(cpu_us_) / total, static_cast<long long>(cpu_us_));
        std::printf("\"p50_us\":%u,\"p99_us\":%u,\"max_us\":%u,\"status\":{",
                    percentile(latency, 0.5), percentile(latency, 0.99), percentile(latency, 1.0));
        char const* comma = "";
        for (auto const& [kind, answered] : answers_.by_class) {
            std::printf("%s\"%dxx\":%lld", comma, kind, static_cast<long long>(answered));
            comma = ",";
        }
        std::printf("}}\n");
    }

private:
    void start_counting() {
        cpu_us_ = server_cpu_us();
        counted_from_ = now_us();
    }

    [[nodiscard]] std::int64_t server_cpu_us() const {
        std::int64_t sum = 0;
        for (int const pid : plan_.pids) sum += exact_cpu_us(pid);
        return sum;
    }

    // Waits for answers; a connection that got one sends the next request, if that is wanted.
    void receive(Answers& into, bool again) {
        int const ready = ::epoll_wait(epoll_, events_.data(), plan_.connections, 100);
        for (int i = 0; i < ready; ++i) {
            auto& caller = *static_cast<Caller*>(events_[static_cast<std::size_t>(i)].data.ptr);
            if (!caller.receive(into)) continue;
            if (!again || !caller.call()) --awaited_;
        }
    }

    Plan plan_;
    Requests requests_;
    int epoll_ = ::epoll_create1(0);
    std::vector<std::unique_ptr<Caller>> callers_;
    std::vector<epoll_event> events_;
    int awaited_ = 0;  // Callers whose answer has not come.
    std::int64_t counted_from_ = 0;
    std::int64_t took_us_ = 0;
    std::int64_t cpu_us_ = 0;
    Answers answers_;
};

sockaddr_in address_of(std::string const& where) {
    auto const colon = where.rfind(':');
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(static_cast<std::uint16_t>(std::atoi(where.c_str() + colon + 1)));
    if (::inet_pton(AF_INET, where.substr(0, colon).c_str(), &to.sin_addr) != 1) {
        give_up("HOST must be an IPv4 address");
    }
    return to;
}

}  // namespace

int main(int count, char** all_words) {
    std::vector<char const*> words(all_words + 1, all_words + count);
    bool const once = !words.empty() && std::string_view(words[0]) == "--once";
    if (once) words.erase(words.begin());
    if (words.size() < 4) {
        std::fprintf(stderr,
                     "usage: bench_load [--once] HOST:PORT CONNECTIONS SECONDS REQUESTS_FILE "
                     "[PID...]\n");
        return 2;
    }
    Plan plan;
    plan.to = address_of(words[0]);
    plan.connections = std::atoi(words[1]);
    plan.seconds = std::atof(words[2]);
    for (std::size_t i = 4; i < words.size(); ++i) plan.pids.push_back(std::atoi(words[i]));
    Run run(std::move(plan), Requests(read_requests(words[3]), once));
    run.go();
    run.print();
    return 0;
}
