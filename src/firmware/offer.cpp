#include "firmware/offer.h"

#include "firmware/eligibility.h"

namespace updraft::firmware {

Release const* offer(Catalog const& catalog, Candidate const& device) {
    return Eligibility(catalog, device).offer();
}

Result<Release const*> offer(Tx const& tx, Catalog const& catalog, fleet::Device const& device) {
    TRY_ASSIGN(auto const applying, candidate(tx, catalog, device));
    return offer(catalog, applying);
}

Release const* announced_offer(Catalog const& catalog, Candidate const& device) {
    auto const* const offered = offer(catalog, device);
    if (offered == nullptr || offered->availability != Availability::rollout) return offered;
    auto const* const decides = find_rollout(catalog, offered->id);
    bool const by_itself = decides != nullptr && decides->mode == rollout::Mode::install;
    return by_itself ? nullptr : offered;
}

Result<Release const*> announced_offer(Tx const& tx, Catalog const& catalog,
                                       fleet::Device const& device) {
    TRY_ASSIGN(auto const applying, candidate(tx, catalog, device));
    return announced_offer(catalog, applying);
}

}  // namespace updraft::firmware
