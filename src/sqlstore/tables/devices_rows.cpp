#include "sqlstore/tables/devices_rows.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <string>
#include <vector>

#include "sqlstore/tables/digest_column.h"
#include "sqlstore/tables/name_list.h"
#include "sqlstore/tables/pages.h"
#include "sqlstore/tables/tags_column.h"
#include "sqlstore/tables/upgrade_columns.h"

// Each after `of`: "d." in queries that name the table d.
#define DEVICE_COLUMNS_OF(of)                                                               \
    of "did, " of "name, " of "model, " of "version, " of "open_id, " of "gateway_did, " of \
       "token_digest, " of "attributes_wanted, " of "installed, " of "last_seen, " of       \
       "created_at, " of "offers_after, " of "tags"
#define DEVICE_COLUMNS DEVICE_COLUMNS_OF("")
#define COLUMNS_OF_D DEVICE_COLUMNS_OF("d.")

namespace updraft::sqlstore {
namespace {

constexpr std::string_view one_device = "SELECT " DEVICE_COLUMNS " FROM devices WHERE did = $1";

constexpr std::string_view attributes_of =
    "SELECT key, value FROM device_attributes WHERE did = $1 ORDER BY key LIMIT $2";

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
        .offers_after = rows.maybe_id<ReleaseId>(11),
        .last_seen = rows.maybe_instant(9),
        .created_at = rows.instant(10),
        .tags = read_tags(rows.text(12)),
    };
}

constexpr int active_column = 13;  // In the queries of lists.

// True when a field of the filter that is given differs from the row's.
bool differs(std::optional<std::string_view> wanted, std::string_view found) {
    return wanted && *wanted != found;
}
template <class Tag>
std::optional<std::string_view> text_of(std::optional<Name<Tag>> const& name) {
    return name ? std::optional<std::string_view>(name->value) : std::nullopt;
}

// The device of the current row; nothing when the filter does not accept it.
Result<std::optional<fleet::Device>> accepted_device(DeviceFilter const& filter, Rows const& row) {
    if (!row.text(0).starts_with(filter.did_prefix) ||
        differs(text_of(filter.model), row.text(2)) ||
        differs(text_of(filter.version), row.text(3)) ||
        (filter.active && *filter.active == row.is_null(active_column))) {
        return std::nullopt;
    }
    TRY_ASSIGN(auto device, read_device(row));
    if ((filter.open_id && device.open_id != filter.open_id) ||
        (filter.gateway_did && device.gateway_did != filter.gateway_did) ||
        (filter.tag && std::ranges::find(device.tags, *filter.tag) == device.tags.end())) {
        return std::nullopt;
    }
    return device;
}

// The tables of a list's query and its condition, in which $1 is the least did and $2 the limit.
struct DeviceSearch {
    std::string_view tables = "devices d";
    std::string_view where = "d.did >= $1";
    std::string_view order = "d.did";
    std::optional<std::string_view> key = {};   // $3.
    std::optional<std::string_view> key2 = {};  // $4.
};

// The index of the most selective field is used. The other fields are compared row by row.
DeviceSearch search_for(DeviceFilter const& filter) {
    if (filter.gateway_did) {
        return {.where = "d.gateway_did = $3 AND d.did >= $1", .key = text_of(filter.gateway_did)};
    }
    if (filter.open_id) {
        return {.where = "d.open_id = $3 AND d.did >= $1", .key = text_of(filter.open_id)};
    }
    // CROSS JOIN: SQLite keeps the order of the tables, because it has no statistics.
    if (filter.tag) {
        return {.tables = "device_tags t CROSS JOIN devices d",
                .where = "t.tag = $3 AND t.did >= $1 AND d.did = t.did",
                .order = "t.did",
                .key = *filter.tag};
    }
    if (filter.active.value_or(false)) {
        return {.tables = "upgrades a CROSS JOIN devices d",
                .where = "a.finished_at IS NULL AND a.did >= $1 AND d.did = a.did",
                .order = "a.did"};
    }
    if (filter.version && filter.model) {
        return {.where = "d.version = $3 AND d.model = $4 AND d.did >= $1",
                .key = text_of(filter.version),
                .key2 = text_of(filter.model)};
    }
    if (filter.model)
        return {.where = "d.model = $3 AND d.did >= $1", .key = text_of(filter.model)};
    return {};
}

