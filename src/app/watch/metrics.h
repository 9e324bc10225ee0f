// The answer of GET /metrics: the figures of all parts, read at each request.
//
// Lives here: the sheet that parts write their figures on, and its Prometheus text.
//
// Not here:   the counting itself (each part), the listener that serves it (app/wiring.cpp).
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace updraft::app {

// The figures of one request. Names are given without the prefix "updraft_". One name may be given
// several times with different labels, in any order.
class MetricSheet {
public:
    using Labels = std::vector<std::pair<std::string, std::string>>;

    MetricSheet();
    ~MetricSheet();
    MetricSheet(MetricSheet const&) = delete;
    MetricSheet& operator=(MetricSheet const&) = delete;

    // A figure that never decreases while the process runs.
    void counter(std::string_view name, std::string_view meaning, double value,
                 Labels const& labels = {});
    void gauge(std::string_view name, std::string_view meaning, double value,
               Labels const& labels = {});

    [[nodiscard]] std::string text() const;

private:
    struct Families;
    std::unique_ptr<Families> families_;
};

// Sources are added before the server listens; text() may be called from any thread.
class Metrics {
public:
    using Source = std::function<void(MetricSheet&)>;

    void add(Source source) { sources_.push_back(std::move(source)); }
    // The Prometheus text format, version 0.0.4.
    [[nodiscard]] std::string text() const;

private:
    std::vector<Source> sources_;
};

}  // namespace updraft::app
