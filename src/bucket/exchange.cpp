#include "bucket/exchange.h"

#include <charconv>

#include "vocabulary/field_line.h"

namespace updraft::bucket {
namespace {

constexpr std::size_t body_bytes_max = std::size_t{8} << 20;
constexpr long connect_ms_max = 5'000;
// A bucket may need a long time to acknowledge an upload of gigabytes.
constexpr long silent_seconds_max = 60;

std::size_t take_field(char* bytes, std::size_t, std::size_t size, void* pointer) {
    auto& self = *static_cast<Exchange*>(pointer);
    std::string_view const line(bytes, size);
    if (line.starts_with("HTTP/")) self.facts = {};
    if (auto const etag = field_value(line, "etag")) self.facts.etag = *etag;
    if (auto const text = field_value(line, "last-modified")) {
        auto const seconds = curl_getdate(text->c_str(), nullptr);
        self.facts.modified = {std::int64_t{seconds} * 1000};
    }
    if (auto const text = field_value(line, "content-length")) {
        std::from_chars(text->data(), text->data() + text->size(), self.facts.bytes);
    }
    return size;
}

std::size_t take_body(char* bytes, std::size_t, std::size_t size, void* pointer) {
    auto& self = *static_cast<Exchange*>(pointer);
    long status = 0;
    curl_easy_getinfo(self.easy, CURLINFO_RESPONSE_CODE, &status);
    if (self.request.sink != nullptr && (status == 200 || status == 206)) {
        // The bucket ignored the Range field and sends the whole object: end the transfer.
        if (status == 200 && self.sink_from > 0) return 0;
        if (auto const kept = (*self.request.sink)({bytes, size}); !kept) {
            self.own = kept.error();
            return 0;
        }
        self.sunk += static_cast<std::int64_t>(size);
        return size;
    }
    if (self.body.size() + size > body_bytes_max) return 0;
    self.body.append(bytes, size);
    return size;
}

std::size_t give_body(char* into, std::size_t, std::size_t room, void* pointer) {
    auto& self = *static_cast<Exchange*>(pointer);
    auto const got = self.request.content->read(self.sent, {into, room});
    if (!got) {
        self.own = got.error();
        return CURL_READFUNC_ABORT;
    }
    self.sent += static_cast<std::int64_t>(*got);
    return *got;
}

int go_back(void* pointer, curl_off_t offset, int origin) {
    if (origin != SEEK_SET) return CURL_SEEKFUNC_CANTSEEK;
    static_cast<Exchange*>(pointer)->sent = offset;
    return CURL_SEEKFUNC_OK;
}

int look_up(void* pointer, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
    return static_cast<Exchange*>(pointer)->stopping.load() ? 1 : 0;
}

void add(Exchange& self, std::string const& field) {
    auto* const longer = curl_slist_append(self.fields, field.c_str());
    if (longer == nullptr) throw std::bad_alloc();
    self.fields = longer;
}

void set_body(CURL* easy, Exchange& self) {
    auto const& request = self.request;
    if (request.method == "HEAD") curl_easy_setopt(easy, CURLOPT_NOBODY, 1L);
    if (request.method == "DELETE") {
        curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, request.method.c_str());
    }
    if (request.method != "PUT") return;
    curl_easy_setopt(easy, CURLOPT_UPLOAD, 1L);
    auto const bytes = request.content == nullptr ? 0 : request.content->bytes;
    curl_easy_setopt(easy, CURLOPT_INFILESIZE_LARGE, static_cast<curl_off_t>(bytes));
    if (request.content == nullptr) return;
    curl_easy_setopt(easy, CURLOPT_READFUNCTION, &give_body);
    curl_easy_setopt(easy, CURLOPT_READDATA, static_cast<void*>(&self));
    curl_easy_setopt(easy, CURLOPT_SEEKFUNCTION, &go_back);
    curl_easy_setopt(easy, CURLOPT_SEEKDATA, static_cast<void*>(&self));
}

void set_answer(CURL* easy, Exchange& self) {
    curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, &take_field);
    curl_easy_setopt(easy, CURLOPT_HEADERDATA, static_cast<void*>(&self));
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, &take_body);
    curl_easy_setopt(easy, CURLOPT_WRITEDATA, static_cast<void*>(&self));
    curl_easy_setopt(easy, CURLOPT_NOPROGRESS, 0L);
    curl_easy_setopt(easy, CURLOPT_XFERINFOFUNCTION, &look_up);
    curl_easy_setopt(easy, CURLOPT_XFERINFODATA, static_cast<void*>(&self));
    curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, self.error.data());
}

}  // namespace

void exchange(CURL* easy, std::string const& url, Pairs const& fields,
              std::string const& user_agent, Exchange& self) {
    self.easy = easy;
    for (auto const& [name, value] : fields) add(self, name + ": " + value);
    // Both remove a field that curl adds by itself: with "Expect: 100-continue" it waits up to 1 s
    // before the body, and the Content-Type of a form would be wrong.
    add(self, "Expect:");
    add(self, "Content-Type:");
    if (self.sink_from > 0) {
        add(self, "Range: bytes=" + std::to_string(self.sink_from) + "-");
        if (!self.if_match.empty()) add(self, "If-Match: " + self.if_match);
    }
    curl_easy_setopt(easy, CURLOPT_URL, url.c_str());
    curl_easy_setopt(easy, CURLOPT_PATH_AS_IS, 1L);
    curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
    curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(easy, CURLOPT_PROXY, "");
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    // Otherwise a request that ended waits until the name servers answer or are given up.
    curl_easy_setopt(easy, CURLOPT_QUICK_EXIT, 1L);
    curl_easy_setopt(easy, CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
    curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, connect_ms_max);
    curl_easy_setopt(easy, CURLOPT_LOW_SPEED_LIMIT, 1L);
    curl_easy_setopt(easy, CURLOPT_LOW_SPEED_TIME, silent_seconds_max);
    curl_easy_setopt(easy, CURLOPT_USERAGENT, user_agent.c_str());
    curl_easy_setopt(easy, CURLOPT_HTTPHEADER, self.fields);
    set_body(easy, self);
    set_answer(easy, self);
    auto const code = curl_easy_perform(easy);
    curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &self.status);
    curl_slist_free_all(self.fields);
    self.fields = nullptr;
    if (code == CURLE_OK) return;
    // The bucket answered before the whole body was sent: the answer counts, the send error does
    // not.
    auto const ended_early = code == CURLE_SEND_ERROR && self.status >= 300;
    if (ended_early) return;
    self.status = 0;
    self.trouble = self.error.front() == '\0' ? curl_easy_strerror(code) : self.error.data();
}

}  // namespace updraft::bucket
