#include "bucket/listing.h"

#include <gtest/gtest.h>

namespace updraft::bucket {
namespace {

std::string page_of(std::string const& inside) {
    return "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
           "<ListBucketResult xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">" +
           inside + "</ListBucketResult>";
}
std::string object(std::string const& key) {
    return "<Contents><Key>" + key +
           "</Key><LastModified>2026-11-26T20:44:29.000Z</LastModified>"
           "<ETag>\"5d4\"</ETag><Size>5</Size><StorageClass>STANDARD</StorageClass></Contents>";
}

TEST(Listing, HasObjectsAndGoesOn) {
    auto const page = read_page(page_of("<Name>firmware</Name><IsTruncated>true</IsTruncated>" +
                                        object("a/b&amp;c") + object("d") +
                                        "<NextContinuationToken>1/x==</NextContinuationToken>"));
    ASSERT_TRUE(page);
    ASSERT_EQ(page->objects.size(), 2U);
    EXPECT_EQ(page->objects[0], (Listed{"a/b&c", 5, read_rfc3339("2026-11-26T20:44:29Z").value()}));
    EXPECT_EQ(page->objects[1].key, "d");
    EXPECT_EQ(page->next, "1/x==");
}

TEST(Listing, EndsWithItsLastPage) {
    auto const page = read_page(page_of("<IsTruncated>false</IsTruncated>"));
    ASSERT_TRUE(page);
    EXPECT_TRUE(page->objects.empty());
    EXPECT_EQ(page->next, "");
}

TEST(Listing, RefusesWhatWouldLoseObjects) {
    for (auto const& xml :
         {std::string(), std::string("<html>login</html>"), std::string("<ListBucketResult>"),
          page_of("<IsTruncated>true</IsTruncated>"), page_of("<Contents><Key>a</Key></Contents>"),
          page_of("<Contents><Key>a</Key><LastModified>today</LastModified><Size>5</Size>"
                  "</Contents>"),
          page_of("<Contents><Key>a</Key><LastModified>2026-11-26T20:44:29Z</LastModified>"
                  "<Size>many</Size></Contents>")}) {
        EXPECT_EQ(read_page(xml).error().code, Errc::unavailable) << xml;
    }
}

TEST(ErrorCode, IsOneWordOrNothing) {
    EXPECT_EQ(error_code("<?xml version='1.0'?><Error><Code>AccessDenied</Code>"
                         "<StringToSign>secret</StringToSign></Error>"),
              "AccessDenied");
    EXPECT_EQ(error_code("<Error><Code>two words</Code></Error>"), "");
    EXPECT_EQ(error_code("<Error></Error>"), "");
    EXPECT_EQ(error_code("<CopyObjectResult><ETag>x</ETag></CopyObjectResult>"), "");
    EXPECT_EQ(error_code("bad gateway"), "");
}

}  // namespace
}  // namespace updraft::bucket
