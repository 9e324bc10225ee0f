// Rows of operators.
//
// Lives here: the interface that the domain uses.
// Not here:   tokens (ports/operator_tokens_table.h), the SQL (sqlstore/tables/operators_rows.cpp).
#pragma once

#include <string>
#include <string_view>

#include "access/operator.h"
#include "vocabulary/page.h"
#include "vocabulary/result.h"

namespace updraft {

// Names are compared by access::folded().
class OperatorsTable {
public:
    virtual ~OperatorsTable() = default;
    // Errc::not_found.
    [[nodiscard]] virtual Result<access::Operator> find(std::string_view name) const = 0;
    [[nodiscard]] virtual Result<bool> any() const = 0;
    // True when an enabled operator other than `name` has the role admin.
    [[nodiscard]] virtual Result<bool> has_admin_besides(std::string_view name) const = 0;
    // In the order of folded names.
    [[nodiscard]] virtual Result<Page<access::Operator>> list(PageAsk const& ask) const = 0;
    // Errc::conflict when the name is taken.
    virtual Result<void> insert(access::Operator const& made) = 0;
    // Writes the role, `approve` and `disabled`. Errc::not_found.
    virtual Result<void> replace(access::Operator const& changed) = 0;
    // The operator alone. Errc::not_found.
    virtual Result<void> remove(std::string_view name) = 0;
    // Sets last_seen_at, which never becomes earlier. No effect when there is no such operator.
    virtual Result<void> note_seen(std::string_view name, Instant at) = 0;
};

}  // namespace updraft
