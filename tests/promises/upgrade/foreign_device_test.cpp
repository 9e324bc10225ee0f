// A device of somebody else and a device that does not exist: the same answer after the same work.
#include <gtest/gtest.h>

#include <mutex>
#include <set>

#include "scene.h"
#include "sqlstore/statement_watch.h"

namespace updraft::upgrade {
namespace {

// The texts that sessions prepare while it exists.
class PreparedTexts {
public:
    PreparedTexts() {
        sqlstore::watch_statements([this](std::string_view sql) {
            std::scoped_lock const lock(mutex_);
            texts_.emplace(sql);
        });
    }
    ~PreparedTexts() { sqlstore::watch_statements({}); }
    PreparedTexts(PreparedTexts const&) = delete;
    PreparedTexts& operator=(PreparedTexts const&) = delete;

    std::set<std::string> take() {
        std::scoped_lock const lock(mutex_);
        return std::exchange(texts_, {});
    }

private:
    std::mutex mutex_;
    std::set<std::string> texts_;
};

struct ForeignCase {
    std::string name;
    std::string first;
    std::string second;
};

class ForeignDevice : public Scene, public testing::WithParamInterface<ForeignCase> {
protected:
    void SetUp() override {
        Scene::SetUp();
        wrote([&](Tx& tx) -> Result<void> {
            return tx.grants().put_user({OpenId{"other"}, std::nullopt, std::nullopt, clock.now()});
        });
        device("theirs");
        wrote([&](Tx& tx) -> Result<void> {
            TRY_ASSIGN(auto found, tx.devices().find(Did{"theirs"}));
            found.open_id = OpenId{"other"};
            return tx.devices().replace(found);
        });
    }

    std::vector<Error> ask_about(std::string const& did) {
        HistoryAsk const past{.open_id = OpenId{"user"}, .did = Did{did}};
        RunningAsk const now{
            .open_id = OpenId{"user"}, .did = Did{did}, .order_id = {}, .after = {}};
        return {order(did).error(), cancel(did).error(),
                read(*store, [&](Tx const& tx) { return history(tx, past); }).error(),
                read(*store, [&](Tx const& tx) { return running(tx, now); }).error()};
    }
};

TEST_P(ForeignDevice, CostsTheSameQueriesAsOneThatDoesNotExist) {
    PreparedTexts prepared;
    auto const first = ask_about(GetParam().first);
    EXPECT_FALSE(prepared.take().empty());
    auto const second = ask_about(GetParam().second);
    EXPECT_EQ(prepared.take(), std::set<std::string>{});
    for (auto const& answers : {first, second}) {
        for (auto const& error : answers) {
            EXPECT_EQ(error.code, Errc::not_bound);
            EXPECT_EQ(error.detail, first.front().detail);
        }
    }
}
INSTANTIATE_TEST_SUITE_P(, ForeignDevice,
                         testing::Values(ForeignCase{"TheirsFirst", "theirs", "nothing"},
                                         ForeignCase{"TheirsSecond", "nothing", "theirs"}),
                         [](auto const& tested) { return tested.param.name; });

}  // namespace
}  // namespace updraft::upgrade
