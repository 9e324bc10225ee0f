#include "firmware/offer.h"

#include "firmware/eligibility.h"

namespace updraft::firmware {

Release const* offer(Catalog const& catalog, Version const& current,
                     std::optional<ReleaseId> offers_after) {
    return Eligibility(catalog, current, offers_after).offer();
}

}  // namespace updraft::firmware
