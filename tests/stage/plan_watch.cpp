#include "stage/plan_watch.h"

#include <sqlite3.h>

#include <algorithm>
#include <array>
#include <mutex>
#include <set>
#include <stdexcept>
#include <string_view>
#include <utility>

#include "sqlstore/dialect.h"
#include "sqlstore/schema/migrate.h"
#include "sqlstore/statement_watch.h"

namespace updraft::stage {
namespace {

// An allowed plan: it would be slow on a long table, but is not slow for the given reason.
struct Allowed {
    std::string_view sql;   // A part of the text.
    std::string_view plan;  // A part of the plan's line.
    std::string_view why;
};
constexpr auto allowed = std::to_array<Allowed>({
    {"FROM migrations", "SCAN migrations", "one row for each migration, read at start"},
    {"FROM admin_tokens ORDER BY digest LIMIT 1", "SCAN admin_tokens", "stops at the first row"},
    {"FROM operators ORDER BY folded LIMIT 1", "SCAN operators", "stops at the first row"},
    {"FROM operators WHERE role = 'admin'", "SCAN operators USING", "of enabled admins only"},
    {"FROM announcements ORDER BY created_at", "SCAN announcements USING INDEX",
     "in the order of its index up to LIMIT; one row for each release under way"},
    {"SELECT model, version, MAX(did), COUNT(*), SUM(idle)", "USE TEMP B-TREE FOR GROUP BY",
     "as many of one user's devices as LIMIT says, found by their index"},
    {"WITH RECURSIVE waiting", "SCAN waiting", "one row for each app that something waits for"},
    {"WITH RECURSIVE names", "SCAN names", "one row for each model, as many as the page has"},
    {"FROM walks ORDER BY", "SCAN walks", "in the order of its key up to LIMIT"},
    {"UPDATE devices SET last_seen = s.at", "USE TEMP B-TREE FOR GROUP BY",
     "the fifty rows of the statement itself"},
    {"SELECT DISTINCT d.model", "USE TEMP B-TREE FOR DISTINCT",
     "the few kinds of devices of one user"},
});

// Words of a plan whose cost grows with the length of the table.
constexpr auto suspicious = std::to_array<std::string_view>({"SCAN ", "USE TEMP B-TREE"});
// Scans that do not read a table.
constexpr auto harmless = std::to_array<std::string_view>({"SCAN CONSTANT ROW", " CONSTANT ROWS"});

struct Watch {
    std::mutex mutex;
    std::set<std::string> texts;
};
Watch& watch() {
    static Watch one;
    return one;
}

struct Database {
    sqlite3* handle = nullptr;

    Database() {
        if (sqlite3_open(":memory:", &handle) != SQLITE_OK) throw std::runtime_error("no memory");
        run("CREATE TABLE migrations (number BIGINT NOT NULL PRIMARY KEY, name TEXT NOT NULL, "
            "checksum TEXT NOT NULL)");
        for (auto const& migration : sqlstore::embedded_migrations()) {
            run(sqlstore::in_dialect(sqlstore::sqlite_dialect, migration.text));
        }
    }
    Database(Database const&) = delete;
    Database& operator=(Database const&) = delete;
    ~Database() { sqlite3_close(handle); }

    void run(std::string const& sql) {
        if (sqlite3_exec(handle, sql.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK) {
            throw std::runtime_error(std::string(sqlite3_errmsg(handle)) + " in " + sql);
        }
    }
    // Empty for a text about tables that only one test makes.
    std::vector<std::string> plan(std::string const& sql) {
        std::vector<std::string> lines;
        auto const asked = "EXPLAIN QUERY PLAN " + sql;
        sqlite3_stmt* statement = nullptr;
        if (sqlite3_prepare_v2(handle, asked.c_str(), -1, &statement, nullptr) != SQLITE_OK) {
            return lines;
        }
        while (sqlite3_step(statement) == SQLITE_ROW) {
            void const* text = sqlite3_column_text(statement, 3);
            lines.emplace_back(static_cast<char const*>(text));
        }
        sqlite3_finalize(statement);
        return lines;
    }
};

// A named subquery is read row by row, as many as its own lines of the plan allow.
bool walks_a_subquery(std::string const& sql, std::string const& line) {
    static constexpr std::string_view scan = "SCAN ";
    if (!line.starts_with(scan)) return false;
    auto const name = line.substr(scan.size(), line.find(' ', scan.size()) - scan.size());
    return name.starts_with("(subquery") || sql.find(") AS " + name) != std::string::npos;
}

bool is_bad(std::string const& sql, std::string const& line) {
    auto const in_line = [&](std::string_view part) {
        return line.find(part) != std::string::npos;
    };
    if (std::ranges::none_of(suspicious, in_line)) return false;
    if (std::ranges::any_of(harmless, in_line) || walks_a_subquery(sql, line)) return false;
    return std::ranges::none_of(allowed, [&](Allowed const& one) {
        return sql.find(one.sql) != std::string::npos && in_line(one.plan);
    });
}

}  // namespace

void watch_plans() {
    sqlstore::watch_statements([](std::string_view sql) {
        std::scoped_lock const lock(watch().mutex);
        watch().texts.emplace(sql);
    });
}

std::set<std::string> watched_texts() {
    std::scoped_lock const lock(watch().mutex);
    return std::exchange(watch().texts, {});
}

std::vector<std::string> bad_plans(std::set<std::string> const& texts) {
    std::vector<std::string> bad;
    Database database;
    for (auto const& sql : texts) {
        for (auto const& line : database.plan(sql)) {
            if (is_bad(sql, line)) bad.push_back("\"" + line + "\" in the plan of: " + sql);
        }
    }
    return bad;
}

}  // namespace updraft::stage
