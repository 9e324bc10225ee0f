// The list of all tables of a transaction, from which the code that names all of them is generated.
//
// Lives here: UPDRAFT_TABLES, and Tables: a pointer to each table.
// Not here:   the functions of a table (ports/*_table.h), its SQL (sqlstore/tables/).
//
// To add a table `things`:
//   1. its columns and indexes: the next file in sqlstore/schema/migrations/, then `./dev schema`;
//   2. its interface for the domain: `class ThingsTable` in ports/things_table.h;
//   3. its SQL: `class ThingsRows` in sqlstore/tables/things_rows.h and .cpp;
//   4. its line below, and the include of things_rows.h in sqlstore/tables/tables.cpp.
// Then Tx has things(). Copying, comparing and checking a store (sqlstore/upkeep/) read its columns
// from the migrations. If its rows are cached in memory, add a line to Cached in
// sqlstore/tables/caches.h.
#pragma once

// TABLE(XName, x_name): Tx::x_name() returns a class XNameTable; class XNameRows is its SQL.
#define UPDRAFT_TABLES(TABLE)              \
    TABLE(AdminTokens, admin_tokens)       \
    TABLE(Operators, operators)            \
    TABLE(OperatorTokens, operator_tokens) \
    TABLE(Sessions, sessions)              \
    TABLE(Audit, audit)                    \
    TABLE(Apps, apps)                      \
    TABLE(Grants, grants)                  \
    TABLE(Devices, devices)                \
    TABLE(Models, models)                  \
    TABLE(Releases, releases)              \
    TABLE(Upgrades, upgrades)              \
    TABLE(UpgradeLists, upgrade_lists)     \
    TABLE(Timelines, timelines)            \
    TABLE(Orders, orders)                  \
    TABLE(Openings, openings)              \
    TABLE(Outbox, outbox)                  \
    TABLE(Deliveries, deliveries)          \
    TABLE(Receivers, receivers)            \
    TABLE(Announcements, announcements)    \
    TABLE(Holds, holds)                    \
    TABLE(Policies, policies)              \
    TABLE(Rollouts, rollouts)              \
    TABLE(Leases, leases)

namespace updraft {

#define UPDRAFT_TABLE_CLASS(Name, name) class Name##Table;
UPDRAFT_TABLES(UPDRAFT_TABLE_CLASS)
#undef UPDRAFT_TABLE_CLASS
class Prefetch;

// The tables of one session. Every table outlives the transactions that use it.
struct Tables {
#define UPDRAFT_TABLE_POINTER(Name, name) Name##Table* name = nullptr;
    UPDRAFT_TABLES(UPDRAFT_TABLE_POINTER)
#undef UPDRAFT_TABLE_POINTER
    Prefetch const* prefetch = nullptr;
};

}  // namespace updraft
