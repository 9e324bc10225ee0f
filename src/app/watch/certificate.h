// When the server's certificate expires: the warning in the log, and the metric.
//
// Lives here: how long before its end a certificate is warned of.
//
// Not here:   reading certificates (http/tls_files.h).
#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "app/watch/journal.h"
#include "app/watch/metrics.h"
#include "vocabulary/instant.h"

namespace updraft::app {

inline constexpr std::chrono::days certificate_warned_before{21};

// What is wrong with a certificate that expires at `not_after`: it has expired, or does within
// `certificate_warned_before`. Nothing for a later one.
[[nodiscard]] std::optional<std::string> certificate_trouble(Instant not_after, Instant now);

// Logs a warning when there is such trouble. No effect without a certificate.
void warn_of_certificate(Journal& journal, std::optional<Instant> not_after, Instant now);

// No metric without a certificate.
void measure_certificate(MetricSheet& sheet, std::optional<Instant> not_after);

}  // namespace updraft::app
