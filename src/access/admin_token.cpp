#include "access/admin_token.h"

#include "ports/admin_tokens_table.h"

namespace updraft::access {

Result<Operator> identify_operator(Tx const& tx, Sha256 const& token) {
    TRY_ASSIGN(bool const known, tx.admin_tokens().knows(token));
    if (!known) return fail(Errc::unauthorized, "not an operator's token");
    return Operator{.name = "admin"};
}

}  // namespace updraft::access
