#include "http/ticker.h"

#include <algorithm>

#include "text/http_date.h"

namespace updraft::http {

std::chrono::microseconds monotonic_now() {
    auto const since = std::chrono::steady_clock::now().time_since_epoch();
    return std::chrono::duration_cast<std::chrono::microseconds>(since);
}

Ticker::Ticker(std::chrono::milliseconds shortest_deadline)
    : pause_(std::clamp(shortest_deadline / 4, std::chrono::milliseconds{10},
                        std::chrono::milliseconds{500})) {}

void Ticker::tick(Instant wall) {
    now_ = std::chrono::duration_cast<std::chrono::milliseconds>(monotonic_now()).count();
    if (wall.seconds() == date_second_) return;
    date_second_ = wall.seconds();
    date_ = text::http_date(wall.whole_seconds());
}

}  // namespace updraft::http
