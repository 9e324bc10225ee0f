#include "policy/local_time.h"

#include "policy/hours.h"

namespace updraft::policy {

std::chrono::minutes LocalTime::offset_at(Instant at) const {
    return std::chrono::floor<std::chrono::minutes>(span_at(zone_, *zones_, at).offset);
}

// The offset at midnight may be another one than twelve hours before or after it.
Instant LocalTime::start_of(Day day) const {
    auto const nearly = updraft::start_of(day, offset_at(updraft::start_of(day, {})));
    return updraft::start_of(day, offset_at(nearly));
}

}  // namespace updraft::policy
