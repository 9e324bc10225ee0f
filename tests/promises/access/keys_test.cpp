#include <gtest/gtest.h>

#include "access/app_keys.h"
#include "access/identify.h"
#include "access/seal.h"
#include "ports/apps_table.h"
#include "stage/manual_clock.h"
#include "stage/open_store.h"
#include "stage/sequence_id_source.h"
#include "text/base64.h"

namespace updraft::access {
namespace {

using namespace std::chrono_literals;

Seal seal_with(char fill) { return *Seal::with_key(Secret(std::string(Seal::key_bytes, fill))); }

TEST(Seal, OpensWhatItClosed) {
    stage::SequenceIdSource id_source;
    auto const seal = seal_with('k');
    for (std::string const text : {"", "whsec_abc", "\xff\x01"}) {
        auto const sealed = seal.close(text, id_source);
        auto const opened = seal.open(sealed);
        ASSERT_TRUE(opened);
        EXPECT_EQ(opened->reveal(), text);
        EXPECT_NE(sealed.base64, text::base64(text));
    }
}

TEST(Seal, NeverGivesTheSameTextTwice) {
    stage::SequenceIdSource id_source;
    auto const seal = seal_with('k');
    EXPECT_NE(seal.close("text", id_source), seal.close("text", id_source));
}

TEST(Seal, RefusesWhatIsNotItsOwn) {
    stage::SequenceIdSource id_source;
    auto const sealed = seal_with('k').close("text", id_source);
    EXPECT_EQ(seal_with('j').open(sealed).error().code, Errc::corrupt);
    EXPECT_EQ(seal_with('k').open({"not base64!"}).error().code, Errc::corrupt);
    EXPECT_EQ(seal_with('k').open({""}).error().code, Errc::corrupt);
    auto bytes = *text::read_base64(sealed.base64);
    bytes.back() = static_cast<char>(bytes.back() ^ 1);
    EXPECT_EQ(seal_with('k').open({text::base64(bytes)}).error().code, Errc::corrupt);
}

TEST(Seal, NeedsAKeyOfTheRightLength) {
    EXPECT_EQ(Seal::with_key(Secret("short")).error().code, Errc::invalid);
    EXPECT_EQ(Seal::with_key(Secret(std::string(33, 'k'))).error().code, Errc::invalid);
}

class AppKeys : public testing::Test {
protected:
    void store_app() {
        if (!write(*store, [this](Tx& tx) { return tx.apps().insert(made.app); })) throw 0;
    }
    void replace_app() {
        if (!write(*store, [this](Tx& tx) { return tx.apps().replace(made.app); })) throw 0;
    }
    Result<std::shared_ptr<App const>> identify(std::string appid, std::string const& appkey) {
        return read(*store, [&](Tx const& tx) {
            return identify_app(tx, {appid}, sha256(appkey), clock.now());
        });
    }
    bool accepted(Secret const& appkey) {
        return identify(made.app.appid.value, appkey.reveal()).has_value();
    }

    stage::ManualClock clock;
    stage::SequenceIdSource id_source;
    Seal seal = seal_with('k');
    stage::ScratchStore store = stage::open_store();
    NewApp made = new_app("app", id_source, seal, clock.now());
};

TEST_F(AppKeys, HaveTheShapesOfThePlatform) {
    EXPECT_EQ(made.app.appid.value.size(), 24U);
    EXPECT_EQ(made.app.appid.value.find_first_not_of("0123456789abcdef"), std::string::npos);
    EXPECT_EQ(made.keys.appkey.reveal().size(), 32U);
    auto const& push_secret = made.keys.push_secret.reveal();
    ASSERT_TRUE(push_secret.starts_with("whsec_"));
    EXPECT_EQ(text::read_base64(push_secret.substr(6))->size(), 32U);
    EXPECT_EQ(seal.open(made.app.appkey)->reveal(), made.keys.appkey.reveal());
    EXPECT_EQ(seal.open(made.app.push_secret)->reveal(), push_secret);
}

TEST_F(AppKeys, AreRefusedAlikeWhateverIsWrong) {
    store_app();
    auto const appid = made.app.appid.value;
    auto const appkey = made.keys.appkey.reveal();
    EXPECT_TRUE(identify(appid, appkey));
    Error const refused = identify(appid, "wrong").error();
    EXPECT_EQ(refused.code, Errc::app_unknown);
    EXPECT_EQ(identify("", "").error(), refused);
    EXPECT_EQ(identify(appid, "").error(), refused);
    EXPECT_EQ(identify("", appkey).error(), refused);
    EXPECT_EQ(identify(std::string(24, '0'), appkey).error(), refused);
    EXPECT_EQ(identify(std::string(5000, '0'), appkey).error(), refused);
    EXPECT_EQ(identify(std::string(24, '-'), appkey).error(), refused);
    made.app.disabled = true;
    replace_app();
    EXPECT_EQ(identify(appid, appkey).error(), refused);
}

TEST_F(AppKeys, RotatedAreBothGoodDuringGrace) {
    store_app();
    auto const old_keys = made.keys;
    auto const new_keys = rotate(made.app, 10s, id_source, seal, clock.now());
    replace_app();
    EXPECT_EQ(seal.open(*made.app.old_push_secret)->reveal(), old_keys.push_secret.reveal());
    EXPECT_TRUE(accepted(new_keys.appkey));
    clock.advance(10s - 1ms);
    EXPECT_TRUE(accepted(old_keys.appkey));
    clock.advance(1ms);
    EXPECT_FALSE(accepted(old_keys.appkey));
    EXPECT_TRUE(accepted(new_keys.appkey));
}

TEST_F(AppKeys, RotatedWithoutGraceAreDeadAtOnce) {
    store_app();
    auto const new_keys = rotate(made.app, 0s, id_source, seal, clock.now());
    replace_app();
    EXPECT_FALSE(accepted(made.keys.appkey));
    EXPECT_TRUE(accepted(new_keys.appkey));
    EXPECT_FALSE(made.app.old_push_secret);
}

}  // namespace
}  // namespace updraft::access
