#include "case_scene.h"
#include "ports/deliveries_table.h"
#include "usecases/change_app.h"
#include "usecases/remove_app.h"

namespace updraft::usecases {
namespace {

class Apps : public CaseScene {
protected:
    Result<access::App> change(AppChange const& wanted) {
        return act([&](Tx& tx) { return change_app(tx, actor, wanted, clock.now()); });
    }
    Result<void> remove(std::string const& appid) {
        return act([&](Tx& tx) { return remove_app(tx, actor, AppId{appid}, clock.now()); });
    }
    bool clear(std::int64_t limit) {
        bool more = false;
        wrote([&](Tx& tx) -> Result<void> {
            TRY_ASSIGN(more, RemovedAppsClearance().clear(tx, AppId{"app"}, limit));
            return {};
        });
        return more;
    }
    std::size_t waiting() {
        return saw([](Tx const& tx) { return tx.deliveries().list({}, {}); }).items.size();
    }
};

TEST_F(Apps, AreChangedInWhatIsGivenOnly) {
    AppChange wanted{.appid = AppId{"app"}};
    wanted.name = "shop";
    auto const renamed = change(wanted).value();
    EXPECT_EQ(renamed.name, "shop");
    EXPECT_EQ(renamed.push_state, access::PushState::verified);
    wanted = {.appid = AppId{"app"}};
    wanted.push_url = "https://other.example/push";
    auto const moved = change(wanted).value();
    EXPECT_EQ(moved.name, "shop");
    EXPECT_EQ(moved.push_state, access::PushState::pending);
    EXPECT_EQ(moved.push_url, "https://other.example/push");
    wanted.push_url = std::optional<std::string>{};
    EXPECT_EQ(change(wanted)->push_state, access::PushState::none);
}

TEST_F(Apps, LeaveAtOnceAndTheirMessagesInPieces) {
    for (auto const* did : {"a", "b", "c"}) {
        release(std::string("2.0-") + did);
        ASSERT_TRUE(enroll(lamp(did)));
    }
    ASSERT_EQ(waiting(), 3U);
    ASSERT_TRUE(remove("app"));
    auto const granted =
        saw([](Tx const& tx) { return tx.grants().granted(AppId{"app"}, OpenId{"user"}); });
    EXPECT_FALSE(granted);
    EXPECT_EQ(waiting(), 3U);
    EXPECT_TRUE(clear(2));
    EXPECT_EQ(waiting(), 1U);
    EXPECT_TRUE(clear(2));
    EXPECT_EQ(waiting(), 0U);
    EXPECT_FALSE(clear(2));
    ASSERT_TRUE(enroll(lamp("d")));
    EXPECT_EQ(waiting(), 0U);
}

TEST_F(Apps, ThatAreNotThereAreNamedInTheError) {
    Error const missing{Errc::not_found, "there is no app none"};
    EXPECT_EQ(change({.appid = AppId{"none"}}).error(), missing);
    EXPECT_EQ(remove("none").error(), missing);
}

}  // namespace
}  // namespace updraft::usecases
