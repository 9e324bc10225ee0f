#include "case_scene.h"
#include "usecases/import_devices.h"

namespace updraft::usecases {
namespace {

class AnImport : public CaseScene {
protected:
    ImportTally import(std::vector<ImportLine> const& lines) {
        ImportTally tally;
        wrote([&](Tx& tx) -> Result<void> {
            TRY_ASSIGN(tally, import_devices(tx, use, actor, lines, clock.now()));
            return {};
        });
        return tally;
    }
    static Result<fleet::Enrolment> unreadable() { return fail(Errc::invalid, "did is missing"); }
    static fleet::Enrolment misplaced(std::string const& did) {
        auto wanted = lamp(did);
        wanted.gateway_did = Did{did};
        return wanted;
    }
};

TEST_F(AnImport, CountsWhatItMadeAndChangedAndRejectsTheRestInOrder) {
    auto const tally = import({{1, lamp("a")},
                               {2, misplaced("b")},
                               {3, unreadable()},
                               {5, lamp("c")},
                               {6, lamp("a")},
                               {7, misplaced("d")}});
    EXPECT_EQ(tally.imported, 2);
    EXPECT_EQ(tally.updated, 1);
    EXPECT_EQ(tally.rejected_count, 3);
    ASSERT_EQ(tally.rejected.size(), 3U);
    EXPECT_EQ(tally.rejected[0].line, 2);
    EXPECT_EQ(tally.rejected[0].detail, "gatewayDid: a device cannot be its own gateway");
    EXPECT_EQ(tally.rejected[1].line, 3);
    EXPECT_EQ(tally.rejected[1].detail, "did is missing");
    EXPECT_EQ(tally.rejected[2].line, 7);
}

TEST_F(AnImport, LetsTheLastLineOfADeviceWin) {
    auto later = lamp("a");
    later.name = "hall";
    import({{1, lamp("a")}, { 2, later }});
    EXPECT_EQ(look_at("a").name, "hall");
}

TEST_F(AnImport, KeepsTheFirstRejectedLinesOnlyAndCountsAll) {
    ImportTally tally;
    for (int batch = 0; batch < 2; ++batch) {
        ImportTally more;
        for (int i = 0; i < 75; ++i) more.reject(batch * 75 + i, "wrong");
        tally.add(std::move(more));
    }
    EXPECT_EQ(tally.rejected_count, 150);
    ASSERT_EQ(tally.rejected.size(), rejected_lines_kept_max);
    EXPECT_EQ(tally.rejected.back().line, 99);
}

}  // namespace
}  // namespace updraft::usecases
