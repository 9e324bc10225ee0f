// Several instances send pushes to the same apps: one instance at a time sends to an app, and
// another one continues when that instance has stopped or crashed.
#include "push_stage.h"

namespace updraft::push {
namespace {

using std::chrono::seconds;

class AppTurns : public PushStage {
protected:
    AppTurns() { faulty_.share(); }
};

TEST_F(AppTurns, OfAppsAreTakenByOneInstanceUntilItIsGone) {
    add_app("shop");
    Dispatch other(faulty_, http_client_, clock_, id_source_, &AppTurns::open, removed_apps_,
                   rules_);
    restart();  // The store wakes the newest sender after a commit: the one made here.
    tell_result("a");
    turn();
    EXPECT_EQ(posted(), Words{"result a"});
    tell_result("b");
    for (int second = 0; second < 7; ++second) {
        clock_.advance(seconds{1});
        other.turn();
    }
    EXPECT_EQ(posted(), Words{"result a"});
    // The first instance stops between its post and the record of it: the same message is sent
    // again, and then the next one.
    clock_.advance(seconds{8});
    other.turn();
    EXPECT_EQ(sorted(posted(1)), (Words{"result a", "result b"}));
}

TEST_F(AppTurns, OfAppsPassOnWhenAnInstanceStops) {
    add_app("shop");
    auto other = std::make_unique<Dispatch>(faulty_, http_client_, clock_, id_source_,
                                            &AppTurns::open, removed_apps_, rules_);
    restart();
    dispatch_->start();
    tell_result("a");
    ASSERT_TRUE(http_client_.wait_for(1));
    http_client_.deliver();
    dispatch_->stop(seconds{60});
    tell_result("b");
    clock_.advance(seconds{1});
    other->turn();
    EXPECT_EQ(posted(), (Words{"result a", "result b"}));
}

}  // namespace
}  // namespace updraft::push
