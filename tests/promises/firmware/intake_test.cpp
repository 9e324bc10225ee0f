#include "firmware/intake.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "blobdir/blob_dir.h"
#include "made_images.h"
#include "stage/manual_clock.h"
#include "stage/open_store.h"
#include "text/base64.h"

namespace updraft::firmware {
namespace {

std::string const digest_text = "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";  // Of 0 bytes.
std::string const digest_hex = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

struct ClaimCase {
    std::string name;
    std::string field;
    std::string claimed;
};
class Claim : public testing::TestWithParam<ClaimCase> {};
TEST_P(Claim, IsRead) {
    EXPECT_EQ(claimed_sha256(GetParam().field, "Repr-Digest").value(), GetParam().claimed);
}
INSTANTIATE_TEST_SUITE_P(
    , Claim,
    testing::Values(ClaimCase{"Alone", "sha-256=:" + digest_text + ":", digest_hex},
                    ClaimCase{"AmongOthers",
                              "sha-512=:AAAA:, sha-256=:" + digest_text + ":, md5=:x:", digest_hex},
                    ClaimCase{"WithAParameter", "sha-256=:" + digest_text + ":;a=1", digest_hex},
                    ClaimCase{"Twice",
                              "sha-256=:" + digest_text + ":, sha-256=:" + digest_text + ":",
                              digest_hex}),
    [](auto const& tested) { return tested.param.name; });

struct BadClaim {
    std::string name;
    std::string field;
};
class ClaimThatCannotBeRead : public testing::TestWithParam<BadClaim> {};
TEST_P(ClaimThatCannotBeRead, IsRefusedNamingTheField) {
    auto const claimed = claimed_sha256(GetParam().field, "Content-Digest");
    ASSERT_FALSE(claimed);
    EXPECT_EQ(claimed.error().code, Errc::invalid);
    EXPECT_TRUE(claimed.error().detail.starts_with("Content-Digest")) << claimed.error().detail;
}
INSTANTIATE_TEST_SUITE_P(
    , ClaimThatCannotBeRead,
    testing::Values(BadClaim{"Nothing", ""},
                    BadClaim{"OnlyOthers", "sha-512=:AAAA:,unixsum=:AA==:"},
                    BadClaim{"OfRfc3230", "SHA-256=" + digest_text},
                    BadClaim{"InCapitals", "SHA-256=:" + digest_text + ":"},
                    BadClaim{"Hex", "sha-256=" + digest_hex},
                    BadClaim{"WithoutColons", "sha-256=" + digest_text},
                    BadClaim{"OneColon", "sha-256=:"}, BadClaim{"Empty", "sha-256=::"},
                    BadClaim{"TwoThatContradict", "sha-256=:AAAA" + digest_text.substr(4) +
                                                      ":, sha-256=:" + digest_text + ":"},
                    BadClaim{"TooShort", "sha-256=:AAAA:"}, BadClaim{"NoValue", "sha-256"},
                    BadClaim{"EmptyMember", "sha-512=:AAAA:,,"},
                    BadClaim{"NotBase64", "sha-256=:" + std::string(44, '!') + ":"}),
    [](auto const& tested) { return tested.param.name; });

class IntakeOfAFile : public testing::Test {
protected:
    void TearDown() override {
        blobs_.reset();
        std::error_code ignored;
        std::filesystem::remove_all(folder_, ignored);
    }
    Result<Artifact> take_in(std::string_view bytes, std::optional<std::string> claimed = {},
                             std::int64_t bytes_max = 100) {
        TRY_ASSIGN(auto const intake, Intake::begin(*blobs_, bytes_max, std::move(claimed)));
        TRY(intake->append(bytes));
        return intake->finish();
    }
    bool nothing_is_kept() { return blobs_->list({4'000'000'000'000}).value().empty(); }

    stage::ManualClock clock_;
    std::filesystem::path folder_ = stage::scratch_folder();
    std::unique_ptr<Blobs> blobs_ = blobdir::BlobDir::open_folder(folder_ / "f", clock_).value();
};

TEST_F(IntakeOfAFile, KeepsWhatIsClaimedRightly) {
    EXPECT_EQ(take_in("firmware", sha256_hex("firmware")).value().bytes, 8);
    EXPECT_TRUE(blobs_->open(sha256_hex("firmware")));
}

TEST_F(IntakeOfAFile, TellsWhatTheFileSaysOfItself) {
    auto const swu = made::swu();
    EXPECT_TRUE(
        take_in(swu, {}, 10'000).value().image.starts_with(R"({"format":"swu","version":"1.4.0")"));
    EXPECT_EQ(take_in("firmware").value().image, R"({"format":"raw"})");
}

TEST_F(IntakeOfAFile, KeepsWhatNothingIsClaimedOf) { EXPECT_TRUE(take_in("firmware")); }

TEST_F(IntakeOfAFile, RefusesAnotherDigestAndKeepsNothing) {
    EXPECT_EQ(take_in("firmware", digest_hex).error().code, Errc::invalid);
    EXPECT_TRUE(nothing_is_kept());
}

TEST_F(IntakeOfAFile, RefusesAnEmptyFile) {
    EXPECT_EQ(take_in("", digest_hex).error().code, Errc::invalid);
    EXPECT_TRUE(nothing_is_kept());
}

TEST_F(IntakeOfAFile, RefusesALargerOne) {
    EXPECT_EQ(take_in("firmware", {}, 7).error().code, Errc::too_large);
    EXPECT_TRUE(nothing_is_kept());
}

}  // namespace
}  // namespace updraft::firmware
