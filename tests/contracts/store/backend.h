// The store under test: every suite of this folder runs on each backend.
//
// Lives here: the list of backends, and the fixture that opens one.
//
// Not here:   promises of only one backend (promises/sqlstore/).
#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <string>

#include "ports/admin_tokens_table.h"
#include "ports/apps_table.h"
#include "ports/devices_table.h"
#include "ports/grants_table.h"
#include "ports/models_table.h"
#include "ports/releases_table.h"
#include "ports/store.h"
#include "stage/manual_clock.h"
#include "stage/open_store.h"

namespace updraft::contract {

struct Limits {
    std::size_t queue_max = 16'384;
    std::size_t batch_max = 256;
};

struct Backend {
    std::string name;
    std::function<stage::ScratchStore(Limits)> open;
};

inline std::vector<Backend> backends() {
    return {{"Sqlite",
             [](Limits limits) {
                 sqlstore::SqliteOptions options;
                 options.queue_max = limits.queue_max;
                 options.batch_max = limits.batch_max;
                 return stage::open_store(std::move(options));
             }},
            // One writer, because these tests are about the order of transactions, and about what
            // shares a commit. Several writers: promises/sqlstore/postgres_instances_test.cpp.
            {"Postgresql", [](Limits limits) {
                 sqlstore::PostgresOptions options;
                 options.queue_max = limits.queue_max;
                 options.batch_max = limits.batch_max;
                 options.writers = 1;
                 options.readers = 2;
                 return stage::open_postgres_store(std::move(options));
             }}};
}

inline std::string name_of(testing::TestParamInfo<Backend> const& tested) {
    return tested.param.name;
}

class StoreContract : public testing::TestWithParam<Backend> {
protected:
    void SetUp() override { reopen({}); }
    void reopen(Limits limits) {
        store_.reset();
        store_ = GetParam().open(limits);
    }

    Store& store() { return *store_; }
    sqlstore::StoreCounts counts() { return store_->counts(); }
    std::int64_t bytes() { return store_->bytes().value(); }

    // The value of a write or read. Throws on an error, which fails the test.
    template <class Body>
    auto written(Body body) {
        auto answer = write(store(), std::move(body));
        if (!answer) throw std::runtime_error("write: " + answer.error().detail);
        if constexpr (!std::is_void_v<typename decltype(answer)::value_type>) return *answer;
    }
    template <class Body>
    auto seen(Body body) {
        auto answer = read(store(), std::move(body));
        if (!answer) throw std::runtime_error("read: " + answer.error().detail);
        if constexpr (!std::is_void_v<typename decltype(answer)::value_type>) return *answer;
    }

    static constexpr Instant noon = stage::noon;

private:
    stage::ScratchStore store_;
};

#define ON_EVERY_BACKEND(suite)                                                         \
    INSTANTIATE_TEST_SUITE_P(, suite, testing::ValuesIn(updraft::contract::backends()), \
                             updraft::contract::name_of)

// Two apps.
inline AppId const shop{"aaaaaaaaaaaaaaaaaaaaaaaa"};
inline AppId const lab{"bbbbbbbbbbbbbbbbbbbbbbbb"};

inline fleet::Device a_device(std::string did) {
    fleet::Device device;
    device.did = {std::move(did)};
    device.name = "kitchen lamp";
    device.model = {"lamp"};
    device.version = {"1.0"};
    device.token_digest = sha256(device.did.value);
    device.created_at = stage::noon;
    return device;
}

}  // namespace updraft::contract
