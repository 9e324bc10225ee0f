// Operators, their tokens and their sessions, as stored.
//
// Lives here: the types, and the form of a name that is compared.
//
// Not here:   rows (ports/operators_table.h, ports/operator_tokens_table.h,
//             ports/sessions_table.h), who a credential belongs to (access/identify_operator.h).
#pragma once

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>

#include "access/role.h"
#include "vocabulary/ascii.h"
#include "vocabulary/instant.h"

namespace updraft::access {

struct Operator {
    std::string name;
    Role role = Role::viewer;
    bool approve = false;   // May approve rollouts.
    bool disabled = false;  // None of the operator's credentials is accepted.
    Instant created_at;
    std::optional<Instant> last_seen_at;  // To the minute.
};

// Names of operators that differ in the case of letters only are the same name: this form of it is
// compared and stored as a key.
[[nodiscard]] inline std::string folded(std::string_view name) {
    std::string key(name);
    std::ranges::transform(key, key.begin(), ascii_lower);
    return key;
}

struct OperatorToken {
    std::string id;
    std::string holder;  // The operator's folded name.
    std::string label;
    Role role = Role::viewer;  // The operator's role, or a lower one.
    Instant created_at;
    std::optional<Instant> expires_at;
    std::optional<Instant> last_used_at;  // To the minute.
    std::optional<Instant> ended_at;      // Removed, or found to have expired.
};

struct Session {
    std::string holder;                   // The operator's folded name.
    std::optional<std::string> token_id;  // The token that signed in, if it was one.
    Role role = Role::viewer;
    Instant created_at;
    Instant active_at;               // The last request, some of them left out.
    std::optional<Instant> ends_at;  // When the token expires.
};

}  // namespace updraft::access
