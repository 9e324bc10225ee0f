#include "vocabulary/reason.h"

#include <gtest/gtest.h>

#include <set>

namespace updraft {
namespace {

TEST(AReason, HasANameOfItsOwnAndSentencesInBothLanguages) {
    std::set<std::string_view> names;
    std::set<std::string_view> sentences;
    for (std::size_t i = 0; i < reason_count; ++i) {
        auto const reason = static_cast<Reason>(i);
        names.insert(word(reason));
        for (auto const language : {Language::english, Language::chinese}) {
            for (bool const holds : {true, false}) {
                auto const text = text_of(reason, holds, language);
                EXPECT_FALSE(text.empty()) << word(reason);
                sentences.insert(text);
            }
        }
    }
    EXPECT_EQ(names.size(), reason_count);
    EXPECT_EQ(sentences.size(), 4 * reason_count);
}

TEST(Reasons, AnswerTheFirstOfTheListWhateverTheOrderInWhichTheyWereAdded) {
    Reasons reasons;
    EXPECT_TRUE(reasons.empty());
    EXPECT_EQ(reasons.first(), std::nullopt);
    reasons.add(Reason::not_ordered);
    reasons.add(Reason::no_release);
    reasons.add(Reason::held);
    EXPECT_EQ(reasons.first(), Reason::no_release);
    reasons.remove(Reason::no_release);
    EXPECT_EQ(reasons.first(), Reason::held);
    EXPECT_TRUE(reasons.has(Reason::not_ordered));
    EXPECT_FALSE(reasons.has(Reason::no_release));
}

struct LanguageCase {
    std::string name;
    std::string field;
    Language language;
};
class ALanguage : public testing::TestWithParam<LanguageCase> {};
TEST_P(ALanguage, IsTheOneThatTheClientPrefers) {
    EXPECT_EQ(read_language(GetParam().field), GetParam().language);
}
INSTANTIATE_TEST_SUITE_P(
    , ALanguage,
    testing::Values(LanguageCase{"EnglishByDefault", "", Language::english},
                    LanguageCase{"Chinese", "zh", Language::chinese},
                    LanguageCase{"ChineseOfARegion", "zh-CN,zh;q=0.9,en;q=0.8", Language::chinese},
                    LanguageCase{"AnyCase", "ZH-tw", Language::chinese},
                    LanguageCase{"ByWeight", "zh;q=0.3, en;q=0.7", Language::english},
                    LanguageCase{"ByWeightInAnyOrder", "en;q=0.25,zh;q=0.5", Language::chinese},
                    LanguageCase{"NotWhatIsExcluded", "zh;q=0", Language::english},
                    LanguageCase{"EnglishForOthers", "de-DE, fr;q=0.9", Language::english},
                    LanguageCase{"EnglishForNonsense", ";;,,q=,-", Language::english}),
    [](auto const& tested) { return tested.param.name; });

}  // namespace
}  // namespace updraft
