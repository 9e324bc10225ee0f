#include "usecases/operators.h"

#include <gtest/gtest.h>

#include "access/identify_operator.h"
#include "ports/audit_table.h"
#include "ports/operators_table.h"
#include "stage/manual_clock.h"
#include "stage/open_store.h"
#include "stage/sequence_id_source.h"
#include "usecases/operator_tokens.h"
#include "usecases/sign_in.h"

namespace updraft::usecases {
namespace {

using access::Role;
using stage::noon;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr access::SessionLimits limits{.idle = minutes{30}, .max = std::chrono::hours{12}};

class Operators : public testing::Test {
protected:
    template <class Body>
    auto attempt(Body body) {
        return write(*store, std::move(body));
    }
    template <class Body>
    auto act(Body body) {
        auto done = attempt(std::move(body));
        if (!done) throw std::runtime_error(done.error().detail);
        if constexpr (!std::is_void_v<typename decltype(done)::value_type>) return *std::move(done);
    }
    void SetUp() override {
        act([&](Tx& tx) { return admit_first_admin(tx, ids, Secret("first"), noon); });
    }
    void make(std::string const& name, Role role) {
        act([&](Tx& tx) { return create_operator(tx, actor, {.name = name, .role = role}, noon); });
    }
    Result<access::Operator> change(OperatorChange const& wanted) {
        return attempt([&](Tx& tx) { return change_operator(tx, actor, wanted, noon); });
    }
    std::string token(std::string const& holder, std::optional<Role> role = std::nullopt,
                      std::optional<seconds> lifetime = std::nullopt) {
        TokenToMake const wanted{.holder = holder, .role = role, .lifetime = lifetime};
        auto const made =
            act([&](Tx& tx) { return create_operator_token(tx, ids, actor, wanted, noon); });
        id_of[made.secret.reveal()] = made.token.id;
        return made.secret.reveal();
    }
    // The role that the token gives; nothing when it is refused.
    std::optional<Role> role_of(std::string const& secret, Instant now = noon) {
        auto const found = read(
            *store, [&](Tx const& tx) { return access::identify_token(tx, sha256(secret), now); });
        last_refusal = found->reason;
        last_name = found->name;
        if (!found->signed_in) return std::nullopt;
        return found->signed_in->role;
    }
    std::string session(std::string const& secret, Instant now = noon) {
        auto const outcome =
            act([&](Tx& tx) { return sign_in(tx, ids, actor, TokenGiven{sha256(secret)}, now); });
        return outcome.cookie.reveal();
    }
    std::optional<Role> session_role(std::string const& cookie, Instant now = noon) {
        auto const found = read(*store, [&](Tx const& tx) {
            return access::identify_session(tx, sha256(cookie), limits, activity, now);
        });
        if (!found->signed_in) return std::nullopt;
        return found->signed_in->role;
    }
    std::vector<AuditRow> audited() {
        return read(*store, [](Tx const& tx) { return tx.audit().list({}, {}); })->items;
    }

