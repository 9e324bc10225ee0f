#include "admin/bearer.h"

#include <gtest/gtest.h>

#include "access/admin_token.h"
#include "ports/admin_tokens_table.h"
#include "stage/manual_clock.h"
#include "stage/open_store.h"

namespace updraft::admin {
namespace {

TEST(AdminToken, IsABearerThatTheStoreKnows) {
    auto const store = stage::open_store();
    auto const known = write(*store, [](Tx& tx) {
        return tx.admin_tokens().insert(sha256("secret"), stage::noon);
    });
    ASSERT_TRUE(known);
    auto const known_as = [&](std::string_view authorization) {
        return read(*store, [&](Tx const& tx) -> Result<access::Operator> {
            TRY_ASSIGN(auto const digest, read_bearer(authorization));
            return access::identify_operator(tx, digest);
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
