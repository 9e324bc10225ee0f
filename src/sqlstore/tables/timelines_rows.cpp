#include "sqlstore/tables/timelines_rows.h"

#include "sqlstore/tables/upgrade_columns.h"

namespace updraft::sqlstore {
namespace {

constexpr std::int64_t timeline_entries_max = 2'000;

// The entry of the current row: at, state, progress, text.
Result<TimelineEntry> read_entry(Rows const& rows) {
    TRY_ASSIGN(auto const state, state_column(rows, 1));
    return TimelineEntry{.at = rows.instant(0),
                         .state = state,
                         .progress = static_cast<int>(rows.number(2)),
                         .text = std::string(rows.text(3))};
}

}  // namespace

Result<std::vector<TimelineEntry>> TimelinesRows::of(UpgradeId id) const {
    std::vector<TimelineEntry> entries;
    {
        TRY_ASSIGN(auto rows, session_.query("SELECT created_at FROM upgrades WHERE id = $1", id));
        TRY_ASSIGN(auto const found, rows.next());
        if (!found) return fail(Errc::not_found, "no such upgrade");
        entries.emplace_back().at = rows.instant(0);
    }
    TRY_ASSIGN(auto rows, session_.query("SELECT at, state, progress, text FROM upgrade_timeline "
                                         "WHERE upgrade_id = $1 ORDER BY seq LIMIT $2",
                                         id, timeline_entries_max));
    while (true) {
        TRY_ASSIGN(auto const found, rows.next());
        if (!found) return entries;
        TRY_ASSIGN(auto entry, read_entry(rows));
        entries.push_back(std::move(entry));
    }
}

// Entries are numbered without gaps, so this is one look-up for each number, not a walk.
Result<std::optional<TimelineEntry>> TimelinesRows::from_end(UpgradeId id,
                                                             std::int64_t later) const {
    TRY_ASSIGN(auto rows, session_.query("SELECT at, state, progress, text FROM upgrade_timeline "
                                         "WHERE upgrade_id = $1 AND seq = (SELECT MAX(m.seq) FROM "
                                         "upgrade_timeline m WHERE m.upgrade_id = $1) - $2",
                                         id, later));
    TRY_ASSIGN(auto const found, rows.next());
    if (!found) return std::nullopt;
    TRY_ASSIGN(auto entry, read_entry(rows));
    return entry;
}

Result<std::vector<TimelineText>> TimelinesRows::texts(UpgradeId id,
                                                       TimelineTextsAsk const& ask) const {
    TRY_ASSIGN(auto rows, session_.query("SELECT seq, text FROM upgrade_timeline "
                                         "WHERE upgrade_id = $1 AND seq < $2 AND text <> '' "
                                         "ORDER BY seq DESC LIMIT $3",
                                         id, ask.before, ask.limit));
    std::vector<TimelineText> texts;
    std::size_t bytes = 0;
    while (bytes < ask.bytes_max) {
        TRY_ASSIGN(auto const found, rows.next());
        if (!found) break;
        texts.push_back({.number = rows.number(0), .text = std::string(rows.text(1))});
        bytes += texts.back().text.size();
    }
    return texts;
}

// `report <> ''` is what the index requires; a digest is never empty.
Result<bool> TimelinesRows::heard(UpgradeId id, std::string_view report) const {
    TRY_ASSIGN(auto rows, session_.query("SELECT 1 WHERE EXISTS (SELECT 1 FROM upgrade_timeline "
                                         "WHERE upgrade_id = $1 AND report = $2 "
                                         "AND report <> '')",
                                         id, report));
    return rows.next();
}

Result<void> TimelinesRows::note(UpgradeId id, TimelineEntry const& entry,
                                 std::string_view report) {
    TRY(session_.change(
        "INSERT INTO upgrade_timeline (upgrade_id, seq, at, state, progress, report, text) "
        "SELECT $1, COALESCE(MAX(seq), 0) + 1, $2, $3, $4, $5, $6 FROM upgrade_timeline "
        "WHERE upgrade_id = $1",
        id, entry.at, word(entry.state), entry.progress, report, entry.text));
    return {};
}

}  // namespace updraft::sqlstore
