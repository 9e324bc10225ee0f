#include "fleet/contact.h"

#include <gtest/gtest.h>

#include "fleet/tag.h"

namespace updraft::fleet {
namespace {

struct ContactCase {
    std::string name;
    std::optional<std::int64_t> age_ms;  // Of a polling interval of 1,000 ms.
    Contact contact;
};
class SeenWithinIntervals : public testing::TestWithParam<ContactCase> {};
TEST_P(SeenWithinIntervals, IsOneOfThreeWords) {
    Instant const now{1'000'000};
    std::optional<Instant> seen;
    if (GetParam().age_ms) seen = now - Millis{*GetParam().age_ms};
    EXPECT_EQ(contact_of(seen, Millis{1'000}, now), GetParam().contact);
}
INSTANTIATE_TEST_SUITE_P(, SeenWithinIntervals,
                         testing::Values(ContactCase{"Now", 0, Contact::on_time},
                                         ContactCase{"InTheFuture", -5'000, Contact::on_time},
                                         ContactCase{"OneAndAHalf", 1'500, Contact::on_time},
                                         ContactCase{"JustLonger", 1'501, Contact::late},
                                         ContactCase{"Three", 3'000, Contact::late},
                                         ContactCase{"LongerThanThree", 3'001, Contact::silent},
                                         ContactCase{"Never", std::nullopt, Contact::silent}),
                         [](auto const& tested) { return tested.param.name; });

TEST(Tags, AreShortWordsOfFewCharacters) {
    for (auto const* word : {"a", "0", "beta.site-7_x", "..."}) EXPECT_TRUE(is_tag(word)) << word;
    EXPECT_TRUE(is_tag(std::string(tag_bytes_max, 'a')));
    EXPECT_FALSE(is_tag(std::string(tag_bytes_max + 1, 'a')));
    for (auto const* word : {"", "A", "a b", "a,b", "\xC3\xA9", "a\n"}) {
        EXPECT_FALSE(is_tag(word)) << word;
    }
}

}  // namespace
}  // namespace updraft::fleet
