// Implements TimelinesTable in SQL.
//
// Lives here: the SQL of its functions.
// Not here:   the contract of its functions (ports/timelines_table.h).
#pragma once

#include "ports/timelines_table.h"
#include "sqlstore/session.h"

namespace updraft::sqlstore {

class TimelinesRows final : public TimelinesTable {
public:
    explicit TimelinesRows(Session& session) : session_(session) {}

    Result<std::vector<TimelineEntry>> of(UpgradeId id) const override;
    Result<std::optional<TimelineEntry>> from_end(UpgradeId id, std::int64_t later) const override;
    Result<std::vector<TimelineText>> texts(UpgradeId id,
                                            TimelineTextsAsk const& ask) const override;
    Result<bool> heard(UpgradeId id, std::string_view report) const override;

    Result<void> note(UpgradeId id, TimelineEntry const& entry, std::string_view report) override;

private:
    Session& session_;
};

}  // namespace updraft::sqlstore
