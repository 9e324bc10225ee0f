#include "app/process/key_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>

#include "stage/open_store.h"
#include "stage/sequence_id_source.h"

namespace updraft::app {
namespace {

using testing::HasSubstr;
using testing::Not;

class KeyFile : public testing::Test {
protected:
    ~KeyFile() override { std::filesystem::remove_all(folder_); }

    [[nodiscard]] std::string in_folder(char const* name) const {
        return (folder_ / name).string();
    }
    static unsigned mode_of(std::string const& path) {
        struct stat seen {};
        EXPECT_EQ(::stat(path.c_str(), &seen), 0) << path;
        return seen.st_mode & 0777U;
    }

    std::filesystem::path folder_ = stage::scratch_folder();
    stage::SequenceIdSource id_source_;
};

TEST_F(KeyFile, IsReadBackAsItWasMade) {
    auto const path = in_folder("secret.key");
    auto const made = make_key_file(path, id_source_);
    ASSERT_TRUE(made);
    EXPECT_EQ(made->reveal().size(), secret_key_bytes);
    auto const read = read_key_file(path);
    ASSERT_TRUE(read && *read);
    EXPECT_EQ((*read)->reveal(), made->reveal());
}

TEST_F(KeyFile, IsForItsOwnerOnly) {
    ASSERT_TRUE(make_key_file(in_folder("secret.key"), id_source_));
    ASSERT_TRUE(make_token_file(in_folder("admin-token"), id_source_));
    EXPECT_EQ(mode_of(in_folder("secret.key")), 0600U);
    EXPECT_EQ(mode_of(in_folder("admin-token")), 0600U);
}

TEST_F(KeyFile, ThatIsNotThereIsNoError) {
    auto const read = read_key_file(in_folder("secret.key"));
    ASSERT_TRUE(read);
    EXPECT_FALSE(read->has_value());
}

TEST_F(KeyFile, ThatIsNoKeyIsRefusedByName) {
    for (auto const* const content : {"", "abc", "zz", "0123456789abcdef"}) {
        std::ofstream(in_folder("secret.key")) << content;
        std::filesystem::permissions(in_folder("secret.key"), std::filesystem::perms{0600});
        auto const read = read_key_file(in_folder("secret.key"));
        ASSERT_FALSE(read);
        EXPECT_THAT(read.error().detail, HasSubstr("secret.key"));
    }
}

TEST_F(KeyFile, OfTokensMayBeWrittenByAnOperator) {
    std::ofstream(in_folder("admin-token")) << "0123456789abcdefghijklmnopqrstuvwxyz\n";
    EXPECT_THAT(read_token_file(in_folder("admin-token")).error().detail, HasSubstr("0600"));
    std::filesystem::permissions(in_folder("admin-token"), std::filesystem::perms{0600});
    auto const read = read_token_file(in_folder("admin-token"));
    ASSERT_TRUE(read && *read);
    EXPECT_EQ((*read)->reveal(), "0123456789abcdefghijklmnopqrstuvwxyz");
}

TEST_F(KeyFile, OfTokensRefusesAShortOne) {
    std::ofstream(in_folder("admin-token")) << "secret\n";
    std::filesystem::permissions(in_folder("admin-token"), std::filesystem::perms{0600});
    EXPECT_EQ(read_token_file(in_folder("admin-token")).error().code, Errc::corrupt);
}

TEST_F(KeyFile, LeavesNothingHalfMadeWhereItCannotBeWritten) {
    auto const made = make_key_file("/nowhere/secret.key", id_source_);
    ASSERT_FALSE(made);
    EXPECT_THAT(made.error().detail, HasSubstr("/nowhere/secret.key"));
}

TEST_F(KeyFile, DataDirectoryIsMadeForItsOwnerOnly) {
    auto const held = DataDir::hold(in_folder("a/data"));
    ASSERT_TRUE(held);
    EXPECT_EQ(mode_of(in_folder("a/data")), 0700U);
}

TEST_F(KeyFile, DataDirectoryIsHeldByOneServerAtATime) {
    {
        auto const held = DataDir::hold(in_folder("data"));
        ASSERT_TRUE(held);
        auto const second = DataDir::hold(in_folder("data"));
        ASSERT_FALSE(second);
        EXPECT_EQ(second.error().code, Errc::conflict);
        EXPECT_THAT(second.error().detail, HasSubstr(in_folder("data")));
    }
    EXPECT_TRUE(DataDir::hold(in_folder("data")));
}

TEST_F(KeyFile, DataDirectoryThatIsAFileIsRefused) {
    std::ofstream(in_folder("data")) << "x";
    auto const held = DataDir::hold(in_folder("data"));
    ASSERT_FALSE(held);
    EXPECT_THAT(held.error().detail, HasSubstr(in_folder("data")));
}

class SecretKey : public testing::Test {
protected:
    ~SecretKey() override {
        std::error_code ignored;
        std::filesystem::remove_all(file_.parent_path(), ignored);
    }
    Result<Secret> read(std::string const& content, std::filesystem::perms mode) {
        std::ofstream(file_) << content;
        std::filesystem::permissions(file_, mode);
        return read_secret_key(file_.string());
    }

    static constexpr auto owner_only = std::filesystem::perms{0600};
    std::filesystem::path file_ = stage::scratch_folder() / "secret";
};

TEST_F(SecretKey, IsOneWordOfAPrivateFile) {
    EXPECT_EQ(read("s3cret/with+signs\n", owner_only)->reveal(), "s3cret/with+signs");
    EXPECT_EQ(read("s3cret", std::filesystem::perms{0400})->reveal(), "s3cret");
}

TEST_F(SecretKey, IsRefusedAndNotRepeatedOtherwise) {
    for (auto const& content : {std::string(), std::string(" \n"), std::string("s3cret words"),
                                std::string(5'000, 's')}) {
        auto const refused = read(content, owner_only);
        ASSERT_FALSE(refused);
        EXPECT_THAT(refused.error().detail, Not(HasSubstr("s3cret")));
    }
    EXPECT_THAT(read("s3cret", std::filesystem::perms{0644}).error().detail, HasSubstr("0600"));
    EXPECT_EQ(read_secret_key("/nowhere/secret").error().code, Errc::unavailable);
}

}  // namespace
}  // namespace updraft::app
