#include "http/conditions.h"

#include <gtest/gtest.h>

namespace updraft::http {
namespace {

TEST(Conditions, NameACopyOfTheFile) {
    Validators const file{"\"abc\"", "Mon, 23 Nov 2026 12:00:00 GMT"};
    auto const with = [](std::string_view name, std::string_view value) {
        static Field field;
        field = {name, value};
        Request request;
        request.fields = std::span(&field, 1);
        return request;
    };
    EXPECT_EQ(unmet_condition(with("If-Match", "\"abc\""), file), std::nullopt);
    EXPECT_EQ(unmet_condition(with("If-Match", "*"), file), std::nullopt);
    EXPECT_EQ(unmet_condition(with("If-Match", "\"x\", \"y\""), file), 412);
    EXPECT_EQ(unmet_condition(with("If-Match", "W/\"abc\""), file), 412);
    EXPECT_EQ(unmet_condition(with("If-None-Match", "W/\"abc\""), file), 304);
    EXPECT_EQ(unmet_condition(with("If-None-Match", "\"x\""), file), std::nullopt);
}

TEST(Disposition, SurvivesAnyFileName) {
    EXPECT_EQ(disposition("a 1.swu"), "attachment; filename=\"a 1.swu\"");
    EXPECT_EQ(disposition("a\"b"), "attachment; filename*=UTF-8''a%22b");
    EXPECT_EQ(disposition("固件"), "attachment; filename*=UTF-8''%E5%9B%BA%E4%BB%B6");
}

}  // namespace
}  // namespace updraft::http
