#include "sqlstore/dialect.h"

#include <array>
#include <utility>

namespace updraft::sqlstore {
namespace {

bool is_word_character(char character) {
    return (character >= 'a' && character <= 'z') || (character >= 'A' && character <= 'Z') ||
           character == '_';
}

bool stands_alone(std::string_view text, std::size_t at, std::size_t size) {
    auto const before = at == 0 || !is_word_character(text[at - 1]);
    return before && (at + size == text.size() || !is_word_character(text[at + size]));
}

}  // namespace

std::string in_dialect(Dialect const& dialect, std::string_view migration) {
    auto const words = std::to_array<std::pair<std::string_view, std::string_view>>(
        {{"/*clustered*/", dialect.clustered}, {"TEXT", dialect.text}});
    std::string text;
    text.reserve(migration.size());
    for (std::size_t at = 0; at < migration.size();) {
        auto const* replaced = &words.front();
        for (replaced = words.begin(); replaced != words.end(); ++replaced) {
            auto const size = replaced->first.size();
            if (migration.substr(at, size) != replaced->first) continue;
            if (replaced->first.front() == '/' || stands_alone(migration, at, size)) break;
        }
        if (replaced == words.end()) {
            text += migration[at++];
        } else {
            text += replaced->second;
            at += replaced->first.size();
        }
    }
    return text;
}

std::string postgres_settings(bool survives_power_loss, Millis lock_timeout,
                              std::string_view local) {
    auto const lock_ms = std::to_string(lock_timeout.count());
    auto const settings = std::to_array<std::pair<std::string_view, std::string_view>>({
        {"synchronous_commit", survives_power_loss ? "on" : "off"},
        {"statement_timeout", "60s"},
        {"lock_timeout", lock_ms},
        // Ends a transaction that holds the write lock and sends nothing, before other transactions
        // reach their lock_timeout.
        {"idle_in_transaction_session_timeout", "10s"},
        {"plan_cache_mode", "force_generic_plan"},
        {"enable_seqscan", "off"},
        {"enable_bitmapscan", "off"},
        {"enable_hashjoin", "off"},
        {"enable_mergejoin", "off"},
        {"jit", "off"},
    });
    std::string sql = "SELECT";
    for (auto const& [name, value] : settings) {
        sql += sql.back() == 'T' ? " " : ", ";
        sql += "set_config('";
        ((((sql += name) += "', '") += value) += "', ") += local;
        sql += ")";
    }
    return sql;
}

}  // namespace updraft::sqlstore