// The least did after that one: no did contains U+0000.
std::string next_did(std::string const& did) { return did + '\x01'; }

Result<Rows> rows_of(Session& session, DeviceFilter const& filter, std::string const& from,
                     std::int64_t limit) {
    auto const search = search_for(filter);
    std::string sql = "SELECT " COLUMNS_OF_D ", ";
    sql += filter.active ? UPDRAFT_ACTIVE_OF_D : "NULL";
    for (auto const part : {std::string_view(" FROM "), search.tables, std::string_view(" WHERE "),
                            search.where, std::string_view(" ORDER BY "), search.order}) {
        sql += part;
    }
    sql += " LIMIT $2";
    if (search.key2) return session.query(sql, from, limit, *search.key, *search.key2);
    if (search.key) return session.query(sql, from, limit, *search.key);
    return session.query(sql, from, limit);
}

// All devices with a version, whatever their model is.
Stretch of_version(Session& session, DeviceFilter const& filter) {
    static constexpr std::string_view plain =
        "SELECT " COLUMNS_OF_D
        ", NULL FROM devices d WHERE d.version = $1 "
        "AND (d.model, d.did) > ($2, $3) ORDER BY d.model, d.did LIMIT $4";
    static constexpr std::string_view with_active =
        "SELECT " COLUMNS_OF_D ", " UPDRAFT_ACTIVE_OF_D
        " FROM devices d WHERE d.version = $1 "
        "AND (d.model, d.did) > ($2, $3) ORDER BY d.model, d.did LIMIT $4";
    Stretch stretch{.name = "version", .values = 2};
    stretch.rows = [&session, &filter](Place const& after, std::int64_t limit) {
        return session.query(filter.active ? with_active : plain, *filter.version,
                             text_at(after, 0, ""), text_at(after, 1, ""), limit);
    };
    stretch.place = [](Rows const& row) {
        return Place{std::string(row.text(2)), std::string(row.text(0))};
    };
    return stretch;
}

