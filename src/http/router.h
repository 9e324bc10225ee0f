// The route table: which handler a request gets, and the format of error answers for each path.
//
// Lives here: routes, and the error formats of the edges.
//
// Not here:   reading requests (http/connection.h), what routes do (openota/, ddi/, admin/).
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "http/exchange.h"

namespace updraft::http {

// An error that does not come from a handler's reply. The HTTP status says which one: 400, 404,
// 405, 408, 413, 414, 415, 431, 500, 503.
struct Trouble {
    int status = 500;
    std::string detail;
    std::string request_id;
    std::vector<std::pair<std::string, std::string>> fields;  // Allow for 405, Retry-After for 503.
};

// Makes the error answer of an edge.

using TroubleReply = Reply (*)(Trouble const&);

enum class BodyMode : std::uint8_t { whole, streamed };

struct Route {
    Method method = Method::get;
    std::string pattern;  // "/admin/v1/apps/{appid}": {name} matches one segment that is not empty.
    Handler handler;
    std::uint64_t body_bytes_max = 64 * 1024;  // Larger ones are answered 413. Unused if streamed.
    BodyMode body = BodyMode::whole;
    HeadCheck check;  // May be empty. Called only when the body is read whole and comes later than
                      // the head.
    Review review;    // May be empty.
};

// Add routes and edges before the listener starts. After that it is not changed, so all threads may
// use it.
class Router {
public:
    Router();
    ~Router();
    Router(Router const&) = delete;
    Router& operator=(Router const&) = delete;

    void add(Route route);
    // Errors of paths under `prefix` are answered with `reply`. The longest prefix counts; the
    // empty one covers all paths.
    void add_edge(std::string prefix, TroubleReply reply);
    // Framing errors (400, 408, 414, 431, and 503 over connections_max) are answered with `reply`
    // on every path. Without this call they are answered like errors of "/".
    void word_framing(TroubleReply reply);

    struct Match {
        Route const* route = nullptr;  // Null: 404, or 405 when `allowed` is not empty.
        std::vector<std::string> params;
        std::string allowed;  // For the Allow header: "GET, HEAD".
    };
    [[nodiscard]] Match match(Method method, std::string_view path) const;
    [[nodiscard]] Reply trouble(std::string_view path, Trouble const& trouble) const;
    [[nodiscard]] Reply framing_trouble(Trouble const& trouble) const;

private:
    struct Tree;
    std::unique_ptr<Tree> tree_;
};

}  // namespace updraft::http
