#include "app/open_store.h"

#include <signal.h>

#include <chrono>
#include <thread>

#include "app/settings/part_settings.h"
#include "sqlstore/postgres/store.h"
#include "sqlstore/sqlite/store.h"

namespace updraft::app {
namespace {

// Attempts to open the store, one in a second: a database server that starts at the same time may
// need some seconds.
constexpr int attempts_max = 30;
constexpr int attempts_between_warnings = 5;
// The pause between two attempts of a migration while other instances use the tables.
constexpr std::chrono::seconds pause_when_busy{3};

// True when SIGTERM or SIGINT was received; it is pending until the process waits for signals.
bool asked_to_end() {
    sigset_t pending{};
    if (::sigpending(&pending) != 0) return false;
    return sigismember(&pending, SIGTERM) == 1 || sigismember(&pending, SIGINT) == 1;
}

}  // namespace

Result<std::unique_ptr<sqlstore::SqlStore>> open_store(Settings::Store const& store,
                                                       Hurry const& hurry, Journal& journal) {
    if (store.url.kind == StoreKind::sqlite) return sqlstore::open_sqlite(sqlite_options(store));
    auto options = postgres_options(store);
    options.hurry = hurry.descriptor();
    for (int attempt = 0;; ++attempt) {
        auto opened = sqlstore::open_postgres(options);
        if (opened) return opened;
        auto const busy = opened.error().code == Errc::busy;
        if (!busy && opened.error().code != Errc::unavailable) return opened;
        if (attempt >= attempts_max || asked_to_end()) return opened;
        if (busy || attempt % attempts_between_warnings == 0) {
            journal.warn(busy ? "the database cannot be brought to date yet"
                              : "the database is not there yet",
                         {{"detail", opened.error().detail}});
        }
        std::this_thread::sleep_for(busy ? pause_when_busy : std::chrono::seconds{1});
    }
}

}  // namespace updraft::app
