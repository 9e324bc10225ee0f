// Hints about what a transaction will read next.
//
// Lives here: one hint for each query that is asked often.
// Not here:   the queries themselves (ports/*_table.h).
//
// On PostgreSQL, each query costs a network round trip: the query of a hint is sent together with
// the next query and saves its own round trip. On SQLite a hint does nothing. A hint is useless
// when the transaction changes rows between the hint and the query: a change discards the answer.
#pragma once

#include "vocabulary/ids.h"

namespace updraft {

class Prefetch {
public:
    virtual ~Prefetch() = default;

    // DevicesTable::find()
    virtual void device(Did const& did) const = 0;
    // DevicesTable::attributes()
    virtual void attributes(Did const& did) const = 0;
    // UpgradesTable::find(), active_of() and active_id_of()
    virtual void upgrade(UpgradeId id) const = 0;
    virtual void active_upgrade_of(Did const& did) const = 0;
    virtual void active_upgrade_id_of(Did const& did) const = 0;
    // OutboxTable::drop_progress() and last_progress()
    virtual void progress(AppId const& appid, Did const& did, UpgradeId upgrade) const = 0;
};

}  // namespace updraft
