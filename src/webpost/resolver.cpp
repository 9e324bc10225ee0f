#include "webpost/resolver.h"

#include <netdb.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <cstring>
#include <mutex>
#include <system_error>
#include <thread>
#include <utility>

#include "webpost/endpoint.h"

namespace updraft::webpost {

Addresses look_up(std::string const& name) {
    Addresses addresses;
    addrinfo wanted{};
    wanted.ai_family = AF_UNSPEC;
    wanted.ai_socktype = SOCK_STREAM;
    addrinfo* first = nullptr;
    if (int const error = getaddrinfo(name.c_str(), nullptr, &wanted, &first); error != 0) {
        addresses.trouble = "could not resolve " + name + ": " + gai_strerror(error);
        return addresses;
    }
    for (auto const* one = first; one != nullptr; one = one->ai_next) {
        auto const endpoint = endpoint_of(*one->ai_addr, one->ai_addrlen);
        if (endpoint) addresses.found.push_back(endpoint->first);
        if (addresses.found.size() == Addresses::count_max) break;
    }
    freeaddrinfo(first);
    if (addresses.found.empty()) addresses.trouble = "could not resolve " + name + ": no address";
    return addresses;
}

struct Resolver::Results {
    std::mutex mutex;
    std::vector<Ended> ended;
    std::function<void()> wake;

    void leave(Ended one) {
        {
            std::scoped_lock const lock(mutex);
            ended.push_back(std::move(one));
        }
        wake();
    }
};

Resolver::Resolver(std::function<void()> wake, ResolverLimits limits, LookUp look_up)
    : limits_(limits), look_up_(std::move(look_up)), results_(std::make_shared<Results>()) {
    results_->wake = std::move(wake);
}

Resolver::~Resolver() = default;

void Resolver::want(std::string const& name, Millis now) {
    if (running_.contains(name) || std::ranges::find(waiting_, name) != waiting_.end()) return;
    waiting_.push_back(name);
    begin_waiting(now);
}

void Resolver::forget(std::string const& name) { std::erase(waiting_, name); }

std::vector<Resolver::Ended> Resolver::take_ended(Millis now) {
    std::vector<Ended> ended;
    {
        std::scoped_lock const lock(results_->mutex);
        ended.swap(results_->ended);
    }
    for (auto const& one : ended) {
        auto const found = running_.find(one.name);
        judge(one.name, now - found->second);
        running_.erase(found);
    }
    begin_waiting(now);
    return ended;
}

void Resolver::judge(std::string const& name, Millis took) {
    slow_names_.erase(name);
    if (took <= limits_.slow_after) return;
    if (slow_names_.size() >= limits_.slow_names_max) slow_names_.erase(slow_names_.begin());
    slow_names_.insert(name);
}

std::size_t Resolver::slow_running(Millis now) const {
    return static_cast<std::size_t>(std::ranges::count_if(running_, [&](auto const& one) {
        return slow_names_.contains(one.first) || now - one.second > limits_.slow_after;
    }));
}

// The first of the waiting names first; slow names are passed over while too many of them run.
void Resolver::begin_waiting(Millis now) {
    auto slow = slow_running(now);
    for (auto next = waiting_.begin();
         next != waiting_.end() && running_.size() < limits_.running_max;) {
        bool const is_slow = slow_names_.contains(*next);
        if (is_slow && slow >= limits_.slow_running_max) {
            ++next;
            continue;
        }
        if (is_slow) ++slow;
        begin(*next, now);
        next = waiting_.erase(next);
    }
}

void Resolver::begin(std::string const& name, Millis now) {
    running_.emplace(name, now);
    try {
        std::thread([name, look_up = look_up_, results = results_] {
            results->leave({name, look_up(name)});
        }).detach();
    } catch (std::system_error const&) {
        results_->leave({name, {.found = {}, .trouble = "no thread to resolve " + name}});
    }
}

}  // namespace updraft::webpost
