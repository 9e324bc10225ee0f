#include "upgrade/cause.h"

#include <gtest/gtest.h>

namespace updraft::upgrade {
namespace {

TEST(Cause, IsAWordAndPerhapsTheDevicesText) {
    EXPECT_EQ(written(Cause::timeout), "timeout");
    EXPECT_EQ(written(Cause::device_error, "boom"), "device_error: boom");
    EXPECT_EQ(written(Cause::device_error, "\x01 \n"), "device_error:  ");
    EXPECT_EQ(written(Cause::device_error, "\n\r"), "device_error");
}

TEST(Cause, KeepsAtMost512BytesOfText) {
    std::string const fits(512, 'x');
    EXPECT_EQ(written(Cause::no_space, fits), "no_space: " + fits);
    EXPECT_EQ(written(Cause::no_space, fits + "y"), "no_space: " + fits);
    // A text is cut between characters, never inside one.
    std::string wide(511, 'x');
    wide.append("件");
    EXPECT_EQ(written(Cause::no_space, wide), "no_space: " + std::string(511, 'x'));
}

TEST(Cause, LosesControlCharacters) {
    EXPECT_EQ(written(Cause::device_error,
                      "a\x1b[31mb\x7f\xc2\x9b"
                      "c\td"),
              "device_error: a[31mbcd");
    EXPECT_EQ(tidied("a\nb\tc\rd", 100, Breaks::keep), "a\nb\tcd");
}

struct WordCase {
    char const* text;
    Cause cause;
};
class CauseOf : public testing::TestWithParam<WordCase> {};
TEST_P(CauseOf, IsReadFromTheText) { EXPECT_EQ(cause_of(GetParam().text), GetParam().cause); }
INSTANTIATE_TEST_SUITE_P(
    , CauseOf,
    testing::Values(WordCase{"write failed: No space left on device", Cause::no_space},
                    WordCase{"ENOSPC", Cause::no_space},
                    WordCase{"File size 9 exceeds available space 0", Cause::no_space},
                    WordCase{"Compatible mismatch: Expected 'a' but bundle has 'b'",
                             Cause::unsupported_image},
                    WordCase{"Checksum mismatch", Cause::verify_failed},
                    WordCase{"HASH mismatch of download", Cause::verify_failed},
                    WordCase{"signature invalid", Cause::verify_failed},
                    WordCase{"Image verification failed", Cause::verify_failed},
                    WordCase{"Download aborted", Cause::download_failed},
                    WordCase{"No suitable .swu image found", Cause::unsupported_image},
                    WordCase{"flash error at 0x8000", Cause::write_failed},
                    WordCase{"boom", Cause::device_error}, WordCase{"", Cause::device_error}));

TEST(LastErrorOfAText, IsItsLastLineThatBeginsSo) {
    EXPECT_EQ(last_error_in("LastError: boom"), "LastError: boom");
    EXPECT_EQ(last_error_in("one\nLastError: a\nLastError: b\ntwo"), "LastError: b");
    for (auto const* none : {"", "boom", " LastError: boom", "the LastError: boom", "LastError"}) {
        EXPECT_EQ(last_error_in(none), "") << none;
    }
}

TEST(Skipping, IsHeardInTheTextOfASuccess) {
    EXPECT_TRUE(says_skipped("Skipped Update."));
    EXPECT_TRUE(says_skipped("The update was skipped because of policy"));
    EXPECT_FALSE(says_skipped("Update installed, 3 unchanged blocks skipped"));
    EXPECT_FALSE(says_skipped(""));
}

}  // namespace
}  // namespace updraft::upgrade
