// Reads columns that hold a role, and those of an operator.
//
// Lives here: both, for the tables that join operators.
// Not here:   the words of roles (access/role.h).
#pragma once

#include <optional>
#include <string>

#include "access/operator.h"
#include "sqlstore/session.h"

namespace updraft::sqlstore {

// Errc::corrupt when the word is no role.
[[nodiscard]] inline Result<access::Role> role_column(Rows const& rows, int column) {
    auto const role = access::read_role(rows.text(column));
    if (!role) return fail(Errc::corrupt, "a stored role is none");
    return *role;
}

// The columns that read_operator() reads, of the table or alias `o`.
#define UPDRAFT_OPERATOR_COLUMNS \
    "o.name, o.role, o.approve, o.disabled, o.created_at, o.last_seen_at"

// `first` is the column of the name.
[[nodiscard]] inline Result<access::Operator> read_operator(Rows const& rows, int first) {
    access::Operator read;
    read.name = rows.text(first);
    TRY_ASSIGN(read.role, role_column(rows, first + 1));
    read.approve = rows.truth(first + 2);
    read.disabled = rows.truth(first + 3);
    read.created_at = rows.instant(first + 4);
    read.last_seen_at = rows.maybe_instant(first + 5);
    return read;
}

// The same after an outer join: nothing when there is no operator.
[[nodiscard]] inline Result<std::optional<access::Operator>> maybe_operator(Rows const& rows,
                                                                            int first) {
    if (rows.is_null(first)) return std::optional<access::Operator>();
    TRY_ASSIGN(auto read, read_operator(rows, first));
    return std::optional(std::move(read));
}

}  // namespace updraft::sqlstore
