#include "backend.h"

namespace updraft::contract {
namespace {

class AdminTokens : public StoreContract {};

TEST_P(AdminTokens, AreKnownOnceInserted) {
    auto const token = sha256("secret");
    auto const known = [&](Tx const& tx) { return tx.admin_tokens().knows(token); };
    auto const any = [](Tx const& tx) { return tx.admin_tokens().any(); };
    EXPECT_FALSE(seen(any));
    EXPECT_FALSE(seen(known));
    written([&](Tx& tx) { return tx.admin_tokens().insert(token, noon); });
    EXPECT_TRUE(seen(any));
    EXPECT_TRUE(seen(known));
    EXPECT_FALSE(seen([](Tx const& tx) { return tx.admin_tokens().knows(sha256("Secret")); }));
    auto const again =
        write(store(), [&](Tx& tx) { return tx.admin_tokens().insert(token, noon); });
    EXPECT_EQ(again.error().code, Errc::conflict);
}

TEST_P(AdminTokens, ComeWithATextThatOnlyTheRightKeyOpens) {
    auto const check = [](Tx const& tx) { return tx.admin_tokens().key_check(); };
    EXPECT_EQ(seen(check), "");
    written([](Tx& tx) { return tx.admin_tokens().set_key_check("sealed"); });
    EXPECT_EQ(seen(check), "sealed");
    auto const again =
        write(store(), [](Tx& tx) { return tx.admin_tokens().set_key_check("other"); });
    EXPECT_EQ(again.error().code, Errc::conflict);
    EXPECT_EQ(seen(check), "sealed");
}

ON_EVERY_BACKEND(AdminTokens);

}  // namespace
}  // namespace updraft::contract
