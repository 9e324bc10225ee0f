#include "app/first_start.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "app/process/key_file.h"
#include "app/process/system_id_source.h"
#include "ports/admin_tokens_table.h"
#include "stage/manual_clock.h"
#include "stage/open_store.h"
#include "vocabulary/digest.h"

namespace updraft::app {
namespace {

using testing::HasSubstr;

class FirstStart : public testing::Test {
protected:
    ~FirstStart() override { std::filesystem::remove_all(folder_); }

    [[nodiscard]] std::string in_folder(char const* name) const {
        return (folder_ / name).string();
    }
    [[nodiscard]] bool is_admitted(Secret const& token) {
        auto const digest = sha256(token.reveal());
        auto const known =
            read(*store_, [digest](Tx const& tx) { return tx.admin_tokens().knows(digest); });
        return known && *known;
    }
    Result<bool> admit() {
        return admit_first_operator(*store_, id_source_, in_folder("admin-token"), clock_.now());
    }

    std::filesystem::path folder_ = stage::scratch_folder();
    stage::ScratchStore store_ = stage::open_store();
    stage::ManualClock clock_;
    SystemIdSource id_source_;
};

TEST_F(FirstStart, MakesAKeyThatOpensWhatItSealedAtEveryLaterStart) {
    auto const first = unlock(*store_, id_source_, in_folder("secret.key"));
    ASSERT_TRUE(first);
    auto const sealed = first->close("whsec_x", id_source_);
    auto const later = unlock(*store_, id_source_, in_folder("secret.key"));
    ASSERT_TRUE(later);
    EXPECT_EQ(later->open(sealed).value().reveal(), "whsec_x");
}

TEST_F(FirstStart, TakesTheKeyThatIsThere) {
    ASSERT_TRUE(make_key_file(in_folder("own.key"), id_source_));
    ASSERT_TRUE(unlock(*store_, id_source_, in_folder("own.key")));
    EXPECT_TRUE(unlock(*store_, id_source_, in_folder("own.key")));
}

TEST_F(FirstStart, RefusesAnotherKeyThanTheStores) {
    ASSERT_TRUE(unlock(*store_, id_source_, in_folder("secret.key")));
    ASSERT_TRUE(make_key_file(in_folder("other.key"), id_source_));
    auto const refused = unlock(*store_, id_source_, in_folder("other.key"));
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, Errc::invalid);
    EXPECT_THAT(refused.error().detail, HasSubstr(in_folder("other.key")));
    EXPECT_TRUE(unlock(*store_, id_source_, in_folder("secret.key")));
}

TEST_F(FirstStart, MakesNoNewKeyForAStoreThatHasOne) {
    ASSERT_TRUE(unlock(*store_, id_source_, in_folder("secret.key")));
    auto const refused = unlock(*store_, id_source_, in_folder("gone.key"));
    ASSERT_FALSE(refused);
    EXPECT_THAT(refused.error().detail, HasSubstr(in_folder("gone.key")));
    EXPECT_FALSE(std::filesystem::exists(in_folder("gone.key")));
}

TEST_F(FirstStart, AdmitsTheOperatorWithTheTokenInTheFile) {
    auto const first = admit();
    ASSERT_TRUE(first);
    EXPECT_TRUE(*first);
    auto const token = read_token_file(in_folder("admin-token")).value();
    ASSERT_TRUE(token);
    EXPECT_TRUE(is_admitted(*token));
}

TEST_F(FirstStart, AdmitsATokenThatTheOperatorChose) {
    std::ofstream(in_folder("admin-token")) << "0123456789abcdefghijklmnopqrstuvwxyz\n";
    std::filesystem::permissions(in_folder("admin-token"), std::filesystem::perms{0600});
    ASSERT_TRUE(admit());
    EXPECT_TRUE(is_admitted(Secret("0123456789abcdefghijklmnopqrstuvwxyz")));
}

TEST_F(FirstStart, AdmitsNobodyElseLater) {
    ASSERT_TRUE(admit());
    auto const token = read_token_file(in_folder("admin-token")).value();
    std::filesystem::remove(in_folder("admin-token"));
    auto const later = admit();
    ASSERT_TRUE(later);
    EXPECT_FALSE(*later);
    EXPECT_FALSE(std::filesystem::exists(in_folder("admin-token")));
    EXPECT_TRUE(is_admitted(*token));
}

TEST_F(FirstStart, KnowsATokenFileThatIsNotValidLater) {
    ASSERT_TRUE(admit());
    auto const token_file = in_folder("admin-token");
    EXPECT_TRUE(is_valid_token_file(*store_, token_file).value());
    std::ofstream(token_file) << "0123456789abcdefghijklmnopqrstuvwxyz\n";
    EXPECT_FALSE(is_valid_token_file(*store_, token_file).value());
    EXPECT_FALSE(is_admitted(Secret("0123456789abcdefghijklmnopqrstuvwxyz")));
    std::ofstream(token_file) << "two words\n";
    EXPECT_THAT(is_valid_token_file(*store_, token_file).error().detail, HasSubstr(token_file));
    std::filesystem::remove(token_file);
    EXPECT_TRUE(is_valid_token_file(*store_, token_file).value());
}

TEST_F(FirstStart, RefusesATokenTooShortToBeSafe) {
    std::ofstream(in_folder("admin-token")) << "hunter2\n";
    std::filesystem::permissions(in_folder("admin-token"), std::filesystem::perms{0600});
    EXPECT_FALSE(admit());
    EXPECT_FALSE(is_admitted(Secret("hunter2")));
}

}  // namespace
}  // namespace updraft::app
