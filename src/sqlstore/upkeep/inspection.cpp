#include "sqlstore/upkeep/inspection.h"

#include "sqlstore/schema/migrate.h"
#include "sqlstore/upkeep/soundness.h"
#include "sqlstore/upkeep/table_walk.h"

namespace updraft::sqlstore {
namespace {

// At most this many findings of one question: a store that has lost a table would have millions.
constexpr std::int64_t findings_per_question_max = 20;

// Adds an error as a finding, unless the database cannot be read at all.
Result<void> note(Inspection& inspection, Result<void> asked, std::string const& about) {
    if (asked || asked.error().code == Errc::unavailable) return asked;
    inspection.findings.push_back(about + ": " + asked.error().detail);
    return {};
}

Result<void> ask_database(Inspection& inspection, Database& database) {
    auto const question = database.dialect->own_check;
    if (question.empty()) return {};
    TRY_ASSIGN(auto rows, database.session->query(question));
    for (;;) {
        TRY_ASSIGN(auto const more, rows.next());
        if (!more) return {};
        if (rows.text(0) != "ok") {
            inspection.findings.push_back("the database is damaged: " + std::string(rows.text(0)));
        }
    }
}

Result<void> ask(Inspection& inspection, Session& session, Question const& question) {
    TRY_ASSIGN(auto rows, session.query(question.sql, findings_per_question_max + 1));
    std::int64_t found = 0;
    for (;;) {
        TRY_ASSIGN(auto const more, rows.next());
        if (!more) return {};
        if (++found > findings_per_question_max) {
            inspection.findings.push_back(question.finding + ": more of them");
            return {};
        }
        inspection.findings.push_back(question.finding + ": " + std::string(rows.text(0)));
    }
}

Result<void> read_every_row(Inspection& inspection, Session& session) {
    TRY_ASSIGN(auto const tables, current_tables());
    for (auto const& table : tables) {
        auto const sum = sum_of(session, table);
        if (sum) inspection.rows += sum->rows;
        Result<void> asked;
        if (!sum) asked = tl::unexpected<Error>(sum.error());
        TRY(note(inspection, asked, "rows of " + table.name + " cannot be read"));
    }
    return {};
}

Result<void> read_key_check(Inspection& inspection, Session& session) {
    TRY_ASSIGN(auto rows, session.query("SELECT sealed FROM key_checks WHERE id = 1"));
    TRY_ASSIGN(auto const found, rows.next());
    if (found) inspection.key_check = rows.text(0);
    return {};
}

Result<void> look_into(Inspection& inspection, Database& database, Depth depth) {
    auto& session = *database.session;
    TRY(note(inspection, ask_database(inspection, database), "the database is damaged"));
    for (auto const& question : questions()) {
        TRY(note(inspection, ask(inspection, session, question), question.finding));
        TRY(note(inspection, session.take_mistype(), question.finding));
    }
    if (depth == Depth::every_row) TRY(read_every_row(inspection, session));
    TRY(note(inspection, read_key_check(inspection, session), "the key's check"));
    auto named = named_artifacts(database);
    if (named) {
        inspection.artifacts = *std::move(named);
        return {};
    }
    return note(inspection, tl::unexpected<Error>(named.error()), "releases cannot be read");
}

}  // namespace

Result<Inspection> inspect(Database& database, Depth depth) {
    Inspection inspection;
    TRY_ASSIGN(auto transaction, Transaction::begin(database, Transaction::Kind::read));
    auto const missing = missing_migrations(*database.session, embedded_migrations());
    if (!missing) {
        TRY(note(inspection, tl::unexpected<Error>(missing.error()), "the store"));
        return inspection;
    }
    if (*missing > 0) {
        inspection.findings.emplace_back(
            "the store has an older shape: a server updates it at its start");
        return inspection;
    }
    TRY(look_into(inspection, database, depth));
    return inspection;
}

Result<std::vector<NamedArtifact>> named_artifacts(Database& database) {
    std::vector<NamedArtifact> named;
    TRY_ASSIGN(auto rows,
               database.session->query(
                   "SELECT sha256, bytes, model, version FROM releases "
                   "WHERE sha256 IS NOT NULL AND bytes IS NOT NULL ORDER BY sha256, id"));
    for (;;) {
        TRY_ASSIGN(auto const more, rows.next());
        if (!more) break;
        if (!named.empty() && named.back().sha256 == rows.text(0)) continue;
        named.push_back({.sha256 = std::string(rows.text(0)),
                         .bytes = rows.number(1),
                         .release = std::string(rows.text(2)) + " " + std::string(rows.text(3))});
    }
    TRY(database.session->take_mistype());
    return named;
}

}  // namespace updraft::sqlstore
