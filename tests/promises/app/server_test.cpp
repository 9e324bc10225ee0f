#include "app/wiring.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "cli/client.h"
#include "stage/open_store.h"

namespace updraft::app {
namespace {

using testing::HasSubstr;
using testing::SizeIs;

class ServerInProcess : public testing::Test {
protected:
    ~ServerInProcess() override { std::filesystem::remove_all(folder_); }

    [[nodiscard]] Settings settings() const {
        auto loaded = load_settings({.file = {},
                                     .environment = {},
                                     .data_dir = (folder_ / "data").string(),
                                     .listen = {"127.0.0.1:0"}});
        EXPECT_TRUE(loaded.problems.empty());
        return std::move(loaded.settings);
    }
    static Result<cli::Answer> get(Server const& server, std::string path) {
        cli::Endpoint const endpoint{.url = server.origins().front(),
                                     .token = server.admin_token().value_or(Secret{}),
                                     .ca_file = ""};
        return cli::carry_out(endpoint, {.method = "GET", .path = std::move(path)});
    }

    std::filesystem::path folder_ = stage::scratch_folder();
    Journal journal_{LogLevel::off, LogFormat::text};
};

TEST_F(ServerInProcess, AnswersAsSoonAsItStarted) {
    auto const server = Server::start(settings(), journal_);
    ASSERT_TRUE(server) << server.error().detail;
    EXPECT_EQ(get(**server, "/readyz").value().status, 200);
    EXPECT_EQ(get(**server, "/admin/v1/apps").value().status, 200);
}

TEST_F(ServerInProcess, HasOneOriginForEachListener) {
    auto wanted = settings();
    wanted.server.listen.push_back({.address = "::1", .port = 0});
    auto const server = Server::start(wanted, journal_);
    ASSERT_TRUE(server) << server.error().detail;
    EXPECT_THAT((*server)->origins(), SizeIs(2));
    EXPECT_THAT((*server)->origins()[1], HasSubstr("http://[::1]:"));
}

TEST_F(ServerInProcess, HasTheOperatorsPathsOnTheirListenerOnly) {
    auto wanted = settings();
    wanted.admin.listen = {{.address = "127.0.0.1", .port = 0}, {.address = "::1", .port = 0}};
    auto const server = Server::start(wanted, journal_);
    ASSERT_TRUE(server) << server.error().detail;
    EXPECT_THAT((*server)->origins(), SizeIs(1));
    EXPECT_THAT((*server)->admin_origins(), SizeIs(2));
    EXPECT_EQ(get(**server, "/admin/v1/apps").value().status, 404);
    EXPECT_EQ(get(**server, "/readyz").value().status, 200);
    for (auto const& origin : (*server)->admin_origins()) {
        cli::Endpoint const endpoint{
            .url = origin, .token = *(*server)->admin_token(), .ca_file = ""};
        EXPECT_EQ(cli::carry_out(endpoint, {.method = "GET", .path = "/admin/v1/apps"})->status,
                  200);
    }
}

TEST_F(ServerInProcess, StopsTwiceAsOnceAndStartsAgainOnTheSameData) {
    {
        auto const server = Server::start(settings(), journal_);
        ASSERT_TRUE(server) << server.error().detail;
        (*server)->stop();
        (*server)->stop();
    }
    EXPECT_TRUE(Server::start(settings(), journal_));
}

TEST_F(ServerInProcess, RefusesDataThatAnotherOneHolds) {
    auto const first = Server::start(settings(), journal_);
    ASSERT_TRUE(first) << first.error().detail;
    auto const second = Server::start(settings(), journal_);
    ASSERT_FALSE(second);
    EXPECT_EQ(second.error().code, Errc::conflict);
    EXPECT_EQ(get(**first, "/readyz").value().status, 200);
}

TEST_F(ServerInProcess, LeavesEverythingAsItWasWhenItsAddressIsTaken) {
    auto const first = Server::start(settings(), journal_);
    ASSERT_TRUE(first) << first.error().detail;
    auto wanted = settings();
    wanted.data_dir = (folder_ / "other").string();
    wanted.store.url.where = wanted.data_dir + "/updraft.db";
    wanted.secrets.key_file = wanted.data_dir + "/secret.key";
    wanted.firmware.dir = wanted.data_dir + "/firmware";
    auto const origin = (*first)->origins().front();
    auto const port = std::stoi(origin.substr(origin.rfind(':') + 1));
    wanted.server.listen.front().port = static_cast<std::uint16_t>(port);
    auto const second = Server::start(wanted, journal_);
    ASSERT_FALSE(second);
    EXPECT_EQ(second.error().code, Errc::unavailable);
    wanted.server.listen.front().port = 0;
    EXPECT_TRUE(Server::start(wanted, journal_));
}

}  // namespace
}  // namespace updraft::app