    stage::ScratchStore store = stage::open_store();
    stage::SequenceIdSource ids;
    access::Activity activity;
    access::Actor actor{.kind = access::ActorKind::an_operator,
                        .name = "admin",
                        .via = "api",
                        .action = "test",
                        .role = Role::admin};
    std::map<std::string, std::string> id_of;
    std::string last_refusal;
    std::string last_name;
};

TEST_F(Operators, BeginWithAnAdminWhoHasTheFirstToken) {
    EXPECT_EQ(role_of("first"), Role::admin);
    EXPECT_EQ(role_of("second"), std::nullopt);
    EXPECT_EQ(last_name, "");
    EXPECT_FALSE(act([&](Tx& tx) { return admit_first_admin(tx, ids, Secret("second"), noon); }));
    EXPECT_EQ(role_of("second"), std::nullopt);
}

TEST_F(Operators, KeepOneEnabledAdmin) {
    make("spare", Role::releaser);
    auto const refused = [](auto const& done) {
        return !done && done.error().code == Errc::conflict;
    };
    EXPECT_TRUE(refused(change({.name = "admin", .role = Role::releaser})));
    EXPECT_TRUE(refused(change({.name = "ADMIN", .disabled = true})));
    EXPECT_TRUE(
        refused(attempt([&](Tx& tx) { return remove_operator(tx, actor, "admin", noon); })));
    EXPECT_TRUE(change({.name = "admin", .approve = false}));
    EXPECT_TRUE(change({.name = "spare", .role = Role::admin}));
    EXPECT_TRUE(attempt([&](Tx& tx) { return remove_operator(tx, actor, "admin", noon); }));
    EXPECT_TRUE(refused(change({.name = "spare", .disabled = true})));
}

TEST_F(Operators, HaveTokensOfAtMostTheirRole) {
    make("ann", Role::releaser);
    auto const full = token("ann");
    auto const low = token("ann", Role::viewer);
    EXPECT_EQ(role_of(full), Role::releaser);
    EXPECT_EQ(role_of(low), Role::viewer);
    TokenToMake const above{.holder = "ann", .role = Role::admin};
    EXPECT_EQ(attempt([&](Tx& tx) { return create_operator_token(tx, ids, actor, above, noon); })
                  .error()
                  .code,
              Errc::invalid);
    ASSERT_TRUE(change({.name = "ann", .role = Role::support}));
    EXPECT_EQ(role_of(full), Role::support);
    EXPECT_EQ(role_of(low), Role::viewer);
}

TEST_F(Operators, CannotMakeATokenAboveTheCredentialThatCalls) {
    make("ann", Role::releaser);
    actor.name = "ann";
    actor.role = Role::viewer;
    EXPECT_EQ(role_of(token("ann")), Role::viewer);
    TokenToMake const above{.holder = "ann", .role = Role::support};
    EXPECT_EQ(attempt([&](Tx& tx) { return create_operator_token(tx, ids, actor, above, noon); })
                  .error()
                  .code,
              Errc::forbidden);
}

TEST_F(Operators, LoseTokensAtOnceAndRefusalsKnowTheName) {
    make("Ann", Role::support);
    auto const secret = token("ann", std::nullopt, seconds{60});
    EXPECT_TRUE(role_of(secret, noon + seconds{60} - Millis{1}));
    EXPECT_FALSE(role_of(secret, noon + seconds{60}));
    EXPECT_EQ(last_name, "Ann");
    EXPECT_EQ(last_refusal, "the token has expired");
    ASSERT_TRUE(change({.name = "ann", .disabled = true}));
    EXPECT_FALSE(role_of(secret));
    EXPECT_EQ(last_refusal, "the operator is disabled");
    ASSERT_TRUE(change({.name = "ann", .disabled = false}));
    EXPECT_TRUE(role_of(secret));
    act([&](Tx& tx) { return remove_operator_token(tx, actor, "ann", id_of[secret], noon); });
    EXPECT_FALSE(role_of(secret));
    EXPECT_EQ(last_name, "Ann");
    auto const other = token("ann");
    act([&](Tx& tx) { return remove_operator(tx, actor, "ann", noon); });
    EXPECT_FALSE(role_of(other));
    make("ann", Role::admin);
    EXPECT_FALSE(role_of(other));
}

TEST_F(Operators, EndSessionsWithTheirTokenTheirRoleAndThemselves) {
    make("ann", Role::support);
    auto const secret = token("ann");
    auto cookie = session(secret);
    EXPECT_EQ(session_role(cookie), Role::support);
    EXPECT_FALSE(role_of(cookie));
    act([&](Tx& tx) { return remove_operator_token(tx, actor, "ann", id_of[secret], noon); });
    EXPECT_FALSE(session_role(cookie));

    auto const another = token("ann");
    cookie = session(another);
    ASSERT_TRUE(change({.name = "ann", .approve = true}));
    EXPECT_TRUE(session_role(cookie));
    ASSERT_TRUE(change({.name = "ann", .role = Role::admin}));
    EXPECT_FALSE(session_role(cookie));
    cookie = session(another);
    ASSERT_TRUE(change({.name = "ann", .disabled = true}));
    ASSERT_TRUE(change({.name = "ann", .disabled = false}));
    EXPECT_FALSE(session_role(cookie));
    cookie = session(another);
    act([&](Tx& tx) { return remove_operator(tx, actor, "ann", noon); });
    EXPECT_FALSE(session_role(cookie));
}

struct SessionCase {
    std::string name;
    Millis used_at;  // After the sign-in.
    Millis now;
    bool valid;
};
class SessionLife : public Operators, public testing::WithParamInterface<SessionCase> {};
TEST_P(SessionLife, IsBounded) {
    auto const cookie = session("first");
    auto const key = access::session_key(sha256(cookie));
    static_cast<void>(activity.note(key, noon + GetParam().used_at, minutes{1}));
    EXPECT_EQ(session_role(cookie, noon + GetParam().now).has_value(), GetParam().valid);
}
INSTANTIATE_TEST_SUITE_P(
    , SessionLife,
    testing::Values(SessionCase{"AtOnce", {}, {}, true},
                    SessionCase{"JustNotIdle", {}, minutes{30} - Millis{1}, true},
                    SessionCase{"Idle", {}, minutes{30}, false},
                    SessionCase{"UsedMeanwhile", minutes{29}, minutes{58}, true},
                    SessionCase{"JustNotOver", minutes{710}, minutes{720} - Millis{1}, true},
                    SessionCase{"Over", minutes{710}, minutes{720}, false},
                    SessionCase{"ClocksThatDifferALittle", {}, -minutes{1}, true},
                    SessionCase{"ClockSetBack", {}, -minutes{1} - Millis{1}, false},
                    SessionCase{"ClockSetBackAfterUse", minutes{20}, minutes{10}, false}),
    [](auto const& tested) { return tested.param.name; });

TEST_F(Operators, SignInWithASetupTokenOnceAndInTime) {
    auto const make_setup = [&](Instant at) {
        return act([&](Tx& tx) { return make_setup_token(tx, ids, "admin", at); }).reveal();
    };
    auto setup = make_setup(noon);
    EXPECT_FALSE(role_of(setup));
    auto const cookie = session(setup, noon + minutes{30} - Millis{1});
    EXPECT_EQ(session_role(cookie, noon + minutes{30}), Role::admin);
    EXPECT_EQ(session(setup), "");
    setup = make_setup(noon);
    EXPECT_EQ(session(setup, noon + minutes{30}), "");
    EXPECT_EQ(session(setup, noon), "");
    setup = make_setup(noon);
    EXPECT_EQ(session(setup, noon - minutes{2}), "");
}

TEST_F(Operators, SignInByTheNameThatAProxyVouchesFor) {
    make("Ann", Role::support);
    auto const by_name = [&](std::string const& name) {
        return act([&](Tx& tx) { return sign_in(tx, ids, actor, NameVouchedFor{name}, noon); });
    };
    EXPECT_EQ(by_name("ann").who.signed_in.value().role, Role::support);
    EXPECT_FALSE(by_name("bob").who.signed_in);
    ASSERT_TRUE(change({.name = "ann", .disabled = true}));
    auto const refused = by_name("ann").who;
    EXPECT_FALSE(refused.signed_in);
    EXPECT_EQ(refused.name, "Ann");
}

TEST_F(Operators, AreResetWithANewToken) {
    make("ann", Role::support);
    auto const old = token("ann");
    auto const cookie = session(old);
    ASSERT_TRUE(change({.name = "ann", .disabled = true}));
    auto const reset = [&](std::string const& name) {
        return attempt([&](Tx& tx) { return reset_operator(tx, ids, actor, name, noon); });
    };
    auto const fresh = reset("ANN").value().reveal();
    EXPECT_FALSE(role_of(old));
    EXPECT_FALSE(session_role(cookie));
    EXPECT_EQ(role_of(fresh), Role::support);
    EXPECT_EQ(reset("bob").error().code, Errc::not_found);
    make("root", Role::admin);
    act([&](Tx& tx) { return remove_operator(tx, actor, "admin", noon); });
    EXPECT_EQ(role_of(reset("admin").value().reveal()), Role::admin);
}

TEST_F(Operators, LeaveARowForEachActAndNoSecretInIt) {
    make("ann", Role::support);
    auto const secret = token("ann");
    auto const cookie = session(secret);
    std::string all;
    for (auto const& row : audited()) {
        all += row.entry.changes + row.entry.effect + row.entry.object_id;
        EXPECT_EQ(row.entry.object_kind, "operator");
    }
    EXPECT_EQ(audited().size(), 3U);
    EXPECT_EQ(all.find(secret), std::string::npos);
    EXPECT_EQ(all.find(cookie), std::string::npos);
    EXPECT_NE(all.find("•"), std::string::npos);
}

TEST(OperatorActivity, IsWrittenOnceInAPeriod) {
    access::Activity activity;
    auto const note = [&](Instant at) { return activity.note("k", at, minutes{1}); };
    EXPECT_TRUE(note(noon));
    EXPECT_FALSE(note(noon + seconds{59}));
    EXPECT_TRUE(note(noon + seconds{60}));
    EXPECT_EQ(activity.last_use("k"), noon + seconds{60});
    EXPECT_TRUE(note(noon));
    EXPECT_EQ(activity.last_use("k"), noon + seconds{60});
    EXPECT_EQ(activity.last_use("other"), std::nullopt);
}

}  // namespace
}  // namespace updraft::usecases
