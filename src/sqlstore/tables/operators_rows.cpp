#include "sqlstore/tables/operators_rows.h"

#include "sqlstore/tables/pages.h"
#include "sqlstore/tables/role_column.h"

namespace updraft::sqlstore {

using access::folded;

Result<access::Operator> OperatorsRows::find(std::string_view name) const {
    TRY_ASSIGN(auto rows, session_.query("SELECT " UPDRAFT_OPERATOR_COLUMNS
                                         " FROM operators o WHERE o.folded = $1",
                                         folded(name)));
    TRY_ASSIGN(auto const found, rows.next());
    if (!found) return fail(Errc::not_found, "no such operator");
    return read_operator(rows, 0);
}

Result<bool> OperatorsRows::any() const {
    TRY_ASSIGN(auto rows, session_.query("SELECT folded FROM operators ORDER BY folded LIMIT 1"));
    return rows.next();
}

Result<bool> OperatorsRows::has_admin_besides(std::string_view name) const {
    TRY_ASSIGN(auto rows, session_.query("SELECT folded FROM operators WHERE role = 'admin' "
                                         "AND disabled = 0 AND folded <> $1 "
                                         "ORDER BY folded LIMIT 1",
                                         folded(name)));
    return rows.next();
}

Result<Page<access::Operator>> OperatorsRows::list(PageAsk const& ask) const {
    return page_of(
        session_.query("SELECT " UPDRAFT_OPERATOR_COLUMNS " FROM operators o WHERE o.folded > $1 "
                       "ORDER BY o.folded LIMIT $2",
                       ask.after.value_or(""), ask.limit + 1),
        ask, [](Rows const& row) { return read_operator(row, 0); },
        [](access::Operator const& one) { return folded(one.name); });
}

Result<void> OperatorsRows::insert(access::Operator const& made) {
    auto const added = session_.execute(
        "INSERT INTO operators (folded, name, role, approve, disabled, created_at) "
        "VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (folded) DO NOTHING",
        folded(made.name), made.name, word(made.role), made.approve, made.disabled,
        made.created_at);
    if (!added) return pass(added);
    if (*added == 0) return fail(Errc::conflict, "there is an operator of that name");
    return {};
}

Result<void> OperatorsRows::replace(access::Operator const& changed) {
    return session_.change_or(
        {Errc::not_found, "no such operator"},
        "UPDATE operators SET role = $2, approve = $3, disabled = $4 WHERE folded = $1",
        folded(changed.name), word(changed.role), changed.approve, changed.disabled);
}

Result<void> OperatorsRows::remove(std::string_view name) {
    return session_.change_or({Errc::not_found, "no such operator"},
                              "DELETE FROM operators WHERE folded = $1", folded(name));
}

Result<void> OperatorsRows::note_seen(std::string_view name, Instant at) {
    TRY(
        session_.change("UPDATE operators SET last_seen_at = $2 WHERE folded = $1 "
                        "AND (last_seen_at IS NULL OR last_seen_at < $2)",
                        folded(name), at));
    return {};
}

}  // namespace updraft::sqlstore
