#include "app/watch/certificate.h"

namespace updraft::app {

std::optional<std::string> certificate_trouble(Instant not_after, Instant now) {
    if (now >= not_after) return "the TLS certificate has expired";
    if (now + certificate_warned_before < not_after) return std::nullopt;
    return "the TLS certificate expires within " +
           std::to_string(certificate_warned_before.count()) + " days";
}

void warn_of_certificate(Journal& journal, std::optional<Instant> not_after, Instant now) {
    auto const trouble = not_after ? certificate_trouble(*not_after, now) : std::nullopt;
    if (trouble) journal.warn(*trouble, {{"notAfter", rfc3339(*not_after)}});
}

void measure_certificate(MetricSheet& sheet, std::optional<Instant> not_after) {
    if (!not_after) return;
    sheet.gauge("tls_not_after_seconds",
                "When the certificate in use expires, in seconds since 1970.",
                static_cast<double>(not_after->seconds()));
}

}  // namespace updraft::app
