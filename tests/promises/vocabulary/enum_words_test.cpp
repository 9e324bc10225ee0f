#include "vocabulary/enum_words.h"

#include <gtest/gtest.h>

#include <cstdint>

namespace updraft {
namespace {

enum class Light : std::uint8_t { red, green };
constexpr EnumWords<2> light_words{"red", "green"};

TEST(EnumWords, GiveEachValueItsWordAndBack) {
    for (auto const light : {Light::red, Light::green}) {
        EXPECT_EQ(value_in<Light>(light_words, word_in(light_words, light)), light);
    }
    EXPECT_EQ(word_in(light_words, Light::green), "green");
}

TEST(EnumWords, KnowNoOtherWords) {
    for (auto const* const text : {"", "gree", "greens", "Green", "blue"}) {
        EXPECT_EQ(value_in<Light>(light_words, text), std::nullopt) << text;
    }
}

}  // namespace
}  // namespace updraft
