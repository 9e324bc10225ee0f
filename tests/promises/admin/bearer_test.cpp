#include "admin/bearer.h"

#include <gtest/gtest.h>

#include "access/identify_operator.h"
#include "stage/manual_clock.h"
#include "stage/open_store.h"
#include "stage/sequence_id_source.h"
#include "usecases/operator_tokens.h"

namespace updraft::admin {
namespace {

TEST(AdminToken, IsABearerThatTheStoreKnows) {
    auto const store = stage::open_store();
    stage::SequenceIdSource id_source;
    auto const known = write(*store, [&](Tx& tx) {
        return usecases::admit_first_admin(tx, id_source, Secret("secret"), stage::noon);
    });
    ASSERT_TRUE(known);
    auto const known_as = [&](std::string_view authorization) {
        return read(*store, [&](Tx const& tx) -> Result<access::Operator> {
            TRY_ASSIGN(auto const digest, read_bearer(authorization));
            TRY_ASSIGN(auto found, access::identify_token(tx, digest, stage::noon));
            if (!found.signed_in) return fail(Errc::unauthorized, found.reason);
            return std::move(found.signed_in->who);
        });
    };
    auto const accepted = [&](std::string_view authorization) {
        return known_as(authorization).has_value();
    };
    EXPECT_EQ(known_as("Bearer secret").value().name, "admin");
    EXPECT_TRUE(accepted("Bearer secret"));
    EXPECT_TRUE(accepted("bearer secret"));
    EXPECT_FALSE(accepted("Bearer Secret"));
    EXPECT_FALSE(accepted("Bearer "));
    EXPECT_FALSE(accepted("Basic secret"));
    EXPECT_FALSE(accepted(""));
}

}  // namespace
}  // namespace updraft::admin
