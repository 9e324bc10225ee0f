#include "ddi/reply.h"

#include <gtest/gtest.h>

#include "push/outbox.h"
#include "stage/manual_clock.h"
#include "stage/no_blobs.h"
#include "stage/open_store.h"
#include "stage/sequence_id_source.h"

namespace updraft::ddi {
namespace {

struct FailureCase {
    std::string name;
    Errc code;
    int status;
    bool told;  // The detail is in the answer and not in the log.
};
class Failures : public testing::TestWithParam<FailureCase> {
protected:
    stage::ScratchStore store = stage::open_store();
    stage::ManualClock clock;
    stage::SequenceIdSource id_source;
    push::Outbox outbox{id_source, {}};
    channel::Presence presence;
    upgrade::Limits limits;
    upgrade::Means means{.limits = limits,
                         .id_source = id_source,
                         .listener = outbox,
                         .presence = &presence,
                         .polling = std::chrono::minutes{5}};
    stage::NoBlobs blobs;
    channel::ServedTally served;
    channel::Context channel{
        *store, clock, means, blobs, presence, served, channel::DownloadLimits{1}};
    access::DeviceRate rate{0, id_source};
    access::Guessing guessing;
};
TEST_P(Failures, InsideAreForTheLogAlone) {
    std::vector<std::pair<std::string, Error>> noted;
    Context const context{.channel = channel,
                          .rate = rate,
                          .guessing = guessing,
                          .settings = {},
                          .trouble = [&](std::string_view request_id, Error const& told) {
                              noted.emplace_back(request_id, told);
                          }};
    http::Request request;
    request.request_id = "r-1";
    Error const error{GetParam().code, "PostgreSQL: no such row"};
    auto const reply = failure(context, request, error);
    EXPECT_EQ(reply.status, GetParam().status);
    auto const& body = std::get<std::string>(reply.body);
    EXPECT_EQ(body.find("PostgreSQL") != std::string::npos, GetParam().told);
    ASSERT_EQ(noted.size(), GetParam().told ? 0U : 1U);
    if (GetParam().told) return;
    EXPECT_EQ(noted[0].first, "r-1");
    EXPECT_EQ(noted[0].second, error);
}
INSTANTIATE_TEST_SUITE_P(, Failures,
                         testing::Values(FailureCase{"NotFound", Errc::not_found, 404, true},
                                         FailureCase{"Unauthorized", Errc::unauthorized, 401, true},
                                         FailureCase{"Forbidden", Errc::forbidden, 403, true},
                                         FailureCase{"Gone", Errc::gone, 410, true},
                                         FailureCase{"Busy", Errc::busy, 503, false},
                                         FailureCase{"Unavailable", Errc::unavailable, 503, false},
                                         FailureCase{"Corrupt", Errc::corrupt, 500, false},
                                         FailureCase{"Internal", Errc::internal, 500, false}),
                         [](auto const& tested) { return tested.param.name; });

TEST(Refusal, TellsWhatClientsMayBeToldOfAConflict) {
    auto const reply =
        refusal({Errc::conflict, "SQLite: UNIQUE constraint failed: upgrades.did", "it exists"});
    EXPECT_NE(std::get<std::string>(reply.body).find(R"("message":"it exists")"),
              std::string::npos);
}

TEST(Refusal, SaysItsOwnWords) {
    auto const reply = refusal({Errc::busy, "too many downloads are running; try again later"});
    EXPECT_EQ(reply.status, 503);
    EXPECT_EQ(std::get<std::string>(reply.body),
              R"({"exceptionClass":"ServiceBusyException","errorCode":"updraft.busy",)"
              R"("message":"too many downloads are running; try again later"})");
}

}  // namespace
}  // namespace updraft::ddi
