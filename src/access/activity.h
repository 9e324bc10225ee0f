// When tokens, sessions and operators were last used, as far as this process knows.
//
// Lives here: the times in memory, and which of them must be written to the store now.
//
// Not here:   writing them (admin/admit.h), the stored times (ports/operators_table.h).
#pragma once

#include <cstddef>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "vocabulary/digest.h"
#include "vocabulary/instant.h"

namespace updraft::access {

// The names of their times.
[[nodiscard]] std::string token_key(std::string_view token_id);
[[nodiscard]] std::string session_key(Sha256 const& session);
[[nodiscard]] std::string operator_key(std::string_view name);

// Stored times of use are whole minutes.
[[nodiscard]] constexpr Instant minute_of(Instant at) { return {at.ms - at.ms % 60'000}; }

// Safe to use from any thread. Holds at most keys_max times; when there are more, all are
// forgotten, and the stored ones count.
class Activity {
public:
    static constexpr std::size_t keys_max = 20'000;

    // True when the time must be written now: none was written in the last `period`.
    [[nodiscard]] bool note(std::string const& key, Instant now, Millis period);
    [[nodiscard]] std::optional<Instant> last_use(std::string const& key) const;
    // The later one of `stored` and of the time that is known here, to the minute.
    [[nodiscard]] std::optional<Instant> last_minute(std::string const& key,
                                                     std::optional<Instant> stored) const;

private:
    struct Times {
        Instant last;
        Instant written;
    };

    std::mutex mutable mutex_;
    std::map<std::string, Times, std::less<>> times_;
};

}  // namespace updraft::access
