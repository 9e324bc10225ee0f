// What each part counts, as metrics: the names that docs/operating.md lists.
//
// Lives here: from the parts' own figures to the sheet.
// Not here:   the sheet (app/metrics.h), counting (the parts).
#pragma once

#include "app/journal.h"
#include "app/metrics.h"
#include "app/push_watch.h"
#include "bucket/bucket.h"
#include "http/listener.h"
#include "ports/clock.h"
#include "push/dispatch.h"
#include "sqlstore/store.h"

namespace updraft::app {

void measure(MetricSheet& sheet, http::ListenerCounters const& listener);
void measure(MetricSheet& sheet, sqlstore::SqlStore& store, Instant now);
void measure(MetricSheet& sheet, push::DispatchCounts const& dispatch);
void measure(MetricSheet& sheet, PushSight const& sight);
void measure(MetricSheet& sheet, Journal const& journal);
void measure(MetricSheet& sheet, bucket::Bucket& bucket);
// The process: memory, CPU, descriptors.
void measure_process(MetricSheet& sheet);

}  // namespace updraft::app
