#include "sqlstore/upkeep/table_walk.h"

namespace updraft::sqlstore {
namespace {

// "$1, $2, …" up to `count`.
std::string placeholders(std::size_t count) {
    std::string text;
    for (std::size_t i = 1; i <= count; ++i) text += (i == 1 ? "$" : ", $") + std::to_string(i);
    return text;
}

std::string key_list(Table const& table) {
    std::string text;
    for (auto const place : table.key) {
        text += (text.empty() ? "" : ", ") + table.columns[place].name;
    }
    return text;
}

Cell read_cell(Rows const& rows, int place, ColumnKind kind) {
    if (rows.is_null(place)) return std::monostate{};
    if (kind == ColumnKind::number) return rows.number(place);
    return std::string(rows.text(place));
}

void append_number(std::string& out, std::uint64_t number) {
    for (int shift = 56; shift >= 0; shift -= 8) out += static_cast<char>(number >> shift & 0xFFU);
}

// Different sequences of cells give different bytes.
void append_cell(std::string& out, Cell const& cell) {
    if (auto const* number = std::get_if<std::int64_t>(&cell)) {
        out += 'n';
        append_number(out, static_cast<std::uint64_t>(*number));
    } else if (auto const* text = std::get_if<std::string>(&cell)) {
        out += 't';
        append_number(out, text->size());
        out += *text;
    } else {
        out += '-';
    }
}

}  // namespace

Param as_param(Cell const& cell) {
    if (auto const* number = std::get_if<std::int64_t>(&cell)) return *number;
    if (auto const* text = std::get_if<std::string>(&cell)) return *text;
    return nullptr;
}

std::string column_list(Table const& table) {
    std::string text;
    for (auto const& column : table.columns) text += (text.empty() ? "" : ", ") + column.name;
    return text;
}

TableWalk::TableWalk(Session& session, Table const& table) : session_(session), table_(table) {
    auto const head = "SELECT " + column_list(table) + " FROM " + table.name;
    auto const key = key_list(table);
    auto const tail = " ORDER BY " + key + " LIMIT " + std::to_string(rows_max);
    first_ = head + tail;
    after_ = head + " WHERE (" + key + ") > (" + placeholders(table.key.size()) + ")" + tail;
}

Result<std::vector<Row>> TableWalk::next() {
    std::vector<Param> key;
    for (auto const& cell : last_key_) key.push_back(as_param(cell));
    std::vector<Row> found;
    {
        TRY_ASSIGN(auto rows, session_.query_params(key.empty() ? first_ : after_, key));
        for (;;) {
            TRY_ASSIGN(auto const more, rows.next());
            if (!more) break;
            Row row;
            row.reserve(table_.columns.size());
            for (auto const& column : table_.columns) {
                row.push_back(read_cell(rows, static_cast<int>(row.size()), column.kind));
            }
            found.push_back(std::move(row));
        }
    }
    TRY(session_.take_mistype());
    if (!found.empty()) {
        last_key_.clear();
        for (auto const place : table_.key) last_key_.push_back(found.back()[place]);
    }
    return found;
}

void TableSum::add(std::vector<Row> const& some) {
    std::string bytes(digest.begin(), digest.end());
    for (auto const& row : some) {
        for (auto const& cell : row) append_cell(bytes, cell);
    }
    digest = sha256(bytes);
    rows += static_cast<std::int64_t>(some.size());
}

Result<TableSum> sum_of(Session& session, Table const& table) {
    TableSum sum;
    TableWalk walk(session, table);
    for (;;) {
        TRY_ASSIGN(auto const some, walk.next());
        if (some.empty()) return sum;
        sum.add(some);
    }
}

}  // namespace updraft::sqlstore
