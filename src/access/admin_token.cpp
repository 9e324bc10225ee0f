#include "access/admin_token.h"

#include "ports/admin_tokens_table.h"

namespace updraft::access {

Result<Sha256> read_bearer(std::string_view authorization) {
    static constexpr std::string_view scheme = "bearer ";
    auto fits = authorization.size() > scheme.size();
    for (std::size_t i = 0; fits && i < scheme.size(); ++i) {
        auto const c = authorization[i];
        fits = (c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c) == scheme[i];
    }
    if (!fits) return fail(Errc::unauthorized, "Authorization must be a Bearer token");
    auto token = authorization.substr(scheme.size());
    token.remove_prefix(std::min(token.find_first_not_of(' '), token.size()));
    return sha256(token);
}

Result<void> check_admin(Tx const& tx, Sha256 const& token) {
    TRY_ASSIGN(bool const known, tx.admin_tokens().knows(token));
    if (!known) return fail(Errc::unauthorized, "not an operator's token");
    return {};
}

}  // namespace updraft::access
