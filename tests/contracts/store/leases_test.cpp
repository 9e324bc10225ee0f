#include "backend.h"
#include "ports/leases_table.h"

namespace updraft::contract {
namespace {

class LeasesRows : public StoreContract {
protected:
    bool take(std::string const& name, std::string const& holder) {
        return written([&](Tx& tx) { return tx.leases().take(name, holder); });
    }
    std::vector<Lease> all() {
        return seen([](Tx const& tx) { return tx.leases().list("", 100); });
    }
};

TEST_P(LeasesRows, AreTakenOnce) {
    EXPECT_TRUE(take("work", "one"));
    EXPECT_FALSE(take("work", "two"));
    EXPECT_FALSE(take("work", "one"));
    EXPECT_EQ(all(), (std::vector<Lease>{{.name = "work", .holder = "one", .beat = 1}}));
}

TEST_P(LeasesRows, ChangeTheirBeatWhenTheyAreRenewed) {
    take("a", "one");
    take("b", "two");
    take("c", "one");
    auto names = written([](Tx& tx) { return tx.leases().renew("one"); });
    std::ranges::sort(names);
    EXPECT_EQ(names, (std::vector<std::string>{"a", "c"}));
    std::vector<std::int64_t> beats;
    for (auto const& lease : all()) beats.push_back(lease.beat);
    EXPECT_EQ(beats, (std::vector<std::int64_t>{2, 1, 2}));
}

TEST_P(LeasesRows, AreTakenOverOnlyAsTheyWereSeen) {
    take("work", "one");
    auto const seen_once = all().front();
    written([](Tx& tx) { return tx.leases().renew("one"); });
    auto const taking_over = [&](Lease const& lease) {
        return written([&](Tx& tx) { return tx.leases().take_over(lease, "two"); });
    };
    EXPECT_FALSE(taking_over(seen_once));
    EXPECT_TRUE(taking_over(all().front()));
    EXPECT_EQ(all().front().holder, "two");
    EXPECT_TRUE(written([](Tx& tx) { return tx.leases().renew("one"); }).empty());
}

TEST_P(LeasesRows, AreReleasedOnlyByTheirHolder) {
    take("work", "one");
    written([](Tx& tx) { return tx.leases().let_go("work", "two"); });
    EXPECT_EQ(all().size(), 1U);
    written([](Tx& tx) { return tx.leases().let_go("work", "one"); });
    EXPECT_TRUE(all().empty());
}

TEST_P(LeasesRows, AreListedInOrderAndInPages) {
    for (auto const* name : {"b", "a", "B", "c"}) take(name, "one");
    auto const page = seen([](Tx const& tx) { return tx.leases().list("B", 2); });
    ASSERT_EQ(page.size(), 2U);
    EXPECT_EQ(page[0].name, "a");
    EXPECT_EQ(page[1].name, "b");
}

ON_EVERY_BACKEND(LeasesRows);

}  // namespace
}  // namespace updraft::contract
