// An HTTP client without a network: a test reads what would have been posted, and sets the answers.
//
// Lives here: the HttpClient of the tests.
//
// Not here:   real HTTP (webpost/), which has its own tests with a real receiver.
#pragma once

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "ports/http_client.h"

namespace updraft::stage {

// Nothing is answered until the test calls deliver() or answer(), and then on the test's thread, so
// that a test can choose every order of events. Safe to call from any thread.
class ScriptedHttpClient final : public HttpClient {
public:
    // The answer to a post, or nothing: then it stays unanswered.
    using Script = std::function<std::optional<Receipt>(Parcel const&)>;

    // HTTP 200 with `{"code":0}`; a verification of a push URL is answered with its echostr.
    static Receipt accepts(Parcel const& parcel) {
        static constexpr std::string_view verification = R"({"echostr":")";
        if (!parcel.body.starts_with(verification)) return says(200, R"({"code":0})");
        auto const rest = std::string_view(parcel.body).substr(verification.size());
        auto const echo = std::string(rest.substr(0, rest.find('"')));
        return says(200, R"({"code":0,"result":")" + echo + R"("})");
    }
    static Receipt says(int status, std::string body = {}) {
        Receipt receipt;
        receipt.status = status;
        receipt.body = std::move(body);
        return receipt;
    }
    // No HTTP answer at all.
    static Receipt lost(std::string trouble = "connection refused") {
        Receipt receipt;
        receipt.trouble = std::move(trouble);
        return receipt;
    }

    // From now on deliver() asks `script` for the answers. Before, it answers with accepts().
    void follow(Script script) {
        std::scoped_lock const lock(mutex_);
        script_ = std::move(script);
    }

    void post(Parcel parcel, std::function<void(Receipt)> done) override {
        {
            std::scoped_lock const lock(mutex_);
            posted_.push_back(parcel);
            in_flight_.emplace_back(std::move(parcel), std::move(done));
        }
        arrived_.notify_all();
    }

    // Everything posted so far, in order, answered or not.
    [[nodiscard]] std::vector<Parcel> posted() const {
        std::scoped_lock const lock(mutex_);
        return posted_;
    }
    // Posts without an answer, oldest first.
    [[nodiscard]] std::vector<Parcel> in_flight() const {
        std::scoped_lock const lock(mutex_);
        std::vector<Parcel> parcels;
        for (auto const& [parcel, done] : in_flight_) parcels.push_back(parcel);
        return parcels;
    }
    // Blocks until `count` posts were made in all; false when they were not made within `patience`.
    [[nodiscard]] bool wait_for(std::size_t count, Millis patience = Millis{20'000}) const {
        std::unique_lock lock(mutex_);
        return arrived_.wait_for(lock, patience, [&] { return posted_.size() >= count; });
    }

    // Answers all posts without an answer, by the script. Returns how many there were.
    std::size_t deliver() {
        std::vector<std::pair<std::function<void(Receipt)>, Receipt>> answers;
        {
            std::scoped_lock const lock(mutex_);
            std::erase_if(in_flight_, [&](auto& flight) {
                auto receipt = script_(flight.first);
                if (!receipt) return false;
                answers.emplace_back(std::move(flight.second), *std::move(receipt));
                return true;
            });
        }
        for (auto& [done, receipt] : answers) done(std::move(receipt));
        return answers.size();
    }
    // Answers the oldest post without an answer whose body contains `part`; false when there is
    // none.
    bool answer(std::string_view part, Receipt receipt) {
        std::function<void(Receipt)> done;
        {
            std::scoped_lock const lock(mutex_);
            auto const found = std::ranges::find_if(in_flight_, [&](auto const& flight) {
                return flight.first.body.find(part) != std::string::npos;
            });
            if (found == in_flight_.end()) return false;
            done = std::move(found->second);
            in_flight_.erase(found);
        }
        done(std::move(receipt));
        return true;
    }

private:
    mutable std::mutex mutex_;
    mutable std::condition_variable arrived_;
    Script script_ = [](Parcel const& parcel) { return std::optional(accepts(parcel)); };
    std::vector<Parcel> posted_;
    std::vector<std::pair<Parcel, std::function<void(Receipt)>>> in_flight_;
};

}  // namespace updraft::stage
