#include "json/copy.h"

#include <gtest/gtest.h>

namespace updraft::json {
namespace {

TEST(ACopyOfJson, KeepsMembersOrderAndDigits) {
    constexpr auto* text =
        R"({"b":[1.50,-2e3,{}],"a":{"x":null,"y":[true,false,[]]},"text":"\"\\ é"})";
    std::string copied;
    Writer writer(copied);
    copy(writer, read_object(text).value());
    EXPECT_EQ(copied, text);
}

}  // namespace
}  // namespace updraft::json
