// Blocks a store's writer inside a transaction, so that a test decides which transactions queue up
// behind it.
//
// Lives here: the gate, and collecting the answer to each transaction.
//
// Not here:   the promises (transactions_test.cpp).
#pragma once

#include <condition_variable>
#include <future>
#include <mutex>
#include <vector>

#include "ports/store.h"

namespace updraft::contract {

// The writer is blocked from the constructor's return until open().
class Gate {
public:
    explicit Gate(Store& store) {
        std::promise<void> entered;
        auto inside = entered.get_future();
        auto leave = leave_.get_future().share();
        store.submit(
            [&entered, leave](Tx&) -> Result<void> {
                entered.set_value();
                leave.wait();
                return {};
            },
            [this](Result<void>) { left_.set_value(); });
        inside.wait();
    }
    ~Gate() { open(); }
    Gate(Gate const&) = delete;
    Gate& operator=(Gate const&) = delete;

    void open() {
        if (opened_) return;
        opened_ = true;
        leave_.set_value();
        left_.get_future().wait();
    }

private:
    bool opened_ = false;
    std::promise<void> leave_;
    std::promise<void> left_;
};

// Collects the answers of submitted transactions. Must outlive them.
class Answers {
public:
    Store::Done expect() {
        std::scoped_lock const lock(mutex_);
        auto const slot = answers_.size();
        answers_.emplace_back();
        ++missing_;
        return [this, slot](Result<void> answer) {
            std::scoped_lock const again(mutex_);
            answers_[slot] = std::move(answer);
            --missing_;
            all_here_.notify_all();
        };
    }
    // Blocks until all answers are there. They are in the order of expect().
    std::vector<Result<void>> wait() {
        std::unique_lock lock(mutex_);
        all_here_.wait(lock, [&] { return missing_ == 0; });
        return answers_;
    }

private:
    std::mutex mutex_;
    std::condition_variable all_here_;
    std::vector<Result<void>> answers_;
    std::size_t missing_ = 0;
};

}  // namespace updraft::contract
