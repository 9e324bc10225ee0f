#include "backend.h"
#include "ports/announcements_table.h"

namespace updraft::contract {
namespace {

class Announcements : public StoreContract {
protected:
    void open(std::int64_t release) {
        written([&](Tx& tx) {
            return tx.announcements().open(
                {.release = {release}, .model = {"lamp"}, .created_at = noon});
        });
    }
    std::vector<std::int64_t> opened() {
        std::vector<std::int64_t> releases;
        for (auto const& one : seen([](Tx const& tx) { return tx.announcements().opened(10); })) {
            releases.push_back(one.release.value);
        }
        return releases;
    }
    void begin(std::int64_t release, std::vector<AppId> const& apps) {
        written([&](Tx& tx) {
            return tx.announcements().begin(
                {.release = {release}, .model = {"lamp"}, .created_at = noon}, apps);
        });
    }
    // Each walk, in order, as "release app after"; `app` is the first letter of its id.
    std::vector<std::string> walks() {
        std::vector<std::string> texts;
        for (auto const& walk : seen([](Tx const& tx) { return tx.announcements().walks(10); })) {
            EXPECT_EQ(walk.model, ModelName{"lamp"});
            texts.push_back(std::to_string(walk.release.value) + " " + walk.appid.value[0] + " " +
                            walk.after);
        }
        return texts;
    }
    using Texts = std::vector<std::string>;
};

TEST_P(Announcements, AreOpenedOnceInOrderOfRelease) {
    open(12);
    open(11);
    open(12);
    EXPECT_EQ(opened(), (std::vector<std::int64_t>{11, 12}));
}

TEST_P(Announcements, BecomeOneWalkForEachApp) {
    open(11);
    begin(11, {shop, lab});
    EXPECT_TRUE(opened().empty());
    EXPECT_EQ(walks(), (Texts{"11 a ", "11 b "}));
    open(12);
    begin(12, {});
    EXPECT_TRUE(opened().empty());
    EXPECT_EQ(walks().size(), 2U);
}

TEST_P(Announcements, WalkEachAppAtItsOwnPace) {
    begin(11, {shop, lab});
    push::Walk walk{.release = {11}, .model = {"lamp"}, .appid = shop, .after = ""};
    written([&](Tx& tx) { return tx.announcements().advance(walk, "did-5"); });
    EXPECT_EQ(walks(), (Texts{"11 b ", "11 a did-5"}));
    walk.after = "did-5";
    written([&](Tx& tx) { return tx.announcements().finish(walk); });
    EXPECT_EQ(walks(), (Texts{"11 b "}));
}

TEST_P(Announcements, StopWithTheirReleaseOrTheirApp) {
    open(13);
    begin(11, {shop, lab});
    begin(12, {shop, lab});
    written([](Tx& tx) { return tx.announcements().stop({11}); });
    written([](Tx& tx) { return tx.announcements().stop({13}); });
    EXPECT_EQ(walks(), (Texts{"12 a ", "12 b "}));
    EXPECT_TRUE(opened().empty());
    written([](Tx& tx) { return tx.announcements().forget_app(shop); });
    EXPECT_EQ(walks(), (Texts{"12 b "}));
}

TEST_P(Announcements, TellEachAppOfAVersionOnce) {
    auto const tell = [&](AppId const& app, std::string did, std::string version) {
        return written(
            [&](Tx& tx) { return tx.announcements().tell(app, {did}, {version}, noon); });
    };
    EXPECT_TRUE(tell(shop, "d", "2"));
    EXPECT_FALSE(tell(shop, "d", "2"));
    EXPECT_TRUE(tell(lab, "d", "2"));
    EXPECT_TRUE(tell(shop, "e", "2"));
    EXPECT_TRUE(tell(shop, "d", "3"));
    auto const told = [&](std::string did) {
        return seen([&](Tx const& tx) { return tx.announcements().told(shop, {did}, {"2"}); });
    };
    EXPECT_TRUE(told("d"));
    written([](Tx& tx) { return tx.announcements().untell(shop, {"d"}, {"2"}); });
    EXPECT_FALSE(told("d"));
    EXPECT_FALSE(tell(shop, "d", "3")) << "another version was forgotten";
    EXPECT_TRUE(tell(shop, "d", "2"));
    written([](Tx& tx) { return tx.announcements().forget({"d"}); });
    EXPECT_FALSE(told("d"));
    EXPECT_TRUE(told("e"));
}

TEST_P(Announcements, WakeTheWalker) {
    std::atomic<int> woken{0};
    store().on_commit(Touched::announcements, [&] { ++woken; });
    open(11);
    EXPECT_EQ(woken, 1);
}

ON_EVERY_BACKEND(Announcements);

}  // namespace
}  // namespace updraft::contract
