// What GET /metrics answers: every part's numbers, gathered when asked.
//
// Lives here: the sheet that parts write their numbers on, and its Prometheus text.
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

// One gathering of numbers. Names are given without the "updraft_" before them; the numbers of one
// name may come with different labels, one after the other or not.
class MetricSheet {
public:
    using Labels = std::vector<std::pair<std::string, std::string>>;

    MetricSheet();
    ~MetricSheet();
    MetricSheet(MetricSheet const&) = delete;
    MetricSheet& operator=(MetricSheet const&) = delete;

    // Only grows while the process lives.
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
