// Resolves the names of push URLs on threads of its own, so that a name server that does not answer
// delays only the posts to its own names.
//
// Lives here: one look-up for each name at a time, the limits of look-ups that run at the same
//             time, and the threads that call getaddrinfo().
//
// Not here:   which addresses may be connected to (webpost/public_address.h), deadlines of posts
//             and cached answers (webpost/curl_http_client.h).
//
// A thread in getaddrinfo() cannot be stopped. So each look-up has a thread of its own, the number
// of threads is limited, and half of them are kept for names whose look-ups end quickly.
#pragma once

#include <cstddef>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "text/network.h"
#include "vocabulary/instant.h"

namespace updraft::webpost {

// The result of a look-up: at least one address, or the reason why there is none.
struct Addresses {
    static constexpr std::size_t count_max = 32;

    std::vector<text::Address> found;  // At most count_max, in the order of the system.
    std::string trouble;
};

// Looks the name up by getaddrinfo(), so by the rules of nsswitch.conf, /etc/hosts and resolv.conf.
// Blocks.
[[nodiscard]] Addresses look_up(std::string const& name);

struct ResolverLimits {
    std::size_t running_max = 32;       // Look-ups at the same time, each on its own thread.
    std::size_t slow_running_max = 16;  // Of these, look-ups of slow names.
    Millis slow_after{1'000};  // A name is slow while its last look-up took longer than this.
    std::size_t slow_names_max = 10'000;  // Remembered slow names.
};

// Used by one thread. `now` is a monotonic time.
class Resolver {
public:
    using LookUp = std::function<Addresses(std::string const& name)>;
    struct Ended {
        std::string name;
        Addresses addresses;
    };

    // `wake` is called on any thread when take_ended() has something to answer, also after the
    // destruction of this object. `look_up` runs on several threads at the same time.
    explicit Resolver(std::function<void()> wake, ResolverLimits limits = {},
                      LookUp look_up = webpost::look_up);
    // Does not wait for look-ups that run: their results are discarded.
    ~Resolver();
    Resolver(Resolver const&) = delete;
    Resolver& operator=(Resolver const&) = delete;

    // Looks the name up as soon as the limits allow it. No effect when it waits or runs already.
    void want(std::string const& name, Millis now);
    // Discards the wish if its look-up has not begun.
    void forget(std::string const& name);
    // The look-ups that ended since the last call; begins others in their place.
    [[nodiscard]] std::vector<Ended> take_ended(Millis now);

private:
    struct Results;  // Shared with the threads.

    void begin_waiting(Millis now);
    void begin(std::string const& name, Millis now);
    [[nodiscard]] std::size_t slow_running(Millis now) const;
    void judge(std::string const& name, Millis took);

    ResolverLimits limits_;
    LookUp look_up_;
    std::shared_ptr<Results> results_;
    std::deque<std::string> waiting_;        // In the order of want().
    std::map<std::string, Millis> running_;  // Since when.
    std::set<std::string> slow_names_;
};

}  // namespace updraft::webpost
