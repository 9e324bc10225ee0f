#include "cli/syntax.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <stdexcept>

namespace updraft::cli {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

// A program with one command "go" that has an option of each kind and exits with 7.
class Parsing : public testing::Test {
protected:
    Parsing() {
        auto const go = line_.syntax().command("go", "Goes.");
        go.option("place,--place", place_, "Where to.").required();
        go.option("--by", by_, "By what.").variable("UPDRAFT_TEST_BY").show_default();
        go.option("--note", note_, "A note.");
        go.option("--each", each_, "Several.").one_value_each();
        go.option("--list", list_, "A list.").one_value().split_at_commas();
        go.option("--speed", speed_, "How fast.").between(0.5, 2.0);
        go.option("--times", times_, "How often.").between(1, 10);
        go.option("--seed", seed_, "Of chance.");
        go.flag("--loud", loud_, "With noise.");
        go.flag(
            "--count", [this] { ++counted_; }, "Counts.");
        go.when_given([this] {
            ++runs_;
            return 7;
        });
    }

    // The exit status; what was printed is in printed_.
    int run(std::vector<char const*> words) {
        words.insert(words.begin(), "program");
        testing::internal::CaptureStdout();
        testing::internal::CaptureStderr();
        auto const status = line_.run(static_cast<int>(words.size()), words.data());
        printed_ = testing::internal::GetCapturedStdout();
        complained_ = testing::internal::GetCapturedStderr();
        return status;
    }

