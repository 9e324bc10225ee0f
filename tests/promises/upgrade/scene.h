// The surroundings of an upgrade: a user with devices, an app that gets pushes, and releases.
//
// Lives here: the fixture of this folder's suites.
//
// Not here:   the promises (the tests in this folder).
#pragma once

#include <gtest/gtest.h>

#include <stdexcept>
#include <string>
#include <vector>

#include "ports/apps_table.h"
#include "ports/deliveries_table.h"
#include "ports/devices_table.h"
#include "ports/grants_table.h"
#include "ports/models_table.h"
#include "ports/releases_table.h"
#include "ports/upgrades_table.h"
#include "push/outbox.h"
#include "staging/outcomes.h"
#include "stage/manual_clock.h"
#include "stage/open_store.h"
#include "stage/sequence_id_source.h"
#include "upgrade/cancel.h"
#include "upgrade/expire.h"
#include "upgrade/feedback.h"
#include "upgrade/hand_out.h"
#include "upgrade/history.h"
#include "upgrade/order.h"
#include "upgrade/order_all.h"
#include "upgrade/self_description.h"
#include "upgrade/serving.h"

namespace updraft::upgrade {

class Scene : public testing::Test {
protected:
    void SetUp() override {
        access::App app;
        app.appid = AppId{"app"};
        app.push_url = "https://app.example/push";
        app.push_state = access::PushState::verified;
        wrote([&](Tx& tx) -> Result<void> {
            TRY(tx.apps().insert(app));
            TRY(tx.grants().put_user({OpenId{"user"}, std::nullopt, std::nullopt, clock.now()}));
            return tx.grants().put_grant({AppId{"app"}, OpenId{"user"}, clock.now()});
        });
    }

    template <class Body>
    void wrote(Body body) {
        auto const done = write(*store, std::move(body));
        if (!done) throw std::runtime_error(done.error().detail);
    }
    template <class Body>
    auto saw(Body body) {
        auto answer = read(*store, std::move(body));
        if (!answer) throw std::runtime_error(answer.error().detail);
        return *std::move(answer);
    }

    void device(std::string did, std::string version = "1.0", std::string gateway = "") {
        fleet::Device made;
        made.did = Did{std::move(did)};
        made.name = "lamp";
        made.model = ModelName{"lamp"};
        made.version = Version{std::move(version)};
        made.open_id = OpenId{"user"};
        made.token_digest = sha256(made.did.value);
        made.created_at = clock.now();
        if (!gateway.empty()) made.gateway_did = Did{std::move(gateway)};
        wrote([&](Tx& tx) { return tx.devices().insert(made); });
    }
    fleet::Device look_at(std::string const& did) {
        return saw([&](Tx const& tx) { return tx.devices().find(Did{did}); });
    }
    struct ToRelease {
        std::string version;
        std::int64_t bytes = 1'000;
        std::string image = {};
        std::vector<Version> reported_as = {};
        std::vector<Version> requires_version = {};
    };
    ReleaseId release(std::string version, std::int64_t bytes = 1'000) {
        return release_of({.version = std::move(version), .bytes = bytes});
    }
    ReleaseId release_of(ToRelease wanted) {
        firmware::Release made;
        made.model = ModelName{"lamp"};
        made.version = Version{std::move(wanted.version)};
        made.reported_as = std::move(wanted.reported_as);
        made.requires_version = std::move(wanted.requires_version);
        made.update_log = "better";
        made.release_date = "2026-11-23";
        made.file_name = "firmware.bin";
        made.artifact = firmware::Artifact{wanted.bytes, {}, std::move(wanted.image)};
        made.state = firmware::ReleaseState::released;
        made.created_at = clock.now();
        made.released_at = clock.now();
        wrote([&](Tx& tx) -> Result<void> {
            TRY_ASSIGN(made.order, tx.releases().next_order());
            TRY_ASSIGN(made.id, tx.releases().insert(made));
            return {};
        });
        return made.id;
    }
    void withdraw(ReleaseId id) {
        wrote([&](Tx& tx) -> Result<void> {
            TRY_ASSIGN(auto found, tx.releases().find(id));
            found.state = firmware::ReleaseState::withdrawn;
            TRY(tx.releases().replace(found));
            TRY(cancel_withdrawn(tx, means, id, clock.now()));
            return {};
        });
    }
    void success_is_proven_by_version() {
        fleet::Model model;
        model.name = ModelName{"lamp"};
        model.success = fleet::SuccessCriterion::version;
        wrote([&](Tx& tx) { return tx.models().put(model); });
    }

