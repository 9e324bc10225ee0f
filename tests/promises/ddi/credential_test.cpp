#include <gtest/gtest.h>

#include "ddi/identify.h"
#include "ports/devices_table.h"
#include "stage/manual_clock.h"
#include "stage/open_store.h"

namespace updraft::ddi {
namespace {

struct SpeakCase {
    std::string name;
    std::string authorization;
    std::string did;
    bool speaks;
};
class Credential : public testing::TestWithParam<SpeakCase> {
protected:
    void SetUp() override {
        insert("gw", std::nullopt);
        insert("sub", Did{"gw"});
        insert("sub2", Did{"gw"});
        insert("lone", std::nullopt);
        insert("orphan", Did{"gone"});
    }
    void insert(std::string did, std::optional<Did> gateway_did) {
        fleet::Device device;
        device.did = {did};
        device.gateway_did = std::move(gateway_did);
        device.token_digest = sha256("token-" + did);
        device.created_at = stage::noon;
        if (!write(*store, [&](Tx& tx) { return tx.devices().insert(device); })) throw 0;
    }
    stage::ScratchStore store = stage::open_store();
};
TEST_P(Credential, SpeaksForItsOwnOnly) {
    auto const answer = read(*store, [](Tx const& tx) -> Result<fleet::Device> {
        TRY_ASSIGN(auto const credential, read_credential(GetParam().authorization));
        return authenticate(tx, {Did{GetParam().did}, credential});
    });
    EXPECT_EQ(answer.has_value(), GetParam().speaks);
    EXPECT_EQ(answer ? answer->did.value : GetParam().did, GetParam().did);
    EXPECT_EQ(answer ? Errc::unauthorized : answer.error().code, Errc::unauthorized);
}
INSTANTIATE_TEST_SUITE_P(
    , Credential,
    testing::Values(SpeakCase{"OwnToken", "TargetToken token-lone", "lone", true},
                    SpeakCase{"SchemeInAnyCase", "targettoken token-lone", "lone", true},
                    SpeakCase{"AnothersToken", "TargetToken token-gw", "lone", false},
                    SpeakCase{"GatewaysTokenAsTarget", "TargetToken token-gw", "sub", false},
                    SpeakCase{"GatewayForItsSub", "GatewayToken token-gw", "sub", true},
                    SpeakCase{"GatewayForItself", "GatewayToken token-gw", "gw", true},
                    SpeakCase{"GatewayForAStranger", "GatewayToken token-gw", "lone", false},
                    SpeakCase{"OwnTokenAsGateway", "GatewayToken token-sub", "sub", true},
                    SpeakCase{"SubForItsSibling", "GatewayToken token-sub", "sub2", false},
                    SpeakCase{"SubForItsGateway", "GatewayToken token-sub", "gw", false},
                    SpeakCase{"UnknownGateway", "GatewayToken token-gone", "orphan", false},
                    SpeakCase{"UnknownDevice", "TargetToken token-x", "x", false},
                    SpeakCase{"NoToken", "TargetToken", "lone", false},
                    SpeakCase{"BlankToken", "TargetToken ", "lone", false},
                    SpeakCase{"OtherScheme", "Bearer token-lone", "lone", false},
                    SpeakCase{"Nothing", "", "lone", false}),
    [](auto const& tested) { return tested.param.name; });

}  // namespace
}  // namespace updraft::ddi
