#include "openota/asks.h"

#include "access/granting.h"
#include "json/reader.h"
#include "text/whole_number.h"

namespace updraft::openota {
namespace {

constexpr std::size_t refresh_token_bytes_max = 512;

// G6: an empty body is an empty object.
Result<json::Object> read_body(std::string_view body) {
    if (body.empty()) return json::Object{};
    return json::read_object(body);
}

Result<std::string> read_open_id(json::Object const& body) {
    TRY_ASSIGN(auto open_id, json::text_member(body, "openId"));
    return std::move(open_id).value_or("");
}

Result<std::string> required(json::Object const& body, std::string_view name) {
    TRY_ASSIGN(auto text, json::text_member(body, name));
    if (!text) return fail(Errc::invalid, std::string(name) + " is missing");
    return *std::move(text);
}

// Which characters it has is checked when it is not found (fleet/ownership.h): devices that were
// enrolled before there was a rule keep their dids.
Result<std::optional<Did>> read_did(json::Object const& body) {
    TRY_ASSIGN(auto const text, json::text_member(body, "did"));
    if (!text) return std::nullopt;
    return read_name<Did>(*text, "did");
}

Result<std::optional<OrderId>> read_order_id(json::Object const& body) {
    TRY_ASSIGN(auto text, json::text_member(body, "orderId"));
    if (!text) return std::nullopt;
    return OrderId{*std::move(text)};
}

Result<upgrade::StepMode> read_step_mode(json::Object const& body) {
    TRY_ASSIGN(auto const through, json::truth_member(body, "through"));
    return through.value_or(false) ? upgrade::StepMode::all_steps : upgrade::StepMode::next_step;
}

Result<std::optional<Day>> read_date(json::Object const& body, std::string_view name) {
    TRY_ASSIGN(auto const text, json::text_member(body, name));
    if (!text) return std::nullopt;
    auto const day = read_day(*text);
    if (!day) return fail(Errc::invalid, std::string(name) + " must be a day, YYYY-MM-DD");
    return day;
}

// Reads a JSON integer or a string of decimal digits.
Result<std::optional<std::int64_t>> read_count(json::Object const& body, std::string_view name) {
    TRY_ASSIGN(auto const* const value, body.find(name));
    if (value == nullptr) return std::nullopt;
    std::int64_t count = 0;
    if (auto const* const text = value->string()) {
        count = text::read_digits(*text).value_or(-1);
    } else {
        TRY_ASSIGN(auto const whole, json::whole_member(body, name));
        count = whole.value_or(-1);
    }
    if (count < 0 || count > history_end_max) {
        return fail(Errc::invalid, std::string(name) + " must be an integer from 0 to " +
                                       std::to_string(history_end_max));
    }
    return count;
}

Result<void> read_dates(json::Object const& body, policy::LocalTime const& local, HistoryAsk& ask) {
    TRY_ASSIGN(auto const first, read_date(body, "startDate"));
    TRY_ASSIGN(auto const last, read_date(body, "endDate"));
    if (first && last && *last < *first) {
        return fail(Errc::invalid, "endDate is before startDate");
    }
    if (first) ask.from = local.start_of(*first);
    if (last) {
        Day const day_after = std::chrono::sys_days{*last} + std::chrono::days{1};
        ask.before = local.start_of(day_after);
    }
    return {};
}

Result<void> read_counts(json::Object const& body, HistoryAsk& ask) {
    TRY_ASSIGN(auto const start, read_count(body, "startCount"));
    TRY_ASSIGN(auto const end, read_count(body, "endCount"));
    ask.start = start.value_or(0);
    ask.end = end.value_or(std::min(ask.start + history_span_max, history_end_max));
    if (ask.end < ask.start) return fail(Errc::invalid, "endCount is below startCount");
    if (ask.end - ask.start > history_span_max) {
        return fail(Errc::invalid, "endCount is more than " + std::to_string(history_span_max) +
                                       " above startCount");
    }
    return {};
}

}  // namespace

Result<UserAsk> read_user_ask(std::string_view text) {
    TRY_ASSIGN(auto const body, read_body(text));
    TRY_ASSIGN(auto open_id, read_open_id(body));
    return UserAsk{std::move(open_id)};
}

Result<DeviceAsk> read_device_ask(std::string_view text) {
    TRY_ASSIGN(auto const body, read_body(text));
    TRY_ASSIGN(auto open_id, read_open_id(body));
    TRY_ASSIGN(auto did, read_did(body));
    if (!did) return fail(Errc::invalid, "did is missing");
    return DeviceAsk{.open_id = std::move(open_id), .did = *std::move(did)};
}

Result<OrderAllAsk> read_order_all_ask(std::string_view text) {
    TRY_ASSIGN(auto const body, read_body(text));
    OrderAllAsk ask;
    TRY_ASSIGN(ask.open_id, read_open_id(body));
    TRY_ASSIGN(ask.step_mode, read_step_mode(body));
    return ask;
}

Result<OrderOneAsk> read_order_one_ask(std::string_view text) {
    TRY_ASSIGN(auto const body, read_body(text));
    OrderOneAsk ask;
    TRY_ASSIGN(ask.open_id, read_open_id(body));
    TRY_ASSIGN(auto did, read_did(body));
    if (!did) return fail(Errc::invalid, "did is missing");
    ask.order.did = *std::move(did);
    TRY_ASSIGN(ask.order.step_mode, read_step_mode(body));
    return ask;
}

Result<PolicyAsk> read_policy_ask(std::string_view text) {
    TRY_ASSIGN(auto const body, read_body(text));
    PolicyAsk ask;
    TRY_ASSIGN(ask.open_id, read_open_id(body));
    TRY_ASSIGN(ask.did, read_did(body));
    return ask;
}

Result<SetPolicyAsk> read_set_policy_ask(std::string_view text, TimeZones const& zones) {
    TRY_ASSIGN(auto const body, read_body(text));
    SetPolicyAsk ask;
    TRY_ASSIGN(ask.open_id, read_open_id(body));
    TRY_ASSIGN(ask.did, read_did(body));
    TRY_ASSIGN(ask.change.auto_upgrade, json::text_member(body, "autoUpgrade"));
    TRY_ASSIGN(ask.change.upgrade_hours, json::text_member(body, "upgradeHours"));
    TRY_ASSIGN(ask.change.time_zone, json::text_member(body, "timeZone"));
    TRY(policy::check(ask.change, zones));
    return ask;
}

Result<RunningAsk> read_running_ask(std::string_view text) {
    TRY_ASSIGN(auto const body, read_body(text));
    RunningAsk ask;
    TRY_ASSIGN(ask.open_id, read_open_id(body));
    TRY_ASSIGN(ask.did, read_did(body));
    TRY_ASSIGN(ask.order_id, read_order_id(body));
    return ask;
}

Result<HistoryAsk> read_history_ask(std::string_view text, policy::LocalTime const& local) {
    TRY_ASSIGN(auto const body, read_body(text));
    HistoryAsk ask;
    TRY_ASSIGN(ask.open_id, read_open_id(body));
    TRY_ASSIGN(ask.did, read_did(body));
    TRY_ASSIGN(ask.order_id, read_order_id(body));
    TRY(read_dates(body, local, ask));
    TRY(read_counts(body, ask));
    return ask;
}

Result<std::string> read_account_id(std::string_view text) {
    TRY_ASSIGN(auto const body, read_body(text));
    TRY_ASSIGN(auto account_id, required(body, "accountId"));
    if (account_id.empty() || account_id.size() > access::account_id_bytes_max) {
        return fail(Errc::invalid, "accountId must have 1 to " +
                                       std::to_string(access::account_id_bytes_max) + " bytes");
    }
    return account_id;
}

Result<RefreshAsk> read_refresh_ask(std::string_view text) {
    TRY_ASSIGN(auto const body, read_body(text));
    TRY_ASSIGN(auto const open_id, required(body, "openId"));
    TRY_ASSIGN(auto refresh_token, required(body, "refreshToken"));
    RefreshAsk ask;
    TRY_ASSIGN(ask.open_id, read_name<OpenId>(open_id, "openId"));
    if (refresh_token.empty() || refresh_token.size() > refresh_token_bytes_max) {
        return fail(Errc::invalid, "refreshToken must have 1 to " +
                                       std::to_string(refresh_token_bytes_max) + " bytes");
    }
    ask.refresh_token = std::move(refresh_token);
    return ask;
}

}  // namespace updraft::openota
