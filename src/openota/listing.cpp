#include "openota/listing.h"

#include "http/on_store.h"
#include "openota/reply.h"

namespace updraft::openota {
namespace {

constexpr std::string_view before_list = R"({"code":0,"result":[)";
constexpr std::string_view after_list = "]}";

// Each part is read in a separate snapshot: an element that changes meanwhile is listed as it was
// before or after the change, and never twice.
class ListBody final : public http::BodySource {
public:
    ListBody(Context& context, std::string request_id, Stretch first)
        : context_(context), request_id_(std::move(request_id)), stretch_(std::move(first)) {}

    http::asio::awaitable<Result<bool>> next(std::string& out) override {
        if (!began_) {
            out += before_list;
        } else {
            auto read = stretch_.next;
            auto got = co_await http::on_store(context_.store, std::move(read));
            if (!got) {
                if (context_.trouble) context_.trouble(request_id_, got.error());
                co_return pass(got);
            }
            stretch_ = *std::move(got);
        }
        began_ = true;
        append_elements(out);
        bool const last = !stretch_.next;
        if (last) out += after_list;
        co_return last;
    }

private:
    void append_elements(std::string& out) {
        std::string_view elements = stretch_.text;
        if (elements.empty()) return;
        if (!any_) elements.remove_prefix(1);
        any_ = true;
        out += elements;
    }

    Context& context_;
    std::string request_id_;
    Stretch stretch_;
    bool began_ = false;
    bool any_ = false;
};

}  // namespace

http::Reply list_reply(Context& context, http::Request const& request, Stretch first) {
    http::Reply reply;
    if (first.next) {
        reply.body =
            std::make_unique<ListBody>(context, std::string(request.request_id), std::move(first));
        return reply;
    }
    std::string body;
    body.reserve(before_list.size() + first.text.size() + after_list.size());
    body += before_list;
    if (!first.text.empty()) body += std::string_view(first.text).substr(1);
    body += after_list;
    reply.body = std::move(body);
    return reply;
}

}  // namespace updraft::openota
