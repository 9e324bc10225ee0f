// The tables of a transaction: one list, from which everything else that names all of them follows.
//
// Lives here: UPDRAFT_TABLES, and Tables, a pointer to each of them.
// Not here:   what a table can do (ports/*_table.h), its SQL (sqlstore/tables/).
//
// To add a table `things`:
//   1. its columns and indexes: the next file in sqlstore/schema/migrations/, then `./dev schema`;
//   2. what the domain asks of it: `class ThingsTable` in ports/things_table.h;
//   3. its SQL: `class ThingsRows` in sqlstore/tables/things_rows.h and .cpp;
//   4. its line below, and the include of things_rows.h in sqlstore/tables/tables.cpp.
// Then Tx has things(). Copying, comparing and checking a store (sqlstore/upkeep/) learn its
// columns from the migrations. When its rows are answered from memory, Cached in
// sqlstore/tables/caches.h has a line for it.
#pragma once

// TABLE(XName, x_name): class XNameTable is what Tx::x_name() answers; class XNameRows is its SQL.
#define UPDRAFT_TABLES(TABLE)           \
    TABLE(AdminTokens, admin_tokens)    \
    TABLE(Apps, apps)                   \
    TABLE(Grants, grants)               \
    TABLE(Devices, devices)             \
    TABLE(Models, models)               \
    TABLE(Releases, releases)           \
    TABLE(Upgrades, upgrades)           \
    TABLE(UpgradeLists, upgrade_lists)  \
    TABLE(Timelines, timelines)         \
    TABLE(Orders, orders)               \
    TABLE(Openings, openings)           \
    TABLE(Outbox, outbox)               \
    TABLE(Deliveries, deliveries)       \
    TABLE(Receivers, receivers)         \
    TABLE(Announcements, announcements) \
    TABLE(Leases, leases)

namespace updraft {

#define UPDRAFT_TABLE_CLASS(Name, name) class Name##Table;
UPDRAFT_TABLES(UPDRAFT_TABLE_CLASS)
#undef UPDRAFT_TABLE_CLASS
class Prefetch;

// Of one session. Every table outlives the transactions that use it.
struct Tables {
#define UPDRAFT_TABLE_POINTER(Name, name) Name##Table* name = nullptr;
    UPDRAFT_TABLES(UPDRAFT_TABLE_POINTER)
#undef UPDRAFT_TABLE_POINTER
    Prefetch const* prefetch = nullptr;
};

}  // namespace updraft
