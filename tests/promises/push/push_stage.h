// The surroundings of the tests of pushes: a store, apps, a user, and an HTTP client without a
// network.
//
// Lives here: the fixture that the tests of dispatch and announcements share.
//
// Not here:   the fakes (stage/).
#pragma once

#include <gtest/gtest.h>

#include <memory>

#include "json/reader.h"
#include "ports/apps_table.h"
#include "ports/deliveries_table.h"
#include "ports/grants_table.h"
#include "ports/outbox_table.h"
#include "ports/receivers_table.h"
#include "push/dispatch.h"
#include "push/outbox.h"
#include "stage/faulty_store.h"
#include "stage/manual_clock.h"
#include "stage/open_store.h"
#include "stage/scripted_http_client.h"
#include "stage/sequence_id_source.h"
#include "usecases/remove_app.h"

namespace updraft::push {

class PushStage : public testing::Test {
protected:
    static constexpr std::string_view secret = "whsec_c2VjcmV0";
    OpenId const user{"user-1"};
    Result<Secret> static open(access::Sealed const& sealed) { return Secret(sealed.base64); }

    PushStage() { restart(); }

    // Simulates a crash: replaces the sender by a new one without memory. Answers that arrive for
    // the old one have no effect.
    void restart() {
        dispatch_.reset();
        dispatch_ = std::make_unique<Dispatch>(faulty_, http_client_, clock_, id_source_,
                                               &PushStage::open, removed_apps_, rules_);
    }

    template <class Body>
    auto written(Body body) {
        auto answer = write(*store_, std::move(body));
        if (!answer) throw std::runtime_error("write: " + answer.error().detail);
        if constexpr (!std::is_void_v<typename decltype(answer)::value_type>) return *answer;
    }
    template <class Body>
    auto seen(Body body) {
        auto answer = read(*store_, std::move(body));
        if (!answer) throw std::runtime_error("read: " + answer.error().detail);
        if constexpr (!std::is_void_v<typename decltype(answer)::value_type>) return *answer;
    }

    // Adds an app that the user has granted. Its URL is verified already by default.
    AppId add_app(std::string name, access::PushState state = access::PushState::verified) {
        access::App app;
        app.appid = id_source_.app_id();
        app.name = name;
        app.appkey = {"key-of-" + name};
        app.push_secret = {std::string(secret)};
        app.created_at = clock_.now();
        written([&](Tx& tx) -> Result<void> {
            auto inserted = app;
            TRY(set_url(tx, inserted, url_of(name), clock_.now()));
            if (state == access::PushState::verified) {
                inserted.push_state = state;
                TRY(tx.receivers().put({.appid = app.appid,
                                        .url = url_of(name),
                                        .failures = 0,
                                        .due_at = clock_.now() + std::chrono::hours{24},
                                        .pause = {}}));
            }
            TRY(tx.apps().insert(inserted));
            TRY(tx.grants().put_user(
                {.open_id = user, .made_by = {}, .account_id = {}, .created_at = clock_.now()}));
            return tx.grants().put_grant(
                {.appid = app.appid, .open_id = user, .created_at = clock_.now()});
        });
        return app.appid;
    }
    static std::string url_of(std::string const& name) { return "https://" + name + ".example/p"; }
    access::App app(AppId const& appid) {
        return *seen([&](Tx const& tx) { return tx.apps().find(appid); });
    }
    void change_app(AppId const& appid, std::function<void(access::App&)> change) {
        written([&](Tx& tx) -> Result<void> {
            TRY_ASSIGN(auto const found, tx.apps().find(appid));
            auto changed = *found;
            change(changed);
            return tx.apps().replace(changed);
        });
    }

