#include "sqlstore/tables/devices_rows.h"

#include <string>
#include <vector>

#include "sqlstore/tables/digest_column.h"
#include "sqlstore/tables/pages.h"

#define DEVICE_COLUMNS                                                                   \
    "did, name, model, version, open_id, gateway_did, token_digest, attributes_wanted, " \
    "installed, last_seen, created_at"

namespace updraft::sqlstore {
namespace {

constexpr std::string_view one_device = "SELECT " DEVICE_COLUMNS " FROM devices WHERE did = $1";

Error no_such_device() { return {Errc::not_found, "did: no such device"}; }

Result<fleet::Device> read_device(Rows const& rows) {
    TRY_ASSIGN(auto const token_digest, read_digest(rows.text(6)));
    return fleet::Device{
        .did = rows.name<Did>(0),
        .name = std::string(rows.text(1)),
        .model = rows.name<ModelName>(2),
        .version = rows.name<Version>(3),
        .open_id = rows.maybe_name<OpenId>(4),
        .gateway_did = rows.maybe_name<Did>(5),
        .token_digest = token_digest,
        .attributes_wanted = rows.truth(7),
        .installed = rows.maybe_id<UpgradeId>(8),
        .last_seen = rows.maybe_instant(9),
        .created_at = rows.instant(10),
    };
}

constexpr std::size_t signs_at_once = 50;

// Both databases name the columns of VALUES column1 and column2.
std::string many_seen() {
    std::string sql =
        "UPDATE devices SET last_seen = s.at FROM (SELECT v.column1 AS did, "
        "MAX(v.column2) AS at FROM (VALUES ";
    for (std::size_t i = 0; i < signs_at_once; ++i) {
        sql += (i == 0 ? "($" : ", ($") + std::to_string(2 * i + 1) + ", $" +
               std::to_string(2 * i + 2) + ")";
    }
    return sql +
           ") AS v GROUP BY v.column1) AS s WHERE devices.did = s.did "
           "AND (devices.last_seen IS NULL OR devices.last_seen < s.at)";
}

}  // namespace

Result<fleet::Device> DevicesRows::find(Did const& did) const {
    TRY_ASSIGN(auto rows, session_.query(one_device, did));
    TRY_ASSIGN(auto const found, rows.next());
    if (!found) return tl::unexpected<Error>(no_such_device());
    return read_device(rows);
}

void DevicesRows::expect(Did const& did) const { session_.expect(one_device, did); }

Result<fleet::Attributes> DevicesRows::attributes(Did const& did) const {
    TRY_ASSIGN(auto rows, session_.query("SELECT key, value FROM device_attributes WHERE did = $1 "
                                         "ORDER BY key LIMIT $2",
                                         did, std::int64_t{fleet::attributes_max}));
    fleet::Attributes attributes;
    for (;;) {
        TRY_ASSIGN(auto const more, rows.next());
        if (!more) return attributes;
        attributes.emplace(rows.text(0), rows.text(1));
    }
}

// The index of the most selective field is used: the gateway, otherwise the user, otherwise the
// model. The other fields are compared row by row.
Result<Page<fleet::Device>> DevicesRows::list(DeviceFilter const& filter,
                                              PageAsk const& ask) const {
    static constexpr std::string_view of_gateway =
        "SELECT " DEVICE_COLUMNS
        " FROM devices WHERE gateway_did = $1 AND did > $2 "
        "AND COALESCE(open_id, '') = COALESCE($3, open_id, '') AND model = COALESCE($4, model) "
        "ORDER BY did LIMIT $5";
    static constexpr std::string_view of_user =
        "SELECT " DEVICE_COLUMNS
        " FROM devices WHERE open_id = $1 AND did > $2 "
        "AND model = COALESCE($3, model) ORDER BY did LIMIT $4";
    static constexpr std::string_view of_model = "SELECT " DEVICE_COLUMNS
                                                 " FROM devices WHERE model = $1 AND did > $2 "
                                                 "ORDER BY did LIMIT $3";
    static constexpr std::string_view of_all =
        "SELECT " DEVICE_COLUMNS " FROM devices WHERE did > $1 ORDER BY did LIMIT $2";

    Did const after{ask.after.value_or("")};
    auto const limit = ask.limit + 1;
    auto const read = [](Rows const& rows) { return read_device(rows); };
    auto const key = [](fleet::Device const& device) { return device.did.value; };
    if (filter.gateway_did) {
        return page_of(session_.query(of_gateway, *filter.gateway_did, after, filter.open_id,
                                      filter.model, limit),
                       ask, read, key);
    }
    if (filter.open_id) {
        return page_of(session_.query(of_user, *filter.open_id, after, filter.model, limit), ask,
                       read, key);
    }
    if (filter.model) {
        return page_of(session_.query(of_model, *filter.model, after, limit), ask, read, key);
    }
    return page_of(session_.query(of_all, after, limit), ask, read, key);
}

Result<std::int64_t> DevicesRows::of_user(OpenId const& open_id, Did const& after,
                                          std::int64_t limit, LookAtDevice const& look) const {
    TRY_ASSIGN(auto rows, session_.query("SELECT did, name, model, version FROM devices "
                                         "WHERE open_id = $1 AND did > $2 ORDER BY did LIMIT $3",
                                         open_id, after, limit));
    for (std::int64_t count = 0;;) {
        TRY_ASSIGN(auto const more, rows.next());
        if (!more) return count;
        ++count;
        TRY_ASSIGN(bool const go_on, look({.did = rows.text(0),
                                           .name = rows.text(1),
                                           .model = rows.text(2),
                                           .version = rows.text(3)}));
        if (!go_on) return count;
    }
}

Result<bool> DevicesRows::has_sub_devices(Did const& gateway) const {
    TRY_ASSIGN(auto rows, session_.query("SELECT did FROM devices WHERE gateway_did = $1 "
                                         "ORDER BY did LIMIT 1",
                                         gateway));
    return rows.next();
}

Result<void> DevicesRows::insert(fleet::Device const& device) {
    TRY(session_.change("INSERT INTO devices (" DEVICE_COLUMNS ") "
                        "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
                        device.did, device.name, device.model, device.version, device.open_id,
                        device.gateway_did, digest_column(device.token_digest),
                        device.attributes_wanted, device.installed, device.last_seen,
                        device.created_at));
    return {};
}

Result<void> DevicesRows::replace(fleet::Device const& device) {
    return session_.change_or(no_such_device(),
                              "UPDATE devices SET name = $2, model = $3, version = $4, "
                              "open_id = $5, gateway_did = $6, token_digest = $7, "
                              "attributes_wanted = $8, installed = $9 WHERE did = $1",
                              device.did, device.name, device.model, device.version, device.open_id,
                              device.gateway_did, digest_column(device.token_digest),
                              device.attributes_wanted, device.installed);
}

Result<void> DevicesRows::remove(Did const& did) {
    TRY(session_.change("DELETE FROM device_attributes WHERE did = $1", did));
    return session_.change_or(no_such_device(), "DELETE FROM devices WHERE did = $1", did);
}

Result<void> DevicesRows::set_attributes(Did const& did, fleet::Attributes const& attributes) {
    if (attributes.size() > fleet::attributes_max) {
        return fail(Errc::too_many,
                    "data: more than " + std::to_string(fleet::attributes_max) + " attributes");
    }
    TRY(session_.change("DELETE FROM device_attributes WHERE did = $1", did));
    for (auto const& [key, value] : attributes) {
        TRY(session_.change("INSERT INTO device_attributes (did, key, value) VALUES ($1, $2, $3)",
                            did, key, value));
    }
    return {};
}

Result<void> DevicesRows::want_attributes(Did const& did) {
    TRY(
        session_.change("UPDATE devices SET attributes_wanted = 1 WHERE did = $1 "
                        "AND attributes_wanted = 0",
                        did));
    return {};
}

// Sets many in one statement: on PostgreSQL, one round trip for each device would take longer than
// the interval between two calls.
Result<void> DevicesRows::seen(std::span<std::pair<Did, Instant> const> signs) {
    for (; signs.size() >= signs_at_once; signs = signs.subspan(signs_at_once)) {
        std::vector<Param> params;
        params.reserve(2 * signs_at_once);
        for (auto const& [did, at] : signs.first(signs_at_once)) {
            params.emplace_back(did);
            params.emplace_back(at);
        }
        static std::string const sql = many_seen();
        TRY(session_.change_params(sql, params, std::nullopt));
    }
    for (auto const& [did, at] : signs) {
        TRY(
            session_.change("UPDATE devices SET last_seen = $2 WHERE did = $1 "
                            "AND (last_seen IS NULL OR last_seen < $2)",
                            did, at));
    }
    return {};
}

}  // namespace updraft::sqlstore
