// The rows objects of all tables of one session.
//
// Lives here: a rows object for each table of the list in ports/tables.h.
// Not here:   their SQL (tables/*_rows.cpp), transactions (sqlite/store, postgres/store).
#pragma once

#include <memory>

#include "ports/store.h"
#include "sqlstore/session.h"
#include "sqlstore/tables/caches.h"

namespace updraft::sqlstore {

// All tables of a Tx of this session. The session and its caches must outlive this object.
class AllRows {
public:
    AllRows(Session& session, Caches& caches);
    ~AllRows();
    AllRows(AllRows const&) = delete;
    AllRows& operator=(AllRows const&) = delete;

    [[nodiscard]] Tables const& tables() const { return tables_; }

private:
    struct Objects;
    std::unique_ptr<Objects> objects_;
    Tables tables_;
};

}  // namespace updraft::sqlstore
