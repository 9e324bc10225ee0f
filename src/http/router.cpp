#include "http/router.h"

#include <algorithm>
#include <array>

#include "text/percent.h"

namespace updraft::http {
namespace {

constexpr std::size_t methods_count = method_words.size();

// One segment of paths, with the segments that may follow it. A literal segment is tried before
// {…}.
struct Node {
    std::vector<std::pair<std::string, std::unique_ptr<Node>>> literals;
    std::unique_ptr<Node> any;
    std::array<std::unique_ptr<Route>, methods_count> routes;

    [[nodiscard]] Route const* route_for(Method method) const {
        auto const* exact = routes[static_cast<std::size_t>(method)].get();
        if (exact != nullptr || method != Method::head) return exact;
        return routes[static_cast<std::size_t>(Method::get)].get();
    }
    [[nodiscard]] bool ends_here() const {
        return std::any_of(routes.begin(), routes.end(),
                           [](auto const& r) { return r != nullptr; });
    }
};

struct Edge {
    std::string prefix;
    TroubleReply reply;

    [[nodiscard]] bool covers(std::string_view path) const {
        if (!path.starts_with(prefix)) return false;
        return prefix.empty() || prefix.back() == '/' || path.size() == prefix.size() ||
               path[prefix.size()] == '/';
    }
};

// Removes the first segment from `path` and returns it: "/a/b" becomes "/b", the answer is "a".
std::string_view take_segment(std::string_view& path) {
    path.remove_prefix(1);
    auto const segment = path.substr(0, path.find('/'));
    path.remove_prefix(segment.size());
    return segment;
}

bool is_any(std::string_view segment) {
    return segment.size() > 2 && segment.front() == '{' && segment.back() == '}';
}

Node& grow(Node& node, std::string_view segment) {
    if (is_any(segment)) {
        if (!node.any) node.any = std::make_unique<Node>();
        return *node.any;
    }
    for (auto& [literal, child] : node.literals) {
        if (literal == segment) return *child;
    }
    return *node.literals.emplace_back(segment, std::make_unique<Node>()).second;
}

// The values of the {…} segments so far, not decoded. At most 16.
struct Caught {
    std::array<std::string_view, 16> raw;
    std::size_t count = 0;
};

// Finds the node where a path ends. If several match, one that has the method is preferred:
// POST "/devices/import" is the import, and GET "/devices/import" the device named "import".
class Search {
public:
    explicit Search(Method method) : method_(method) {}

    Node const* find(Node const& root, std::string_view path) {
        if (auto const* found = descend(root, path)) return found;
        caught = other_caught_;
        return other_;
    }

    Caught caught;

private:
    Node const* descend(Node const& node, std::string_view path) {
        if (path.empty()) return arrive(node);
        auto const segment = take_segment(path);
        auto const before = caught.count;
        for (auto const& [literal, child] : node.literals) {
            if (literal != segment) continue;
            if (auto const* found = descend(*child, path)) return found;
            caught.count = before;
        }
        if (!node.any || segment.empty() || before == caught.raw.size()) return nullptr;
        caught.raw[caught.count++] = segment;
        return descend(*node.any, path);
    }

    Node const* arrive(Node const& node) {
        if (node.route_for(method_) != nullptr) return &node;
        if (other_ == nullptr && node.ends_here()) {
            other_ = &node;
            other_caught_ = caught;
        }
        return nullptr;
    }

    Method method_;
    Node const* other_ = nullptr;  // A node for the path that lacks the method.
    Caught other_caught_;
};

std::string allowed_methods(Node const& node) {
    std::string allowed;
    for (std::size_t i = 0; i < methods_count; ++i) {
        if (node.route_for(static_cast<Method>(i)) == nullptr) continue;
        if (!allowed.empty()) allowed += ", ";
        allowed += method_words[i];
    }
    return allowed;
}

// The error answer for paths that no edge covers.
Reply plain_trouble(Trouble const& trouble) {
    Reply reply;
    reply.status = trouble.status;
    reply.content_type = "text/plain; charset=utf-8";
    reply.body = trouble.detail;
    return reply;
}

void add_missing_fields(Reply& reply, Trouble const& trouble) {
    for (auto const& wanted : trouble.fields) {
        auto const there =
            std::any_of(reply.fields.begin(), reply.fields.end(),
                        [&](auto const& field) { return field.first == wanted.first; });
        if (!there) reply.fields.push_back(wanted);
    }
}

}  // namespace

struct Router::Tree {
    Node root;
    std::vector<Edge> edges;  // Longest prefix first.
    TroubleReply framing = nullptr;
};

Router::Router() : tree_(std::make_unique<Tree>()) {}
Router::~Router() = default;

void Router::add(Route route) {
    auto* node = &tree_->root;
    std::string_view rest = route.pattern;
    while (!rest.empty()) node = &grow(*node, take_segment(rest));
    auto const method = static_cast<std::size_t>(route.method);
    node->routes[method] = std::make_unique<Route>(std::move(route));
}

void Router::add_edge(std::string prefix, TroubleReply reply) {
    tree_->edges.push_back({std::move(prefix), reply});
    std::stable_sort(tree_->edges.begin(), tree_->edges.end(), [](auto const& a, auto const& b) {
        return a.prefix.size() > b.prefix.size();
    });
}

void Router::word_framing(TroubleReply reply) { tree_->framing = reply; }

Router::Match Router::match(Method method, std::string_view path) const {
    Match match;
    if (path.empty() || path.front() != '/') return match;
    Search search(method);
    auto const* node = search.find(tree_->root, path);
    if (node == nullptr) return match;

    match.params.reserve(search.caught.count);
    for (std::size_t i = 0; i < search.caught.count; ++i) {
        auto decoded = text::percent_decoded(search.caught.raw[i]);
        if (!decoded) return {};
        match.params.push_back(*std::move(decoded));
    }
    match.route = node->route_for(method);
    if (match.route == nullptr) match.allowed = allowed_methods(*node);
    return match;
}

Reply Router::trouble(std::string_view path, Trouble const& trouble) const {
    auto const& edges = tree_->edges;
    auto const edge = std::find_if(edges.begin(), edges.end(),
                                   [&](Edge const& candidate) { return candidate.covers(path); });
    auto reply = edge == edges.end() ? plain_trouble(trouble) : edge->reply(trouble);
    add_missing_fields(reply, trouble);
    return reply;
}

Reply Router::framing_trouble(Trouble const& found) const {
    if (tree_->framing == nullptr) return trouble("/", found);
    auto reply = tree_->framing(found);
    add_missing_fields(reply, found);
    return reply;
}

}  // namespace updraft::http