    CommandLine line_{"program", "Does things.", "program 1.2"};
    std::string place_;
    std::string by_ = "train";
    std::optional<std::string> note_;
    std::vector<std::string> each_;
    std::vector<std::string> list_;
    double speed_ = 1;
    std::int64_t times_ = 1;
    std::uint64_t seed_ = 1;
    bool loud_ = false;
    int counted_ = 0;
    int runs_ = 0;
    std::string printed_;
    std::string complained_;
};

TEST_F(Parsing, FillsTheVariablesAndAnswersTheStatusOfTheCommand) {
    EXPECT_EQ(run({"go",      "home",   "--note", "n",      "--each", "a",       "--each",
                   "b",       "--list", "c,d",    "--list", "e",      "--speed", "1.5",
                   "--times", "3",      "--seed", "9",      "--loud", "--count"}),
              7);
    EXPECT_EQ(place_, "home");
    EXPECT_EQ(by_, "train");
    EXPECT_EQ(note_, "n");
    EXPECT_THAT(each_, ElementsAre("a", "b"));
    EXPECT_THAT(list_, ElementsAre("c", "d", "e"));
    EXPECT_EQ(speed_, 1.5);
    EXPECT_EQ(times_, 3);
    EXPECT_EQ(seed_, 9U);
    EXPECT_TRUE(loud_);
    EXPECT_EQ(counted_, 1);
    EXPECT_EQ(runs_, 1);
}

TEST_F(Parsing, LeavesAloneWhatIsNotGiven) {
    EXPECT_EQ(run({"go", "--place", "home"}), 7);
    EXPECT_EQ(note_, std::nullopt);
    EXPECT_THAT(each_, IsEmpty());
    EXPECT_FALSE(loud_);
    EXPECT_EQ(counted_, 0);
}

TEST_F(Parsing, TakesAVariableOfTheEnvironmentUnlessTheOptionIsGiven) {
    ::setenv("UPDRAFT_TEST_BY", "boat", 1);
    EXPECT_EQ(run({"go", "home"}), 7);
    EXPECT_EQ(by_, "boat");
    EXPECT_EQ(run({"go", "home", "--by", "foot"}), 7);
    EXPECT_EQ(by_, "foot");
    ::unsetenv("UPDRAFT_TEST_BY");
}

TEST_F(Parsing, ExplainsWrongUsageAndRunsNothing) {
    for (auto const& words : std::vector<std::vector<char const*>>{
             {},
             {"fly"},
             {"go"},
             {"go", "home", "--fast"},
             {"go", "home", "--speed", "3"},
             {"go", "home", "--times", "0"},
             {"go", "home", "--times", "many"},
             {"go", "home", "--each", "a", "b"},
         }) {
        EXPECT_EQ(run(words), 2) << testing::PrintToString(words);
        EXPECT_THAT(printed_, IsEmpty());
        EXPECT_FALSE(complained_.empty());
    }
    EXPECT_EQ(runs_, 0);
}

TEST_F(Parsing, AddsToACommandThatIsThereAlready) {
    auto const again = line_.syntax().command("go", "Goes.");
    bool fast = false;
    again.flag("--fast", fast, "Runs.");
    EXPECT_EQ(run({"go", "home", "--fast"}), 7);
    EXPECT_TRUE(fast);
}

TEST_F(Parsing, RepeatsNoControlSequenceOfTheCommandLine) {
    EXPECT_EQ(run({"go", "home", "--times", "\x1b[31m"}), 2);
    EXPECT_EQ(complained_.find('\x1b'), std::string::npos) << complained_;
    EXPECT_THAT(complained_, HasSubstr("\\u001b[31m"));
}

struct UnknownCase {
    std::string name;
    std::vector<char const*> words;
    std::string said;
};
class UnknownWord : public Parsing, public testing::WithParamInterface<UnknownCase> {
protected:
    UnknownWord() {
        auto const trip = line_.syntax().command("trip", "Trips.");
        trip.require_command();
        for (auto const* verb : {"plan", "cancel"}) {
            auto const command = trip.command(verb, "Does it.");
            if (verb == std::string_view("plan")) command.also("draw-up");
            command.when_given([this] { return ++runs_; });
        }
    }
};
TEST_P(UnknownWord, IsNamedWithTheNearestKnownOne) {
    EXPECT_EQ(run(GetParam().words), 2);
    EXPECT_EQ(complained_, GetParam().said + "\nRun with --help for more information.\n");
    EXPECT_EQ(runs_, 0);
}
INSTANTIATE_TEST_SUITE_P(
    , UnknownWord,
    testing::Values(
        UnknownCase{"ACommand", {"goo"}, "\"goo\" is no command of program; did you mean go?"},
        UnknownCase{"ACommandOfAGroup",
                    {"trip", "cancle"},
                    "\"cancle\" is no command of program trip; did you mean cancel?"},
        UnknownCase{"AnotherNameOfACommand",
                    {"trip", "drawup"},
                    "\"drawup\" is no command of program trip; did you mean draw-up?"},
        UnknownCase{"NothingLikeIt",
                    {"trip", "sleep"},
                    "\"sleep\" is no command of program trip; there are: plan, draw-up, cancel"},
        UnknownCase{"NoCommand", {"trip"}, "program trip needs a command: plan, draw-up, cancel"},
        UnknownCase{"AFlag",
                    {"go", "home", "--plaec", "x"},
                    "--plaec is no flag of program go; did you mean --place?"},
        UnknownCase{"AFlagWithItsValue",
                    {"go", "--sped=2", "home"},
                    "--sped is no flag of program go; did you mean --speed?"},
        UnknownCase{"AFlagOfOneLetter",
                    {"go", "-vx", "home"},
                    "-v is no flag of program go; there are: --help, --place, --by, --note, --each, "
                    "--list, --speed, --times, --seed, --loud, --count"},
        UnknownCase{"AWordThatWouldControlATerminal",
                    {"g\x1b[2Jo"},
                    "\"g\\u001b[2Jo\" is no command of program; there are: go, trip"}),
    [](auto const& tested) { return tested.param.name; });

TEST_F(Parsing, NamesARequiredArgumentOnce) {
    EXPECT_EQ(run({"go", "--help"}), 0);
    auto const first = printed_.find("REQUIRED");
    ASSERT_NE(first, std::string::npos);
    EXPECT_EQ(printed_.find("REQUIRED", first + 1), std::string::npos) << printed_;
    EXPECT_THAT(printed_, HasSubstr("--place TEXT"));
    EXPECT_THAT(printed_, HasSubstr("The same as place."));
}

TEST_F(Parsing, PrintsHelpAndVersion) {
    EXPECT_EQ(run({"go", "--help"}), 0);
    EXPECT_THAT(printed_, HasSubstr("Where to."));
    EXPECT_THAT(printed_, HasSubstr("train"));
    EXPECT_EQ(run({"--version"}), 0);
    EXPECT_EQ(printed_, "program 1.2\n");
    EXPECT_EQ(runs_, 0);
}

TEST(CommandLine, LetsTheExceptionsOfACommandPass) {
    CommandLine line("program", "Does things.", "program 1.2");
    line.syntax().command("go", "Goes.").when_given([]() -> int { throw std::length_error("no"); });
    auto const words = std::to_array({"program", "go"});
    EXPECT_THROW(static_cast<void>(line.run(2, words.data())), std::length_error);
}

}  // namespace
}  // namespace updraft::cli