Stretch stretch_of(Session& session, DeviceFilter const& filter) {
    auto const has_no_other_index = !filter.gateway_did && !filter.open_id && !filter.tag &&
                                    !filter.active.value_or(false) && !filter.model;
    if (filter.version && has_no_other_index && filter.did_prefix.empty()) {
        return of_version(session, filter);
    }
    Stretch stretch{.name = "did"};
    stretch.rows = [&session, &filter](Place const& after, std::int64_t limit) {
        auto const from = after.empty() ? filter.did_prefix : next_did(after[0]);
        return rows_of(session, filter, from, limit);
    };
    stretch.place = [](Rows const& row) { return Place{std::string(row.text(0))}; };
    stretch.ends = [&filter](Rows const& row) {
        return !row.text(0).starts_with(filter.did_prefix);
    };
    return stretch;
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

void DevicesRows::expect_attributes(Did const& did) const {
    session_.expect(attributes_of, did, std::int64_t{fleet::attributes_max});
}

Result<std::vector<fleet::Device>> DevicesRows::find_many(std::span<Did const> dids) const {
    static std::string const sql =
        "SELECT " DEVICE_COLUMNS " FROM devices WHERE did IN " + name_places(1);
    std::vector<fleet::Device> found;
    found.reserve(dids.size());
    while (!dids.empty()) {
        std::vector<Param> params;
        take_names(dids, params);
        TRY_ASSIGN(auto rows, session_.query_params(sql, params));
        auto const read = [](Rows const& row) { return read_device(row); };
        TRY_ASSIGN(auto some, all_of<fleet::Device>(rows, read));
        std::ranges::move(some, std::back_inserter(found));
    }
    return found;
}

Result<fleet::Attributes> DevicesRows::attributes(Did const& did) const {
    TRY_ASSIGN(auto rows, session_.query(attributes_of, did, std::int64_t{fleet::attributes_max}));
    fleet::Attributes attributes;
    for (;;) {
        TRY_ASSIGN(auto const more, rows.next());
        if (!more) return attributes;
        attributes.emplace(rows.text(0), rows.text(1));
    }
}

Result<Page<fleet::Device>> DevicesRows::list(DeviceFilter const& filter,
                                              PageAsk const& ask) const {
    std::array const stretches{stretch_of(session_, filter)};
    auto const read = [&](Rows const& row) { return accepted_device(filter, row); };
    auto const keep = [&](fleet::Device const& device) -> Result<bool> {
        if (!filter.also) return true;
        return filter.also(device);
    };
    return page_of_stretches<fleet::Device>(stretches, ask, read, keep);
}

Result<std::int64_t> DevicesRows::of_user(OpenId const& open_id, Did const& after,
                                          std::int64_t limit, LookAtDevice const& look) const {
    TRY_ASSIGN(auto rows, session_.query("SELECT did, name, model, version, offers_after, tags, "
                                         "created_at FROM devices WHERE open_id = $1 AND did > $2 "
                                         "ORDER BY did LIMIT $3",
                                         open_id, after, limit));
    for (std::int64_t count = 0;;) {
        TRY_ASSIGN(auto const more, rows.next());
        if (!more) return count;
        ++count;
        TRY_ASSIGN(bool const go_on, look({.did = rows.text(0),
                                           .name = rows.text(1),
                                           .model = rows.text(2),
                                           .version = rows.text(3),
                                           .offers_after = rows.maybe_id<ReleaseId>(4),
                                           .tags = rows.text(5),
                                           .created_at = rows.instant(6)}));
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
                        "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
                        device.did, device.name, device.model, device.version, device.open_id,
                        device.gateway_did, digest_column(device.token_digest),
                        device.attributes_wanted, device.installed, device.last_seen,
                        device.created_at, device.offers_after, tags_text(device.tags)));
    return add_tags(device.did, device.tags);
}

// A program that does not know the table may have left the row of an earlier device.
Result<void> DevicesRows::add_tags(Did const& did, std::vector<std::string> const& tags) {
    for (auto const& tag : tags) {
        TRY(
            session_.change("INSERT INTO device_tags (tag, did) VALUES ($1, $2) "
                            "ON CONFLICT (tag, did) DO NOTHING",
                            tag, did));
    }
    return {};
}

Result<void> DevicesRows::remove_tags(Did const& did) {
    std::vector<std::string> tags;
    {
        TRY_ASSIGN(auto rows, session_.query("SELECT tags FROM devices WHERE did = $1", did));
        TRY_ASSIGN(auto const found, rows.next());
        if (found) tags = read_tags(rows.text(0));
    }
    for (auto const& tag : tags) {
        TRY(session_.change("DELETE FROM device_tags WHERE tag = $1 AND did = $2", tag, did));
    }
    return {};
}

Result<void> DevicesRows::set_tags(Did const& did, std::vector<std::string> const& tags) {
    TRY(remove_tags(did));
    TRY(add_tags(did, tags));
    return session_.change_or(no_such_device(), "UPDATE devices SET tags = $2 WHERE did = $1", did,
                              tags_text(tags));
}

Result<void> DevicesRows::replace(fleet::Device const& device) {
    return session_.change_or(no_such_device(),
                              "UPDATE devices SET name = $2, model = $3, version = $4, "
                              "open_id = $5, gateway_did = $6, token_digest = $7, "
                              "attributes_wanted = $8, installed = $9, offers_after = $10 "
                              "WHERE did = $1",
                              device.did, device.name, device.model, device.version, device.open_id,
                              device.gateway_did, digest_column(device.token_digest),
                              device.attributes_wanted, device.installed, device.offers_after);
}

Result<void> DevicesRows::remove(Did const& did) {
    TRY(remove_tags(did));
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
