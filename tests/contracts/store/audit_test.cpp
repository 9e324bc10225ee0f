#include <algorithm>
#include <mutex>

#include "backend.h"
#include "ports/audit_table.h"

namespace updraft::contract {
namespace {

AuditEntry an_entry(std::string actor, std::string action, std::string object) {
    AuditEntry entry;
    entry.at = stage::noon;
    entry.actor.kind = access::ActorKind::an_operator;
    entry.actor.name = std::move(actor);
    entry.actor.via = "api";
    entry.actor.ip = "192.0.2.1";
    entry.actor.request_id = "r1";
    entry.actor.action = std::move(action);
    entry.object_kind = "device";
    entry.object_id = std::move(object);
    entry.changes = R"([{"field":"name","old":null,"new":"lamp"}])";
    entry.effect = "1 active upgrade ended";
    entry.note = "why";
    return entry;
}

class AuditRows : public StoreContract {
protected:
    void add(AuditEntry const& entry) {
        written([&](Tx& tx) { return tx.audit().add(entry); });
    }
    Page<AuditRow> list(AuditFilter const& filter, PageAsk const& ask = {}) {
        return seen([&](Tx const& tx) { return tx.audit().list(filter, ask); });
    }
    std::vector<std::string> objects(AuditFilter const& filter) {
        std::vector<std::string> found;
        for (auto const& row : list(filter).items) found.push_back(row.entry.object_id);
        return found;
    }
    using Objects = std::vector<std::string>;
};

TEST_P(AuditRows, AreKeptAsTheyWereWritten) {
    auto entry = an_entry("Ann", "putDevice", "d1");
    entry.outcome = AuditOutcome::denied;
    entry.times = 7;
    add(entry);
    auto const row = list({}).items.at(0);
    EXPECT_EQ(row.id, 1);
    auto const& read = row.entry;
    EXPECT_EQ(read.at, entry.at);
    EXPECT_EQ(read.actor.kind, access::ActorKind::an_operator);
    EXPECT_EQ(read.actor.name, "Ann");
    EXPECT_EQ(read.actor.via, "api");
    EXPECT_EQ(read.actor.ip, "192.0.2.1");
    EXPECT_EQ(read.actor.request_id, "r1");
    EXPECT_EQ(read.actor.action, "putDevice");
    EXPECT_EQ(read.object_kind, "device");
    EXPECT_EQ(read.object_id, "d1");
    EXPECT_EQ(read.outcome, AuditOutcome::denied);
    EXPECT_EQ(read.changes, entry.changes);
    EXPECT_EQ(read.effect, entry.effect);
    EXPECT_EQ(read.note, "why");
    EXPECT_EQ(read.times, 7);
}

TEST_P(AuditRows, AreNumberedInTheOrderOfTheirCommitsAndListedNewestFirst) {
    for (int i = 1; i <= 5; ++i) add(an_entry("ann", "a", "d" + std::to_string(i)));
    EXPECT_EQ(objects({}), (Objects{"d5", "d4", "d3", "d2", "d1"}));
    auto const first = list({}, {.limit = 2});
    ASSERT_TRUE(first.next);
    auto const second = list({}, {.after = first.next, .limit = 2});
    EXPECT_EQ(second.items.at(0).id, 3);
    EXPECT_EQ(second.items.at(1).id, 2);
}

// A transaction that fails takes its rows and their numbers with it.
TEST_P(AuditRows, StandOrFallWithTheirTransaction) {
    auto const failed = write(store(), [](Tx& tx) -> Result<void> {
        TRY(tx.audit().add(an_entry("ann", "a", "lost")));
        return fail(Errc::conflict, "no");
    });
    EXPECT_FALSE(failed);
    add(an_entry("ann", "a", "kept"));
    ASSERT_EQ(list({}).items.size(), 1U);
    EXPECT_EQ(list({}).items[0].id, 1);
    EXPECT_EQ(objects({}), Objects{"kept"});
}

TEST_P(AuditRows, AreFilteredByAllThatIsGiven) {
    add(an_entry("Ann", "putDevice", "d1"));
    add(an_entry("bob", "putDevice", "d2"));
    add(an_entry("ANN", "removeDevice", "d1"));
    EXPECT_EQ(objects({.actor = "ann"}), (Objects{"d1", "d1"}));
    EXPECT_EQ(objects({.action = "putDevice"}), (Objects{"d2", "d1"}));
    EXPECT_EQ(objects({.object = "d1"}), (Objects{"d1", "d1"}));
    EXPECT_EQ(objects({.actor = "bob", .object = "d1"}), Objects{});
    EXPECT_EQ(objects({.actor = "ann", .action = "removeDevice", .object = "d1"}), Objects{"d1"});
    EXPECT_EQ(objects({.action = "removedevice"}), Objects{});
}

TEST_P(AuditRows, AreFilteredByTimeInclusiveSinceAndExclusiveUntil) {
    for (int i = 0; i < 3; ++i) {
        auto entry = an_entry("ann", "a", "d" + std::to_string(i));
        entry.at = noon + Millis{i};
        add(entry);
    }
    AuditFilter filter;
    filter.since = noon + Millis{1};
    EXPECT_EQ(objects(filter), (Objects{"d2", "d1"}));
    filter.until = noon + Millis{2};
    EXPECT_EQ(objects(filter), Objects{"d1"});
}

// A filter that fits few rows gets short pages, with a next one, instead of a long search.
TEST_P(AuditRows, AreLookedAtInBoundedNumbers) {
    written([](Tx& tx) -> Result<void> {
        TRY(tx.audit().add(an_entry("ann", "rare", "d")));
        for (std::int64_t i = 0; i < page_looks_max; ++i) {
            TRY(tx.audit().add(an_entry("ann", "often", "d")));
        }
        return {};
    });
    AuditFilter filter{.actor = "ann", .action = "rare"};
    auto const first = list(filter);
    EXPECT_TRUE(first.items.empty());
    ASSERT_TRUE(first.next);
    auto const second = list(filter, {.after = first.next});
    EXPECT_EQ(second.items.size(), 1U);
    EXPECT_FALSE(second.next);
}

TEST_P(AuditRows, AreRemovedWhenTheyAreOldButForTheNewest) {
    for (int i = 0; i < 5; ++i) {
        auto entry = an_entry("ann", "a", "d" + std::to_string(i));
        entry.at = noon + Millis{i};
        add(entry);
    }
    auto const sweep = [&](Instant before, std::int64_t after, std::int64_t limit) {
        return written([&](Tx& tx) { return tx.audit().sweep(before, after, limit); });
    };
    auto const first = sweep(noon + Millis{3}, 0, 2);
    EXPECT_EQ(first.removed, 2);
    EXPECT_EQ(first.next, 2);
    auto const second = sweep(noon + Millis{3}, 2, 2);
    EXPECT_EQ(second.removed, 1);
    EXPECT_EQ(objects({}), (Objects{"d4", "d3"}));
    EXPECT_EQ(sweep(noon + Millis{100}, 0, 100).removed, 1);
    add(an_entry("ann", "a", "next"));
    EXPECT_EQ(list({}).items.at(0).id, 6);
}

TEST_P(AuditRows, AreGivenToTheListenerOnceTheyAreCommitted) {
    std::mutex mutex;
    std::vector<std::string> heard;
    reopen({});
    store().on_audit([&](AuditEntry const& entry) {
        std::scoped_lock const lock(mutex);
        heard.push_back(entry.object_id);
    });
    auto const refused = write(store(), [](Tx& tx) -> Result<void> {
        TRY(tx.audit().add(an_entry("ann", "a", "lost")));
        return fail(Errc::conflict, "no");
    });
    EXPECT_FALSE(refused);
    add(an_entry("ann", "a", "kept"));
    std::scoped_lock const lock(mutex);
    EXPECT_EQ(heard, Objects{"kept"});
}

ON_EVERY_BACKEND(AuditRows);

}  // namespace
}  // namespace updraft::contract
