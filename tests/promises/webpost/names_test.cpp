// Names that resolve to allowed and forbidden addresses, or to another address each time.
#include <arpa/inet.h>
#include <dlfcn.h>
#include <gtest/gtest.h>
#include <netdb.h>

#include <deque>
#include <future>
#include <map>
#include <mutex>

#include "local_receiver.h"
#include "webpost/curl_http_client.h"

namespace updraft::webpost {
namespace {

using Addresses = std::vector<std::string>;

// The answers of the name resolution, one after the other. The last one is repeated.
class Names {
public:
    void set(std::string const& name, std::deque<Addresses> answers) {
        std::scoped_lock const lock(mutex_);
        answers_[name] = std::move(answers);
    }
    std::optional<Addresses> next(std::string const& name) {
        std::scoped_lock const lock(mutex_);
        auto const found = answers_.find(name);
        if (found == answers_.end()) return std::nullopt;
        auto answer = found->second.front();
        if (found->second.size() > 1) found->second.pop_front();
        return answer;
    }

private:
    std::mutex mutex_;
    std::map<std::string, std::deque<Addresses>> answers_;
};

Names& names() {
    static Names all;
    return all;
}

using Resolve = int (*)(char const*, char const*, addrinfo const*, addrinfo**);

}  // namespace
}  // namespace updraft::webpost

// Replaces the system's getaddrinfo: libcurl resolves names through this one.
extern "C" int getaddrinfo(char const* name, char const* service, addrinfo const* wanted,
                           addrinfo** found) {
    using namespace updraft::webpost;
    static auto const system = reinterpret_cast<Resolve>(dlsym(RTLD_NEXT, "getaddrinfo"));
    auto const addresses = name == nullptr ? std::nullopt : names().next(name);
    if (!addresses) return system(name, service, wanted, found);
    *found = nullptr;
    auto** end = found;
    for (auto const& address : *addresses) {
        if (int const error = system(address.c_str(), service, wanted, end); error != 0) {
            return error;
        }
        while (*end != nullptr) end = &(*end)->ai_next;
    }
    return 0;
}

namespace updraft::webpost {
namespace {

constexpr auto* accepted = "HTTP/1.1 200 X\r\nConnection: close\r\nContent-Length: 0\r\n\r\n";

// Two receivers on the same port of two addresses. Only the first address is allowed.
class ATrickyName : public testing::Test {
protected:
    Receipt post(std::string const& host) {
        // A new client for each post, so that no earlier name resolution is cached.
        CurlHttpClient http_client(settings_);
        Parcel parcel;
        parcel.url = allowed_.url(host);
        parcel.body = "{}";
        std::promise<Receipt> promise;
        auto receipt = promise.get_future();
        http_client.post(std::move(parcel),
                         [&](Receipt got) { promise.set_value(std::move(got)); });
        return receipt.get();
    }

    LocalReceiver allowed_{[](auto const&) { return accepted; }};
    LocalReceiver forbidden_{[](auto const&) { return accepted; }, "127.0.0.9", allowed_.port()};
    HttpClientSettings settings_{.allow_networks = {*read_network("127.0.0.1/32")},
                                 .allow_http = true,
                                 .user_agent = "test",
                                 .ca_file = ""};
};

TEST_F(ATrickyName, WithMixedAddressesLeadsOnlyWhereItMay) {
    for (auto const& mixed : {Addresses{"127.0.0.9", "127.0.0.1"},
                              {"127.0.0.1", "127.0.0.9"},
                              {"::1", "127.0.0.9", "10.0.0.1", "127.0.0.1", "169.254.169.254"}}) {
        names().set("mixed.example", {mixed});
        EXPECT_EQ(post("mixed.example").status, 200) << mixed.front();
    }
    EXPECT_EQ(allowed_.requests().size(), 3U);
    EXPECT_EQ(forbidden_.connections(), 0U);
}

TEST_F(ATrickyName, WithOnlyForbiddenAddressesIsRefused) {
    names().set("inside.example", {{"127.0.0.9", "10.0.0.1", "169.254.169.254", "::1"}});
    auto const receipt = post("inside.example");
    EXPECT_EQ(receipt.status, 0);
    EXPECT_NE(receipt.trouble.find("is not a public address"), std::string::npos)
        << receipt.trouble;
    EXPECT_EQ(forbidden_.connections() + allowed_.connections(), 0U);
}

// The address that is checked is the one that is connected to: the name is not resolved in between.
TEST_F(ATrickyName, ThatChangesItsAddressGainsNothing) {
    names().set("rebinding.example", {{"127.0.0.1"}, {"127.0.0.9"}, {"127.0.0.1"}, {"127.0.0.9"}});
    EXPECT_EQ(post("rebinding.example").status, 200);
    EXPECT_EQ(post("rebinding.example").trouble, "127.0.0.9 is not a public address");
    EXPECT_EQ(post("rebinding.example").status, 200);
    EXPECT_EQ(post("rebinding.example").trouble, "127.0.0.9 is not a public address");
    EXPECT_EQ(forbidden_.connections(), 0U);
}

TEST(Roots, ThatHoldNoCertificateAreRefused) {
    EXPECT_TRUE(check_roots(""));
    for (auto const* file : {"/nowhere/roots.pem", "/etc/hostname", "/etc"}) {
        auto const checked = check_roots(file);
        ASSERT_FALSE(checked) << file;
        EXPECT_EQ(checked.error().code, Errc::invalid);
        EXPECT_NE(checked.error().detail.find(file), std::string::npos);
    }
}

}  // namespace
}  // namespace updraft::webpost
