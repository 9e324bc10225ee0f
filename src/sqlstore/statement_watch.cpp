#include "sqlstore/statement_watch.h"

#include <atomic>
#include <mutex>
#include <utility>

namespace updraft::sqlstore {
namespace {

struct Watch {
    std::mutex mutex;
    std::function<void(std::string_view)> tell;
    std::atomic<bool> wanted{false};
};
Watch& watch() {
    static Watch only;
    return only;
}

}  // namespace

void watch_statements(std::function<void(std::string_view)> listener) {
    std::scoped_lock const lock(watch().mutex);
    watch().wanted = listener != nullptr;
    watch().tell = std::move(listener);
}

void note_statement(std::string_view sql) {
    if (!watch().wanted.load(std::memory_order_relaxed)) return;
    std::scoped_lock const lock(watch().mutex);
    if (watch().tell) watch().tell(sql);
}

}  // namespace updraft::sqlstore
