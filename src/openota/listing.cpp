#include "openota/listing.h"

#include "http/on_store.h"
#include "openota/identify.h"
#include "openota/reply.h"

namespace updraft::openota {
namespace {

constexpr std::string_view before_list = R"({"code":0,"result":[)";
constexpr std::string_view after_list = "]}";

// Each part is read in a separate snapshot: an element that changes meanwhile is listed as it was
// before or after the change, and never twice. The caller is checked again with each part.
class ListBody final : public http::BodySource {
public:
    ListBody(Context& context, http::Request const& request, Stretch first)
        : context_(context),
          request_id_(request.request_id),
          headers_(read_call_headers(context, request)),
          stretch_(std::move(first)) {
        headers_.refused_by_rate = false;  // The call was counted when it came.
    }

    http::asio::awaitable<Result<bool>> next(std::string& out) override {
        if (!began_) {
            out += before_list;
        } else {
            headers_.now = context_.clock.now();
            auto read = [headers = headers_, next = stretch_.next](Tx const& tx) mutable {
                return admitted_part(tx, headers, next);
            };
            auto got = co_await http::on_store(context_.store, std::move(read));
            if (!got) {
                bool const ours = refusal_of(got.error().code).http_status >= 500;
                if (ours && context_.trouble) context_.trouble(request_id_, got.error());
                co_return pass(got);
            }
            stretch_ = *std::move(got);
        }
        began_ = true;
        append_elements(out);
        std::string().swap(stretch_.text);  // An assignment would keep the memory.
        bool const last = !stretch_.next;
        if (last) out += after_list;
        co_return last;
    }

private:
    static Result<Stretch> admitted_part(Tx const& tx, CallHeaders& headers,
                                         ReadStretch const& next) {
        TRY(identify(tx, headers));
        return next(tx);
    }
    void append_elements(std::string& out) {
        std::string_view elements = stretch_.text;
        if (elements.empty()) return;
        if (!any_) elements.remove_prefix(1);
        any_ = true;
        out += elements;
    }

    Context& context_;
    std::string request_id_;
    CallHeaders headers_;
    Stretch stretch_;
    bool began_ = false;
    bool any_ = false;
};

}  // namespace

http::Reply list_reply(Context& context, http::Request const& request, Stretch first) {
    http::Reply reply;
    if (first.next) {
        reply.body = std::make_unique<ListBody>(context, request, std::move(first));
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
