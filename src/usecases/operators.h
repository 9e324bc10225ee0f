// Operators are made, changed and removed.
//
// Lives here: the use cases, and the rule that an enabled admin stays.
//
// Not here:   their tokens (usecases/operator_tokens.h), who may call (admin/routes.cpp).
#pragma once

#include <optional>
#include <string>

#include "access/actor.h"
#include "access/operator.h"
#include "ports/store.h"

namespace updraft::usecases {

// Errc::conflict when the name is taken.
[[nodiscard]] Result<access::Operator> create_operator(Tx& tx, access::Actor const& actor,
                                                       access::Operator const& wanted, Instant now);

// Absent members are not changed.
struct OperatorChange {
    std::string name;
    std::optional<access::Role> role;
    std::optional<bool> approve;
    std::optional<bool> disabled;
};

// Another role, and a disabled operator, end its sessions. Answers the operator after the change.
// Errc::not_found; Errc::conflict when no enabled admin would be left.
[[nodiscard]] Result<access::Operator> change_operator(Tx& tx, access::Actor const& actor,
                                                       OperatorChange const& wanted, Instant now);

// Its tokens and sessions end. Errors as change_operator().
[[nodiscard]] Result<void> remove_operator(Tx& tx, access::Actor const& actor,
                                           std::string const& name, Instant now);

}  // namespace updraft::usecases
