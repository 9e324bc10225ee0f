// The request bodies of the open API as values.
//
// Lives here: one struct for each kind of body, and reading it. All errors are Errc::invalid (302).
//
// Not here:   headers (openota/identify.h), carrying out the request (openota/order.h and its
//             neighbours).
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "policy/local_time.h"
#include "policy/wish.h"
#include "upgrade/order.h"
#include "vocabulary/ids.h"
#include "vocabulary/instant.h"
#include "vocabulary/result.h"

namespace updraft::openota {

// {"openId"?}
struct UserAsk {
    std::string open_id;  // Empty: none given.
};
[[nodiscard]] Result<UserAsk> read_user_ask(std::string_view body);

// {"openId"?,"through"?}
struct OrderAllAsk {
    std::string open_id;
    upgrade::StepMode step_mode = upgrade::StepMode::next_step;
};
[[nodiscard]] Result<OrderAllAsk> read_order_all_ask(std::string_view body);

// {"openId"?,"did","through"?}
struct OrderOneAsk {
    std::string open_id;
    upgrade::OrderOne order;
};
[[nodiscard]] Result<OrderOneAsk> read_order_one_ask(std::string_view body);

// {"openId"?,"did"}
struct DeviceAsk {
    std::string open_id;
    Did did;
};
[[nodiscard]] Result<DeviceAsk> read_device_ask(std::string_view body);

// {"openId"?,"did"?}
struct PolicyAsk {
    std::string open_id;
    std::optional<Did> did;
};
[[nodiscard]] Result<PolicyAsk> read_policy_ask(std::string_view body);

// {"openId"?,"did"?,"autoUpgrade"?,"upgradeHours"?,"timeZone"?}
struct SetPolicyAsk {
    std::string open_id;
    std::optional<Did> did;
    policy::Change change;
};
[[nodiscard]] Result<SetPolicyAsk> read_set_policy_ask(std::string_view body,
                                                       TimeZones const& zones);

// {"openId"?,"did"?,"orderId"?}
struct RunningAsk {
    std::string open_id;
    std::optional<Did> did;
    std::optional<OrderId> order_id;
};
[[nodiscard]] Result<RunningAsk> read_running_ask(std::string_view body);

inline constexpr std::int64_t history_span_max = 100;    // endCount - startCount.
inline constexpr std::int64_t history_end_max = 10'000;  // endCount.

// {"openId"?,"did"?,"orderId"?,"startDate"?,"endDate"?,"startCount"?,"endCount"?}
struct HistoryAsk {
    std::string open_id;
    std::optional<Did> did;
    std::optional<OrderId> order_id;
    std::optional<Instant> from;    // Inclusive.
    std::optional<Instant> before;  // Exclusive: the start of the day after endDate.
    std::int64_t start = 0;
    std::int64_t end = history_span_max;  // Exclusive.
};
[[nodiscard]] Result<HistoryAsk> read_history_ask(std::string_view body,
                                                  policy::LocalTime const& local);

// {"accountId"}
[[nodiscard]] Result<std::string> read_account_id(std::string_view body);

// {"openId","refreshToken"}
struct RefreshAsk {
    OpenId open_id;
    std::string refresh_token;
};
[[nodiscard]] Result<RefreshAsk> read_refresh_ask(std::string_view body);

}  // namespace updraft::openota
