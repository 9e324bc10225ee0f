// Implements DevicesTable in SQL.
//
// Lives here: the SQL of its functions, in devices_rows.cpp and device_walk.cpp.
// Not here:   the contract of its functions (ports/devices_table.h).
#pragma once

#include "ports/devices_table.h"
#include "sqlstore/session.h"

namespace updraft::sqlstore {

class DevicesRows final : public DevicesTable {
public:
    explicit DevicesRows(Session& session) : session_(session) {}

    Result<fleet::Device> find(Did const& did) const override;
    Result<std::vector<fleet::Device>> find_many(std::span<Did const> dids) const override;
    Result<fleet::Attributes> attributes(Did const& did) const override;
    Result<Page<fleet::Device>> list(DeviceFilter const& filter, PageAsk const& ask) const override;
    Result<std::int64_t> of_user(OpenId const& open_id, Did const& after, std::int64_t limit,
                                 LookAtDevice const& look) const override;
    Result<std::int64_t> of_model(ModelWalk const& walk, LookAtWalked const& look) const override;
    Result<bool> has_sub_devices(Did const& gateway) const override;

    Result<void> insert(fleet::Device const& device) override;
    Result<void> replace(fleet::Device const& device) override;
    Result<void> remove(Did const& did) override;
    Result<void> set_attributes(Did const& did, fleet::Attributes const& attributes) override;
    Result<void> set_tags(Did const& did, std::vector<std::string> const& tags) override;
    Result<void> want_attributes(Did const& did) override;
    Result<void> seen(std::span<std::pair<Did, Instant> const> signs) override;

    // As Prefetch::device() and Prefetch::attributes().
    void expect(Did const& did) const;
    void expect_attributes(Did const& did) const;

private:
    Result<void> add_tags(Did const& did, std::vector<std::string> const& tags);
    Result<void> remove_tags(Did const& did);

    Session& session_;
};

}  // namespace updraft::sqlstore
