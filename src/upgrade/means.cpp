#include "upgrade/means.h"

namespace updraft::upgrade {
namespace {

class NoTimeZones final : public TimeZones {
public:
    [[nodiscard]] std::optional<ZoneSpan> span(std::string_view, Instant) const override {
        return std::nullopt;
    }
};

}  // namespace

TimeZones const& no_time_zones() {
    static NoTimeZones const none;
    return none;
}

}  // namespace updraft::upgrade
