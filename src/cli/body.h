// The JSON object that is the body of a call, filled member by member.
//
// Lives here: members of members, and members that come from a JSON file.
//
// Not here:   which argument becomes which member (cli/call.h).
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "json/reader.h"

namespace updraft::cli {

// Members stay in the order in which they first came.
class Body {
public:
    // Sets the member at a path, such as "plan.waves", to JSON text, and replaces what was there.
    // What is on the way and is no object becomes one.
    void put(std::string_view path, std::string json);
    // As put() of each member of the object, each below `path`.
    void put_all(std::string_view path, json::Object const& object);

    [[nodiscard]] std::string text() const;

private:
    std::string json_;  // When there are no members.
    std::vector<std::pair<std::string, Body>> members_;
    bool is_value_ = false;

    Body& at(std::string_view path);
    void append_to(std::string& out) const;
};

// A value as JSON text.
[[nodiscard]] std::string json_of(json::Value const& value);

}  // namespace updraft::cli