    upgrade::Upgrade upgrade_of(std::string did, std::int64_t id = 11) {
        upgrade::Upgrade upgrade;
        upgrade.id = {id};
        upgrade.did = {std::move(did)};
        upgrade.version = {"2.0"};
        upgrade.open_id = user;
        return upgrade;
    }
    void tell_progress(std::string did, int percent, std::int64_t id = 11) {
        auto upgrade = upgrade_of(std::move(did), id);
        upgrade.progress = percent;
        upgrade.state = upgrade::State::installing;
        written([&](Tx& tx) { return outbox_.progressed(tx, upgrade, clock_.now()); });
    }
    void tell_result(std::string did, std::int64_t id = 11) {
        auto upgrade = upgrade_of(std::move(did), id);
        upgrade.progress = 100;
        upgrade.state = upgrade::State::succeeded;
        written([&](Tx& tx) { return outbox_.ended(tx, upgrade, clock_.now()); });
    }
    // Enqueues a notice, as an announcement of a release does.
    void tell_notice(AppId const& appid, std::string did) {
        written([&](Tx& tx) {
            return tx.outbox().enqueue(
                {.webhook_id = id_source_.webhook_id(clock_.now()),
                 .appid = appid,
                 .did = {did},
                 .type = MsgType::new_firmware,
                 .upgrade = {},
                 .body = R"({"msgType":"ota_new_firmware","did":")" + did + R"("})",
                 .created_at = clock_.now(),
                 .due_at = clock_.now()});
        });
    }

    // Waits until all submitted transactions have ended and their callbacks have run.
    void let_store_finish() {
        ASSERT_TRUE(store_->write([](Tx&) -> Result<void> { return {}; }));
    }
    // Sends what is due; the posts stay unanswered.
    void turn() {
        dispatch_->turn();
        let_store_finish();
        dispatch_->turn();
    }
    // Sends, answers as the script says, and records, until nothing more happens at this time.
    void settle() {
        for (int quiet = 0; quiet < 3;) {
            turn();
            quiet = http_client_.deliver() == 0 ? quiet + 1 : 0;
            let_store_finish();
        }
    }
    void pass(Millis time) {
        clock_.advance(time);
        settle();
    }

    // Answers every message with `receipt`; verifications are answered with their echostr.
    void refuse_messages(Receipt receipt) {
        http_client_.follow([receipt = std::move(receipt)](Parcel const& parcel) {
            bool const check = in_words(parcel.body) == "verify";
            return check ? stage::ScriptedHttpClient::accepts(parcel) : receipt;
        });
    }
    // The messages posted so far, without verifications.
    std::vector<Parcel> messages() {
        auto parcels = http_client_.posted();
        std::erase_if(parcels, [](auto const& one) { return in_words(one.body) == "verify"; });
        return parcels;
    }
    static std::vector<std::string> sorted(std::vector<std::string> words) {
        std::ranges::sort(words);
        return words;
    }

    // The posts so far, as "result a", "progress a 40", "notice b" or "verify".
    std::vector<std::string> posted(std::size_t from = 0) {
        std::vector<std::string> words;
        auto const parcels = http_client_.posted();
        for (auto i = from; i < parcels.size(); ++i) words.push_back(in_words(parcels[i].body));
        return words;
    }
    static std::string in_words(std::string const& body) {
        auto const object = json::read_object(body);
        if (!object) return body;
        auto const type = json::text_member(*object, "msgType");
        if (!*type) return "verify";
        auto const did = **json::text_member(*object, "did");
        if (**type == "ota_upgrade_result") return "result " + did;
        if (**type == "ota_new_firmware") return "notice " + did;
        if (**type == "ota_firmware_withdrawn") return "withdrawn " + did;
        return "progress " + did + " " + std::to_string(**json::whole_member(*object, "progress"));
    }
    static std::string header(Parcel const& parcel, std::string_view name) {
        for (auto const& [key, value] : parcel.headers) {
            if (key == name) return value;
        }
        return {};
    }
    static std::string id_of(Parcel const& parcel) { return header(parcel, "webhook-id"); }
    push::Delivery delivery(std::string const& id) {
        return seen([&](Tx const& tx) { return tx.deliveries().find({id}); });
    }

    using Words = std::vector<std::string>;

    stage::ScratchStore store_ = stage::open_store();
    stage::FaultyStore faulty_{*store_};
    stage::ManualClock clock_;
    stage::SequenceIdSource id_source_;
    stage::ScriptedHttpClient http_client_;
    DispatchSettings rules_;
    usecases::RemovedAppsClearance removed_apps_;
    push::Outbox outbox_{id_source_, {}};
    std::unique_ptr<Dispatch> dispatch_;
};

}  // namespace updraft::push
