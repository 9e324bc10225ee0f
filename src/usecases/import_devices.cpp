#include "usecases/import_devices.h"

#include <algorithm>
#include <utility>

#include "usecases/enroll_devices.h"

namespace updraft::usecases {
namespace {

// Consecutive lines about different devices, which are enrolled together.
struct Run {
    std::vector<fleet::Enrolment> all;
    std::vector<std::int64_t> numbers;  // The line number of each.

    [[nodiscard]] bool has(Did const& did) const {
        return std::ranges::find(all, did, &fleet::Enrolment::did) != all.end();
    }
};

Result<void> enroll_run(Tx& tx, Means const& means, access::Actor const& actor, Run const& run,
                        Instant now, ImportTally& tally) {
    TRY_ASSIGN(auto const enrolled, enroll_devices(tx, means, actor, run.all, now));
    for (std::size_t i = 0; i < enrolled.size(); ++i) {
        if (enrolled[i]) {
            ++(enrolled[i]->created() ? tally.imported : tally.updated);
        } else {
            tally.reject(run.numbers[i], enrolled[i].error().for_client());
        }
    }
    return {};
}

}  // namespace

void ImportTally::reject(std::int64_t line, std::string detail) {
    ++rejected_count;
    if (rejected.size() < rejected_lines_kept_max) rejected.push_back({line, std::move(detail)});
}

void ImportTally::add(ImportTally batch) {
    imported += batch.imported;
    updated += batch.updated;
    rejected_count += batch.rejected_count;
    for (auto& one : batch.rejected) {
        if (rejected.size() < rejected_lines_kept_max) rejected.push_back(std::move(one));
    }
}

Result<ImportTally> import_devices(Tx& tx, Means const& means, access::Actor const& actor,
                                   std::span<ImportLine const> lines, Instant now) {
    ImportTally tally;
    Run run;
    for (auto const& [number, wanted] : lines) {
        if (!wanted || run.has(wanted->did)) {
            TRY(enroll_run(tx, means, actor, std::exchange(run, {}), now, tally));
        }
        if (wanted) {
            run.all.push_back(*wanted);
            run.numbers.push_back(number);
        } else {
            tally.reject(number, wanted.error().for_client());
        }
    }
    TRY(enroll_run(tx, means, actor, run, now, tally));
    return tally;
}

}  // namespace updraft::usecases
