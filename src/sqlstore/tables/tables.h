// All tables of one session.
//
// Lives here: which rows object stands behind which table of a Tx.
// Not here:   their SQL (*_rows.cpp), transactions (sql_store).
#pragma once

#include <memory>

#include "ports/store.h"
#include "sqlstore/session.h"
#include "sqlstore/tables/caches.h"

namespace updraft::sqlstore {

// Everything that a Tx of this session hands out. Refers to the session and its caches.
class AllRows {
public:
    AllRows(Session& session, Caches& caches);
    ~AllRows();
    AllRows(AllRows const&) = delete;
    AllRows& operator=(AllRows const&) = delete;

    [[nodiscard]] Tables tables() const;

private:
    struct Objects;
    std::unique_ptr<Objects> objects_;
};

}  // namespace updraft::sqlstore
