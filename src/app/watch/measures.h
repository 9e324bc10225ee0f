// The metrics of each part: their names, as docs/operating.md lists them, and their values.
//
// Lives here: making metrics from the figures of each part.
//
// Not here:   the sheet (app/watch/metrics.h), the counting (each part).
#pragma once

#include "access/device_rate.h"
#include "access/guessing.h"
#include "app/watch/journal.h"
#include "app/watch/metrics.h"
#include "app/watch/push_watch.h"
#include "bucket/bucket.h"
#include "channel/downloads.h"
#include "http/listener.h"
#include "ports/clock.h"
#include "push/dispatch.h"
#include "sqlstore/store.h"
#include "staging/rooms.h"

namespace updraft::app {

void measure(MetricSheet& sheet, http::ListenerCounters const& listener);
void measure(MetricSheet& sheet, sqlstore::SqlStore& store, Instant now);
void measure(MetricSheet& sheet, push::DispatchCounts const& dispatch);
void measure(MetricSheet& sheet, PushSight const& sight);
void measure(MetricSheet& sheet, Journal const& journal);
void measure(MetricSheet& sheet, access::Guessing const& guessing);
void measure(MetricSheet& sheet, bucket::Bucket& bucket);
void measure(MetricSheet& sheet, channel::Downloads const& downloads,
             access::DeviceRate const& device_rate);
void measure(MetricSheet& sheet, staging::RolloutCounts const& rollouts);
// The process: memory, CPU, descriptors.
void measure_process(MetricSheet& sheet);

}  // namespace updraft::app
