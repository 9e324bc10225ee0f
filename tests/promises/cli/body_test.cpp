// The body of a call that is filled from flags and files.

#include "cli/body.h"

#include <gtest/gtest.h>

namespace updraft::cli {
namespace {

TEST(Body, IsAnEmptyObjectAtFirst) { EXPECT_EQ(Body{}.text(), "{}"); }

TEST(Body, HoldsMembersOfMembersInTheirOrder) {
    Body body;
    body.put("plan.preset", R"("careful")");
    body.put("mode", R"("install")");
    body.put("plan.waves", "[1]");
    body.put("plan.retry.times", "0");
    EXPECT_EQ(body.text(),
              R"({"plan":{"preset":"careful","waves":[1],"retry":{"times":0}},"mode":"install"})");
}

TEST(Body, TakesAnObjectOfAFileAndReplacesWhatIsSaidAgain) {
    auto const file = json::read_object(
        R"({"preset":"careful","window":{"from":"1"},"maxHarmed":null,"a.b":[1e3,"x",true,{"y":{}}]})");
    ASSERT_TRUE(file);
    Body body;
    body.put_all("plan", *file);
    body.put("plan.window", R"("any")");
    EXPECT_EQ(body.text(), R"({"plan":{"preset":"careful","window":"any","maxHarmed":null,)"
                           R"("a.b":[1e3,"x",true,{"y":{}}]}})");
}

TEST(Body, MakesAnObjectOfAnEmptyFile) {
    Body body;
    body.put_all("audience", {});
    EXPECT_EQ(body.text(), R"({"audience":{}})");
}

}  // namespace
}  // namespace updraft::cli
