#include "openota/query.h"

#include <algorithm>
#include <map>
#include <optional>

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
#include "ports/upgrade_lists_table.h"

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

std::vector<std::string> words_in(std::string_view text) {
    std::vector<std::string> words;
    while (!text.empty()) {
        auto const end = std::min(text.find(' '), text.size());
        words.emplace_back(text.substr(0, end));
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return words;
}

constexpr std::int64_t running_at_once = 1'000;

// Writes the elements of a list of one user's devices. Consecutive devices often have the same
// model and version, so the last offer is cached; but rollouts look at each device.
class Offers {
public:
    Offers(Tx const& tx, OpenId const& open_id, std::string& out)
        : tx_(tx), out_(out), candidate_(device_) {
        device_.open_id = open_id;
    }

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
        auto const same_model = catalog_ && device_.model.value == device.model;
        if (same_model && catalog_->rollouts.empty() && device_.version.value == device.version &&
            device_.offers_after == device.offers_after) {
            return {};
        }
        if (!same_model) TRY(begin_model(device.model));
        device_.version.value = device.version;
        device_.offers_after = device.offers_after;
        if (!catalog_->rollouts.empty()) TRY(look_closely(device));
        auto const* const release = firmware::offer(*catalog_, candidate_);
        if (release != offered_) offer_ = release != nullptr ? written(*release) : "";
        offered_ = release;
        return {};
    }

    Result<void> begin_model(std::string_view model) {
        device_.model.value = model;
        TRY_ASSIGN(catalog_, tx_.releases().catalog(device_.model));
        offered_ = nullptr;
        offer_.clear();
        attributes_asked_ = firmware::asks_for_attributes(*catalog_);
        places_asked_ = firmware::asks_for_places(*catalog_);
        return places_asked_ ? read_places() : Result<void>{};
    }

    // The user's devices that a rollout is upgrading.
    Result<void> read_places() {
        if (placed_) return {};
        placed_.emplace();
        for (UpgradeId after;;) {
            TRY_ASSIGN(auto const running,
                       tx_.upgrade_lists().running(*device_.open_id, after, running_at_once));
            for (auto const& one : running) {
                if (one.origin == upgrade::Origin::rollout) (*placed_)[one.did] = one.release_id;
            }
            if (std::ssize(running) < running_at_once) return {};
            after = running.back().id;
        }
    }

    // What audiences and places ask for.
    Result<void> look_closely(DeviceGlimpse const& device) {
        device_.did.value = device.did;
        device_.created_at = device.created_at;
        device_.tags = words_in(device.tags);
        candidate_.placed_in.reset();
        if (places_asked_) {
            auto const found = placed_->find(device_.did);
            if (found != placed_->end()) candidate_.placed_in = found->second;
        }
        if (!attributes_asked_) return {};
        TRY_ASSIGN(candidate_.attributes, tx_.devices().attributes(device_.did));
        return {};
    }

    Tx const& tx_;
    std::string& out_;
    std::shared_ptr<firmware::Catalog const> catalog_;  // Of the device's model.
    bool attributes_asked_ = false;
    bool places_asked_ = false;
    std::optional<std::map<Did, ReleaseId>> placed_;  // Absent: not read yet.
    fleet::Device device_;                            // What offers depend on.
    firmware::Candidate candidate_;
    firmware::Release const* offered_ = nullptr;
    std::string offer_;  // Empty: there is no offer for such a device.
};

// At most `rows` devices. PostgreSQL sends all rows that were asked for, so after a part that was
// full before its end the next one asks for fewer.
Result<Stretch> offers_after(Tx const& tx, OpenId const& open_id, Did const& after,
                             std::int64_t rows) {
    Stretch stretch;
    Did last;
    Offers offers(tx, open_id, stretch.text);
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
    std::string tags;
    for (auto const& tag : device.tags) tags += (tags.empty() ? "" : " ") + tag;
    TRY(Offers(tx, caller.open_id, stretch.text)
            .append({.did = device.did.value,
                     .name = device.name,
                     .model = device.model.value,
                     .version = device.version.value,
                     .offers_after = device.offers_after,
                     .tags = tags,
                     .created_at = device.created_at}));
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
