#include "app/watch/measures.h"

#include <sys/resource.h>
#include <unistd.h>

#include <array>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <system_error>

#include "ports/outbox_table.h"
#include "vocabulary/version.h"

namespace updraft::app {
namespace {

template <class Number>
double figure(Number number) {
    return static_cast<double>(number);
}

double seconds_of(timeval const& time) { return figure(time.tv_sec) + figure(time.tv_usec) / 1e6; }

double resident_bytes() {
    std::ifstream statm("/proc/self/statm");
    std::int64_t pages = 0;
    std::int64_t resident = 0;
    statm >> pages >> resident;
    return figure(resident * ::sysconf(_SC_PAGESIZE));
}

double open_descriptors() {
    std::error_code trouble;
    std::filesystem::directory_iterator const all("/proc/self/fd", trouble);
    return trouble ? 0 : figure(std::distance(begin(all), end(all)));
}

void measure_outbox(MetricSheet& sheet, OutboxDepth const& depth, Instant now) {
    auto const* const waiting = "Messages that are not delivered yet (counted up to 100000).";
    sheet.gauge("outbox_waiting", waiting, figure(depth.upgrade_messages), {{"stream", "upgrade"}});
    sheet.gauge("outbox_waiting", waiting, figure(depth.notices), {{"stream", "notice"}});
    sheet.gauge("outbox_dead", "Dead letters (counted up to 100000).", figure(depth.dead));
    auto const age = depth.oldest_result ? now - *depth.oldest_result : Millis{0};
    sheet.gauge("outbox_oldest_result_seconds",
                "Age of the oldest undelivered message about an upgrade.",
                figure(std::max(age, Millis{0}).count()) / 1000);
}

}  // namespace

void measure(MetricSheet& sheet, http::ListenerCounters const& listener) {
    sheet.gauge("http_connections_open", "Open connections.", figure(listener.connections_open));
    sheet.counter("http_connections_total", "Connections that were accepted.",
                  figure(listener.connections_accepted));
    sheet.counter("http_connections_refused_total", "Connections over the limit.",
                  figure(listener.connections_refused));
    sheet.counter("http_connections_over_address_total",
                  "Connections over the limit of their address.",
                  figure(listener.connections_closed_by_address));
    sheet.gauge("http_body_memory_bytes", "Memory of request bodies that are being received.",
                figure(listener.body_bytes_held));
    sheet.counter("http_bodies_refused_total", "Bodies over the memory for all of them.",
                  figure(listener.bodies_refused));
    sheet.gauge("http_answers_waiting", "Refusals that wait because there were many.",
                figure(listener.answers_waiting));
    sheet.counter("http_answers_dropped_total",
                  "Connections closed because too many refusals waited.",
                  figure(listener.answers_dropped));
    sheet.counter("http_framing_errors_total", "Requests that were no HTTP.",
                  figure(listener.framing_errors));
    for (std::size_t i = 1; i < listener.answers.size(); ++i) {
        sheet.counter("http_answers_total", "Answers by status class.", figure(listener.answers[i]),
                      {{"class", std::to_string(i) + "xx"}});
    }
}

void measure(MetricSheet& sheet, sqlstore::SqlStore& store, Instant now) {
    auto const counts = store.counts();
    sheet.counter("store_commits_total", "Durable commits.", figure(counts.commits));
    sheet.counter("store_transactions_total", "Write transactions in these commits.",
                  figure(counts.committed));
    sheet.counter("store_refused_total",
                  "Write transactions that a failing disk, or a server out of reach, refused.",
                  figure(counts.refused));
    sheet.counter("store_repeated_total",
                  "Write transactions that ran again because others were in their way.",
                  figure(counts.repeated));
    sheet.counter("store_checkpoints_total", "Checkpoints of the write-ahead log.",
                  figure(counts.checkpoints));
    sheet.gauge("store_waiting", "Write transactions in the queue.", figure(counts.waiting));
    sheet.gauge("store_write_ahead_bytes", "Size of the write-ahead log at the last commit.",
                figure(counts.write_ahead_bytes));
    sheet.gauge("store_healthy", "1 when the store can take writes.",
                store.healthy().has_value() ? 1 : 0);
    auto const depth = read(store, [](Tx const& tx) { return tx.outbox().depth(); });
    if (depth) measure_outbox(sheet, *depth, now);
}

void measure(MetricSheet& sheet, push::DispatchCounts const& dispatch) {
    sheet.counter("push_posts_total", "Messages that were posted.", figure(dispatch.posted));
    for (auto const& [appid, counts] : dispatch.by_app) {
        MetricSheet::Labels const app{{"appid", appid.value.empty() ? "others" : appid.value}};
        sheet.counter("push_arrived_total", "Posts that were acknowledged.", figure(counts.arrived),
                      app);
        sheet.counter("push_failed_total", "Posts that were not.", figure(counts.failed), app);
    }
    sheet.counter("push_verifications_total", "Verifications of push URLs.",
                  figure(dispatch.verifications));
    sheet.counter("push_unrecorded_total", "Times that outcomes could not be stored at once.",
                  figure(dispatch.unrecorded));
    sheet.gauge("push_in_flight", "Posts under way.", figure(dispatch.in_flight));
}

void measure(MetricSheet& sheet, PushSight const& sight) {
    for (auto const word : access::push_state_words) {
        auto const state = access::read_push_state(word).value();
        sheet.gauge("push_receivers", "Apps that are not disabled, by pushState, seconds ago.",
                    figure(sight.in(state)), {{"state", std::string(word)}});
    }
}

void measure(MetricSheet& sheet, Journal const& journal) {
    sheet.counter("journal_dropped_total",
                  "Log lines dropped because stderr was not read fast enough.",
                  figure(journal.dropped()));
}

void measure(MetricSheet& sheet, access::Guessing const& guessing) {
    auto const counts = guessing.counts();
    for (std::size_t door = 0; door < counts.size(); ++door) {
        for (std::size_t reason = 0; reason < counts[door].size(); ++reason) {
            sheet.counter("auth_failures_total", "Calls whose caller was not authenticated.",
                          figure(counts[door][reason]),
                          {{"door", std::string(access::door_words[door])},
                           {"reason", std::string(access::refused_words[reason])}});
        }
    }
    sheet.counter("unknown_dids_total", "Calls of apps about devices that are not their user's.",
                  figure(guessing.unknown_dids()));
}

void measure(MetricSheet& sheet, bucket::Bucket& bucket) {
    auto const counts = bucket.client().counts();
    auto const outcome = [&](char const* word, std::uint64_t count) {
        sheet.counter("bucket_requests_total", "Requests to the bucket, by what came of them.",
                      figure(count), {{"outcome", word}});
    };
    outcome("answered", counts.answered);
    outcome("missing", counts.missing);
    outcome("refused", counts.refused);
    outcome("unavailable", counts.unavailable);
    auto const cache = bucket.cache_counts();
    auto const opened = "Artifacts that were opened to be sent by us.";
    sheet.counter("bucket_cache_total", opened, figure(cache.hits), {{"from", "cache"}});
    sheet.counter("bucket_cache_total", opened, figure(cache.misses), {{"from", "bucket"}});
    sheet.gauge("bucket_cache_bytes", "Size of the cache.", figure(cache.bytes));
}

void measure(MetricSheet& sheet, channel::Downloads const& downloads,
             access::DeviceRate const& device_rate) {
    using channel::PlaceAnswer;
    sheet.gauge("downloads_running", "Artifacts being sent.", figure(downloads.running()));
    auto const refused = [&](char const* limit, PlaceAnswer answer) {
        sheet.counter("downloads_refused_total", "Downloads over a limit.",
                      figure(downloads.answered(answer)), {{"limit", limit}});
    };
    refused("device", PlaceAnswer::device_has_enough);
    refused("user", PlaceAnswer::user_has_enough);
    refused("all", PlaceAnswer::all_taken);
    sheet.counter("device_requests_refused_total", "Requests of devices over their limit.",
                  figure(device_rate.refused_total()));
}

void measure(MetricSheet& sheet, staging::RolloutCounts const& rollouts) {
    sheet.counter("rollout_places_taken_total", "Places taken by devices that showed up.",
                  figure(rollouts.places_taken));
    sheet.counter("rollout_places_given_back_total", "Places that were not used in time.",
                  figure(rollouts.places_given_back));
    for (std::size_t i = 0; i < rollouts.halts.size(); ++i) {
        std::string const reason(rollout::halt_reason_words[i]);
        sheet.counter("rollout_halts_total", "Rollouts halted by the gate.",
                      figure(rollouts.halts[i]), {{"reason", reason}});
    }
    for (auto const state : {rollout::State::scheduled, rollout::State::running,
                             rollout::State::paused, rollout::State::halted,
                             rollout::State::stopping, rollout::State::finished}) {
        sheet.gauge("rollouts", "Rollouts that are looked at.",
                    figure(rollouts.by_state[static_cast<std::size_t>(state)]),
                    {{"state", std::string(rollout::word(state))}});
    }
}

void measure_process(MetricSheet& sheet) {
    rusage usage{};
    ::getrusage(RUSAGE_SELF, &usage);
    sheet.counter("process_cpu_seconds_total", "CPU time, user and system.",
                  seconds_of(usage.ru_utime) + seconds_of(usage.ru_stime));
    sheet.gauge("process_resident_bytes", "Resident memory.", resident_bytes());
    sheet.gauge("process_open_descriptors", "Open descriptors.", open_descriptors());
    sheet.gauge("build", "1, with the version as a label.", 1, {{"version", program_version()}});
}

}  // namespace updraft::app
