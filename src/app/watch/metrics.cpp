#include "app/watch/metrics.h"

#include <prometheus/metric_family.h>
#include <prometheus/text_serializer.h>

namespace updraft::app {
namespace {

using Family = prometheus::MetricFamily;

Family& family_of(std::map<std::string, Family>& families, std::string_view name,
                  std::string_view meaning, prometheus::MetricType type) {
    auto const full = "updraft_" + std::string(name);
    auto& family = families[full];
    family.name = full;
    family.help = meaning;
    family.type = type;
    return family;
}

prometheus::ClientMetric& add_to(Family& family, MetricSheet::Labels const& labels) {
    auto& metric = family.metric.emplace_back();
    for (auto const& [name, value] : labels) {
        auto& label = metric.label.emplace_back();
        label.name = name;
        label.value = value;
    }
    return metric;
}

}  // namespace

struct MetricSheet::Families {
    std::map<std::string, Family> by_name;
};

MetricSheet::MetricSheet() : families_(std::make_unique<Families>()) {}
MetricSheet::~MetricSheet() = default;

void MetricSheet::counter(std::string_view name, std::string_view meaning, double value,
                          Labels const& labels) {
    auto& family = family_of(families_->by_name, name, meaning, prometheus::MetricType::Counter);
    add_to(family, labels).counter.value = value;
}

void MetricSheet::gauge(std::string_view name, std::string_view meaning, double value,
                        Labels const& labels) {
    auto& family = family_of(families_->by_name, name, meaning, prometheus::MetricType::Gauge);
    add_to(family, labels).gauge.value = value;
}

std::string MetricSheet::text() const {
    std::vector<Family> families;
    families.reserve(families_->by_name.size());
    for (auto const& [name, family] : families_->by_name) families.push_back(family);
    return prometheus::TextSerializer().Serialize(families);
}

std::string Metrics::text() const {
    MetricSheet sheet;
    for (auto const& source : sources_) source(sheet);
    return sheet.text();
}

}  // namespace updraft::app
