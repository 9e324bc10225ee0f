#include "openota/query.h"

#include "firmware/offer.h"
#include "fleet/ownership.h"
#include "http/on_store.h"
#include "json/writer.h"
#include "openota/asks.h"
#include "openota/identify.h"
#include "openota/listing.h"
#include "openota/reply.h"
#include "ports/devices_table.h"
#include "ports/releases_table.h"

namespace updraft::openota {
namespace {

// Contract 1.3: every leaf is a string.
void append_offer(std::string& out, fleet::Device const& device, firmware::Release const& release) {
    out += ',';
    auto const bytes = release.artifact ? release.artifact->bytes : 0;
    json::Writer(out)
        .object()
        .member("did", device.did.value)
        .member("name", device.name)
        .member("deviceModel", device.model.value)
        .member("firmwareVersion", device.version.value)
        .key("upgradeFirmware")
        .object()
        .member("firmwareVersion", release.version.value)
        .member("fileSize", std::to_string(bytes))
        .member("updateLog", release.update_log)
        .member("releaseDate", release.release_date)
        .end()
        .end();
}

// The catalogs that a list needs: devices of one model mostly come in a row.
class Offers {
public:
    explicit Offers(Tx const& tx) : tx_(tx) {}

    Result<void> append(std::string& out, fleet::Device const& device) {
        if (!catalog_ || catalog_->model.name != device.model) {
            TRY_ASSIGN(catalog_, tx_.releases().catalog(device.model));
        }
        if (!catalog_->model.upgradable) return {};
        auto const* const release = firmware::offer(*catalog_, device.version);
        if (release != nullptr) append_offer(out, device, *release);
        return {};
    }

private:
    Tx const& tx_;
    std::shared_ptr<firmware::Catalog const> catalog_;
};

Result<Stretch> offers_after(Tx const& tx, OpenId const& open_id, Did const& after) {
    TRY_ASSIGN(auto const devices, tx.devices().of_user(open_id, after, stretch_rows));
    Stretch stretch;
    Offers offers(tx);
    for (auto const& device : devices) TRY(offers.append(stretch.text, device));
    if (std::ssize(devices) == stretch_rows) {
        stretch.next = [open_id, after = devices.back().did](Tx const& later) {
            return offers_after(later, open_id, after);
        };
    }
    return stretch;
}

Result<Stretch> answer_all(Tx const& tx, Knock& knock, Result<UserAsk> const& ask) {
    TRY_ASSIGN(auto const caller, admit(tx, knock, ask));
    return offers_after(tx, caller.open_id, Did{});
}

Result<Stretch> answer_one(Tx const& tx, Knock& knock, Result<DeviceAsk> const& ask) {
    TRY_ASSIGN(auto const caller, admit(tx, knock, ask));
    TRY_ASSIGN(auto const device, fleet::owned(tx, caller.open_id, ask->did));
    Stretch stretch;
    TRY(Offers(tx).append(stretch.text, device));
    return stretch;
}

}  // namespace

http::asio::awaitable<http::Reply> query_all(Door& door, http::Request const& request) {
    auto body = [knock = read_knock(door, request), ask = read_user_ask(request.body)](
                    Tx const& tx) mutable { return answer_all(tx, knock, ask); };
    auto first = co_await http::on_store(door.store, std::move(body));
    if (!first) co_return failure(door, request, first.error());
    co_return list_reply(door, request, *std::move(first));
}

http::asio::awaitable<http::Reply> query_one(Door& door, http::Request const& request) {
    auto body = [knock = read_knock(door, request), ask = read_device_ask(request.body)](
                    Tx const& tx) mutable { return answer_one(tx, knock, ask); };
    auto only = co_await http::on_store(door.store, std::move(body));
    if (!only) co_return failure(door, request, only.error());
    co_return list_reply(door, request, *std::move(only));
}

}  // namespace updraft::openota
