// PostgreSQL's plans as a server's sessions get them: generic ones, with an index wherever
// possible.
#include <algorithm>
#include <array>
#include <memory>
#include <stdexcept>
#include <string_view>

#include "sqlstore/postgres/session.h"
#include "stage/open_store.h"
#include "stage/plan_watch.h"

namespace updraft::stage {
namespace {

using sqlstore::PostgresSession;

// An allowed plan: it would be slow on a long table, but is not slow for the given reason.
struct Allowed {
    std::string_view sql;   // A part of the text.
    std::string_view plan;  // A part of the plan.
    std::string_view why;
};
constexpr auto allowed = std::to_array<Allowed>({
    {"FROM migrations", "Seq Scan on migrations", "one row for each migration, read at start"},
    {"FROM changes", "changes", "a handful of rows"},
    {"FROM announcements ORDER BY created_at", "Sort", "one row for each release under way"},
    {"FROM announcements ORDER BY created_at", "Seq Scan on announcements",
     "one row for each release under way"},
    {"WHERE webhook_id IN (SELECT webhook_id", "HashAggregate", "as many as LIMIT says"},
    {"WHERE digest IN (SELECT digest", "HashAggregate", "as many as LIMIT says"},
    {"AND digest NOT IN (SELECT digest FROM tokens", "Sort", "the spent tokens of one family"},
    {"UPDATE devices SET last_seen = s.at", "Sort", "the fifty rows of the statement itself"},
    {"SELECT model, version, MAX(did), COUNT(*), SUM(idle)", "Sort",
     "as many of one user's devices as LIMIT says, found by their index"},
});

// Words of a plan whose cost grows with the length of the table.
constexpr auto suspicious =
    std::to_array<std::string_view>({"Seq Scan on", "Sort", "Hash", "Materialize", "Bitmap"});

// The number of placeholders in a text: the highest $n.
int placeholders(std::string_view sql) {
    int most = 0;
    for (auto at = sql.find('$'); at != std::string_view::npos; at = sql.find('$', at + 1)) {
        int number = 0;
        for (auto next = at + 1; next < sql.size() && sql[next] >= '0' && sql[next] <= '9';
             ++next) {
            number = 10 * number + (sql[next] - '0');
        }
        most = std::max(most, number);
    }
    return most;
}

// A store with many rows: a planner takes the length of tables into account.
constexpr std::string_view many_rows = R"sql(
INSERT INTO users SELECT 'u' || n, NULL, NULL, 0 FROM generate_series(1, 4000) n;
INSERT INTO grants SELECT 'a' || n % 9, 'u' || n, 0 FROM generate_series(1, 4000) n;
INSERT INTO tokens SELECT 'd' || n, CASE n % 2 WHEN 0 THEN 'access' ELSE 'refresh' END, 'f' || n / 4,
  'a' || n % 9, 'u' || n / 8, n, CASE WHEN n % 3 = 0 THEN 1 ELSE 0 END
  FROM generate_series(1, 20000) n;
INSERT INTO codes SELECT 'c' || n, 'a' || n % 9, 'u' || n, '', n, NULL
  FROM generate_series(1, 2000) n;
INSERT INTO devices SELECT 'd' || n, '', 'm' || n % 20, 'v' || n % 7, 'u' || n / 50,
  CASE WHEN n % 3 = 0 THEN 'd' || n / 100 END, '', 0, NULL, n, n FROM generate_series(1, 20000) n;
INSERT INTO device_tags SELECT 't' || n % 9, 'd' || n FROM generate_series(1, 20000) n;
INSERT INTO device_attributes SELECT 'd' || n / 5, 'k' || n % 5, '' FROM generate_series(1, 20000) n;
INSERT INTO releases SELECT 11 + n, 'm' || n % 20, 'v' || n, '', '', '', '', 1, 's' || n / 2, '', '',
  CASE n % 3 WHEN 0 THEN 'draft' ELSE 'released' END, CASE n % 3 WHEN 0 THEN 0 ELSE n END, n, n, ''
  FROM generate_series(1, 2000) n;
INSERT INTO orders SELECT 'o' || n, 'a' || n % 9, 'u' || n % 4000, n, n * 10, n * 10 + 5
  FROM generate_series(1, 8000) n;
INSERT INTO upgrades SELECT n, 'o' || n / 5, 'd' || n, 'm' || n % 20, 'u' || n / 50, 11, 'v0', 'v1',
  'queued', 'queued', 0, 0, 0, 0, '', n, NULL, CASE WHEN n % 2 = 0 THEN n END,
  CASE WHEN n % 2 = 1 THEN n END, n % 3 FROM generate_series(1, 20000) n;
INSERT INTO upgrade_timeline SELECT n / 7, n % 7, n, 'queued', 0, '', ''
  FROM generate_series(1, 40000) n;
INSERT INTO outbox SELECT 'w' || n, 'a' || n % 40, 'd' || n / 3,
  CASE n % 4 WHEN 0 THEN 'notice' ELSE 'upgrade' END, n,
  CASE n % 4 WHEN 0 THEN 'new_firmware' WHEN 1 THEN 'result' ELSE 'progress' END, n, '',
  CASE n % 3 WHEN 0 THEN 'pending' WHEN 1 THEN 'delivered' ELSE 'dead' END,
  CASE n % 3 WHEN 0 THEN 1 ELSE 0 END, 0, 0, n, n, n, n, n, n FROM generate_series(1, 20000) n;
INSERT INTO push_attempts SELECT 'w' || n / 2, n % 2, n, 200, 1, ''
  FROM generate_series(1, 20000) n;
INSERT INTO receivers SELECT 'a' || n, '', 0, CASE WHEN n % 2 = 0 THEN n END, 0
  FROM generate_series(1, 2000) n;
INSERT INTO walks SELECT n / 10, 'd' || n, 'a' || n % 40, 'm' || n % 20
  FROM generate_series(1, 2000) n;
INSERT INTO announced SELECT 'd' || n / 2, 'a' || n % 40, 'v' || n, n
  FROM generate_series(1, 20000) n;
INSERT INTO openings SELECT 'o' || n, 'u' || n, NULL, 0, '', n, n FROM generate_series(1, 2000) n;
INSERT INTO admin_tokens SELECT 't' || n, n FROM generate_series(1, 2000) n;
INSERT INTO operators SELECT 'p' || n, 'p' || n, 'viewer', 0, 0, n, n FROM generate_series(1, 2000) n;
INSERT INTO operator_tokens SELECT 't' || n, 'i' || n, 'p' || n % 2000, '', 'viewer', n,
  CASE WHEN n % 3 = 0 THEN n END, n, CASE WHEN n % 5 = 0 THEN n END FROM generate_series(1, 8000) n;
INSERT INTO sessions SELECT 's' || n, 'p' || n % 2000, CASE WHEN n % 2 = 0 THEN 'i' || n END, 'viewer', n, n, n
  FROM generate_series(1, 8000) n;
INSERT INTO setup_tokens SELECT 's' || n, 'p' || n % 2000, n FROM generate_series(1, 4000) n;
INSERT INTO audit SELECT n, n, 'operator', 'P' || n % 50, 'p' || n % 50, 'api', '', '', 'a' || n % 40, 'device',
  'd' || n / 5, 'done', '[]', '', '', 1 FROM generate_series(1, 20000) n;
INSERT INTO leases SELECT 'l' || n, 'h' || n % 5, n FROM generate_series(1, 2000) n;
ANALYZE;
)sql";

void shape(std::string const& url) {
    auto const shaped = sqlstore::bring_to_date({.url = url}, sqlstore::embedded_migrations());
    if (!shaped) throw std::runtime_error(shaped.error().detail);
}

void fill(std::string const& url) {
    shape(url);
    auto const session = PostgresSession::open({.url = url}).value();
    auto const filled = session->script(std::string(many_rows));
    if (!filled) throw std::runtime_error(filled.error().detail);
}

class Planner {
public:
    explicit Planner(std::string const& url) {
        session_ = PostgresSession::open({.url = url}).value();
    }

