#include "app/watch/certificate.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace updraft::app {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr Instant now{1'800'000'000'000};
constexpr Millis day = std::chrono::days{1};

TEST(CertificateTrouble, BeginsThreeWeeksBeforeItsEnd) {
    EXPECT_FALSE(certificate_trouble(now + 21 * day + Millis{1}, now));
    EXPECT_EQ(certificate_trouble(now + 21 * day, now),
              "the TLS certificate expires within 21 days");
    EXPECT_EQ(certificate_trouble(now + Millis{1}, now),
              "the TLS certificate expires within 21 days");
    EXPECT_EQ(certificate_trouble(now, now), "the TLS certificate has expired");
}

TEST(CertificateMetric, IsTheSecondOfItsEndAndAbsentWithoutOne) {
    MetricSheet with;
    measure_certificate(with, now);
    EXPECT_THAT(with.text(), HasSubstr("updraft_tls_not_after_seconds 1800000000"));
    MetricSheet without;
    measure_certificate(without, std::nullopt);
    EXPECT_THAT(without.text(), Not(HasSubstr("tls_not_after")));
}

}  // namespace
}  // namespace updraft::app
