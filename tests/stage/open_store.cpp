#include "stage/open_store.h"

#include <unistd.h>

#include <atomic>
#include <cstdlib>
#include <fstream>
#include <stdexcept>
#include <string>
#include <utility>

#include "sqlstore/postgres/session.h"

namespace updraft::stage {

namespace {

std::string server_url() {
    char const* const file = std::getenv("UPDRAFT_TEST_POSTGRES");
    std::string url;
    if (file != nullptr) std::getline(std::ifstream(file), url);
    if (!url.empty()) return url;
    throw std::runtime_error("no PostgreSQL to test with: run this by ctest, which starts one");
}

std::string url_of(std::string const& name) {
    static constexpr std::string_view maintenance = "/postgres?";
    auto url = server_url();
    url.replace(url.find(maintenance), maintenance.size(), "/" + name + "?");
    return url;
}

void on_server(std::string const& sql) {
    auto const session = sqlstore::PostgresSession::open({.url = server_url()});
    if (!session) throw std::runtime_error(session.error().detail);
    auto const done = (*session)->script(sql);
    if (!done) throw std::runtime_error(done.error().detail);
}

}  // namespace

void CloseAndRemove::operator()(sqlstore::SqlStore* store) const {
    delete store;
    if (remove) remove();
}

std::filesystem::path scratch_folder() {
    auto const root = std::filesystem::is_directory("/dev/shm")
                          ? std::filesystem::path("/dev/shm")
                          : std::filesystem::temp_directory_path();
    auto pattern = (root / "updraft-test-XXXXXX").string();
    if (::mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("no scratch folder");
    return pattern;
}

ScratchStore open_store(sqlstore::SqliteOptions options) {
    auto const folder = scratch_folder();
    if (options.file.empty()) options.file = folder / "updraft.db";
    auto opened = sqlstore::open_sqlite(options);
    if (!opened) throw std::runtime_error("cannot open a store: " + opened.error().detail);
    auto const remove = [folder] {
        std::error_code ignored;
        std::filesystem::remove_all(folder, ignored);
    };
    return ScratchStore((*opened).release(), CloseAndRemove{folder, remove});
}

ScratchDatabase::ScratchDatabase() {
    static std::atomic<int> made{0};
    name_ = "test_" + std::to_string(::getpid()) + "_" + std::to_string(++made);
    on_server("CREATE DATABASE " + name_);
    url_ = url_of(name_);
}

ScratchDatabase::~ScratchDatabase() {
    try {
        on_server("DROP DATABASE " + name_ + " WITH (FORCE)");
    } catch (std::runtime_error const&) {
        // It is removed with its cluster.
    }
}

std::string shared_database(std::string const& name,
                            std::function<void(std::string const& url)> const& fill) {
    auto const session = sqlstore::PostgresSession::open({.url = server_url()}).value();
    // The lock is released when this connection ends.
    if (!session->script("SELECT pg_advisory_lock(1)")) throw std::runtime_error("no lock");
    auto rows = session->query("SELECT 1 FROM pg_database WHERE datname = $1", name);
    if (rows.value().next().value()) return url_of(name);
    auto const aside = name + "_new";
    if (!session->script("DROP DATABASE IF EXISTS " + aside + " WITH (FORCE)") ||
        !session->script("CREATE DATABASE " + aside)) {
        throw std::runtime_error("cannot make the database " + name);
    }
    fill(url_of(aside));
    auto const named = session->script("ALTER DATABASE " + aside + " RENAME TO " + name);
    if (!named) throw std::runtime_error(named.error().detail);
    return url_of(name);
}

ScratchStore open_postgres_store(sqlstore::PostgresOptions options) {
    auto database = std::make_shared<ScratchDatabase>();
    options.url = database->url();
    auto opened = sqlstore::open_postgres(options);
    if (!opened) throw std::runtime_error("cannot open a store: " + opened.error().detail);
    auto const remove = [database = std::move(database)]() mutable { database.reset(); };
    return ScratchStore((*opened).release(), CloseAndRemove{{}, remove});
}

}  // namespace updraft::stage
