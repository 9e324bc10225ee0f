#include "usecases/release_rights.h"

#include "ports/models_table.h"

namespace updraft::usecases {

Result<void> check_unapproved(Tx const& tx, access::Actor const& actor, ModelName const& model,
                              std::string_view what) {
    TRY_ASSIGN(auto const settings, tx.models().find(model));
    if (settings.approvals_min == 0) return {};
    return access::needs(actor, access::Role::admin, what);
}

}  // namespace updraft::usecases
