#include "backend.h"
#include "ports/operator_tokens_table.h"
#include "ports/operators_table.h"
#include "ports/sessions_table.h"

namespace updraft::contract {
namespace {

using access::Role;

access::Operator an_operator(std::string name, Role role = Role::support) {
    return {.name = std::move(name), .role = role, .created_at = stage::noon};
}

access::OperatorToken a_token(std::string id, std::string holder) {
    access::OperatorToken token;
    token.id = std::move(id);
    token.holder = std::move(holder);
    token.label = "laptop";
    token.role = Role::support;
    token.created_at = stage::noon;
    return token;
}

class OperatorRows : public StoreContract {
protected:
    void insert(access::Operator const& made) {
        written([&](Tx& tx) { return tx.operators().insert(made); });
    }
    std::vector<std::string> names() {
        auto const page = seen([](Tx const& tx) { return tx.operators().list({.limit = 10}); });
        std::vector<std::string> all;
        for (auto const& one : page.items) all.push_back(one.name);
        return all;
    }
};

TEST_P(OperatorRows, HaveOneNameInAnyCase) {
    insert(an_operator("Ann"));
    auto const again =
        write(store(), [](Tx& tx) { return tx.operators().insert(an_operator("ANN")); });
    ASSERT_FALSE(again);
    EXPECT_EQ(again.error().code, Errc::conflict);
    EXPECT_EQ(seen([](Tx const& tx) { return tx.operators().find("aNN"); }).name, "Ann");
    written([](Tx& tx) { return tx.operators().remove("ann"); });
    EXPECT_TRUE(names().empty());
    EXPECT_FALSE(seen([](Tx const& tx) { return tx.operators().any(); }));
}

TEST_P(OperatorRows, AreListedByNameInPages) {
    for (auto const* const name : {"dan", "Ann", "bob", "Cid"}) insert(an_operator(name));
    EXPECT_EQ(names(), (std::vector<std::string>{"Ann", "bob", "Cid", "dan"}));
    auto const first = seen([](Tx const& tx) { return tx.operators().list({.limit = 3}); });
    ASSERT_TRUE(first.next);
    auto const rest =
        seen([&](Tx const& tx) { return tx.operators().list({.after = first.next, .limit = 3}); });
    ASSERT_EQ(rest.items.size(), 1U);
    EXPECT_EQ(rest.items[0].name, "dan");
    EXPECT_FALSE(rest.next);
}

TEST_P(OperatorRows, KnowWhetherAnotherEnabledAdminIsThere) {
    auto const others = [&](char const* name) {
        return seen([&](Tx const& tx) { return tx.operators().has_admin_besides(name); });
    };
    insert(an_operator("root", Role::admin));
    insert(an_operator("ann", Role::releaser));
    EXPECT_FALSE(others("ROOT"));
    EXPECT_TRUE(others("ann"));
    auto spare = an_operator("spare", Role::admin);
    spare.disabled = true;
    insert(spare);
    EXPECT_FALSE(others("root"));
    spare.disabled = false;
    written([&](Tx& tx) { return tx.operators().replace(spare); });
    EXPECT_TRUE(others("root"));
}

TEST_P(OperatorRows, AreNeverSeenEarlierThanBefore) {
    insert(an_operator("ann"));
    auto const see = [&](Instant at) {
        written([&](Tx& tx) { return tx.operators().note_seen("ANN", at); });
        return seen([](Tx const& tx) { return tx.operators().find("ann"); }).last_seen_at;
    };
    EXPECT_EQ(see(noon), noon);
    EXPECT_EQ(see(noon + Millis{60'000}), noon + Millis{60'000});
    EXPECT_EQ(see(noon), noon + Millis{60'000});
}

ON_EVERY_BACKEND(OperatorRows);

class OperatorTokenRows : public OperatorRows {
protected:
    void SetUp() override {
        OperatorRows::SetUp();
        insert(an_operator("ann"));
    }
    void add(access::OperatorToken const& token) {
        auto const digest = sha256(token.id);
        written([&](Tx& tx) { return tx.operator_tokens().insert(token, digest); });
    }
    Result<KnownToken> find(std::string_view secret) {
        return read(store(),
                    [&](Tx const& tx) { return tx.operator_tokens().find(sha256(secret)); });
    }
    std::size_t listed() {
        return seen([](Tx const& tx) { return tx.operator_tokens().list("ann", {.limit = 9}); })
            .items.size();
    }
};

TEST_P(OperatorTokenRows, AreFoundWithTheirOperatorInOneLookUp) {
    add(a_token("t1", "ann"));
    auto const known = find("t1").value();
    EXPECT_EQ(known.token.id, "t1");
    EXPECT_EQ(known.token.label, "laptop");
    ASSERT_TRUE(known.holder);
    EXPECT_EQ(known.holder->role, Role::support);
    EXPECT_EQ(find("t2").error().code, Errc::not_found);
    written([](Tx& tx) { return tx.operators().remove("ann"); });
    EXPECT_FALSE(find("t1").value().holder);
}

TEST_P(OperatorTokenRows, AreKnownAfterTheirEndButNotListed) {
    add(a_token("t1", "ann"));
    add(a_token("t2", "ann"));
    written([](Tx& tx) { return tx.operator_tokens().end("t1", stage::noon); });
    EXPECT_EQ(find("t1").value().token.ended_at, noon);
    EXPECT_FALSE(find("t2").value().token.ended_at);
    EXPECT_EQ(listed(), 1U);
    auto const gone =
        read(store(), [](Tx const& tx) { return tx.operator_tokens().find_by_id("ann", "t1"); });
    EXPECT_EQ(gone.error().code, Errc::not_found);
    EXPECT_EQ(written([](Tx& tx) { return tx.operator_tokens().end_all("ANN", stage::noon); }), 1);
    EXPECT_EQ(listed(), 0U);
}

TEST_P(OperatorTokenRows, BelongToOneOperator) {
    add(a_token("t1", "ann"));
    auto const as = [&](char const* holder) {
        return read(store(),
                    [&](Tx const& tx) { return tx.operator_tokens().find_by_id(holder, "t1"); })
            .has_value();
    };
    EXPECT_TRUE(as("ANN"));
    EXPECT_FALSE(as("bob"));
}

TEST_P(OperatorTokenRows, EndWhenTheyExpireAndStayEnded) {
    auto token = a_token("t1", "ann");
    token.expires_at = noon + Millis{1000};
    add(token);
    add(a_token("t2", "ann"));
    auto const end_at = [&](Instant now) {
        return written([&](Tx& tx) { return tx.operator_tokens().end_expired(now, 10); });
    };
    EXPECT_EQ(end_at(noon + Millis{999}), 0);
    EXPECT_EQ(end_at(noon + Millis{1000}), 1);
    EXPECT_EQ(end_at(noon), 0);
    EXPECT_EQ(find("t1").value().token.ended_at, noon + Millis{1000});
    auto const forget = [&](Instant before) {
        return written([&](Tx& tx) { return tx.operator_tokens().forget_ended(before, 10); });
    };
    EXPECT_EQ(forget(noon + Millis{1000}), 0);
    EXPECT_EQ(forget(noon + Millis{1001}), 1);
    EXPECT_FALSE(find("t1"));
    EXPECT_TRUE(find("t2"));
}

// A program from before there were operators admits who holds a token of admin_tokens, and makes a
// first one when that table is empty.
TEST_P(OperatorTokenRows, EndForOlderProgramsToo) {
    add(a_token("t1", "ann"));
    written([](Tx& tx) { return tx.admin_tokens().insert(sha256("t1"), stage::noon); });
    written([](Tx& tx) { return tx.operator_tokens().end("t1", stage::noon); });
    EXPECT_FALSE(seen([](Tx const& tx) { return tx.admin_tokens().knows(sha256("t1")); }));
    EXPECT_TRUE(seen([](Tx const& tx) { return tx.admin_tokens().any(); }));
}

ON_EVERY_BACKEND(OperatorTokenRows);

class SessionRows : public OperatorRows {
protected:
    void add(std::string const& secret, std::optional<std::string> token_id = std::nullopt) {
        access::Session const session{.holder = "ann",
                                      .token_id = std::move(token_id),
                                      .role = Role::support,
                                      .created_at = noon,
                                      .active_at = noon};
        written([&](Tx& tx) { return tx.sessions().insert(session, sha256(secret)); });
    }
    bool is_there(std::string const& secret) {
        return read(store(), [&](Tx const& tx) { return tx.sessions().find(sha256(secret)); })
            .has_value();
    }
};

TEST_P(SessionRows, AreFoundWithTheirOperator) {
    insert(an_operator("Ann"));
    add("s1", "t1");
    auto const known = seen([](Tx const& tx) { return tx.sessions().find(sha256("s1")); });
    EXPECT_EQ(known.session.token_id, "t1");
    EXPECT_EQ(known.session.ends_at, std::nullopt);
    EXPECT_EQ(known.holder.value().name, "Ann");
    EXPECT_FALSE(is_there("s2"));
}

TEST_P(SessionRows, EndAloneWithTheirTokenAndWithTheirOperator) {
    for (auto const* const secret : {"s1", "s2", "s3"}) add(secret);
    add("s4", "t1");
    add("s5", "t1");
    written([](Tx& tx) { return tx.sessions().remove(sha256("s1")); });
    EXPECT_FALSE(is_there("s1"));
    EXPECT_TRUE(is_there("s2"));
    EXPECT_EQ(written([](Tx& tx) { return tx.sessions().remove_of_token("t1"); }), 2);
    EXPECT_FALSE(is_there("s4"));
    EXPECT_EQ(written([](Tx& tx) { return tx.sessions().remove_of("ANN"); }), 2);
    EXPECT_FALSE(is_there("s2"));
}

TEST_P(SessionRows, MoveTheirActivityForwardOnly) {
    add("s1");
    auto const active = [&](Instant at) {
        written([&](Tx& tx) { return tx.sessions().note_active(sha256("s1"), at); });
        return seen([](Tx const& tx) { return tx.sessions().find(sha256("s1")); })
            .session.active_at;
    };
    EXPECT_EQ(active(noon + Millis{5000}), noon + Millis{5000});
    EXPECT_EQ(active(noon), noon + Millis{5000});
}

TEST_P(SessionRows, AreForgottenByTheirAge) {
    add("s1");
    auto const forget = [&](Instant before) {
        return written([&](Tx& tx) { return tx.sessions().forget(before, 10); });
    };
    EXPECT_EQ(forget(noon), 0);
    EXPECT_EQ(forget(noon + Millis{1}), 1);
}

TEST_P(SessionRows, AreBegunBySetupTokensThatCanBeTakenOnce) {
    auto const put = [&](std::string const& secret) {
        written([&](Tx& tx) {
            return tx.sessions().insert_setup({.holder = "ann", .created_at = noon},
                                              sha256(secret));
        });
    };
    auto const take = [&](std::string const& secret) {
        return write(store(), [&](Tx& tx) { return tx.sessions().take_setup(sha256(secret)); });
    };
    put("one");
    EXPECT_EQ(take("two").error().code, Errc::not_found);
    EXPECT_EQ(take("one").value().holder, "ann");
    EXPECT_EQ(take("one").error().code, Errc::not_found);
    put("old");
    EXPECT_EQ(written([&](Tx& tx) { return tx.sessions().forget_setup(noon + Millis{1}, 10); }), 1);
    EXPECT_FALSE(take("old"));
    put("of a removed operator");
    written([](Tx& tx) { return tx.sessions().remove_of("ann"); });
    EXPECT_FALSE(take("of a removed operator"));
}

ON_EVERY_BACKEND(SessionRows);

}  // namespace
}  // namespace updraft::contract
