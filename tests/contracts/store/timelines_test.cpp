#include "upgrades.h"

#include "ports/timelines_table.h"

namespace updraft::contract {
namespace {

class Timelines : public Upgrades {
protected:
    void SetUp() override {
        Upgrades::SetUp();
        id = open(an_upgrade("lamp")).id;
    }
    void note(std::string text, State state = State::installing, std::string report = "") {
        TimelineEntry const entry{noon + Millis{++notes}, state, 0, std::move(text)};
        written([&](Tx& tx) { return tx.timelines().note(id, entry, report); });
    }
    // The texts that are read, joined with blanks.
    std::string texts(TimelineTextsAsk const& ask) {
        std::string joined;
        for (auto const& one : seen([&](Tx const& tx) { return tx.timelines().texts(id, ask); })) {
            joined += std::to_string(one.number) + ":" + one.text + " ";
        }
        return joined;
    }
    std::optional<TimelineEntry> from_end(std::int64_t later) {
        return seen([&](Tx const& tx) { return tx.timelines().from_end(id, later); });
    }
    bool heard(UpgradeId upgrade, std::string_view report) {
        return seen([&](Tx const& tx) { return tx.timelines().heard(upgrade, report); });
    }

    UpgradeId id;
    int notes = 0;
};

TEST_P(Timelines, AreReadFromTheirEnd) {
    EXPECT_EQ(from_end(0), std::nullopt);
    note("one");
    note("two", State::failed);
    EXPECT_EQ(from_end(0), (TimelineEntry{noon + Millis{2}, State::failed, 0, "two"}));
    EXPECT_EQ(from_end(1), (TimelineEntry{noon + Millis{1}, State::installing, 0, "one"}));
    EXPECT_EQ(from_end(2), std::nullopt);
}

TEST_P(Timelines, ShowTheirNewestTextsInParts) {
    EXPECT_EQ(texts({}), "");
    for (auto const* text : {"aaaa", "", "bbbb", "cccc", ""}) note(text);
    EXPECT_EQ(texts({}), "4:cccc 3:bbbb 1:aaaa ");
    EXPECT_EQ(texts({.limit = 2}), "4:cccc 3:bbbb ");
    EXPECT_EQ(texts({.before = 3}), "1:aaaa ");
    EXPECT_EQ(texts({.before = 1}), "");
    // The text that reaches the limit of bytes is the last one.
    EXPECT_EQ(texts({.bytes_max = 4}), "4:cccc ");
    EXPECT_EQ(texts({.bytes_max = 5}), "4:cccc 3:bbbb ");
}

TEST_P(Timelines, FindAReportByItsDigest) {
    note("by the device", State::installing, "digest");
    note("by us");
    EXPECT_TRUE(heard(id, "digest"));
    EXPECT_FALSE(heard(id, "other"));
    EXPECT_FALSE(heard(id, ""));
    EXPECT_FALSE(heard(open(an_upgrade("other")).id, "digest"));
}

ON_EVERY_BACKEND(Timelines);

}  // namespace
}  // namespace updraft::contract
