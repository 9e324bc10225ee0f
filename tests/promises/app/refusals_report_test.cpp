// The log of calls that were not authenticated: bounded, however many addresses there are.
#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <string>

#include "app/periodic/tasks.h"

namespace updraft::app {
namespace {

using testing::HasSubstr;

// What one run of the task logs; it must fit into the buffer of a pipe.
std::string logged_of(access::Guessing& guessing) {
    std::array<int, 2> ends{};
    EXPECT_EQ(::pipe2(ends.data(), O_CLOEXEC), 0);
    {
        Journal journal(LogLevel::info, LogFormat::text, ends[1]);
        Instant const now{1'000};
        EXPECT_EQ(report_refusals(guessing, journal).run(now)->ms, now.ms + 1'000);
    }
    ::close(ends[1]);
    std::string out;
    std::array<char, 4096> buffer{};
    for (;;) {
        auto const got = ::read(ends[0], buffer.data(), buffer.size());
        if (got <= 0) break;
        out.append(buffer.data(), static_cast<std::size_t>(got));
    }
    ::close(ends[0]);
    return out;
}

void refuse(access::Guessing& guessing, std::string const& address, int times) {
    for (int i = 0; i < times; ++i) {
        static_cast<void>(guessing.refused(access::Door::ddi, access::Refused::token, address, {}));
    }
}

TEST(RefusalsReport, HasOneLineForAnAddressWithItsNumber) {
    access::Guessing guessing;
    refuse(guessing, "192.0.2.1", 3);
    refuse(guessing, "2001:db8::1", 1);
    refuse(guessing, "2001:db8::2", 1);
    static_cast<void>(guessing.unknown_did(AppId{"app"}, {}));
    auto const out = logged_of(guessing);
    EXPECT_THAT(out, HasSubstr("not authenticated peer=192.0.2.1 calls=3\n"));
    EXPECT_THAT(out, HasSubstr("not authenticated peer=2001:db8::/64 calls=2\n"));
    EXPECT_THAT(out, HasSubstr("unknown dids appid=app calls=1\n"));
    EXPECT_EQ(logged_of(guessing), "");
}

TEST(RefusalsReport, NamesThoseWithMostRefusalsAndCountsTheOthers) {
    access::Guessing guessing;
    for (int i = 0; i < 250; ++i) refuse(guessing, "192.0.2." + std::to_string(i), 1);
    refuse(guessing, "198.51.100.7", 2);
    auto const out = logged_of(guessing);
    EXPECT_THAT(out, HasSubstr("peer=198.51.100.7 calls=2\n"));
    EXPECT_THAT(out, HasSubstr("peer=others calls=231\n"));
    EXPECT_EQ(std::ranges::count(out, '\n'), 21);
}

}  // namespace
}  // namespace updraft::app
