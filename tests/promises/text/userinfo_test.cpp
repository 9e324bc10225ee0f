#include "text/userinfo.h"

#include <gtest/gtest.h>

#include <string>

namespace updraft::text {
namespace {

struct UserinfoCase {
    std::string url;
    bool encoded;
};
class Userinfo : public testing::TestWithParam<UserinfoCase> {};
TEST_P(Userinfo, IsPercentEncodedOrRefused) {
    EXPECT_EQ(has_encoded_userinfo(GetParam().url), GetParam().encoded) << GetParam().url;
}
INSTANTIATE_TEST_SUITE_P(
    , Userinfo,
    testing::Values(UserinfoCase{"postgresql://host/db", true},
                    UserinfoCase{"postgresql:///db?host=/run/postgresql", true},
                    UserinfoCase{"postgresql://user@/db?host=/a,/b&port=1", true},
                    UserinfoCase{"postgresql://user:pa%40ss@host:5432/db", true},
                    UserinfoCase{"postgresql://user:a:b-._~!$&'()*+,;=@host/db", true},
                    UserinfoCase{"postgresql://user:x@one,two/db?sslmode=verify-full", true},
                    UserinfoCase{"postgresql://host/db?password=p@ss", true},
                    UserinfoCase{"http://user:pw@[::1]:3128", true},
                    UserinfoCase{"postgresql://user:pa@ss@host/db", false},
                    UserinfoCase{"postgresql://user:pa/ss@host/db", false},
                    UserinfoCase{"postgresql://user:12/3@host/db", false},
                    UserinfoCase{"postgresql://user:pa@s/s@host/db", false},
                    UserinfoCase{"postgresql://user:pa?ss@host/db", false},
                    UserinfoCase{"postgresql://user:pa#ss@host/db", false},
                    UserinfoCase{"postgresql://user:pa ss@host/db", false},
                    UserinfoCase{"postgresql://user:pa\"ss@host/db", false},
                    UserinfoCase{"postgresql://user:p\xc3\xa4ss@host/db", false},
                    UserinfoCase{"postgresql://user:pa%ss@host/db", false},
                    UserinfoCase{"postgresql://user:pa%4@host/db", false},
                    UserinfoCase{"postgresql://user:pa%00@host/db", false},
                    UserinfoCase{"postgresql://user:pa[ss@host/db", false},
                    UserinfoCase{"postgresql://us@er:pass@host/db", false},
                    UserinfoCase{"postgresql://host/db?password=a&b", false}));

TEST(Password, IsFoundWhereverAUrlHasOne) {
    for (auto const* const url :
         {"postgresql://u:p@host/d", "postgres://u:p@[::1]:5/d", "postgresql://u@host/d?password=p",
          "postgresql:///d?host=/run&sslpassword=p", "http://u:p@proxy:1"}) {
        EXPECT_TRUE(has_password(url)) << url;
    }
    for (auto const* const url :
         {"postgresql://u@host:5432/d", "postgresql://host:5/d", "postgresql://u:@host/d",
          "postgresql://u@host/d?passfile=/a", "/var/lib/updraft.db", "http://proxy:3128"}) {
        EXPECT_FALSE(has_password(url)) << url;
    }
}

}  // namespace
}  // namespace updraft::text
