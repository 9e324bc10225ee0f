#include "ports/holds_table.h"

#include "backend.h"
#include "ports/releases_table.h"

namespace updraft::contract {
namespace {

class Holds : public StoreContract {
protected:
    HoldId place(std::optional<std::string> model, std::optional<ReleaseId> release = {}) {
        firmware::Hold hold{.id = {},
                            .model = std::nullopt,
                            .release = release,
                            .note = "a bad day",
                            .by = "admin",
                            .created_at = noon};
        if (model) hold.model = ModelName{*model};
        return written([&](Tx& tx) { return tx.holds().insert(hold); });
    }
    ReleaseId release(std::string const& model) {
        firmware::Release made;
        made.model = ModelName{model};
        made.version = Version{"2.0"};
        made.state = firmware::ReleaseState::released;
        made.created_at = noon;
        return written([&](Tx& tx) -> Result<ReleaseId> {
            TRY_ASSIGN(made.order, tx.releases().next_order());
            return tx.releases().insert(made);
        });
    }
    std::size_t covering(std::string const& model) {
        return seen([&](Tx const& tx) { return tx.releases().catalog(ModelName{model}); })
            ->holds.size();
    }
};

TEST_P(Holds, AreFoundAgainAsTheyWerePlaced) {
    auto const first = place("lamp");
    auto const second = place(std::nullopt, ReleaseId{11});
    auto const found = seen([&](Tx const& tx) { return tx.holds().find(second); });
    EXPECT_EQ(found.model, std::nullopt);
    EXPECT_EQ(found.release, ReleaseId{11});
    EXPECT_EQ(found.note, "a bad day");
    EXPECT_EQ(found.by, "admin");
    EXPECT_EQ(found.created_at, noon);
    auto const page = seen([](Tx const& tx) { return tx.holds().list({.limit = 1}); });
    ASSERT_EQ(page.items.size(), 1U);
    EXPECT_EQ(page.items.front().id, second);
    auto const next =
        seen([&](Tx const& tx) { return tx.holds().list({.after = page.next, .limit = 1}); });
    ASSERT_EQ(next.items.size(), 1U);
    EXPECT_EQ(next.items.front().id, first);
    EXPECT_EQ(next.next, std::nullopt);
}

// The catalog is cached, so a hold must reach it at once.
TEST_P(Holds, AreInTheCatalogOfEachModelThatTheyCover) {
    auto const of_lamp = release("lamp");
    release("fan");
    EXPECT_EQ(covering("lamp"), 0U);
    place(std::nullopt, of_lamp);
    EXPECT_EQ(covering("lamp"), 1U);
    EXPECT_EQ(covering("fan"), 0U);
    place("fan");
    EXPECT_EQ(covering("fan"), 1U);
    auto const all = place(std::nullopt);
    EXPECT_EQ(covering("lamp"), 2U);
    EXPECT_EQ(covering("fan"), 2U);
    written([&](Tx& tx) { return tx.holds().remove(all); });
    EXPECT_EQ(covering("lamp"), 1U);
    EXPECT_EQ(covering("fan"), 1U);
}

TEST_P(Holds, AreRemovedOnce) {
    auto const id = place("lamp");
    written([&](Tx& tx) { return tx.holds().remove(id); });
    auto const again = write(store(), [&](Tx& tx) { return tx.holds().remove(id); });
    ASSERT_FALSE(again);
    EXPECT_EQ(again.error().code, Errc::not_found);
}

TEST_P(Holds, AreLimited) {
    written([&](Tx& tx) -> Result<void> {
        for (std::int64_t i = 0; i < firmware::holds_max; ++i) {
            TRY(tx.holds().insert({.id = {},
                                   .model = std::nullopt,
                                   .release = std::nullopt,
                                   .note = "n",
                                   .by = "b",
                                   .created_at = noon}));
        }
        return {};
    });
    auto const more = write(store(), [&](Tx& tx) {
        return tx.holds().insert({.id = {},
                                  .model = std::nullopt,
                                  .release = std::nullopt,
                                  .note = "n",
                                  .by = "b",
                                  .created_at = noon});
    });
    ASSERT_FALSE(more);
    EXPECT_EQ(more.error().code, Errc::conflict);
}

ON_EVERY_BACKEND(Holds);

}  // namespace
}  // namespace updraft::contract
