#include "app/watch/metrics.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace updraft::app {
namespace {

using testing::HasSubstr;

TEST(Metrics, GathersEverySourceUnderOneNameEach) {
    Metrics metrics;
    metrics.add([](MetricSheet& sheet) {
        sheet.counter("http_replies_total", "Replies by class.", 3, {{"class", "2xx"}});
        sheet.gauge("connections", "Open connections.", 2);
    });
    metrics.add([](MetricSheet& sheet) {
        sheet.counter("http_replies_total", "Replies by class.", 1, {{"class", "4xx"}});
    });
    auto const text = metrics.text();
    EXPECT_THAT(text, HasSubstr("# HELP updraft_http_replies_total Replies by class.\n"
                                "# TYPE updraft_http_replies_total counter\n"
                                "updraft_http_replies_total{class=\"2xx\"} 3"));
    EXPECT_THAT(text, HasSubstr("\nupdraft_http_replies_total{class=\"4xx\"} 1"));
    EXPECT_THAT(text, HasSubstr("# TYPE updraft_connections gauge\nupdraft_connections 2"));
}

}  // namespace
}  // namespace updraft::app
