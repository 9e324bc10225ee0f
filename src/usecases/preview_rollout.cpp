#include "usecases/preview_rollout.h"

#include "firmware/eligibility.h"
#include "ports/releases_table.h"
#include "rollout/window.h"
#include "upgrade/gateway_turns.h"
#include "usecases/preview_devices.h"
#include "usecases/preview_warnings.h"
#include "vocabulary/if_found.h"

namespace updraft::usecases {
namespace {

constexpr std::int64_t devices_per_read = 10'000;

// What all devices have in common.
struct Basis {
    firmware::Catalog catalog;  // With the release, also if it is a draft, and without rollouts.
    ReleaseId release;
    Millis polling{};
    Record record;

    [[nodiscard]] firmware::Release const& the_release() const {
        return *firmware::find_release(catalog, release);
    }
};

Result<Basis> basis_of(Tx const& tx, upgrade::Means const& means, ReleaseId id) {
    TRY_ASSIGN(auto release, if_found(tx.releases().find(id)));
    if (!release) return fail(Errc::invalid, "firmwareId does not name a firmware");
    if (release->state == firmware::ReleaseState::withdrawn) {
        return fail(Errc::conflict, "firmwareId names a firmware that was withdrawn");
    }
    Basis basis{.release = id};
    TRY_ASSIGN(auto const catalog, tx.releases().catalog(release->model));
    basis.catalog = *catalog;
    basis.catalog.rollouts.clear();
    if (release->state == firmware::ReleaseState::draft) {
        release->state = firmware::ReleaseState::released;
        basis.catalog.releases.push_back(*release);
    }
    TRY_ASSIGN(basis.polling, upgrade::polling_of(tx, means, release->model));
    TRY_ASSIGN(basis.record, record_of(tx, *release));
    return basis;
}

ModelWalk walk_for(RolloutToPreview const& wanted, ModelName const& model) {
    ModelWalk walk{.model = model, .after = {}, .limit = devices_per_read};
    for (auto const& [key, value] : wanted.audience.attributes) walk.attributes.push_back(key);
    bool const by_itself = wanted.mode == rollout::Mode::install;
    auto const& window = wanted.plan.window;
    if (by_itself && window && window->zone == rollout::zone_of_device) {
        walk.attributes.emplace_back(rollout::zone_attribute);
    }
    walk.policies = by_itself;
    return walk;
}

Result<std::vector<WalkedDevice>> read_part(Tx const& tx, ModelWalk const& walk) {
    std::vector<WalkedDevice> part;
    TRY(tx.devices().of_model(walk, [&](WalkedDevice const& one) -> Result<bool> {
        part.push_back(one);
        return true;
    }));
    return part;
}

}  // namespace

struct PreviewScan::Begun {
    Begun(Basis read, RolloutToPreview const& wanted, upgrade::Means const& means)
        : basis(std::move(read)),
          count(basis.catalog, basis.the_release(), wanted, means),
          walk(walk_for(wanted, basis.the_release().model)) {}

    Basis basis;
    DeviceCount count;
    ModelWalk walk;
};

PreviewScan::PreviewScan(Store& store, upgrade::Means const& means, RolloutToPreview wanted,
                         Instant now)
    : store_(store), means_(means), wanted_(std::move(wanted)), now_(now) {}

PreviewScan::~PreviewScan() = default;

// The store may begin a read anew, so what it has read is counted after its end.
Result<bool> PreviewScan::read_more() {
    if (!begun_) {
        TRY_ASSIGN(auto basis, read(store_, [&](Tx const& tx) {
                       return basis_of(tx, means_, wanted_.release);
                   }));
        begun_ = std::make_unique<Begun>(std::move(basis), wanted_, means_);
    }
    auto& walk = begun_->walk;
    TRY_ASSIGN(auto const part, read(store_, [&](Tx const& tx) { return read_part(tx, walk); }));
    for (auto const& walked : part) begun_->count.add(walked, begun_->basis.polling, now_);
    if (std::ssize(part) < walk.limit) return true;
    walk.after = part.back().device.did;
    return false;
}

Preview PreviewScan::result() const {
    auto const& release = begun_->basis.the_release();
    Preview preview;
    preview.as_of = now_;
    begun_->count.write(preview);
    if (release.artifact) preview.bytes = release.artifact->bytes * preview.eligible;
    preview.warnings =
        warnings_of(wanted_, begun_->basis.catalog, release, begun_->count, begun_->basis.record);
    return preview;
}

}  // namespace updraft::usecases
