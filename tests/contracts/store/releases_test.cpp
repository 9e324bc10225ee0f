#include <atomic>
#include <thread>

#include "backend.h"

namespace updraft::contract {
namespace {

firmware::Release a_release(std::string model, std::string version) {
    firmware::Release release;
    release.model = {std::move(model)};
    release.version = {std::move(version)};
    release.created_at = stage::noon;
    return release;
}

firmware::Release full_release() {
    auto release = a_release("lamp", "3.0.6_0015.0515");
    release.update_log = "fixes \"everything\"\nand more ✓";
    release.release_date = "2026-11-23";
    release.requires_version = {{"1.0"}, {"2 \"beta\""}};
    release.reported_as = {{"b 6"}, {"v3 \"beta\""}};
    release.file_name = "lamp.swu";
    release.artifact = firmware::Artifact{.bytes = 5'000'000'000,
                                          .digests = {.sha256 = std::string(64, 'a'),
                                                      .sha1 = std::string(40, 'b'),
                                                      .md5 = std::string(32, 'c')},
                                          .image = R"({"format":"swu","version":"✓"})"};
    release.state = firmware::ReleaseState::withdrawn;
    release.order = 7;
    release.released_at = stage::noon;
    return release;
}

void expect_same(firmware::Release const& a, firmware::Release const& b) {
    EXPECT_EQ(a.id, b.id);
    EXPECT_EQ(a.model, b.model);
    EXPECT_EQ(a.version, b.version);
    EXPECT_EQ(a.reported_as, b.reported_as);
    EXPECT_EQ(a.update_log, b.update_log);
    EXPECT_EQ(a.release_date, b.release_date);
    EXPECT_EQ(a.requires_version, b.requires_version);
    EXPECT_EQ(a.file_name, b.file_name);
    EXPECT_EQ(a.artifact, b.artifact);
    EXPECT_EQ(a.state, b.state);
    EXPECT_EQ(a.order, b.order);
    EXPECT_EQ(a.created_at, b.created_at);
    EXPECT_EQ(a.released_at, b.released_at);
}

class Releases : public StoreContract {
protected:
    ReleaseId insert(firmware::Release const& release) {
        return written([&](Tx& tx) { return tx.releases().insert(release); });
    }
    firmware::Release find(ReleaseId id) {
        return seen([&](Tx const& tx) { return tx.releases().find(id); });
    }
    // Inserts a release that is released now, with the next position in the order.
    ReleaseId release(std::string model, std::string version) {
        return written([&](Tx& tx) -> Result<ReleaseId> {
            auto release = a_release(model, version);
            TRY_ASSIGN(release.order, tx.releases().next_order());
            release.state = firmware::ReleaseState::released;
            return tx.releases().insert(release);
        });
    }
    std::vector<std::string> catalog(std::string model) {
        auto const catalog =
            seen([&](Tx const& tx) { return tx.releases().catalog(ModelName{model}); });
        std::vector<std::string> versions;
        for (auto const& one : catalog->releases) versions.push_back(one.version.value);
        return versions;
    }
};

TEST_P(Releases, AreFoundAsTheyWereInserted) {
    for (auto release : {a_release("lamp", "1.0"), full_release()}) {
        release.id = insert(release);
        expect_same(find(release.id), release);
    }
}

TEST_P(Releases, GetIdsThatEveryDeviceCanHandle) {
    std::vector<std::int64_t> ids;
    for (int i = 0; i < 20; ++i) {
        ids.push_back(insert(a_release("lamp", std::to_string(i))).value);
    }
    EXPECT_EQ(ids.front(), 11);
    EXPECT_TRUE(std::ranges::is_sorted(ids));
    for (auto const id : ids) EXPECT_NE(id % 10, 0);
}

TEST_P(Releases, AreUniqueByModelAndVersion) {
    insert(a_release("lamp", "1.0"));
    insert(a_release("lamp", "2.0"));
    insert(a_release("plug", "1.0"));
    auto const again =
        write(store(), [](Tx& tx) { return tx.releases().insert(a_release("lamp", "1.0")); });
    EXPECT_EQ(again.error().code, Errc::conflict);
}

struct NameCase {
    std::string what;
    firmware::Release release;
    bool taken;
};

TEST_P(Releases, OfAModelShareNoVersionInAnySpelling) {
    auto first = a_release("lamp", "v1.0");
    first.reported_as = {{"1.0"}, {"b7"}};
    insert(first);
    auto const called = [](std::string version, std::vector<Version> reported_as = {}) {
        auto release = a_release("lamp", std::move(version));
        release.reported_as = std::move(reported_as);
        return release;
    };
    for (auto const& [what, release, taken] : std::vector<NameCase>{
             {"the version in another spelling", called(" 1.0"), true},
             {"a version under which the other is reported", called("b7"), true},
             {"reported under the version of the other", called("2.0", {{"V1.0"}}), true},
             {"reported as the other is", called("2.0", {{"b8"}, {"b7 "}}), true},
             {"the same name of another model", a_release("plug", "1.0"), false},
             {"versions of its own", called("2.0", {{"b8"}, {"v2.0"}, {" b8"}}), false},
             {"what is taken since", called("V2.0"), true}}) {
        auto const made = write(store(), [&](Tx& tx) { return tx.releases().insert(release); });
        EXPECT_EQ(!made, taken) << what;
        if (!made) {
            EXPECT_EQ(made.error().code, Errc::conflict) << what;
        }
    }
    EXPECT_EQ(seen([](Tx const& tx) { return tx.releases().list({}, {}); }).items.size(), 3U);
}

TEST_P(Releases, GetOtherNamesAndGiveTheOldOnesBack) {
    auto const id = insert(a_release("lamp", "1.0"));
    insert(a_release("lamp", "2.0"));
    auto const rename = [&](std::vector<Version> reported_as) {
        auto release = find(id);
        release.reported_as = std::move(reported_as);
        return write(store(), [&](Tx& tx) { return tx.releases().rename(release); });
    };
    ASSERT_TRUE(rename({{"b7"}, {"b8"}}));
    EXPECT_EQ(find(id).reported_as, (std::vector<Version>{{"b7"}, {"b8"}}));
    EXPECT_EQ(rename({{"b9"}, {"v2.0"}}).error().code, Errc::conflict);
    EXPECT_EQ(find(id).reported_as, (std::vector<Version>{{"b7"}, {"b8"}}));
    ASSERT_TRUE(rename({{"b8"}, {"v1.0"}}));
    insert(a_release("lamp", "b7"));
    written([&](Tx& tx) { return tx.releases().remove(id); });
    insert(a_release("lamp", "b8"));
    insert(a_release("lamp", "v1.0"));
}

TEST_P(Releases, AreInTheCatalogWithTheirNewNames) {
    auto const id = release("lamp", "1.0");
    auto const names = [&] {
        return seen([](Tx const& tx) { return tx.releases().catalog(ModelName{"lamp"}); })
            ->releases.at(0)
            .reported_as;
    };
    EXPECT_TRUE(names().empty());
    auto renamed = find(id);
    renamed.reported_as = {{"b7"}};
    written([&](Tx& tx) { return tx.releases().rename(renamed); });
    EXPECT_EQ(names(), std::vector<Version>{{"b7"}});
}

TEST_P(Releases, TellWhatTheirFileSays) {
    auto const found = find(insert(full_release()));
    EXPECT_EQ(found.inside, (firmware::VersionInside{"swu", "✓"}));
    EXPECT_FALSE(find(insert(a_release("lamp", "1.0"))).inside.stated());
}

TEST_P(Releases, KeepTheirIdModelAndTimeOfCreationWhenReplaced) {
    auto first = a_release("plug", "1.0");
    first.reported_as = full_release().reported_as;
    auto const id = insert(first);
    auto release = full_release();
    release.id = id;
    release.created_at = noon + Millis{5};
    written([&](Tx& tx) { return tx.releases().replace(release); });
    release.model = {"plug"};
    release.created_at = noon;
    expect_same(find(id), release);
}

TEST_P(Releases, AreNotFoundWhenThereIsNone) {
    auto const found = read(store(), [](Tx const& tx) { return tx.releases().find({11}); });
    EXPECT_EQ(found.error().code, Errc::not_found);
    auto const replaced =
        write(store(), [](Tx& tx) { return tx.releases().replace(a_release("lamp", "1.0")); });
    EXPECT_EQ(replaced.error().code, Errc::not_found);
    auto const removed = write(store(), [](Tx& tx) { return tx.releases().remove({11}); });
    EXPECT_EQ(removed.error().code, Errc::not_found);
}

TEST_P(Releases, NameTheirArtifact) {
    auto const id = insert(full_release());
    auto const named = [&](std::string sha256) {
        return seen([&](Tx const& tx) { return tx.releases().names_artifact(sha256); });
    };
    EXPECT_TRUE(named(std::string(64, 'a')));
    EXPECT_FALSE(named(std::string(64, 'b')));
    written([&](Tx& tx) { return tx.releases().remove(id); });
    EXPECT_FALSE(named(std::string(64, 'a')));
}

TEST_P(Releases, AreListedNewestFirst) {
    insert(a_release("lamp", "1.0"));
    insert(a_release("plug", "1.0"));
    release("lamp", "2.0");
    release("lamp", "3.0");
    using firmware::ReleaseState;
    struct Case {
        ReleaseFilter filter;
        std::vector<std::string> wanted;
    };
    std::vector<Case> const cases{
        {{}, {"lamp 3.0", "lamp 2.0", "plug 1.0", "lamp 1.0"}},
        {{.model = ModelName{"lamp"}}, {"lamp 3.0", "lamp 2.0", "lamp 1.0"}},
        {{.state = ReleaseState::draft}, {"plug 1.0", "lamp 1.0"}},
        {{.model = ModelName{"lamp"}, .state = ReleaseState::released}, {"lamp 3.0", "lamp 2.0"}},
        {{.model = ModelName{"lamp"}, .state = ReleaseState::withdrawn}, {}},
    };
    for (auto const& [filter, wanted] : cases) {
        for (std::int64_t const limit : {1, 2, 50}) {
            std::vector<std::string> walked;
            PageAsk ask{.after = std::nullopt, .limit = limit};
            for (;;) {
                auto const page =
                    seen([&](Tx const& tx) { return tx.releases().list(filter, ask); });
                for (auto const& one : page.items) {
                    walked.push_back(one.model.value + " " + one.version.value);
                }
                if (!page.next) break;
                ask.after = page.next;
            }
            EXPECT_EQ(walked, wanted);
        }
    }
}

TEST_P(Releases, RefuseACursorThatTheyDidNotGive) {
    PageAsk const ask{.after = "12x", .limit = 5};
    auto const page = read(store(), [&](Tx const& tx) { return tx.releases().list({}, ask); });
    EXPECT_EQ(page.error().code, Errc::invalid);
}

TEST_P(Releases, FormTheCatalogOfTheirModelInOrderOfRelease) {
    EXPECT_EQ(catalog("lamp"), std::vector<std::string>{});
    insert(a_release("lamp", "draft"));
    release("lamp", "9");
    release("plug", "1");
    release("lamp", "10");
    release("lamp", "2");
    EXPECT_EQ(catalog("lamp"), (std::vector<std::string>{"9", "10", "2"}));
    EXPECT_EQ(catalog("plug"), (std::vector<std::string>{"1"}));
}

TEST_P(Releases, StayInTheCatalogWhenWithdrawn) {
    auto const id = release("lamp", "1");
    auto withdrawn = find(id);
    withdrawn.state = firmware::ReleaseState::withdrawn;
    written([&](Tx& tx) { return tx.releases().replace(withdrawn); });
    auto const now = seen([&](Tx const& tx) { return tx.releases().catalog({"lamp"}); });
    ASSERT_EQ(now->releases.size(), 1U);
    EXPECT_EQ(now->releases[0].state, firmware::ReleaseState::withdrawn);
}

TEST_P(Releases, AreNeverOlderInTheCatalogThanTheTransactionThatReads) {
    std::ignore = catalog("lamp");
    release("lamp", "1");
    EXPECT_EQ(catalog("lamp"), (std::vector<std::string>{"1"}));
    // A transaction also sees its own changes in the catalog.
    written([](Tx& tx) -> Result<void> {
        TRY_ASSIGN(auto const before, tx.releases().catalog({"lamp"}));
        EXPECT_EQ(before->releases.size(), 1U);
        auto release = a_release("lamp", "2");
        TRY_ASSIGN(release.order, tx.releases().next_order());
        TRY(tx.releases().insert(release));
        TRY_ASSIGN(auto const after, tx.releases().catalog({"lamp"}));
        EXPECT_EQ(after->releases.size(), 2U);
        return {};
    });
    // A change that was rolled back is not in the catalog.
    std::ignore = store().write([](Tx& tx) -> Result<void> {
        auto release = a_release("lamp", "3");
        release.order = 99;
        TRY(tx.releases().insert(release));
        TRY(tx.releases().catalog({"lamp"}));
        return fail(Errc::invalid, "no");
    });
    EXPECT_EQ(catalog("lamp"), (std::vector<std::string>{"1", "2"}));
    written([](Tx& tx) -> Result<void> {
        TRY_ASSIGN(auto const still, tx.releases().catalog({"lamp"}));
        EXPECT_EQ(still->releases.size(), 2U);
        return {};
    });
}

// Once storing a release is acknowledged, every thread finds it, also while other threads read.
TEST_P(Releases, AreInTheCatalogOfEveryThreadOnceStored) {
    std::atomic<bool> stop = false;
    std::atomic<std::size_t> stored = 0;
    std::atomic<int> stale = 0;
    std::vector<std::jthread> readers;
    for (int r = 0; r < 3; ++r) {
        readers.emplace_back([&] {
            while (!stop) {
                auto const at_least = stored.load();
                if (catalog("lamp").size() < at_least) ++stale;
            }
        });
    }
    for (int i = 0; i < 100; ++i) {
        release("lamp", std::to_string(i));
        ++stored;
    }
    stop = true;
    readers.clear();
    EXPECT_EQ(stale, 0);
}

ON_EVERY_BACKEND(Releases);

class Models : public StoreContract {};

TEST_P(Models, HaveDefaultsUntilDeclared) {
    auto const model = seen([](Tx const& tx) { return tx.models().find({"lamp"}); });
    EXPECT_EQ(model.name, ModelName{"lamp"});
    EXPECT_TRUE(model.upgradable);
    EXPECT_EQ(model.success, fleet::SuccessCriterion::report);
    EXPECT_EQ(model.polling_seconds, std::nullopt);
    EXPECT_EQ(model.chunk_part, "os");
}

TEST_P(Models, AreAsLastDeclaredHereAndInTheirCatalog) {
    for (bool const upgradable : {true, false}) {
        fleet::Model const wanted{.name = {"lamp"},
                                  .display_name = "Lamp",
                                  .upgradable = upgradable,
                                  .success = fleet::SuccessCriterion::version,
                                  .polling_seconds = upgradable ? 30 : 60,
                                  .chunk_part = "bApp"};
        written([&](Tx& tx) { return tx.models().put(wanted); });
        auto const model = seen([](Tx const& tx) { return tx.models().find({"lamp"}); });
        EXPECT_EQ(model.display_name, "Lamp");
        EXPECT_EQ(model.upgradable, upgradable);
        EXPECT_EQ(model.success, fleet::SuccessCriterion::version);
        EXPECT_EQ(model.polling_seconds, wanted.polling_seconds);
        EXPECT_EQ(model.chunk_part, "bApp");
        auto const catalog = seen([](Tx const& tx) { return tx.releases().catalog({"lamp"}); });
        EXPECT_EQ(catalog->model.upgradable, upgradable);
    }
}

ON_EVERY_BACKEND(Models);

}  // namespace
}  // namespace updraft::contract