    // The lines of a plan; none for a text about tables that only one test makes.
    std::vector<std::string> plan(std::string const& sql) {
        if (!session_->script("PREPARE looked_at AS " + sql)) return {};
        std::string arguments;
        for (int n = 0; n < placeholders(sql); ++n) arguments += n == 0 ? "(NULL" : ", NULL";
        if (!arguments.empty()) arguments += ')';
        std::vector<std::string> lines;
        {
            auto rows = session_->query("EXPLAIN (COSTS OFF) EXECUTE looked_at" + arguments);
            while (rows && rows->next().value_or(false)) lines.emplace_back(rows->text(0));
        }
        static_cast<void>(session_->script("DEALLOCATE looked_at"));
        return lines;
    }

private:
    std::unique_ptr<PostgresSession> session_;
};

bool is_allowed(std::string const& sql, std::string const& line) {
    return std::ranges::any_of(allowed, [&](Allowed const& one) {
        return sql.find(one.sql) != std::string::npos && line.find(one.plan) != std::string::npos;
    });
}

// A walk over a whole index is slow as well, except under a LIMIT.
bool walks_an_index(std::vector<std::string> const& plan, std::size_t at) {
    auto const says = [&](std::size_t line, std::string_view words) {
        return line < plan.size() && plan[line].find(words) != std::string::npos;
    };
    if (!says(at, "Index Scan") && !says(at, "Index Only Scan")) return false;
    auto const limited = at > 0 && says(at - 1, "Limit");
    return !limited && !says(at + 1, "Index Cond");
}

bool is_bad(std::string const& sql, std::vector<std::string> const& plan, std::size_t at) {
    auto const& line = plan[at];
    auto const bad = std::ranges::any_of(
        suspicious, [&](std::string_view part) { return line.find(part) != std::string::npos; });
    return (bad || walks_an_index(plan, at)) && !is_allowed(sql, line);
}

}  // namespace

namespace {

void look(Planner planner, std::string_view where, std::set<std::string> const& texts,
          std::vector<std::string>& bad) {
    for (auto const& sql : texts) {
        auto const plan = planner.plan(sql);
        for (std::size_t at = 0; at < plan.size(); ++at) {
            if (!is_bad(sql, plan, at)) continue;
            bad.push_back("\"" + plan[at] + "\", " + std::string(where) +
                          ", in the plan of: " + sql);
        }
    }
}

}  // namespace

// Checks the plans of a planner with statistics of long tables, and of one without any: sessions
// keep those plans even when there are statistics later.
std::vector<std::string> bad_postgres_plans(std::set<std::string> const& texts) {
    std::vector<std::string> bad;
    look(Planner(shared_database("plans", fill)), "in a store as long as a real one", texts, bad);
    look(Planner(shared_database("plans_new", shape)), "in a new store", texts, bad);
    return bad;
}

}  // namespace updraft::stage
