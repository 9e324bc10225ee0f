#include "app/watch/journal.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <array>
#include <functional>
#include <thread>
#include <vector>

#include "json/reader.h"

namespace updraft::app {
namespace {

using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;

// Everything that a journal has written when it is destroyed.
std::string written_by(LogLevel least, LogFormat format, std::function<void(Journal&)> const& act) {
    std::array<int, 2> ends{};
    EXPECT_EQ(::pipe2(ends.data(), O_CLOEXEC), 0);
    std::string out;
    std::thread reader([&] {
        std::array<char, 4096> buffer{};
        while (true) {
            auto const got = ::read(ends[0], buffer.data(), buffer.size());
            if (got <= 0) return;
            out.append(buffer.data(), static_cast<std::size_t>(got));
        }
    });
    {
        Journal journal(least, format, ends[1]);
        act(journal);
    }
    ::close(ends[1]);
    reader.join();
    ::close(ends[0]);
    return out;
}

TEST(Journal, WritesOneLineAnEvent) {
    auto const out = written_by(LogLevel::info, LogFormat::text, [](Journal& journal) {
        journal.info("request", {{"status", 200}, {"path", "/open/x"}});
    });
    EXPECT_THAT(out, EndsWith(" info    request status=200 path=/open/x\n"));
}

TEST(Journal, QuotesWhatWouldMisleadAReader) {
    auto const out = written_by(LogLevel::info, LogFormat::text, [](Journal& journal) {
        journal.info("event",
                     {{"a", "two words"}, {"b", "line\nbreak"}, {"c", ""}, {"d", "x=\"y"}});
    });
    EXPECT_THAT(out, EndsWith(R"( a="two words" b="line\nbreak" c="" d="x=\"y")"
                              "\n"));
}

TEST(Journal, LetsNoTextControlATerminal) {
    for (auto const format : {LogFormat::text, LogFormat::json}) {
        auto const out = written_by(LogLevel::info, format, [](Journal& journal) {
            journal.info("event", {{"a", "x\x1b[2J\u009b\u202E\u2028\x7Fy"}});
        });
        EXPECT_THAT(out, HasSubstr(R"("x\u001b[2J\u009b\u202e\u2028\u007fy")"));
    }
}

TEST(Journal, CutsLongTextsBetweenCharacters) {
    std::string const fits(512, 'x');
    std::string const longer = std::string(511, 'x') + "固件";
    for (auto const format : {LogFormat::text, LogFormat::json}) {
        auto const out = written_by(LogLevel::info, format, [&](Journal& journal) {
            journal.info("event", {{"fits", fits}, {"longer", longer}});
        });
        EXPECT_THAT(out, HasSubstr(fits));
        EXPECT_THAT(out, HasSubstr("\"" + std::string(511, 'x') + "... (cut, 517 bytes)\""));
    }
}

TEST(Journal, WritesJsonThatCanBeReadBack) {
    auto const out = written_by(LogLevel::info, LogFormat::json, [](Journal& journal) {
        journal.warn("odd \"thing\"", {{"n", 7}, {"text", "a\nb \xff"}});
    });
    auto const object = json::read_object(std::string_view(out).substr(0, out.size() - 1));
    ASSERT_TRUE(object) << out;
    EXPECT_EQ(json::text_member(*object, "event").value(), "odd \"thing\"");
    EXPECT_EQ(json::text_member(*object, "level").value(), "warning");
    EXPECT_EQ(json::whole_member(*object, "n").value(), 7);
    EXPECT_THAT(json::text_member(*object, "text").value().value(), HasSubstr("a\nb "));
    EXPECT_TRUE(json::text_member(*object, "at").value().has_value());
}

TEST(Journal, LeavesOutWhatIsBelowItsLevel) {
    auto const out = written_by(LogLevel::warn, LogFormat::text, [](Journal& journal) {
        journal.debug("one");
        journal.info("two");
        journal.warn("three");
        journal.error("four");
    });
    EXPECT_THAT(out, Not(HasSubstr("one")));
    EXPECT_THAT(out, Not(HasSubstr("two")));
    EXPECT_THAT(out, HasSubstr("three"));
    EXPECT_THAT(out, HasSubstr("four"));
}

TEST(Journal, SwitchedOffWritesNothing) {
    EXPECT_EQ(written_by(LogLevel::off, LogFormat::text,
                         [](Journal& journal) { journal.error("anything"); }),
              "");
}

TEST(Journal, KeepsLinesOfManyThreadsWhole) {
    auto const out = written_by(LogLevel::info, LogFormat::text, [](Journal& journal) {
        std::vector<std::thread> writers;
        for (int writer = 0; writer < 4; ++writer) {
            writers.emplace_back([&journal] {
                for (int i = 0; i < 500; ++i) journal.info("event", {{"tail", "0123456789"}});
            });
        }
        for (auto& writer : writers) writer.join();
    });
    std::size_t lines = 0;
    for (std::size_t from = 0; from < out.size(); ++lines) {
        auto const end = out.find('\n', from);
        ASSERT_NE(end, std::string::npos);
        EXPECT_THAT(out.substr(from, end - from), EndsWith(" event tail=0123456789"));
        from = end + 1;
    }
    EXPECT_EQ(lines, 2000U);
}

TEST(Journal, NeverWaitsForAReaderThatStopped) {
    std::array<int, 2> ends{};
    ASSERT_EQ(::pipe2(ends.data(), O_CLOEXEC), 0);
    {
        Journal journal(LogLevel::info, LogFormat::text, ends[1]);
        std::string const long_text(1000, 'x');
        // Far more bytes than the pipe and the journal's batch can hold together.
        for (int i = 0; i < 10'000; ++i) journal.error("event", {{"text", long_text}});
    }
    ::close(ends[0]);
    ::close(ends[1]);
}

}  // namespace
}  // namespace updraft::app
