#include "backend.h"

namespace updraft::contract {
namespace {

using access::App;
using access::Code;
using access::Family;
using access::Token;
using access::TokenKind;

App an_app(std::string appid) {
    App app;
    app.appid = {std::move(appid)};
    app.name = "卧室灯";
    app.appkey_digest = sha256("key of " + app.appid.value);
    app.appkey = {"c2VhbGVk"};
    app.push_secret = {"c2VhbGVkIHRvbw=="};
    app.created_at = stage::noon;
    return app;
}

void expect_same(App const& a, App const& b) {
    EXPECT_EQ(a.appid, b.appid);
    EXPECT_EQ(a.name, b.name);
    EXPECT_EQ(a.disabled, b.disabled);
    EXPECT_EQ(a.ota_enabled, b.ota_enabled);
    EXPECT_EQ(a.appkey_digest, b.appkey_digest);
    EXPECT_EQ(a.appkey, b.appkey);
    EXPECT_EQ(a.push_secret, b.push_secret);
    EXPECT_EQ(a.old_appkey_digest, b.old_appkey_digest);
    EXPECT_EQ(a.old_push_secret, b.old_push_secret);
    EXPECT_EQ(a.old_keys_until, b.old_keys_until);
    EXPECT_EQ(a.push_url, b.push_url);
    EXPECT_EQ(a.push_events, b.push_events);
    EXPECT_EQ(a.push_state, b.push_state);
    EXPECT_EQ(a.created_at, b.created_at);
}

class Apps : public StoreContract {
protected:
    App find(std::string appid) {
        return *seen([&](Tx const& tx) { return tx.apps().find(AppId{appid}); });
    }
    Errc missing(std::string appid) {
        auto const found = read(store(), [&](Tx const& tx) { return tx.apps().find({appid}); });
        return found ? Errc{} : found.error().code;
    }
};

TEST_P(Apps, AreFoundAsTheyWereWritten) {
    auto app = an_app("a1");
    written([&](Tx& tx) { return tx.apps().insert(app); });
    expect_same(find("a1"), app);

    app.name = "another";
    app.disabled = true;
    app.ota_enabled = false;
    app.old_appkey_digest = app.appkey_digest;
    app.old_push_secret = app.push_secret;
    app.old_keys_until = noon + Millis{5};
    app.appkey_digest = sha256("new");
    app.push_url = "https://app.example/push";
    app.push_events = {.progress = false, .result = true, .new_firmware = false, .withdrawn = true};
    app.push_state = access::PushState::suspended;
    written([&](Tx& tx) { return tx.apps().replace(app); });
    expect_same(find("a1"), app);
}

TEST_P(Apps, ThatAreNotThereAreNotFoundHoweverOftenAsked) {
    EXPECT_EQ(missing("a1"), Errc::not_found);
    EXPECT_EQ(missing("a1"), Errc::not_found);
    written([&](Tx& tx) { return tx.apps().insert(an_app("a1")); });
    EXPECT_EQ(find("a1").appid.value, "a1");
    auto const replaced = write(store(), [&](Tx& tx) { return tx.apps().replace(an_app("a2")); });
    EXPECT_EQ(replaced.error().code, Errc::not_found);
}

TEST_P(Apps, MadeTwiceAreAConflictOfWhichClientsHearNothingFromInside) {
    written([&](Tx& tx) { return tx.apps().insert(an_app("a1")); });
    auto const again = write(store(), [&](Tx& tx) { return tx.apps().insert(an_app("a1")); });
    ASSERT_EQ(again.error().code, Errc::conflict);
    EXPECT_NE(again.error().detail.find("INSERT"), std::string::npos) << again.error().detail;
    auto const& told = again.error().for_client();
    for (auto const* const inside : {"SQL", "INSERT", "apps", "constraint", "23505"}) {
        EXPECT_EQ(told.find(inside), std::string::npos) << told;
    }
}

TEST_P(Apps, ChangedInATransactionAreSeenChangedInIt) {
    written([&](Tx& tx) { return tx.apps().insert(an_app("a1")); });
    written([&](Tx& tx) -> Result<void> {
        auto app = **tx.apps().find({"a1"});
        app.name = "changed";
        TRY(tx.apps().replace(app));
        EXPECT_EQ((*tx.apps().find({"a1"}))->name, "changed");
        return {};
    });
    EXPECT_EQ(find("a1").name, "changed");
}

TEST_P(Apps, ChangedByATransactionThatFailedAreAsBefore) {
    written([&](Tx& tx) { return tx.apps().insert(an_app("a1")); });
    auto const failed = write(store(), [&](Tx& tx) -> Result<void> {
        auto app = **tx.apps().find({"a1"});
        app.name = "changed";
        TRY(tx.apps().replace(app));
        return fail(Errc::conflict, "second thoughts");
    });
    EXPECT_FALSE(failed);
    EXPECT_EQ(find("a1").name, "卧室灯");
    auto const name =
        written([&](Tx& tx) -> Result<std::string> { return (*tx.apps().find({"a1"}))->name; });
    EXPECT_EQ(name, "卧室灯");
}

TEST_P(Apps, AreListedInPages) {
    for (auto const* appid : {"c", "a", "b"}) {
        written([&](Tx& tx) { return tx.apps().insert(an_app(appid)); });
    }
    PageAsk ask{.after = std::nullopt, .limit = 2};
    auto page = seen([&](Tx const& tx) { return tx.apps().list(ask); });
    ASSERT_EQ(page.items.size(), 2U);
    EXPECT_EQ(page.items[0].appid.value, "a");
    EXPECT_EQ(page.items[1].appid.value, "b");
    ask.after = page.next;
    page = seen([&](Tx const& tx) { return tx.apps().list(ask); });
    ASSERT_EQ(page.items.size(), 1U);
    EXPECT_EQ(page.items[0].appid.value, "c");
    EXPECT_FALSE(page.next);
}

TEST_P(Apps, TakeTheirGrantsAndTokensAlong) {
    Token const token{.digest = sha256("t"),
                      .kind = TokenKind::access,
                      .family = "1",
                      .appid = {"a1"},
                      .open_id = {"u"},
                      .expires_at = noon};
    written([&](Tx& tx) -> Result<void> {
        TRY(tx.apps().insert(an_app("a1")));
        TRY(tx.apps().insert(an_app("a2")));
        TRY(tx.grants().put_grant({{"a1"}, {"u"}, noon}));
        TRY(tx.grants().put_grant({{"a2"}, {"u"}, noon}));
        return tx.grants().insert_token(token);
    });
    written([](Tx& tx) { return tx.apps().remove({"a1"}); });
    EXPECT_EQ(missing("a1"), Errc::not_found);
    auto const apps = seen([](Tx const& tx) { return tx.grants().apps_of({"u"}); });
    EXPECT_EQ(apps, std::vector<AppId>{{"a2"}});
    auto const found = read(store(), [&](Tx const& tx) { return tx.grants().token(token.digest); });
    EXPECT_EQ(found.error().code, Errc::not_found);
    auto const again = write(store(), [](Tx& tx) { return tx.apps().remove({"a1"}); });
    EXPECT_EQ(again.error().code, Errc::not_found);
}

class Grants : public StoreContract {
protected:
    Token token(std::string name, std::string family, Instant expires_at, bool spent = false) {
        Token made{.digest = sha256(name),
                   .kind = TokenKind::refresh,
                   .family = std::move(family),
                   .appid = {"a1"},
                   .open_id = {"u"},
                   .expires_at = expires_at,
                   .spent = spent};
        written([&](Tx& tx) { return tx.grants().insert_token(made); });
        return made;
    }
    bool there(std::string name) {
        return read(store(), [&](Tx const& tx) { return tx.grants().token(sha256(name)); })
            .has_value();
    }
    Family const one{.appid = {"a1"}, .open_id = {"u"}, .name = "1"};
};

TEST_P(Grants, KnowAUserByBothNames) {
    access::User const user{
        .open_id = {"u"}, .made_by = AppId{"a1"}, .account_id = "bob", .created_at = noon};
    written([&](Tx& tx) { return tx.grants().put_user(user); });
    auto const by_open_id = seen([](Tx const& tx) { return tx.grants().user({"u"}); });
    auto const by_account = seen([](Tx const& tx) { return tx.grants().user_of({"a1"}, "bob"); });
    EXPECT_EQ(by_open_id.account_id, "bob");
    EXPECT_EQ(by_open_id.made_by, AppId{"a1"});
    EXPECT_EQ(by_account.open_id.value, "u");
    auto const foreign =
        read(store(), [](Tx const& tx) { return tx.grants().user_of({"a2"}, "bob"); });
    EXPECT_EQ(foreign.error().code, Errc::not_found);
}

TEST_P(Grants, CountTheUsersThatEachAppMade) {
    auto const made = [&](AppId const& appid) {
        return seen([&](Tx const& tx) { return tx.grants().users_made_by(appid); });
    };
    auto const put = [&](std::string const& open_id, std::optional<AppId> by) {
        written([&](Tx& tx) {
            return tx.grants().put_user({.open_id = {open_id},
                                         .made_by = by,
                                         .account_id = by ? std::optional(open_id) : std::nullopt,
                                         .created_at = noon});
        });
    };
    EXPECT_EQ(made(shop), 0);
    put("u1", shop);
    put("u2", shop);
    put("u3", lab);
    put("u4", std::nullopt);
    put("u1", shop);  // It exists.
    EXPECT_EQ(made(shop), 2);
    EXPECT_EQ(made(lab), 1);
}

TEST_P(Grants, LeaveAKnownUserUnchanged) {
    access::User user{
        .open_id = {"u"}, .made_by = AppId{"a1"}, .account_id = "bob", .created_at = noon};
    written([&](Tx& tx) { return tx.grants().put_user(user); });
    user.made_by.reset();
    user.account_id.reset();
    written([&](Tx& tx) { return tx.grants().put_user(user); });
    EXPECT_EQ(seen([](Tx const& tx) { return tx.grants().user({"u"}); }).account_id, "bob");
}

TEST_P(Grants, GoWithTheirTokensAndCodes) {
    token("t", "1", noon);
    written([&](Tx& tx) -> Result<void> {
        TRY(tx.grants().put_grant({{"a1"}, {"u"}, noon}));
        TRY(tx.grants().put_grant({{"a1"}, {"u"}, noon}));
        return tx.grants().insert_code({.digest = sha256("c"),
                                        .appid = {"a1"},
                                        .open_id = {"u"},
                                        .redirect_uri = "https://x",
                                        .expires_at = noon,
                                        .family = std::nullopt});
    });
    EXPECT_TRUE(seen([](Tx const& tx) { return tx.grants().granted({"a1"}, {"u"}); }));
    EXPECT_EQ(seen([](Tx const& tx) { return tx.grants().code(sha256("c")); }).redirect_uri,
              "https://x");
    written([](Tx& tx) { return tx.grants().remove_grant({"a1"}, {"u"}); });
    EXPECT_FALSE(seen([](Tx const& tx) { return tx.grants().granted({"a1"}, {"u"}); }));
    EXPECT_FALSE(there("t"));
    EXPECT_FALSE(read(store(), [](Tx const& tx) { return tx.grants().code(sha256("c")); }));
    auto const again =
        write(store(), [](Tx& tx) { return tx.grants().remove_grant({"a1"}, {"u"}); });
    EXPECT_EQ(again.error().code, Errc::not_found);
}

TEST_P(Grants, NameTheAppsOfAUserInOrder) {
    written([&](Tx& tx) -> Result<void> {
        TRY(tx.grants().put_grant({{"a2"}, {"u"}, noon}));
        TRY(tx.grants().put_grant({{"a1"}, {"u"}, noon}));
        return tx.grants().put_grant({{"a3"}, {"other"}, noon});
    });
    auto const apps = seen([](Tx const& tx) { return tx.grants().apps_of({"u"}); });
    EXPECT_EQ(apps, (std::vector<AppId>{{"a1"}, {"a2"}}));
}

TEST_P(Grants, FindATokenAsItWasWritten) {
    auto const made = token("t", "1", noon + Millis{7});
    auto const found = seen([](Tx const& tx) { return tx.grants().token(sha256("t")); });
    EXPECT_EQ(found.kind, TokenKind::refresh);
    EXPECT_EQ(found.family, "1");
    EXPECT_EQ(found.appid, made.appid);
    EXPECT_EQ(found.open_id, made.open_id);
    EXPECT_EQ(found.expires_at, noon + Millis{7});
    EXPECT_FALSE(found.spent);
    EXPECT_FALSE(found.spent_at);
    written([](Tx& tx) { return tx.grants().spend_token(sha256("t"), noon + Millis{3}); });
    auto const spent = seen([](Tx const& tx) { return tx.grants().token(sha256("t")); });
    EXPECT_TRUE(spent.spent);
    EXPECT_EQ(spent.spent_at, noon + Millis{3});
    EXPECT_FALSE(spent.repeated);
    written([](Tx& tx) { return tx.grants().repeat_token(sha256("t")); });
    EXPECT_TRUE(seen([](Tx const& tx) { return tx.grants().token(sha256("t")); }).repeated);
}

TEST_P(Grants, KeepTheNewestLivingFamilies) {
    auto const later = noon + Millis{1};
    token("oldest", "1", later);
    token("older", "2", later);
    token("expired", "3", noon);
    token("spent", "4", later, true);
    token("newest", "5", later);
    written([](Tx& tx) { return tx.grants().trim_families({"a1"}, {"u"}, 2, noon); });
    EXPECT_FALSE(there("oldest"));
    EXPECT_TRUE(there("older"));
    EXPECT_TRUE(there("newest"));
    EXPECT_EQ(seen([](Tx const& tx) { return tx.grants().newest_family({"a1"}, {"u"}); }), "5");
    written([](Tx& tx) { return tx.grants().trim_families({"a1"}, {"u"}, 2, noon); });
    EXPECT_TRUE(there("older"));
}

TEST_P(Grants, ForgetTheOldestSpentTokensOfAFamily) {
    token("live", "1", noon);
    for (int i = 0; i < 4; ++i) token("s" + std::to_string(i), "1", noon + Millis{i}, true);
    token("other", "2", noon, true);
    written([&](Tx& tx) { return tx.grants().trim_spent(one, 2); });
    EXPECT_TRUE(there("live"));
    EXPECT_TRUE(there("other"));
    EXPECT_FALSE(there("s0"));
    EXPECT_FALSE(there("s1"));
    EXPECT_TRUE(there("s2"));
    EXPECT_TRUE(there("s3"));
}

TEST_P(Grants, RemoveAWholeFamilyOrItsValidTokens) {
    token("spent", "1", noon, true);
    token("live", "1", noon);
    token("other", "2", noon);
    written([&](Tx& tx) { return tx.grants().remove_live_tokens(one); });
    EXPECT_TRUE(there("spent"));
    EXPECT_FALSE(there("live"));
    written([&](Tx& tx) { return tx.grants().remove_family(one); });
    EXPECT_FALSE(there("spent"));
    EXPECT_TRUE(there("other"));
}

TEST_P(Grants, SweepLongExpiredRowsInSmallBatches) {
    token("t1", "1", noon - Millis{2});
    token("t2", "2", noon - Millis{1});
    token("t3", "3", noon);
    written([](Tx& tx) {
        return tx.grants().insert_code({.digest = sha256("c"),
                                        .appid = {"a1"},
                                        .open_id = {"u"},
                                        .redirect_uri = "https://x",
                                        .expires_at = noon - Millis{1},
                                        .family = "1"});
    });
    EXPECT_EQ(written([](Tx& tx) { return tx.grants().sweep(noon, 1); }), 2);
    EXPECT_FALSE(there("t1"));
    EXPECT_TRUE(there("t2"));
    EXPECT_EQ(written([](Tx& tx) { return tx.grants().sweep(noon, 10); }), 1);
    EXPECT_FALSE(there("t2"));
    EXPECT_TRUE(there("t3"));
}

ON_EVERY_BACKEND(Apps);
ON_EVERY_BACKEND(Grants);

}  // namespace
}  // namespace updraft::contract
