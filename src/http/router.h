// Which handler a request goes to, and how trouble is worded under each path.
//
// Lives here: the route table.
// Not here:   reading requests (http/connection), what routes do (openota, ddi, admin).
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "http/exchange.h"

namespace updraft::http {

// Trouble that the listener or the router finds before a handler is asked. The HTTP status tells
// which: 400, 404, 405, 408, 413, 415, 429, 431, 500, 503.
struct Trouble {
    int status = 500;
    std::string detail;
    std::string request_id;
    std::vector<std::pair<std::string, std::string>> fields;  // Allow, Retry-After.
};

using TroubleReply = Reply (*)(Trouble const&);

enum class BodyMode : std::uint8_t { whole, streamed };

struct Route {
    Method method = Method::get;
    std::string pattern;  // "/admin/v1/apps/{appid}": a {name} matches one non-empty segment.
    Handler handler;
    std::uint64_t body_bytes_max = 64 * 1024;  // Over it: 413. Not looked at when streamed.
    BodyMode body = BodyMode::whole;
};

// Filled by the wiring before the listener starts; then only read, by every thread.
class Router {
public:
    Router();
    ~Router();
    Router(Router const&) = delete;
    Router& operator=(Router const&) = delete;

    void add(Route route);
    // Paths under `prefix` word their trouble with `reply`: no such path, other method, too large.
    // Framing errors (400, 408, 413 of the head, 431) use the "/open" wording on every path (G5).
    void add_edge(std::string prefix, TroubleReply reply);

    struct Match {
        Route const* route = nullptr;  // Null: 404, or 405 when `allowed` is not empty.
        std::vector<std::string> params;
        std::string allowed;  // For the Allow header: "GET, HEAD".
    };
    [[nodiscard]] Match match(Method method, std::string_view path) const;
    [[nodiscard]] Reply trouble(std::string_view path, Trouble const& trouble) const;

private:
    struct Tree;
    std::unique_ptr<Tree> tree_;
};

}  // namespace updraft::http
