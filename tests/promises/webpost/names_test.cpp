// Names that resolve to allowed and forbidden addresses, or to another address each time, and name
// servers that do not answer.
#include <arpa/inet.h>
#include <dlfcn.h>
#include <gtest/gtest.h>
#include <netdb.h>

#include <atomic>
#include <condition_variable>
#include <deque>
#include <future>
#include <map>
#include <mutex>
#include <set>

#include "local_receiver.h"
#include "webpost/curl_http_client.h"

namespace updraft::webpost {
namespace {

using Texts = std::vector<std::string>;

// The answers of the name resolution, one after the other. The last one is repeated.
class Names {
public:
    void set(std::string const& name, std::deque<Texts> answers) {
        std::scoped_lock const lock(mutex_);
        answers_[name] = std::move(answers);
        asked_.erase(name);
    }
    // From now on look-ups of that name do not return until release().
    void silence(std::string const& name) {
        std::scoped_lock const lock(mutex_);
        silent_.insert(name);
    }
    void release() {
        std::scoped_lock const lock(mutex_);
        silent_.clear();
        changed_.notify_all();
    }
    int asked(std::string const& name) {
        std::scoped_lock const lock(mutex_);
        return asked_[name];
    }
    int asked_in_total() {
        std::scoped_lock const lock(mutex_);
        return total_;
    }
    void await_asked(std::string const& name) {
        std::unique_lock lock(mutex_);
        changed_.wait(lock, [&] { return asked_[name] > 0; });
    }
    std::optional<Texts> next(std::string const& name) {
        std::unique_lock lock(mutex_);
        ++asked_[name];
        ++total_;
        changed_.notify_all();
        changed_.wait(lock, [&] { return !silent_.contains(name); });
        auto const found = answers_.find(name);
        if (found == answers_.end()) return std::nullopt;
        auto answer = found->second.front();
        if (found->second.size() > 1) found->second.pop_front();
        return answer;
    }

private:
    std::mutex mutex_;
    std::condition_variable changed_;
    std::map<std::string, std::deque<Texts>> answers_;
    std::map<std::string, int> asked_;
    int total_ = 0;
    std::set<std::string> silent_;
};

Names& names() {
    static auto& all = *new Names;  // Look-ups that hang may outlive main().
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
    for (auto const& mixed : {Texts{"127.0.0.9", "127.0.0.1"},
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

// One client for all posts of a test.
class NameServers : public ATrickyName {
protected:
    NameServers() { settings_.pooled_connections_max = 0; }
    ~NameServers() override { names().release(); }

    std::future<Receipt> begin_post(std::string const& host, Millis timeout = Millis{60'000}) {
        Parcel parcel;
        parcel.url = allowed_.url(host);
        parcel.body = "{}";
        parcel.timeout = timeout;
        auto promise = std::make_shared<std::promise<Receipt>>();
        client().post(std::move(parcel),
                      [promise](Receipt got) { promise->set_value(std::move(got)); });
        return promise->get_future();
    }
    CurlHttpClient& client() {
        if (!client_) client_ = std::make_unique<CurlHttpClient>(settings_);
        return *client_;
    }
    static bool is_ready(std::future<Receipt>& post) {
        return post.wait_for(std::chrono::seconds{0}) == std::future_status::ready;
    }
    // The answer; an empty one instead of a test that never ends.
    static Receipt answer_of(std::future<Receipt> post) {
        bool const came = post.wait_for(std::chrono::minutes{1}) == std::future_status::ready;
        EXPECT_TRUE(came) << "nothing was answered";
        if (!came) names().release();
        return post.get();
    }

    std::unique_ptr<CurlHttpClient> client_;
};

TEST_F(NameServers, ThatAreSilentHoldUpNoOtherNameAndOneThread) {
    names().silence("silent.example");
    names().set("silent.example", {{"127.0.0.1"}});
    names().set("good.example", {{"127.0.0.1"}});
    std::vector<std::future<Receipt>> silent;
    for (int i = 0; i < 50; ++i) silent.push_back(begin_post("silent.example"));
    names().await_asked("silent.example");
    for (int i = 0; i < 3; ++i) EXPECT_EQ(answer_of(begin_post("good.example")).status, 200);
    for (auto& post : silent) EXPECT_FALSE(is_ready(post));
    names().release();
    for (auto& post : silent) EXPECT_EQ(answer_of(std::move(post)).status, 200);
    EXPECT_EQ(names().asked("silent.example"), 1);
}

// libcurl's own resolver would be waited for at the end of the first of these posts.
TEST_F(NameServers, ThatAreSilentEndAPostAtItsTimeoutAndHoldUpNoOtherThen) {
    names().silence("silent.example");
    names().set("silent.example", {{"127.0.0.1"}});
    names().set("good.example", {{"127.0.0.1"}});
    for (int i = 0; i < 2; ++i) {
        auto const receipt = answer_of(begin_post("silent.example", Millis{1}));
        EXPECT_EQ(receipt.status, 0);
        EXPECT_EQ(receipt.trouble, "could not resolve silent.example in time");
    }
    EXPECT_EQ(answer_of(begin_post("good.example")).status, 200);
    EXPECT_EQ(names().asked("silent.example"), 1);
    client_.reset();  // Does not wait for the look-up either.
}

TEST_F(NameServers, ThatKnowNothingAreTrouble) {
    EXPECT_EQ(answer_of(begin_post("nowhere.invalid.")).status, 0);
    names().set("empty.example", {Texts{}});
    EXPECT_EQ(answer_of(begin_post("empty.example")).trouble,
              "could not resolve empty.example: no address");
}

TEST_F(NameServers, AreNotAskedForAConnectionThatIsOpenOrAddressesThatAreFresh) {
    LocalReceiver keeping(
        [](auto const&) { return "HTTP/1.1 200 X\r\nContent-Length: 0\r\n\r\n"; });
    settings_.pooled_connections_max = 10;
    names().set("keeping.example", {{"127.0.0.1"}});
    names().set("closing.example", {{"127.0.0.1"}});
    for (int i = 0; i < 5; ++i) {
        Parcel parcel;
        parcel.url = keeping.url("keeping.example");
        std::promise<Receipt> promise;
        client().post(std::move(parcel), [&](Receipt got) { promise.set_value(std::move(got)); });
        EXPECT_EQ(promise.get_future().get().status, 200);
        EXPECT_EQ(answer_of(begin_post("closing.example")).status, 200);
    }
    EXPECT_EQ(keeping.connections(), 1U);
    EXPECT_EQ(names().asked("keeping.example"), 1);
    EXPECT_EQ(names().asked("closing.example"), 1);
    EXPECT_EQ(allowed_.requests().size(), 5U);
}

TEST_F(NameServers, ThatAlternateGainNothingWithinOneClient) {
    names().set("rebinding.example", {{"127.0.0.9"}, {"10.0.0.1", "127.0.0.1"}, {"127.0.0.9"}});
    EXPECT_EQ(answer_of(begin_post("rebinding.example")).trouble,
              "127.0.0.9 is not a public address");
    EXPECT_EQ(answer_of(begin_post("rebinding.example")).status, 200);
    EXPECT_EQ(answer_of(begin_post("rebinding.example")).status, 200);
    EXPECT_EQ(names().asked("rebinding.example"), 2);
    EXPECT_EQ(forbidden_.connections(), 0U);
}

TEST_F(NameServers, AreAskedForANameAsItWasWritten) {
    for (auto const* name : {"Mixed.Example", "dotted.example.", "under_score.example", "a"}) {
        names().set(name, {{"::1", "127.0.0.1"}});
        EXPECT_EQ(answer_of(begin_post(name)).status, 200) << name;
        EXPECT_EQ(names().asked(name), 1) << name;
    }
}

TEST_F(NameServers, AreNotAskedForAddressesAndLocalhost) {
    auto const before = names().asked_in_total();
    for (auto const* host :
         {"127.0.0.1", "localhost", "127.1", "0x7f000001", "[::ffff:127.0.0.1]"}) {
        EXPECT_EQ(answer_of(begin_post(host)).status, 200) << host;
    }
    EXPECT_EQ(names().asked_in_total(), before);
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
