// schema.sql, which shows all tables and indexes in one place, is what the migrations make.
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <iterator>

#include "sqlstore/postgres/session.h"
#include "sqlstore/schema/migrate.h"
#include "sqlstore/sqlite/session.h"
#include "stage/open_store.h"

namespace updraft::sqlstore {
namespace {

using Lines = std::vector<std::string>;

constexpr auto* schema_file = UPDRAFT_SOURCE_DIR "/src/sqlstore/schema/schema.sql";
constexpr auto* how_to_write_it = "run `./dev schema`, and look at what changed";

std::string text_of_file() {
    std::ifstream file(schema_file);
    return {std::istreambuf_iterator<char>(file), {}};
}

// The first column of every row.
Lines lines_of(Session& session, std::string_view sql) {
    auto rows = session.query(sql);
    if (!rows) throw std::runtime_error(rows.error().detail);
    Lines lines;
    while (rows->next().value()) lines.emplace_back(rows->text(0));
    std::ranges::sort(lines);
    return lines;
}

std::unique_ptr<SqliteSession> in_memory() {
    return SqliteSession::open(":memory:", Access::read_write, Sync::off).value();
}

std::string made_by_migrations() {
    auto const session = in_memory();
    if (!migrate(*session, sqlite_dialect, embedded_migrations())) return "";
    auto rows = session->query(
        "SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY tbl_name, type DESC, name");
    std::string text =
        "-- All tables and indexes, as the migrations beside this file make them, in SQLite's "
        "words.\n"
        "-- Written by `./dev schema` and checked by promises_sqlstore: do not edit.\n";
    while (rows.value().next().value()) ((text += '\n') += rows->text(0)) += ";\n";
    return text;
}

TEST(Schema, IsWhatTheMigrationsMakeOnSqlite) {
    auto const made = made_by_migrations();
    if (std::getenv("UPDRAFT_WRITE_SCHEMA") != nullptr) std::ofstream(schema_file) << made;
    EXPECT_EQ(text_of_file(), made) << how_to_write_it;
}

// "table.column BIGINT NOT NULL" of every column, on either database.
constexpr auto* sqlite_columns =
    "SELECT t.name || '.' || c.name || ' ' || c.type || "
    "CASE c.\"notnull\" WHEN 1 THEN ' NOT NULL' ELSE '' END "
    "FROM sqlite_schema t, pragma_table_info(t.name) c WHERE t.type = 'table'";
constexpr auto* postgres_columns =
    "SELECT table_name || '.' || column_name || ' ' || upper(data_type) || "
    "CASE is_nullable WHEN 'NO' THEN ' NOT NULL' ELSE '' END "
    "FROM information_schema.columns WHERE table_schema = 'public'";

// "table: unique index name (column, column) of some rows" of every index.
constexpr auto* sqlite_indexes =
    "SELECT i.tbl_name || ': ' || CASE l.\"unique\" WHEN 1 THEN 'unique ' ELSE '' END || "
    "'index ' || i.name || ' (' || (SELECT group_concat(name, ', ') FROM "
    "(SELECT name FROM pragma_index_info(i.name) ORDER BY seqno)) || ')' || "
    "CASE l.partial WHEN 1 THEN ' of some rows' ELSE '' END "
    "FROM sqlite_schema i, pragma_index_list(i.tbl_name) l "
    "WHERE i.type = 'index' AND i.sql IS NOT NULL AND l.name = i.name";
constexpr auto* postgres_indexes =
    "SELECT t.relname || ': ' || CASE WHEN x.indisunique THEN 'unique ' ELSE '' END || "
    "'index ' || i.relname || ' (' || (SELECT string_agg(a.attname, ', ' ORDER BY k.place) "
    "FROM unnest(x.indkey) WITH ORDINALITY AS k (number, place) "
    "JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = k.number) || ')' || "
    "CASE WHEN x.indpred IS NULL THEN '' ELSE ' of some rows' END "
    "FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid JOIN pg_class t ON t.oid = x.indrelid "
    "JOIN pg_namespace n ON n.oid = t.relnamespace "
    "WHERE n.nspname = 'public' AND NOT x.indisprimary";

// "table: column, column" of every primary key.
constexpr auto* sqlite_keys =
    "SELECT t.name || ': ' || (SELECT group_concat(name, ', ') FROM "
    "(SELECT name FROM pragma_table_info(t.name) WHERE pk > 0 ORDER BY pk)) "
    "FROM sqlite_schema t WHERE t.type = 'table'";
constexpr auto* postgres_keys =
    "SELECT t.relname || ': ' || string_agg(a.attname, ', ' ORDER BY k.place) "
    "FROM pg_index x JOIN pg_class t ON t.oid = x.indrelid "
    "JOIN pg_namespace n ON n.oid = t.relnamespace "
    "JOIN unnest(x.indkey) WITH ORDINALITY AS k (number, place) ON true "
    "JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = k.number "
    "WHERE n.nspname = 'public' AND x.indisprimary GROUP BY t.relname";

TEST(Schema, HasTheTablesColumnsAndIndexesThatTheMigrationsMakeOnPostgresql) {
    auto const shown = in_memory();
    ASSERT_TRUE(shown->script(text_of_file())) << how_to_write_it;
    stage::ScratchDatabase const database;
    ASSERT_TRUE(bring_to_date({.url = database.url()}, embedded_migrations()));
    auto const made = PostgresSession::open({.url = database.url()}).value();

    auto const columns = lines_of(*shown, sqlite_columns);
    EXPECT_GT(columns.size(), 100U);
    EXPECT_EQ(columns, lines_of(*made, postgres_columns));
    auto const indexes = lines_of(*shown, sqlite_indexes);
    EXPECT_GT(indexes.size(), 20U);
    EXPECT_EQ(indexes, lines_of(*made, postgres_indexes));
    EXPECT_EQ(lines_of(*shown, sqlite_keys), lines_of(*made, postgres_keys));
}

}  // namespace
}  // namespace updraft::sqlstore
