#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sqlstore/tables/devices_rows.h"
#include "sqlstore/tables/tags_column.h"
#include "text/whole_number.h"

namespace updraft::sqlstore {
namespace {

constexpr int first_policy_column = 11;
constexpr int columns_of_policies = 2;

// The members of a policy, which have no blanks, with blanks between them.
#define POLICY_OF(did)                                                                      \
    ", (SELECT p.auto_upgrade || ' ' || p.upgrade_hours || ' ' || p.time_zone || ' ' || "   \
    "CAST(p.changed_at AS TEXT) FROM policies p WHERE p.open_id = COALESCE(d.open_id, '') " \
    "AND p.did = " did ")"

// One text for each number of attributes, with and without policies. $1 is the model, $2 the did
// and $3 the limit; the keys of the attributes follow. All are looked up for each device: a join
// would give a row for each attribute, and PostgreSQL would read all policies for it.
std::string walk_text(ModelWalk const& walk) {
    std::string sql =
        "SELECT d.did, d.model, d.version, d.open_id, d.gateway_did, d.attributes_wanted, "
        "d.installed, d.last_seen, d.created_at, d.offers_after, d.tags";
    if (walk.policies) sql += POLICY_OF("''") POLICY_OF("d.did");
    for (std::size_t i = 0; i < walk.attributes.size(); ++i) {
        sql += ", (SELECT a.value FROM device_attributes a WHERE a.did = d.did AND a.key = $" +
               std::to_string(4 + i) + ")";
    }
    return sql + " FROM devices d WHERE d.model = $1 AND d.did > $2 ORDER BY d.did LIMIT $3";
}
#undef POLICY_OF

// Sets all fields but the name and the token: `device` is used for all rows, so that its texts keep
// their memory.
void read_into(fleet::Device& device, Rows const& rows) {
    device.did.value = rows.text(0);
    device.model.value = rows.text(1);
    device.version.value = rows.text(2);
    device.open_id = rows.maybe_name<OpenId>(3);
    device.gateway_did = rows.maybe_name<Did>(4);
    device.attributes_wanted = rows.truth(5);
    device.installed = rows.maybe_id<UpgradeId>(6);
    device.last_seen = rows.maybe_instant(7);
    device.created_at = rows.instant(8);
    device.offers_after = rows.maybe_id<ReleaseId>(9);
    device.tags.clear();
    if (!rows.text(10).empty()) device.tags = read_tags(rows.text(10));
}

std::string_view take_word(std::string_view& text) {
    auto const end = std::min(text.find(' '), text.size());
    auto const word = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    return word;
}

std::optional<policy::Policy> policy_at(Rows const& rows, int column) {
    if (rows.is_null(column)) return std::nullopt;
    auto rest = rows.text(column);
    policy::Policy policy;
    policy.auto_upgrade = take_word(rest);
    policy.upgrade_hours = take_word(rest);
    policy.time_zone = take_word(rest);
    policy.changed_at = Instant{text::read_whole(rest).value_or(0)};
    return policy;
}

void read_policies(WalkedDevice& walked, Rows const& rows) {
    walked.policies.user = policy_at(rows, first_policy_column);
    walked.policies.devices.clear();
    if (auto own = policy_at(rows, first_policy_column + 1)) {
        walked.policies.devices.emplace(walked.device.did, *std::move(own));
    }
}

}  // namespace

// Looking for policies in an empty table would cost as much as the devices themselves.
Result<std::int64_t> DevicesRows::of_model(ModelWalk const& wanted,
                                           LookAtWalked const& look) const {
    auto walk = wanted;
    if (walk.policies) {
        TRY_ASSIGN(auto any, session_.query("SELECT did FROM policies WHERE open_id >= $1 "
                                            "ORDER BY open_id, did LIMIT 1",
                                            ""));
        TRY_ASSIGN(walk.policies, any.next());
    }
    std::vector<Param> params{Param(walk.model), Param(walk.after), Param(walk.limit)};
    for (auto const& key : walk.attributes) params.emplace_back(key);
    TRY_ASSIGN(auto rows, session_.query_params(walk_text(walk), params));
    auto const first_attribute = first_policy_column + (walk.policies ? columns_of_policies : 0);
    WalkedDevice walked;
    for (std::int64_t count = 0;;) {
        TRY_ASSIGN(auto const more, rows.next());
        if (!more) return count;
        ++count;
        read_into(walked.device, rows);
        if (walk.policies) read_policies(walked, rows);
        walked.attributes.clear();
        for (std::size_t i = 0; i < walk.attributes.size(); ++i) {
            auto value = rows.maybe_text(first_attribute + static_cast<int>(i));
            if (value) walked.attributes.emplace(walk.attributes[i], *std::move(value));
        }
        TRY_ASSIGN(bool const go_on, look(walked));
        if (!go_on) return count;
    }
}

}  // namespace updraft::sqlstore
