#include "openota/query.h"

#include <algorithm>

#include "firmware/offer.h"
#include "fleet/ownership.h"
#include "http/on_store.h"
#include "json/writer.h"
#include "openota/asks.h"
#include "openota/identify.h"
#include "openota/listing.h"
#include "openota/reply.h"
#include "ports/devices_table.h"
#include "ports/prefetch.h"
#include "ports/releases_table.h"

namespace updraft::openota {
namespace {

// The offer to a device as the member "upgradeFirmware" (contract 1.3: all values are strings).
std::string written(firmware::Release const& release) {
    std::string text;
    auto const bytes = release.artifact ? release.artifact->bytes : 0;
    json::Writer(text)
        .object()
        .member("firmwareVersion", release.version.value)
        .member("fileSize", std::to_string(bytes))
        .member("updateLog", release.update_log)
        .member("releaseDate", release.release_date)
        .end();
    return text;
}

// Writes the elements of a list. Consecutive devices often have the same model and version, so the
// last offer is cached.
class Offers {
public:
    Offers(Tx const& tx, std::string& out) : tx_(tx), out_(out) {}

    Result<void> append(DeviceGlimpse const& device) {
        TRY(look_up(device));
        if (offer_.empty()) return {};
        out_ += ',';
        json::Writer(out_)
            .object()
            .member("did", device.did)
            .member("name", device.name)
            .member("deviceModel", device.model)
            .member("firmwareVersion", device.version)
            .key("upgradeFirmware")
            .raw(offer_)
            .end();
        return {};
    }

private:
    Result<void> look_up(DeviceGlimpse const& device) {
        auto const same_model = catalog_ && catalog_->model.name.value == device.model;
        if (same_model && version_.value == device.version &&
            offers_after_ == device.offers_after) {
            return {};
        }
        if (!same_model) {
            ModelName const model{std::string(device.model)};
            TRY_ASSIGN(catalog_, tx_.releases().catalog(model));
        }
        version_.value = device.version;
        offers_after_ = device.offers_after;
        auto const* const release = firmware::offer(*catalog_, version_, offers_after_);
        offer_ = release != nullptr ? written(*release) : "";
        return {};
    }

    Tx const& tx_;
    std::string& out_;
    std::shared_ptr<firmware::Catalog const> catalog_;
    Version version_;
    std::optional<ReleaseId> offers_after_;
    std::string offer_;  // Empty: there is no offer for such a device.
};

// At most `rows` devices. PostgreSQL sends all rows that were asked for, so after a part that was
// full before its end the next one asks for fewer.
Result<Stretch> offers_after(Tx const& tx, OpenId const& open_id, Did const& after,
                             std::int64_t rows) {
    Stretch stretch;
    Did last;
    Offers offers(tx, stretch.text);
    auto const look = [&](DeviceGlimpse const& device) -> Result<bool> {
        last.value = device.did;
        TRY(offers.append(device));
        return stretch.text.size() < stretch_bytes;
    };
    TRY_ASSIGN(auto const count, tx.devices().of_user(open_id, after, rows, look));
    bool const full = stretch.text.size() >= stretch_bytes;
    if (!full && count < rows) return stretch;
    auto const next_rows = full ? std::clamp<std::int64_t>(count * 2, 16, stretch_rows) : rows;
    stretch.next = [open_id, last, next_rows](Tx const& later) {
        return offers_after(later, open_id, last, next_rows);
    };
    return stretch;
}

Result<Stretch> answer_all(Tx const& tx, CallHeaders& headers, Result<UserAsk> const& ask) {
    TRY_ASSIGN(auto const caller, admit(tx, headers, ask));
    return offers_after(tx, caller.open_id, Did{}, stretch_rows);
}

Result<Stretch> answer_one(Tx const& tx, CallHeaders& headers, Result<DeviceAsk> const& ask) {
    if (ask) tx.prefetch().device(ask->did);
    TRY_ASSIGN(auto const caller, admit(tx, headers, ask));
    TRY_ASSIGN(auto const device, fleet::owned(tx, caller.open_id, ask->did));
    Stretch stretch;
    TRY(Offers(tx, stretch.text)
            .append({.did = device.did.value,
                     .name = device.name,
                     .model = device.model.value,
                     .version = device.version.value,
                     .offers_after = device.offers_after}));
    return stretch;
}

}  // namespace

http::asio::awaitable<http::Reply> query_all(Context& context, http::Request const& request) {
    auto body = [headers = read_call_headers(context, request), ask = read_user_ask(request.body)](
                    Tx const& tx) mutable { return answer_all(tx, headers, ask); };
    auto first = co_await http::on_store(context.store, std::move(body));
    if (!first) co_return failure(context, request, first.error());
    co_return list_reply(context, request, *std::move(first));
}

http::asio::awaitable<http::Reply> query_one(Context& context, http::Request const& request) {
    auto body = [headers = read_call_headers(context, request),
                 ask = read_device_ask(request.body)](Tx const& tx) mutable {
        return answer_one(tx, headers, ask);
    };
    auto only = co_await http::on_store(context.store, std::move(body));
    if (!only) co_return failure(context, request, only.error());
    co_return list_reply(context, request, *std::move(only));
}

}  // namespace updraft::openota
