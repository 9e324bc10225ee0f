#include "rollout/read_audience.h"

#include <gtest/gtest.h>

#include "rollout/audience.h"
#include "rollout/plan_changes.h"

namespace updraft::rollout {
namespace {

Result<Audience> read_given_audience(std::string const& text) {
    auto const value = json::read(text).value();
    return read_audience(&value);
}

std::string const all_members =
    R"({"include":["a","b"],"exclude":["c"],"fromVersions":["1.0"],"tags":["lab"],)"
    R"("attributes":{"board":"B"},"openIds":["user"],"dynamic":false,)"
    R"("canaries":{"dids":["a"],"tags":["first"]}})";

std::string written(Audience const& audience, Dids dids) {
    std::string text;
    json::Writer out(text);
    write_audience(out, audience, dids);
    return text;
}

TEST(AnAudience, IsWrittenAsItIsRead) {
    auto const audience = read_given_audience(all_members).value();
    EXPECT_EQ(written(audience, Dids::written), all_members);
    EXPECT_EQ(read_stored_audience(stored_audience(audience)).value(), audience);
    EXPECT_EQ(read_audience(nullptr).value(), Audience{});
    EXPECT_EQ(written({}, Dids::written), R"({"dynamic":true})");
    EXPECT_EQ(read_stored_audience("[]").error().code, Errc::corrupt);
}

TEST(AnAudience, ShowsCountsOfDidsInLists) {
    EXPECT_EQ(written(read_given_audience(all_members).value(), Dids::counted),
              R"({"include":{"count":2},"exclude":{"count":1},"fromVersions":["1.0"],)"
              R"("tags":["lab"],"attributes":{"board":"B"},"openIds":["user"],"dynamic":false,)"
              R"("canaries":{"dids":{"count":1},"tags":["first"]}})");
}

struct BadAudience {
    std::string text;
    std::string named;
};
class ABadAudience : public testing::TestWithParam<BadAudience> {};
TEST_P(ABadAudience, IsRefusedByTheNameOfItsMember) {
    auto const audience = read_given_audience(GetParam().text);
    ASSERT_FALSE(audience) << GetParam().text;
    EXPECT_EQ(audience.error().code, Errc::invalid);
    EXPECT_TRUE(audience.error().detail.starts_with(GetParam().named)) << audience.error().detail;
}
INSTANTIATE_TEST_SUITE_P(
    , ABadAudience,
    testing::Values(
        BadAudience{"[]", "audience must"}, BadAudience{R"({"who":1})", "audience.who is unknown"},
        BadAudience{R"({"tags":["a"],"tags":["b"]})", "audience.tags was given twice"},
        BadAudience{R"({"include":[]})", "audience.include must not be empty"},
        BadAudience{R"({"include":"a"})", "audience.include must"},
        BadAudience{R"({"include":[""]})", "audience.include must"},
        BadAudience{R"({"exclude":[7]})", "audience.exclude must"},
        BadAudience{R"({"tags":["No"]})", "audience.tags must"},
        BadAudience{R"({"fromVersions":[]})", "audience.fromVersions must"},
        BadAudience{R"({"attributes":{"a":1}})", "audience.attributes must"},
        BadAudience{R"({"attributes":{}})", "audience.attributes must"},
        BadAudience{R"({"attributes":{"a":"1","a":"2"}})", "audience.attributes.a was given twice"},
        BadAudience{R"({"openIds":[]})", "audience.openIds must"},
        BadAudience{R"({"dynamic":"yes"})", "audience.dynamic must"},
        BadAudience{R"({"canaries":["a"]})", "audience.canaries must"},
        BadAudience{R"({"canaries":{"names":["a"]}})", "audience.canaries.names is unknown"}));

std::string dids(int from, int to) {
    std::string list = "[";
    for (int n = from; n < to; ++n) {
        list += (n == from ? "\"d" : ",\"d") + std::to_string(n) + "\"";
    }
    return list + "]";
}

TEST(AnAudience, NamesAtMostTenThousandDevicesInAll) {
    auto const of = [](int excluded) {
        return read_given_audience(R"({"include":)" + dids(0, 4'000) + R"(,"exclude":)" +
                                   dids(0, excluded) + R"(,"canaries":{"dids":)" + dids(0, 1'000) +
                                   "}}");
    };
    EXPECT_TRUE(of(5'000));
    ASSERT_FALSE(of(5'001));
    EXPECT_TRUE(of(5'001).error().detail.starts_with("audience.include, exclude and canaries"));
}

TEST(AnEditOfAnAudience, ReplacesMembersAndNullRemovesThem) {
    auto const before = read_given_audience(all_members).value();
    auto const value = json::read(R"({"exclude":["c","d"],"tags":null})").value();
    auto const after = patched_audience(before, value).value();
    auto expected = before;
    expected.exclude = {Did{"c"}, Did{"d"}};
    expected.tags.reset();
    EXPECT_EQ(after, expected);
}

TEST(AnEditOfAnAudience, WhileRunningOnlyExcludesMore) {
    auto const before = read_given_audience(all_members).value();
    auto more = before;
    more.exclude.insert(Did{"d"});
    EXPECT_TRUE(may_change_while_running(before, more));
    EXPECT_EQ(may_change_while_running(more, before).error().code, Errc::conflict);
    auto other = more;
    other.tags.reset();
    EXPECT_EQ(may_change_while_running(before, other).error().code, Errc::conflict);
}

TEST(ANarrowedAudience, IsOneThatDoesNotMeanEverybody) {
    EXPECT_FALSE(
        is_narrowed(read_given_audience(R"({"dynamic":false,"canaries":{"dids":["a"]}})").value()));
    for (auto const* text :
         {R"({"include":["a"]})", R"({"exclude":["a"]})", R"({"tags":["a"]})",
          R"({"fromVersions":["1"]})", R"({"openIds":["a"]})", R"({"attributes":{"a":"b"}})"}) {
        EXPECT_TRUE(is_narrowed(read_given_audience(text).value())) << text;
    }
}

}  // namespace
}  // namespace updraft::rollout
