#include "audit/record.h"

#include <gtest/gtest.h>

#include "audit/denials.h"
#include "ports/audit_table.h"
#include "stage/manual_clock.h"
#include "stage/open_store.h"

namespace updraft::audit {
namespace {

using stage::noon;

access::Actor ann(std::string action = "putDevice", std::string ip = "192.0.2.1") {
    access::Actor actor;
    actor.kind = access::ActorKind::an_operator;
    actor.name = "ann";
    actor.ip = std::move(ip);
    actor.action = std::move(action);
    return actor;
}

TEST(Changes, HaveOnlyTheFieldsThatDiffer) {
    Changes changes;
    changes.add("name", "lamp", "lamp")
        .add("version", "1", "2")
        .add("disabled", false, true)
        .add("openId", std::optional<OpenId>(), std::optional(OpenId{"u"}))
        .add("seconds", std::optional<std::int64_t>(30), nullptr)
        .add("versions", std::vector<std::string>{}, std::vector<std::string>{"a", "b"});
    EXPECT_EQ(changes.json(), R"([{"field":"version","old":"1","new":"2"},)"
                              R"({"field":"disabled","old":false,"new":true},)"
                              R"({"field":"openId","old":null,"new":"u"},)"
                              R"({"field":"seconds","old":30,"new":null},)"
                              R"({"field":"versions","old":[],"new":["a","b"]}])");
    EXPECT_EQ(Changes().json(), "[]");
}

TEST(Changes, ShowNoSecret) {
    Changes changes;
    changes.add_secret("token", false).add_secret("appkey");
    EXPECT_EQ(changes.json(),
              "[{\"field\":\"token\",\"old\":null,\"new\":\"•\"},"
              "{\"field\":\"appkey\",\"old\":\"•\",\"new\":\"•\"}]");
}

TEST(Changes, AreOfBoundedSize) {
    Changes changes;
    std::string const long_text(100'000, 'x');
    for (int i = 0; i < 100; ++i) changes.add("f" + std::to_string(i), "", long_text);
    EXPECT_LT(changes.json().size(), changes_bytes_max + 2 * change_bytes_max);
    EXPECT_GT(changes.json().size(), changes_bytes_max);
}

TEST(Record, TakesActsOfOperatorsAndOfTheServerOnly) {
    auto const store = stage::open_store();
    auto const recorded = [&](access::ActorKind kind) {
        auto actor = ann();
        actor.kind = kind;
        auto const done = write(*store, [&](Tx& tx) {
            return record(tx, actor, {.object_kind = "device", .object_id = "d"}, noon);
        });
        EXPECT_TRUE(done);
        return read(*store, [](Tx const& tx) { return tx.audit().list({}, {}); })->items.size();
    };
    EXPECT_EQ(recorded(access::ActorKind::an_app), 0U);
    EXPECT_EQ(recorded(access::ActorKind::a_device), 0U);
    EXPECT_EQ(recorded(access::ActorKind::an_operator), 1U);
    EXPECT_EQ(recorded(access::ActorKind::the_system), 2U);
}

TEST(Counted, IsOneOrMany) {
    EXPECT_EQ(counted(0, "token"), "0 tokens");
    EXPECT_EQ(counted(1, "token"), "1 token");
    EXPECT_EQ(counted(2, "token"), "2 tokens");
}

TEST(Denials, WriteTheFirstAtOnceAndTheRestOfItsMinuteAsOneRow) {
    Denials denials;
    auto const refuse = [&](std::string action, std::string ip, Instant at) {
        return denials.count(denied(ann(std::move(action), std::move(ip)), "too low", at));
    };
    auto const first = refuse("putDevice", "192.0.2.1", noon);
    ASSERT_TRUE(first);
    EXPECT_EQ(first->times, 1);
    EXPECT_EQ(first->outcome, AuditOutcome::denied);
    EXPECT_EQ(first->effect, "too low");
    EXPECT_FALSE(refuse("putDevice", "192.0.2.1", noon + Millis{1}));
    EXPECT_FALSE(refuse("putDevice", "192.0.2.1", noon + Millis{2}));
    EXPECT_TRUE(refuse("putDevice", "192.0.2.2", noon + Millis{3}));
    EXPECT_TRUE(refuse("removeDevice", "192.0.2.1", noon + Millis{4}));

    EXPECT_TRUE(denials.take(noon + Denials::period - Millis{1}).empty());
    auto const rest = denials.take(noon + Denials::period);
    ASSERT_EQ(rest.size(), 1U);
    EXPECT_EQ(rest[0].times, 2);
    EXPECT_EQ(rest[0].at, noon + Millis{2});
    EXPECT_TRUE(refuse("putDevice", "192.0.2.1", noon + Denials::period));
}

TEST(Denials, LoseNothingWhenTheProcessEndsOrTheClockIsSetBack) {
    Denials denials;
    auto const refuse = [&](Instant at) { return denials.count(denied(ann(), "no", at)); };
    EXPECT_TRUE(refuse(noon));
    EXPECT_FALSE(refuse(noon));
    ASSERT_EQ(denials.take(noon - Millis{1}).size(), 1U);
    EXPECT_TRUE(refuse(noon));
    EXPECT_FALSE(refuse(noon));
    EXPECT_EQ(denials.take(std::nullopt).size(), 1U);
}

TEST(Denials, AreOfBoundedNumber) {
    Denials denials;
    for (std::size_t i = 0; i < Denials::kept_max + 100; ++i) {
        static_cast<void>(denials.count(denied(ann("a", std::to_string(i)), "no", noon)));
    }
    auto const rows = denials.take(noon + Denials::period);
    ASSERT_EQ(rows.size(), 1U);
    EXPECT_EQ(rows[0].actor.ip, "");
    EXPECT_EQ(rows[0].times, 99);
}

}  // namespace
}  // namespace updraft::audit
