#include "vocabulary/secret_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <fstream>

#include "stage/open_store.h"

namespace updraft {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr uid_t somebody = 12345;

class SecretFile : public testing::Test {
protected:
    ~SecretFile() override {
        std::error_code ignored;
        std::filesystem::remove_all(folder_, ignored);
    }
    [[nodiscard]] Result<std::optional<Secret>> read(std::string const& content,
                                                     mode_t mode) const {
        std::ofstream(path_) << content;
        ::chmod(path_.c_str(), mode);
        return read_secret_file(path_, 100);
    }

    std::filesystem::path folder_ = stage::scratch_folder();
    std::string path_ = (folder_ / "file").string();
};

TEST_F(SecretFile, IsReadWithoutTheBlanksAtItsEnd) {
    EXPECT_EQ(read(" s3cret word \r\n\n", 0600)->value().reveal(), " s3cret word");
    EXPECT_EQ(read("", 0400)->value().reveal(), "");
    EXPECT_FALSE(read_secret_file((folder_ / "none").string()).value().has_value());
}

TEST_F(SecretFile, IsRefusedByNameWithoutItsContent) {
    auto const longer = read(std::string(101, 's'), 0600);
    EXPECT_EQ(longer.error().code, Errc::too_large);
    EXPECT_THAT(longer.error().detail, HasSubstr(path_));
    EXPECT_THAT(longer.error().detail, Not(HasSubstr("ss")));
    EXPECT_EQ(read_secret_file(folder_.string()).error().code, Errc::unavailable);
}

struct ModeCase {
    mode_t mode;
    bool of_root;  // Else another user's.
    bool taken;
};
class SecretFileMode : public SecretFile, public testing::WithParamInterface<ModeCase> {};
TEST_P(SecretFileMode, DecidesWhetherItIsTaken) {
    std::ofstream(path_) << "s3cret";
    auto const owner = GetParam().of_root ? uid_t{0} : somebody;
    if (::geteuid() != 0) GTEST_SKIP() << "only root gives a file away";
    ASSERT_EQ(::chown(path_.c_str(), owner, somebody), 0);
    ASSERT_EQ(::chmod(path_.c_str(), GetParam().mode), 0);
    auto const read = read_secret_file(path_);
    EXPECT_EQ(read.has_value(), GetParam().taken);
    if (read) return;
    EXPECT_EQ(read.error().code, Errc::invalid);
    EXPECT_THAT(read.error().detail, HasSubstr(path_));
    EXPECT_THAT(read.error().detail, HasSubstr("0600"));
    EXPECT_THAT(read.error().detail, Not(HasSubstr("s3cret")));
}
INSTANTIATE_TEST_SUITE_P(, SecretFileMode,
                         testing::Values(ModeCase{0400, true, true}, ModeCase{0600, true, true},
                                         ModeCase{0640, true, true}, ModeCase{0440, true, true},
                                         ModeCase{0644, true, false}, ModeCase{0604, true, false},
                                         ModeCase{0602, true, false}, ModeCase{0600, false, true},
                                         ModeCase{0400, false, true}, ModeCase{0640, false, false},
                                         ModeCase{0620, false, false},
                                         ModeCase{0644, false, false}));

TEST_F(SecretFile, MayBeAPipe) {
    std::array<int, 2> ends{};
    ASSERT_EQ(::pipe(ends.data()), 0);
    ASSERT_EQ(::write(ends[1], "token\n", 6), 6);
    ::close(ends[1]);
    auto const read = read_secret_file("/proc/self/fd/" + std::to_string(ends[0]));
    ::close(ends[0]);
    EXPECT_EQ(read->value().reveal(), "token");
}

TEST_F(SecretFile, ThatIsAPipeWithoutAWriterIsRefusedAtOnce) {
    ASSERT_EQ(::mkfifo(path_.c_str(), 0600), 0);
    auto const read = read_secret_file(path_);
    EXPECT_EQ(read.error().code, Errc::unavailable);
    EXPECT_EQ(read.error().detail, path_ + " cannot be read: nobody writes into this pipe");
}

TEST_F(SecretFile, OfSeveralLinesIsReadWithItsBlanks) {
    static_cast<void>(read("a\nb \n", 0600));
    EXPECT_EQ(read_whole_secret_file(path_, 100)->value().reveal(), "a\nb \n");
}

}  // namespace
}  // namespace updraft