    Result<OrderId> order(std::string const& did) {
        return write(*store,
                     [&](Tx& tx) { return order_one(tx, means, who, {Did{did}}, clock.now()); });
    }
    Result<OrderId> order_everything() { return order_everything(StepMode::next_step); }
    Result<OrderId> order_everything(StepMode step_mode) {
        auto part = write(
            *store, [&](Tx& tx) { return order_all(tx, means, who, step_mode, clock.now()); });
        while (part && part->then == OrderPart::Then::more) {
            part = write(*store, [&](Tx& tx) {
                return order_more(tx, means, who, part->order_id, clock.now());
            });
        }
        if (!part) return tl::unexpected<Error>(part.error());
        if (part->then == OrderPart::Then::complete) return part->order_id;
        return fail(Errc::nothing_to_upgrade, "nothing");
    }
    // Orders an upgrade for the device and fetches it as the device.
    UpgradeId taken(std::string const& did) {
        if (!order(did)) throw std::runtime_error("no order");
        auto const id = active(did)->id;
        if (!fetch(did, id)) throw std::runtime_error("not handed out");
        return id;
    }
    Result<Deployment> fetch(std::string const& did, UpgradeId id) {
        return write(*store, [&](Tx& tx) { return take(tx, means, Did{did}, id, clock.now()); });
    }
    Result<Upgrade> say(std::string const& did, UpgradeId id, Report const& said) {
        return write(*store, [&](Tx& tx) {
            return upgrade::report(tx, means, Did{did}, id, said, clock.now());
        });
    }
    Result<Upgrade> say(std::string const& did, UpgradeId id, Said said, std::string text = "") {
        Report report;
        report.said = said;
        if (!text.empty()) report.texts = {std::move(text)};
        return say(did, id, report);
    }
    Result<Upgrade> answer(std::string const& did, UpgradeId id, CancelAnswer with) {
        return write(*store, [&](Tx& tx) {
            return answer_cancel(tx, means, Did{did}, id, with, {}, clock.now());
        });
    }
    Result<OrderId> cancel(std::string const& did) {
        return write(*store,
                     [&](Tx& tx) { return cancel_own(tx, means, who, Did{did}, clock.now()); });
    }
    // The bytes from `from` to `to`, exclusive.
    void serve(UpgradeId id, std::int64_t from, std::int64_t to) {
        ByteSet sent;
        sent.add({from, to});
        wrote([&](Tx& tx) { return served(tx, means, id, sent, clock.now()); });
    }
    Result<void> describes_itself(std::string const& did, SelfDescription const& said) {
        return write(*store, [&](Tx& tx) {
            return describe(tx, means, Did{did}, said, "firmwareVersion", clock.now());
        });
    }
    void reports_version(std::string const& did, std::string version) {
        SelfDescription said;
        said.attributes = {{"firmwareVersion", std::move(version)}};
        if (!describes_itself(did, said)) throw std::runtime_error("not described");
    }
    void polled(std::string const& did) {
        std::vector<std::pair<Did, Instant>> const signs{{Did{did}, clock.now()}};
        wrote([&](Tx& tx) { return tx.devices().seen(signs); });
    }
    HandOut poll(std::string const& did) {
        polled(did);
        auto const here = look_at(did);
        return saw([&](Tx const& tx) { return hand_out(tx, means, here, clock.now()); });
    }
    std::int64_t expire() {
        std::int64_t ended = 0;
        wrote([&](Tx& tx) -> Result<void> {
            TRY_ASSIGN(auto const expired, expire_due(tx, means, clock.now(), 100));
            ended = expired.looked_at;
            return {};
        });
        return ended;
    }

    Upgrade upgrade(UpgradeId id) {
        return saw([&](Tx const& tx) { return tx.upgrades().find(id); });
    }
    std::optional<Upgrade> active(std::string const& did) {
        return saw([&](Tx const& tx) { return tx.upgrades().active_of(Did{did}); });
    }
    // The bodies of the messages in the outbox about that device, newest first.
    std::vector<std::string> messages(std::string const& did, push::MsgType type) {
        DeliveryFilter filter;
        filter.did = Did{did};
        auto const page = saw([&](Tx const& tx) { return tx.deliveries().list(filter, {}); });
        std::vector<std::string> bodies;
        for (auto const& one : page.items) {
            if (one.type != type) continue;
            bodies.push_back(
                saw([&](Tx const& tx) { return tx.deliveries().find(one.webhook_id); }).body);
        }
        return bodies;
    }

    stage::ManualClock clock;
    stage::SequenceIdSource id_source;
    stage::ScratchStore store = stage::open_store();
    push::Outbox outbox{id_source, {}};
    Limits limits;
    staging::ServingRecord serving;
    staging::Outcomes outcomes{serving, std::chrono::minutes{5}};
    OutcomeListeners listeners{&outcomes, &outbox};
    Means means{.limits = limits, .id_source = id_source, .listener = listeners};
    Orderer const who{AppId{"app"}, OpenId{"user"}};
};

}  // namespace updraft::upgrade
