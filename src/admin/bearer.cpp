#include "admin/bearer.h"

#include <algorithm>

#include "vocabulary/ascii.h"

namespace updraft::admin {

Result<Sha256> read_bearer(std::string_view authorization) {
    static constexpr std::string_view scheme = "bearer ";
    auto const fits = authorization.size() > scheme.size() &&
                      same_name(authorization.substr(0, scheme.size()), scheme);
    if (!fits) return fail(Errc::unauthorized, "Authorization must be a Bearer token");
    auto token = authorization.substr(scheme.size());
    token.remove_prefix(std::min(token.find_first_not_of(' '), token.size()));
    return sha256(token);
}

}  // namespace updraft::admin
