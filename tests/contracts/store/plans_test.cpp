// Every test of this suite also checks plans: no SQL that it prepared may walk a whole table, or
// sort what an index could give in order.
#include <gtest/gtest.h>

#include <string_view>

#include "stage/plan_watch.h"

namespace updraft::contract {
namespace {

class PlansAreLookedAt final : public testing::EmptyTestEventListener {
public:
    PlansAreLookedAt() { stage::watch_plans(); }

    void OnTestEnd(testing::TestInfo const& tested) override {
        auto const texts = stage::watched_texts();
        auto const on_postgres = std::string_view(tested.name()).ends_with("/Postgresql");
        auto const bad = on_postgres ? stage::bad_postgres_plans(texts) : stage::bad_plans(texts);
        for (auto const& finding : bad) ADD_FAILURE() << finding;
    }
};

// Registers the check before main() runs the tests.
bool const registered = [] {
    testing::UnitTest::GetInstance()->listeners().Append(new PlansAreLookedAt);
    return true;
}();

TEST(Plans, AreLookedAt) { EXPECT_TRUE(registered); }

}  // namespace
}  // namespace updraft::contract
