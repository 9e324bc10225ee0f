// Notices of releases, step by step: an app, devices of one model, and releases for it.
//
// Lives here: the fixture of the tests of announcing and of withdrawing.
#pragma once

#include "firmware/publish.h"
#include "ports/announcements_table.h"
#include "ports/devices_table.h"
#include "ports/models_table.h"
#include "ports/releases_table.h"
#include "push/announce.h"
#include "push/message.h"
#include "push_stage.h"

namespace updraft::push {

class Announcing : public PushStage {
protected:
    void add_devices(int count, std::string version = "1.0") {
        written([&](Tx& tx) -> Result<void> {
            for (int i = 0; i < count; ++i) {
                fleet::Device device;
                device.did = {did_of(i)};
                device.model = {"lamp"};
                device.version = {version};
                device.open_id = user;
                device.created_at = clock_.now();
                TRY(tx.devices().insert(device));
            }
            return {};
        });
    }
    static std::string did_of(int n) {
        auto const digits = std::to_string(n);
        return "d" + std::string(5 - digits.size(), '0') + digits;
    }
    void change_device(std::string did, std::function<void(fleet::Device&)> change) {
        written([&](Tx& tx) -> Result<void> {
            TRY_ASSIGN(auto device, tx.devices().find({did}));
            change(device);
            TRY(tx.devices().replace(device));
            return outbox_.tell_offer(tx, device, clock_.now());
        });
    }
    ReleaseId publish(std::string version) {
        return written([&](Tx& tx) -> Result<ReleaseId> {
            firmware::Release release;
            release.model = {"lamp"};
            release.version = {version};
            release.release_date = "2026-11-23";
            release.artifact = firmware::Artifact{.bytes = 8,
                                                  .digests = {.sha256 = std::string(64, 'a'),
                                                              .sha1 = std::string(40, 'b'),
                                                              .md5 = std::string(32, 'c')}};
            release.state = firmware::ReleaseState::released;
            release.created_at = clock_.now();
            release.released_at = clock_.now();
            TRY_ASSIGN(release.order, tx.releases().next_order());
            TRY_ASSIGN(auto const id, tx.releases().insert(release));
            TRY(tx.announcements().open(
                {.release = id, .model = {"lamp"}, .created_at = clock_.now()}));
            return id;
        });
    }
    void withdraw(ReleaseId id) {
        written([&](Tx& tx) { return withdrawn_in(tx, id); });
    }
    Result<void> withdrawn_in(Tx& tx, ReleaseId id) {
        TRY_ASSIGN(auto release, tx.releases().find(id));
        release.state = firmware::ReleaseState::withdrawn;
        TRY(tx.releases().replace(release));
        TRY(tx.announcements().stop(id));
        return tx.announcements().open(
            {.release = id, .model = release.model, .created_at = clock_.now()});
    }
    // The model of all devices here.
    Result<void> set_upgradable(Tx& tx, bool upgradable) {
        fleet::Model model;
        model.name = {"lamp"};
        model.upgradable = upgradable;
        return tx.models().put(model);
    }
    AppId subscribed(std::string name) {
        auto const id = add_app(std::move(name));
        change_app(id, [](access::App& app) { app.push_events.withdrawn = true; });
        return id;
    }
    void set_state(AppId const& app, access::PushState state) {
        change_app(app, [&](access::App& changed) { changed.push_state = state; });
    }
    Announced step() {
        auto const told = announce_step(*store_, outbox_, rules, clock_.now());
        if (!told) throw std::runtime_error(told.error().detail);
        return *told;
    }
    // Runs steps until there is nothing to do at once, and answers the last step's result.
    Announced walk() {
        for (;;) {
            auto const told = step();
            if (told != Announced::some) return told;
        }
    }
    std::int64_t notices() {
        return seen([](Tx const& tx) { return tx.outbox().depth(); }).notices;
    }

    AnnounceRules rules{.devices_per_step = 10, .waiting_notices_max = 1'000};
};

}  // namespace updraft::push
