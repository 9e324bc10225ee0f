#include "app/watch/push_watch.h"

#include <gtest/gtest.h>

#include "ports/apps_table.h"
#include "ports/outbox_table.h"
#include "stage/manual_clock.h"
#include "stage/open_store.h"

namespace updraft::app {
namespace {

using access::PushState;
using std::chrono::seconds;

struct HintCase {
    std::string name;
    std::int64_t suspended = 0;
    std::int64_t failed = 0;
    std::optional<Millis> age;
    std::string hint;
};
class Hint : public testing::TestWithParam<HintCase> {};
TEST_P(Hint, NamesWhatIsWorthALook) {
    Instant const now{1'000'000'000};
    PushSight sight;
    sight.receivers[static_cast<std::size_t>(PushState::suspended)] = GetParam().suspended;
    sight.receivers[static_cast<std::size_t>(PushState::failed)] = GetParam().failed;
    sight.receivers[static_cast<std::size_t>(PushState::verified)] = 7;
    if (GetParam().age) sight.oldest_result = now - *GetParam().age;
    EXPECT_EQ(push_hint(sight, now), GetParam().hint);
}
INSTANTIATE_TEST_SUITE_P(
    , Hint,
    testing::Values(
        HintCase{"NothingWrong", 0, 0, {}, ""},
        HintCase{"OneSuspended", 1, 0, {}, "1 push URL suspended"},
        HintCase{"SomeOfBoth", 3, 2, {}, "3 push URLs suspended; 2 push URLs not verified"},
        HintCase{"AYoungResult", 0, 0, Millis{59'999}, ""},
        HintCase{"AnOldResult", 0, 0, seconds{60}, "the oldest undelivered result waits for 60 s"},
        HintCase{"AClockThatWasSetBack", 0, 0, seconds{-3'600}, ""},
        HintCase{"Everything", 1, 0, seconds{90},
                 "1 push URL suspended; the oldest undelivered result waits for 90 s"}),
    [](auto const& tested) { return tested.param.name; });

class Watching : public testing::Test {
protected:
    void app(std::string appid, PushState state, bool disabled = false) {
        access::App made;
        made.appid = {std::move(appid)};
        made.push_url = "https://app.example/push";
        made.push_state = state;
        made.disabled = disabled;
        ASSERT_TRUE(store_->write([&](Tx& tx) { return tx.apps().insert(made); }));
    }
    void message(std::string id, std::string appid, push::MsgType type, Instant at) {
        NewMessage const made{.webhook_id = {std::move(id)},
                              .appid = {std::move(appid)},
                              .did = {"lamp"},
                              .type = type,
                              .upgrade = {11},
                              .body = "{}",
                              .created_at = at,
                              .due_at = at};
        ASSERT_TRUE(store_->write([&](Tx& tx) { return tx.outbox().enqueue(made); }));
    }

    stage::ManualClock clock_;
    stage::ScratchStore store_ = stage::open_store();
    PushWatch watch_;
};

TEST_F(Watching, CountsReceiversOfAppsThatAreNotDisabledByTheirState) {
    app("a", PushState::verified);
    app("b", PushState::suspended);
    app("c", PushState::suspended);
    app("d", PushState::suspended, true);
    ASSERT_TRUE(watch_.look(*store_));
    EXPECT_EQ(watch_.sight().in(PushState::verified), 1);
    EXPECT_EQ(watch_.sight().in(PushState::suspended), 2);
    EXPECT_EQ(watch_.sight().in(PushState::failed), 0);
    // The second look counts again from zero.
    ASSERT_TRUE(watch_.look(*store_));
    EXPECT_EQ(watch_.sight().in(PushState::suspended), 2);
}

TEST_F(Watching, FindsTheOldestResultOfAllAppsAndNoNotice) {
    app("a", PushState::verified);
    app("b", PushState::verified);
    ASSERT_TRUE(watch_.look(*store_));
    EXPECT_FALSE(watch_.sight().oldest_result);
    auto const now = clock_.now();
    message("msg_1", "a", push::MsgType::result, now - seconds{10});
    message("msg_2", "b", push::MsgType::result, now - seconds{20});
    message("msg_3", "b", push::MsgType::new_firmware, now - seconds{90});
    ASSERT_TRUE(watch_.look(*store_));
    EXPECT_EQ(watch_.sight().oldest_result, now - seconds{20});
}

}  // namespace
}  // namespace updraft::app
