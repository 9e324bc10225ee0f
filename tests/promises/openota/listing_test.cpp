// Long lists: what happens to one that is being sent when its caller may not call any more.
#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_future.hpp>
#include <functional>

#include "access/granting.h"
#include "openota/history.h"
#include "openota/query.h"
#include "ports/apps_table.h"
#include "ports/devices_table.h"
#include "ports/grants_table.h"
#include "ports/releases_table.h"
#include "push/outbox.h"
#include "stage/manual_clock.h"
#include "stage/open_store.h"
#include "stage/sequence_id_source.h"
#include "upgrade/order_all.h"

namespace updraft::openota {
namespace {

class ALongList : public testing::Test {
protected:
    static constexpr int devices = 3'000;
    AppId const shop{"shop"};
    OpenId const user{"user"};

    void SetUp() override {
        wrote([&](Tx& tx) -> Result<void> {
            access::App app;
            app.appid = shop;
            app.appkey_digest = sha256("key");
            TRY(tx.apps().insert(app));
            TRY_ASSIGN(issued_, access::grant(tx, tokens(), {shop, user}, clock.now()));
            firmware::Release release;
            release.model = {"lamp"};
            release.version = {"2.0"};
            release.release_date = "2026-11-23";
            release.artifact = firmware::Artifact{1'000, {}};
            release.state = firmware::ReleaseState::released;
            release.released_at = clock.now();
            TRY_ASSIGN(release.order, tx.releases().next_order());
            TRY(tx.releases().insert(release));
            for (int i = 0; i < devices; ++i) {
                fleet::Device device;
                device.did = {"d" + std::to_string(10'000 + i)};
                device.model = {"lamp"};
                device.version = {"1.0"};
                device.open_id = user;
                device.token_digest = sha256(device.did.value);
                TRY(tx.devices().insert(device));
            }
            return {};
        });
    }
    template <class Body>
    void wrote(Body body) {
        auto const done = write(*store, std::move(body));
        if (!done) throw std::runtime_error(done.error().detail);
    }
    access::Means tokens() {
        return {.id_source = id_source, .lifetimes = context.settings.lifetimes};
    }
    template <class T>
    T awaited(http::asio::awaitable<T> work) {
        boost::asio::io_context io;
        auto answer = boost::asio::co_spawn(io, std::move(work), boost::asio::use_future);
        io.run();
        return answer.get();
    }
    // Calls, and reads the first part of the list.
    void begin(http::asio::awaitable<http::Reply> (*call)(Context&, http::Request const&)) {
        auto const token = issued_->access_token.reveal();
        std::vector<http::Field> const fields{
            {"Appid", shop.value}, {"Appkey", "key"}, {"Access-Token", token}};
        http::Request request;
        request.fields = fields;
        request.request_id = "r-1";
        auto reply = awaited(call(context, request));
        auto* const body = std::get_if<std::unique_ptr<http::BodySource>>(&reply.body);
        ASSERT_NE(body, nullptr);
        list_ = std::move(*body);
        EXPECT_EQ(next(), Result<bool>(false));
    }
    Result<bool> next() {
        piece_.clear();
        return awaited(list_->next(piece_));
    }

    stage::ScratchStore store = stage::open_store();
    stage::ManualClock clock;
    stage::SequenceIdSource id_source;
    push::Outbox outbox{id_source, {}};
    upgrade::Limits limits;
    upgrade::Means means{.limits = limits, .id_source = id_source, .listener = outbox};
    access::Rate rate{1, 2};
    access::Guessing guessing;
    std::vector<Errc> troubles_;
    Context context{.store = *store,
                    .clock = clock,
                    .id_source = id_source,
                    .means = means,
                    .rate = rate,
                    .guessing = guessing,
                    .settings = {},
                    .trouble = [this](std::string_view, Error const& error) {
                        troubles_.push_back(error.code);
                    }};
    std::optional<access::Issued> issued_;
    std::unique_ptr<http::BodySource> list_;
    std::string piece_;
};

TEST_F(ALongList, IsReadToItsEndByACallerThatStays) {
    begin(query_all);
    auto done = next();
    while (done && !*done) done = next();
    EXPECT_TRUE(done);
    EXPECT_TRUE(piece_.ends_with("]}"));
    EXPECT_EQ(rate.refused(shop, clock.now()), std::nullopt) << "a list counts as one call";
}

enum class End : std::uint8_t { grant_deleted, app_disabled, no_upgrades, superseded, expired };
struct EndCase {
    std::string name;
    End end;
    Errc refusal;
};
class ALongListOfACaller : public ALongList, public testing::WithParamInterface<EndCase> {
protected:
    void change_app(std::function<void(access::App&)> const& change) {
        wrote([&](Tx& tx) -> Result<void> {
            TRY_ASSIGN(auto const known, tx.apps().find(shop));
            auto app = *known;
            change(app);
            return tx.apps().replace(app);
        });
    }
    void carry_out(End end) {
        switch (end) {
            case End::grant_deleted:
                return wrote([&](Tx& tx) { return access::revoke(tx, {shop, user}); });
            case End::app_disabled:
                return change_app([](access::App& app) { app.disabled = true; });
            case End::no_upgrades:
                return change_app([](access::App& app) { app.ota_enabled = false; });
            case End::superseded:
                return wrote([&](Tx& tx) {
                    auto const spent = sha256(issued_->refresh_token.reveal());
                    return access::refresh(tx, tokens(), shop, user, spent, clock.now());
                });
            case End::expired:
                clock.advance(tokens().lifetimes.access);
                return;
        }
    }
};

TEST_P(ALongListOfACaller, WhoMayNotCallAnyMoreEndsBetweenTwoParts) {
    begin(query_all);
    carry_out(GetParam().end);
    auto const after = next();
    ASSERT_FALSE(after);
    EXPECT_EQ(after.error().code, GetParam().refusal);
    EXPECT_EQ(piece_, "");
    EXPECT_TRUE(troubles_.empty());
}

TEST_P(ALongListOfACaller, WhoMayNotCallAnyMoreEndsForRunningUpgradesAsWell) {
    wrote([&](Tx& tx) -> Result<void> {
        upgrade::Orderer const who{.appid = shop, .open_id = user};
        TRY_ASSIGN(auto part, upgrade::order_all(tx, means, who, {}, clock.now()));
        while (part.then == upgrade::OrderPart::Then::more) {
            TRY_ASSIGN(part, upgrade::order_more(tx, means, who, part.order_id, clock.now()));
        }
        return {};
    });
    begin(running);
    carry_out(GetParam().end);
    auto const after = next();
    ASSERT_FALSE(after);
    EXPECT_EQ(after.error().code, GetParam().refusal);
}

INSTANTIATE_TEST_SUITE_P(
    , ALongListOfACaller,
    testing::Values(EndCase{"GrantDeleted", End::grant_deleted, Errc::token_invalid},
                    EndCase{"AppDisabled", End::app_disabled, Errc::app_unknown},
                    EndCase{"AppMayNotUpgrade", End::no_upgrades, Errc::app_forbidden},
                    EndCase{"TokenSuperseded", End::superseded, Errc::token_invalid},
                    EndCase{"TokenExpired", End::expired, Errc::token_expired}),
    [](auto const& tested) { return tested.param.name; });

}  // namespace
}  // namespace updraft::openota
