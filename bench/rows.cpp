// The baseline of durable orders: the same rows, written by a loop without the server.
//
//   bench_rows DATABASE SECONDS OPEN_ID ROWS_PER_TRANSACTION
//
// DATABASE is a copy of a server's database, so that tables and indexes are the same. Each step
// writes the rows of an order for one device: the upgrade, the order, and the next id. Prints rows
// per second.
#include <sqlite3.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <random>
#include <string>
#include <vector>

namespace {

[[noreturn]] void give_up(sqlite3* database, char const* what) {
    std::fprintf(stderr, "bench_rows: %s: %s\n", what, sqlite3_errmsg(database));
    std::exit(1);
}

void run(sqlite3* database, char const* sql) {
    if (sqlite3_exec(database, sql, nullptr, nullptr, nullptr) != SQLITE_OK) {
        give_up(database, sql);
    }
}

class Statement {
public:
    Statement(sqlite3* database, char const* sql) : database_(database) {
        if (sqlite3_prepare_v3(database, sql, -1, SQLITE_PREPARE_PERSISTENT, &statement_,
                               nullptr) != SQLITE_OK) {
            give_up(database, sql);
        }
    }
    ~Statement() { sqlite3_finalize(statement_); }
    Statement(Statement const&) = delete;
    Statement& operator=(Statement const&) = delete;

    void text(int at, std::string const& value) {
        sqlite3_bind_text(statement_, at, value.data(), static_cast<int>(value.size()),
                          SQLITE_TRANSIENT);
    }
    void number(int at, long long value) { sqlite3_bind_int64(statement_, at, value); }
    bool step() {
        int const outcome = sqlite3_step(statement_);
        if (outcome == SQLITE_ROW) return true;
        if (outcome != SQLITE_DONE) give_up(database_, "step");
        return false;
    }
    void reset() { sqlite3_reset(statement_); }
    [[nodiscard]] std::string column(int at) const {
        return reinterpret_cast<char const*>(sqlite3_column_text(statement_, at));
    }
    [[nodiscard]] long long whole(int at) const { return sqlite3_column_int64(statement_, at); }

private:
    sqlite3* database_;
    sqlite3_stmt* statement_ = nullptr;
};

std::vector<std::string> idle_devices(sqlite3* database, char const* open_id) {
    std::vector<std::string> dids;
    Statement devices(database,
                      "SELECT did FROM devices WHERE open_id = ?1 AND NOT EXISTS (SELECT 1 FROM "
                      "upgrades u WHERE u.did = devices.did AND u.finished_at IS NULL)");
    devices.text(1, open_id);
    while (devices.step()) dids.push_back(devices.column(0));
    // Shuffled, because apps do not order upgrades in the order of device ids.
    std::shuffle(dids.begin(), dids.end(), std::mt19937(1));
    return dids;
}

class OrderWriter {
public:
    explicit OrderWriter(sqlite3* database)
        : upgrade_(database,
                   "INSERT INTO upgrades (id, order_id, did, model, open_id, release_id, "
                   "from_version, version, state, resume_state, progress, figure, bytes_served, "
                   "reports, cause, created_at, due_at) VALUES (?1, ?2, ?3, 'bench.lamp.v1', ?4, "
                   "11, '1.0.0', '2.0.0', 'queued', 'queued', 0, 0, 0, 0, '', ?5, ?6)"),
          order_(database,
                 "INSERT INTO orders (order_id, appid, open_id, created_at, first_id, last_id) "
                 "VALUES (?1, '0123456789abcdef01234567', ?2, ?3, ?4, ?4)"),
          number_(database,
                  "INSERT INTO sequences (name, next) VALUES ('upgrades', 1) ON CONFLICT (name) "
                  "DO UPDATE SET next = sequences.next + excluded.next RETURNING next") {}

    void write(std::string const& did, std::string const& open_id) {
        long long id = 0;
        while (number_.step()) id = number_.whole(0) + 100'000'000;
        number_.reset();
        auto order_id = std::to_string(id);
        order_id.insert(0, 26 - order_id.size(), '0');
        long long const now = 1'795'435'200'000;
        upgrade_.number(1, id);
        upgrade_.text(2, order_id);
        upgrade_.text(3, did);
        upgrade_.text(4, open_id);
        upgrade_.number(5, now);
        upgrade_.number(6, now + 604'800'000);
        upgrade_.step();
        upgrade_.reset();
        order_.text(1, order_id);
        order_.text(2, open_id);
        order_.number(3, now);
        order_.number(4, id);
        order_.step();
        order_.reset();
    }

private:
    Statement upgrade_;
    Statement order_;
    Statement number_;
};

void delete_written(sqlite3* database) {
    run(database, "DELETE FROM upgrades WHERE id > 100000000");
    run(database, "DELETE FROM orders WHERE order_id < '01'");
    run(database, "PRAGMA wal_checkpoint(TRUNCATE)");
}

}  // namespace

int main(int count, char** words) {
    if (count != 5) {
        std::fprintf(stderr, "usage: bench_rows DATABASE SECONDS OPEN_ID ROWS_PER_TRANSACTION\n");
        return 2;
    }
    sqlite3* database = nullptr;
    if (sqlite3_open(words[1], &database) != SQLITE_OK) give_up(database, "open");
    run(database, "PRAGMA journal_mode = WAL");
    run(database, "PRAGMA synchronous = FULL");
    run(database, "PRAGMA cache_size = -8192");
    auto const seconds = std::atof(words[2]);
    std::string const open_id = words[3];
    auto const batch = static_cast<std::size_t>(std::atoi(words[4]));
    auto const dids = idle_devices(database, words[3]);
    OrderWriter writer(database);

    auto const began = std::chrono::steady_clock::now();
    auto const elapsed = [&] {
        return std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
    };
    std::size_t written = 0;
    while (written + batch <= dids.size() && elapsed() < seconds) {
        run(database, "BEGIN IMMEDIATE");
        for (std::size_t i = 0; i < batch; ++i) writer.write(dids[written++], open_id);
        run(database, "COMMIT");
    }
    std::printf("{\"rows\":%zu,\"seconds\":%.6f}\n", written, elapsed());
    delete_written(database);
    return 0;
}
