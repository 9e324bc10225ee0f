// A load generator: keep-alive connections that send the requests of a file repeatedly.
//
//   bench_load [--once] [--rate N] HOST:PORT CONNECTIONS SECONDS REQUESTS_FILE [SERVER_PID...]
//
// REQUESTS_FILE holds whole requests, each preceded by its length in bytes and a line break. Each
// connection takes the next of them in turn; after the last comes the first again. With --once each
// request is sent once: the run ends when all are answered, or after SECONDS, when it waits for the
// answers that are still to come without measuring them. With --rate N requests fall due each
// second, however slowly the server answers; latency then counts from the time when a request fell
// due. A connection that the server closes is opened again, and its request is counted as "closed".
// Prints one JSON object: requests, seconds, how many were sent in all, latency percentiles in µs,
// answers by status class, "closed", "refused" (answers of the open API whose code is not 0), and
// the CPU that the server's processes took.
#include <arpa/inet.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <map>
#include <memory>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include "load_caller.h"

namespace {

using bench::Answers;
using bench::Caller;
using bench::give_up;
using bench::now_us;
using bench::Requests;

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

std::uint32_t percentile(std::vector<std::uint32_t>& sorted, double share) {
    if (sorted.empty()) return 0;
    auto const at = static_cast<std::size_t>(share * static_cast<double>(sorted.size() - 1));
    return sorted[at];
}

struct Plan {
    sockaddr_in to{};
    int connections = 0;
    double seconds = 0;
    double rate =
        0;  // Requests that fall due each second; 0: each connection sends as fast as it can.
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
        began_ = began;
        for (auto& caller : callers_) idle_.push_back(caller.get());
        send_due();
        Answers warm;
        bool counts = false;
        while ((awaited_ > 0 || plan_.rate > 0) && now_us() < measure_to) {
            if (!counts && (now_us() >= measure_from || requests_.warmed_up())) {
                counts = true;
                start_counting();
            }
            receive(counts ? answers_ : warm);
            send_due();
        }
        if (!counts) start_counting();
        took_us_ = std::max<std::int64_t>(now_us() - counted_from_, 1);
        cpu_us_ = server_cpu_us() - cpu_us_;
        while (requests_.once() && awaited_ > 0) receive(warm);
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
        std::printf("},\"closed\":%lld,\"refused\":%lld}\n",
                    static_cast<long long>(answers_.closed),
                    static_cast<long long>(answers_.refused));
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

    // Idle connections send what is due: everything without a rate.
    void send_due() {
        while (!idle_.empty()) {
            auto due = now_us();
            if (plan_.rate > 0) {
                auto const next = began_ + static_cast<std::int64_t>(due_count_ * 1e6 / plan_.rate);
                if (next > due) return;
                due = next;
            }
            if (!idle_.back()->call(due)) return;
            ++due_count_;
            ++awaited_;
            idle_.pop_back();
        }
    }

    // Waits for answers, and at most 1 ms where a rate says when the next request is due.
    void receive(Answers& into) {
        int const ready =
            ::epoll_wait(epoll_, events_.data(), plan_.connections, plan_.rate > 0 ? 1 : 100);
        for (int i = 0; i < ready; ++i) {
            auto& caller = *static_cast<Caller*>(events_[static_cast<std::size_t>(i)].data.ptr);
            if (!caller.receive(into)) continue;
            --awaited_;
            idle_.push_back(&caller);
        }
    }

    Plan plan_;
    Requests requests_;
    int epoll_ = ::epoll_create1(0);
    std::vector<std::unique_ptr<Caller>> callers_;
    std::vector<epoll_event> events_;
    std::vector<Caller*> idle_;
    std::int64_t began_ = 0;
    double due_count_ = 0;
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
    Plan plan;
    bool once = false;
    while (!words.empty() && std::string_view(words[0]).starts_with("--")) {
        if (std::string_view(words[0]) == "--once") {
            once = true;
        } else if (std::string_view(words[0]) == "--rate" && words.size() > 1) {
            words.erase(words.begin());
            plan.rate = std::atof(words[0]);
        }
        words.erase(words.begin());
    }
    if (words.size() < 4) {
        std::fprintf(
            stderr,
            "usage: bench_load [--once] [--rate N] HOST:PORT CONNECTIONS SECONDS REQUESTS_FILE "
            "[PID...]\n");
        return 2;
    }
    plan.to = address_of(words[0]);
    plan.connections = std::atoi(words[1]);
    plan.seconds = std::atof(words[2]);
    for (std::size_t i = 4; i < words.size(); ++i) plan.pids.push_back(std::atoi(words[i]));
    Run run(std::move(plan), Requests(read_requests(words[3]), once));
    run.go();
    run.print();
    return 0;
}
