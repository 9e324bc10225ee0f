#include "ports/store.h"

#include <future>

namespace updraft {

Result<void> Store::write(WriteBody body) {
    std::promise<Result<void>> promise;
    auto written = promise.get_future();
    submit(std::move(body),
           [&promise](Result<void> result) { promise.set_value(std::move(result)); });
    return written.get();
}

}  // namespace updraft
