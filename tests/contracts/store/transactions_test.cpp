#include <atomic>
#include <latch>
#include <stdexcept>
#include <thread>

#include "backend.h"
#include "gate.h"
#include "ports/upgrades_table.h"

namespace updraft::contract {
namespace {

class Transactions : public StoreContract {
protected:
    static Store::WriteBody inserting(std::string did) {
        return [device = a_device(std::move(did))](Tx& tx) -> Result<void> {
            return tx.devices().insert(device);
        };
    }
    bool exists(std::string const& did) {
        return seen(
            [&](Tx const& tx) -> Result<bool> { return tx.devices().find(Did{did}).has_value(); });
    }
};

TEST_P(Transactions, AreVisibleToEveryReadAfterTheAnswer) {
    ASSERT_TRUE(store().write(inserting("a")));
    EXPECT_TRUE(exists("a"));
}

TEST_P(Transactions, MakeTheDatabaseGrow) {
    auto const before = bytes();
    ASSERT_TRUE(store().write([](Tx& tx) -> Result<void> {
        for (int i = 0; i < 500; ++i) {
            auto device = a_device("d" + std::to_string(i));
            device.name = std::string(fleet::device_name_bytes_max, 'n');
            TRY(tx.devices().insert(device));
        }
        return {};
    }));
    EXPECT_GE(bytes(), before + 500 * static_cast<std::int64_t>(fleet::device_name_bytes_max));
}

TEST_P(Transactions, LeaveNothingWhenTheyFail) {
    auto const answer = store().write([](Tx& tx) -> Result<void> {
        TRY(tx.devices().insert(a_device("a")));
        TRY(tx.devices().insert(a_device("b")));
        return fail(Errc::not_upgradable, "said the body");
    });
    EXPECT_EQ(answer.error(), (Error{Errc::not_upgradable, "said the body"}));
    EXPECT_FALSE(exists("a"));
    EXPECT_FALSE(exists("b"));
}

TEST_P(Transactions, ReadWhatTheyWrote) {
    written([](Tx& tx) -> Result<void> {
        TRY(tx.devices().insert(a_device("a")));
        TRY_ASSIGN(auto device, tx.devices().find(Did{"a"}));
        device.name = "renamed";
        TRY(tx.devices().replace(device));
        TRY_ASSIGN(auto const again, tx.devices().find(Did{"a"}));
        EXPECT_EQ(again.name, "renamed");
        return {};
    });
}

TEST_P(Transactions, SurviveABodyThatThrows) {
    auto const answer = store().write([](Tx& tx) -> Result<void> {
        TRY(tx.devices().insert(a_device("a")));
        throw std::runtime_error("a bug");
    });
    EXPECT_EQ(answer.error().code, Errc::internal);
    EXPECT_FALSE(exists("a"));
    EXPECT_TRUE(store().write(inserting("b")));
}

TEST_P(Transactions, DoNotAffectOthersInTheSameCommitWhenTheyFail) {
    Answers answers;
    {
        Gate gate(store());
        store().submit(inserting("good-1"), answers.expect());
        store().submit(
            [](Tx& tx) -> Result<void> {
                TRY(tx.devices().insert(a_device("bad")));
                return tx.devices().insert(a_device("good-1"));
            },
            answers.expect());
        store().submit([](Tx&) -> Result<void> { throw std::runtime_error("a bug"); },
                       answers.expect());
        store().submit(inserting("good-2"), answers.expect());
    }
    auto const heard = answers.wait();
    EXPECT_TRUE(heard[0]);
    EXPECT_EQ(heard[1].error().code, Errc::conflict);
    EXPECT_EQ(heard[2].error().code, Errc::internal);
    EXPECT_TRUE(heard[3]);
    EXPECT_TRUE(exists("good-1"));
    EXPECT_TRUE(exists("good-2"));
    EXPECT_FALSE(exists("bad"));
}

TEST_P(Transactions, FailingAloneLeaveWhatCameBeforeAndAfter) {
    Answers answers;
    auto const failing = [](Tx& tx) -> Result<void> {
        TRY(tx.devices().insert(a_device("bad")));
        return fail(Errc::gone, "after it wrote");
    };
    auto const refused = [](Tx&) -> Result<void> { return fail(Errc::gone, "before it wrote"); };
    {
        Gate gate(store());
        store().submit(refused, answers.expect());
        store().submit(failing, answers.expect());  // No earlier transaction has written.
        store().submit(inserting("a"), answers.expect());
        store().submit(refused, answers.expect());
        store().submit(failing, answers.expect());  // "a" was written before.
        store().submit(inserting("b"), answers.expect());
        store().submit(failing, answers.expect());
    }
    auto const heard = answers.wait();
    for (auto const i : {0U, 1U, 3U, 4U, 6U}) EXPECT_EQ(heard[i].error().code, Errc::gone);
    for (auto const i : {2U, 5U}) EXPECT_TRUE(heard[i]);
    EXPECT_TRUE(exists("a"));
    EXPECT_TRUE(exists("b"));
    EXPECT_FALSE(exists("bad"));
}

TEST_P(Transactions, RunInTheOrderTheyCame) {
    Answers answers;
    std::vector<int> order;
    {
        Gate gate(store());
        for (int i = 0; i < 50; ++i) {
            store().submit(
                [&order, i](Tx&) -> Result<void> {
                    order.push_back(i);
                    return {};
                },
                answers.expect());
        }
    }
    std::ignore = answers.wait();
    EXPECT_TRUE(std::ranges::is_sorted(order));
    EXPECT_EQ(order.size(), 50U);
}

TEST_P(Transactions, ShareACommitWhenTheyWaitTogether) {
    Answers answers;
    auto const before = counts();
    {
        Gate gate(store());
        for (int i = 0; i < 100; ++i) {
            store().submit(inserting("d" + std::to_string(i)), answers.expect());
        }
    }
    for (auto const& answer : answers.wait()) EXPECT_TRUE(answer);
    auto const after = counts();
    EXPECT_EQ(after.commits - before.commits, 1U);
    EXPECT_EQ(after.committed - before.committed, 101U);  // 100, and the gate's transaction.
}

TEST_P(Transactions, ShareACommitOnlyUpToALimit) {
    reopen({.batch_max = 10});
    Answers answers;
    auto const before = counts();
    {
        Gate gate(store());
        for (int i = 0; i < 100; ++i) {
            store().submit(inserting("d" + std::to_string(i)), answers.expect());
        }
    }
    std::ignore = answers.wait();
    EXPECT_EQ(counts().commits - before.commits, 10U);
}

TEST_P(Transactions, AreRefusedAsBusyWhenTooManyWait) {
    reopen({.queue_max = 4});
    Answers answers;
    {
        Gate gate(store());
        for (int i = 0; i < 5; ++i) {
            store().submit(inserting("d" + std::to_string(i)), answers.expect());
        }
    }
    auto const heard = answers.wait();
    for (int i = 0; i < 4; ++i) EXPECT_TRUE(heard[static_cast<std::size_t>(i)]);
    EXPECT_EQ(heard[4].error().code, Errc::busy);
    EXPECT_FALSE(exists("d4"));
}

TEST_P(Transactions, ReadOneConsistentSnapshot) {
    ASSERT_TRUE(store().write(inserting("a")));
    bool written = false;
    auto const agreed = seen([&](Tx const& tx) -> Result<bool> {
        // This body may run more than once. Any error other than not_found is passed on.
        auto const before = tx.devices().find(Did{"b"});
        if (before) return false;
        if (before.error().code != Errc::not_found) return tl::unexpected<Error>(before.error());
        if (!std::exchange(written, true)) {
            EXPECT_TRUE(store().write(inserting("b")));
        }
        EXPECT_TRUE(exists("b"));  // In another snapshot of the same thread.
        TRY(tx.devices().find(Did{"a"}));
        return tx.devices().find(Did{"b"}).error().code == Errc::not_found;
    });
    EXPECT_TRUE(agreed);
    EXPECT_TRUE(exists("b"));
}

TEST_P(Transactions, EndTheirSnapshotWhenTheReadingBodyThrows) {
    EXPECT_THROW(std::ignore = store().read([](Tx const& tx) -> Result<void> {
        EXPECT_FALSE(tx.devices().find(Did{"a"}));
        throw std::runtime_error("a bug");
    }),
                 std::runtime_error);
    ASSERT_TRUE(store().write(inserting("a")));
    EXPECT_TRUE(exists("a"));
}

TEST_P(Transactions, AnswerTheErrorOfAReadingBody) {
    auto const answer =
        store().read([](Tx const&) -> Result<void> { return fail(Errc::gone, "said the body"); });
    EXPECT_EQ(answer.error(), (Error{Errc::gone, "said the body"}));
}

TEST_P(Transactions, ReadWithoutBlockingAsWell) {
    Answers answers;
    ASSERT_TRUE(store().write(inserting("a")));
    std::atomic<bool> found = false;
    store().submit_read(
        [&found](Tx const& tx) -> Result<void> {
            found = tx.devices().find(Did{"a"}).has_value();
            return {};
        },
        answers.expect());
    EXPECT_TRUE(answers.wait()[0]);
    EXPECT_TRUE(found);
}

TEST_P(Transactions, AreAllAnsweredBeforeTheStoreCloses) {
    Answers answers;
    {
        Gate gate(store());
        for (int i = 0; i < 20; ++i) {
            store().submit(inserting("d" + std::to_string(i)), answers.expect());
        }
    }
    reopen({});
    for (auto const& answer : answers.wait()) EXPECT_TRUE(answer);
}

// Each writer sets the same version for both devices. No reader may see two different versions.
TEST_P(Transactions, AreNeverSeenPartiallyByOtherThreads) {
    written([](Tx& tx) -> Result<void> {
        TRY(tx.devices().insert(a_device("left")));
        return tx.devices().insert(a_device("right"));
    });
    constexpr int writers = 4;
    constexpr int rounds = 50;
    std::atomic<int> writing = writers;
    std::atomic<int> torn = 0;
    std::vector<std::jthread> threads;
    for (int w = 0; w < writers; ++w) {
        threads.emplace_back([&, w] {
            for (int i = 0; i < rounds; ++i) {
                auto const version = std::to_string(w) + "." + std::to_string(i);
                EXPECT_TRUE(store().write([version](Tx& tx) -> Result<void> {
                    for (auto const* did : {"left", "right"}) {
                        TRY_ASSIGN(auto device, tx.devices().find(Did{did}));
                        device.version = {version};
                        TRY(tx.devices().replace(device));
                    }
                    return {};
                }));
            }
            --writing;
        });
    }
    for (int r = 0; r < 3; ++r) {
        threads.emplace_back([&] {
            while (writing > 0) {
                auto const same = read(store(), [](Tx const& tx) -> Result<bool> {
                    TRY_ASSIGN(auto const left, tx.devices().find(Did{"left"}));
                    TRY_ASSIGN(auto const right, tx.devices().find(Did{"right"}));
                    return left.version == right.version;
                });
                if (!same || !*same) ++torn;
            }
        });
    }
    threads.clear();
    EXPECT_EQ(torn, 0);
}

TEST_P(Transactions, WakeOnlyListenersOfWhatTheyChanged) {
    std::atomic<int> upgrades = 0;
    std::atomic<int> outbox = 0;
    store().on_commit(Touched::upgrades, [&] { ++upgrades; });
    store().on_commit(Touched::outbox, [&] { ++outbox; });
    auto const opening = [](std::string did, Errc end) {
        return [did = std::move(did), end](Tx& tx) -> Result<void> {
            upgrade::Upgrade upgrade;
            upgrade.order_id = {"order"};
            upgrade.did = {did};
            upgrade.model = {"lamp"};
            upgrade.release_id = {11};
            upgrade.from_version = {"1.0"};
            upgrade.version = {"2.0"};
            upgrade.created_at = noon;
            upgrade.due_at = noon;
            TRY(tx.upgrades().open(upgrade));
            if (end == Errc::internal) return fail(end, "after all not");
            return {};
        };
    };
    std::ignore = store().write(opening("a", Errc::internal));
    EXPECT_TRUE(store().write(inserting("b")));
    EXPECT_EQ(upgrades, 0);
    EXPECT_TRUE(store().write(opening("a", Errc::invalid)));
    EXPECT_EQ(upgrades, 1);
    EXPECT_EQ(outbox, 0);
}

ON_EVERY_BACKEND(Transactions);

}  // namespace
}  // namespace updraft::contract
