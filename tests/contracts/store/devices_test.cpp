#include "backend.h"

#include "ports/policies_table.h"

namespace updraft::contract {
namespace {

class Devices : public StoreContract {
protected:
    void insert(fleet::Device const& device) {
        written([&](Tx& tx) { return tx.devices().insert(device); });
    }
    fleet::Device find(std::string did) {
        return seen([&](Tx const& tx) { return tx.devices().find(Did{did}); });
    }
    Page<fleet::Device> list(DeviceFilter const& filter, PageAsk const& ask = {}) {
        return seen([&](Tx const& tx) { return tx.devices().list(filter, ask); });
    }
    static std::vector<std::string> dids(std::vector<fleet::Device> const& devices) {
        std::vector<std::string> names;
        for (auto const& device : devices) names.push_back(device.did.value);
        return names;
    }
};

void expect_same(fleet::Device const& a, fleet::Device const& b) {
    EXPECT_EQ(a.did, b.did);
    EXPECT_EQ(a.name, b.name);
    EXPECT_EQ(a.model, b.model);
    EXPECT_EQ(a.version, b.version);
    EXPECT_EQ(a.open_id, b.open_id);
    EXPECT_EQ(a.gateway_did, b.gateway_did);
    EXPECT_EQ(a.token_digest, b.token_digest);
    EXPECT_EQ(a.attributes_wanted, b.attributes_wanted);
    EXPECT_EQ(a.installed, b.installed);
    EXPECT_EQ(a.last_seen, b.last_seen);
    EXPECT_EQ(a.created_at, b.created_at);
}

fleet::Device full_device() {
    auto device = a_device("完整 'did' \"quoted\" \\");
    device.name = "";
    device.open_id = OpenId{"user"};
    device.gateway_did = Did{"gateway"};
    device.attributes_wanted = false;
    device.installed = UpgradeId{2'147'483'647};
    device.last_seen = stage::noon;
    return device;
}

TEST_P(Devices, AreFoundAsTheyWereInserted) {
    for (auto const& device : {a_device("plain"), full_device()}) {
        insert(device);
        expect_same(find(device.did.value), device);
    }
}

TEST_P(Devices, AreNotFoundWhenThereIsNone) {
    auto const found = read(store(), [](Tx const& tx) { return tx.devices().find(Did{"none"}); });
    EXPECT_EQ(found.error().code, Errc::not_found);
}

TEST_P(Devices, AreComparedByteForByte) {
    insert(a_device("Lamp"));
    insert(a_device("lamp"));
    insert(a_device("lamp "));
    EXPECT_EQ(dids(list({}).items), (std::vector<std::string>{"Lamp", "lamp", "lamp "}));
}

TEST_P(Devices, AreInsertedOnce) {
    insert(a_device("a"));
    auto const again = write(store(), [](Tx& tx) { return tx.devices().insert(a_device("a")); });
    EXPECT_EQ(again.error().code, Errc::conflict);
}

TEST_P(Devices, KeepTheTimesOfCreationAndLastContactWhenReplaced) {
    auto device = a_device("a");
    device.last_seen = noon;
    insert(device);
    auto other = full_device();
    other.did = device.did;
    other.last_seen = noon + Millis{5};
    other.created_at = noon + Millis{5};
    written([&](Tx& tx) { return tx.devices().replace(other); });
    other.last_seen = device.last_seen;
    other.created_at = device.created_at;
    expect_same(find("a"), other);
}

TEST_P(Devices, AreAskedForTheirAttributesWithoutAnyOtherChange) {
    auto device = full_device();
    insert(device);
    insert(a_device("other"));
    for (int again = 0; again < 2; ++again) {
        written([&](Tx& tx) { return tx.devices().want_attributes(device.did); });
        device.attributes_wanted = true;
        expect_same(find(device.did.value), device);
    }
    expect_same(find("other"), a_device("other"));
    written([&](Tx& tx) { return tx.devices().want_attributes(Did{"none"}); });
}

TEST_P(Devices, CannotBeReplacedOrRemovedWhenThereIsNone) {
    auto const replaced =
        write(store(), [](Tx& tx) { return tx.devices().replace(a_device("a")); });
    EXPECT_EQ(replaced.error().code, Errc::not_found);
    auto const removed = write(store(), [](Tx& tx) { return tx.devices().remove(Did{"a"}); });
    EXPECT_EQ(removed.error().code, Errc::not_found);
}

TEST_P(Devices, TakeTheirAttributesWithThem) {
    insert(a_device("a"));
    insert(a_device("b"));
    fleet::Attributes const said{{"hw", "rev 3"}, {"", ""}, {"kernel", "6.1"}};
    written([&](Tx& tx) -> Result<void> {
        TRY(tx.devices().set_attributes(Did{"a"}, said));
        return tx.devices().set_attributes(Did{"b"}, said);
    });
    auto const attributes = [&](Tx const& tx) { return tx.devices().attributes(Did{"a"}); };
    EXPECT_EQ(seen(attributes), said);
    written([&](Tx& tx) { return tx.devices().set_attributes(Did{"a"}, {{"hw", "rev 4"}}); });
    EXPECT_EQ(seen(attributes), (fleet::Attributes{{"hw", "rev 4"}}));
    written([&](Tx& tx) { return tx.devices().remove(Did{"a"}); });
    EXPECT_EQ(seen(attributes), fleet::Attributes{});
    EXPECT_EQ(seen([&](Tx const& tx) { return tx.devices().attributes(Did{"b"}); }), said);
}

TEST_P(Devices, HaveALimitedNumberOfAttributes) {
    insert(a_device("a"));
    fleet::Attributes many;
    for (std::size_t i = 0; i < fleet::attributes_max; ++i) many[std::to_string(i)] = "x";
    EXPECT_TRUE(
        write(store(), [&](Tx& tx) { return tx.devices().set_attributes(Did{"a"}, many); }));
    many["one more"] = "x";
    auto const refused =
        write(store(), [&](Tx& tx) { return tx.devices().set_attributes(Did{"a"}, many); });
    EXPECT_EQ(refused.error().code, Errc::too_many);
    auto const kept = seen([&](Tx const& tx) { return tx.devices().attributes(Did{"a"}); });
    EXPECT_EQ(kept.size(), fleet::attributes_max);
}

TEST_P(Devices, RememberTheTimeOfTheirLastContact) {
    insert(a_device("a"));
    insert(a_device("b"));
    std::vector<std::pair<Did, Instant>> const signs{{Did{"a"}, noon + Millis{10}},
                                                     {Did{"unknown"}, noon},
                                                     {Did{"b"}, noon},
                                                     {Did{"a"}, noon + Millis{4}}};
    written([&](Tx& tx) { return tx.devices().seen(signs); });
    EXPECT_EQ(find("a").last_seen, noon + Millis{10});
    EXPECT_EQ(find("b").last_seen, noon);
}

struct ListCase {
    std::string name;
    DeviceFilter filter;
    std::vector<std::string> dids;
};

TEST_P(Devices, AreListedByAnyFieldsInOrderOfDid) {
    auto const add = [&](std::string did, std::string model, std::optional<OpenId> open_id,
                         std::optional<Did> gateway) {
        auto device = a_device(std::move(did));
        device.model = {std::move(model)};
        device.open_id = std::move(open_id);
        device.gateway_did = std::move(gateway);
        insert(device);
    };
    add("d1", "lamp", OpenId{"ann"}, std::nullopt);
    add("d2", "plug", OpenId{"ann"}, Did{"hub"});
    add("d3", "lamp", OpenId{"bob"}, Did{"hub"});
    add("d4", "lamp", std::nullopt, Did{"hub"});
    add("hub", "hub", OpenId{"ann"}, std::nullopt);
    ModelName const lamp{"lamp"};
    OpenId const ann{"ann"};
    Did const hub{"hub"};
    std::vector<ListCase> const cases{
        {"all", {}, {"d1", "d2", "d3", "d4", "hub"}},
        {"model", {.model = lamp}, {"d1", "d3", "d4"}},
        {"user", {.open_id = ann}, {"d1", "d2", "hub"}},
        {"gateway", {.gateway_did = hub}, {"d2", "d3", "d4"}},
        {"model and user", {.model = lamp, .open_id = ann}, {"d1"}},
        {"model and gateway", {.model = lamp, .gateway_did = hub}, {"d3", "d4"}},
        {"user and gateway", {.open_id = ann, .gateway_did = hub}, {"d2"}},
        {"all three", {.model = lamp, .open_id = ann, .gateway_did = hub}, {}},
        {"unknown", {.open_id = OpenId{"nobody"}}, {}},
    };
    for (auto const& [name, filter, wanted] : cases) {
        SCOPED_TRACE(name);
        EXPECT_EQ(dids(list(filter).items), wanted);
        std::vector<std::string> walked;
        PageAsk ask{.after = std::nullopt, .limit = 1};
        for (;;) {
            auto const page = list(filter, ask);
            for (auto const& device : page.items) walked.push_back(device.did.value);
            if (!page.next) break;
            ask.after = page.next;
        }
        EXPECT_EQ(walked, wanted);
    }
}

TEST_P(Devices, OfAUserAreWalkedInPieces) {
    for (int i = 0; i < 7; ++i) {
        auto device = a_device("d" + std::to_string(i));
        device.open_id = OpenId{i == 3 ? "bob" : "ann"};
        insert(device);
    }
    auto const piece = [&](std::string after, std::int64_t limit) {
        std::vector<std::string> looked_at;
        auto const look = [&](DeviceGlimpse const& device) -> Result<bool> {
            EXPECT_EQ(device.name, "kitchen lamp");
            EXPECT_EQ(device.model, "lamp");
            EXPECT_EQ(device.version, "1.0");
            looked_at.emplace_back(device.did);
            return device.did != "d5";
        };
        auto const count = seen([&](Tx const& tx) {
            return tx.devices().of_user(OpenId{"ann"}, Did{after}, limit, look);
        });
        EXPECT_EQ(count, std::ssize(looked_at));
        return looked_at;
    };
    EXPECT_EQ(piece("", 3), (std::vector<std::string>{"d0", "d1", "d2"}));
    EXPECT_EQ(piece("d2", 3), (std::vector<std::string>{"d4", "d5"}));
    EXPECT_EQ(piece("d5", 3), std::vector<std::string>{"d6"});
    EXPECT_EQ(piece("d6", 3), std::vector<std::string>{});
    // The look at d5 asks for no more.
    EXPECT_EQ(piece("d4", 3), std::vector<std::string>{"d5"});

    auto const enough = [](DeviceGlimpse const&) { return fail(Errc::busy, "enough"); };
    auto const ended = read(store(), [&](Tx const& tx) {
        return tx.devices().of_user(
            OpenId{"ann"}, Did{}, 3,
            [&](auto const& device) -> Result<bool> { return enough(device); });
    });
    EXPECT_EQ(ended.error().code, Errc::busy);
}

// In parts of the order of did, with what is asked for of each.
TEST_P(Devices, OfAModelAreWalkedInPieces) {
    for (auto const* did : {"d", "a", "c", "b"}) {
        auto device = a_device(did);
        if (did != std::string("c")) device.open_id = OpenId{"user"};
        device.tags = {"blue", "green"};
        insert(device);
    }
    auto other = a_device("e");
    other.model = ModelName{"fan"};
    insert(other);
    written([](Tx& tx) -> Result<void> {
        TRY(tx.devices().set_attributes(Did{"b"}, {{"hw", "2"}, {"timezone", "UTC"}, {"x", "y"}}));
        policy::Policy const of_user{.auto_upgrade = "1",
                                     .upgrade_hours = "22:00-06:00",
                                     .time_zone = "",
                                     .changed_at = noon};
        policy::Policy const of_device{.auto_upgrade = "0"};
        TRY(tx.policies().put(OpenId{"user"}, Did{}, of_user));
        return tx.policies().put(OpenId{"user"}, Did{"b"}, of_device);
    });
    auto const walk = [&](ModelWalk const& asked, LookAtWalked const& look) {
        return seen([&](Tx const& tx) { return tx.devices().of_model(asked, look); });
    };
    std::vector<std::string> dids;
    auto const all = [&](WalkedDevice const& walked) -> Result<bool> {
        dids.push_back(walked.device.did.value);
        EXPECT_TRUE(walked.attributes.empty());
        EXPECT_EQ(walked.device.tags, (std::vector<std::string>{"blue", "green"}));
        return walked.device.did != Did{"c"};
    };
    EXPECT_EQ(walk({.model = ModelName{"lamp"}, .limit = 2}, all), 2);
    EXPECT_EQ(walk({.model = ModelName{"lamp"}, .after = Did{"b"}}, all), 1);
    EXPECT_EQ(dids, (std::vector<std::string>{"a", "b", "c"}));
    ModelWalk const whole{.model = ModelName{"lamp"},
                          .after = {},
                          .attributes = {"timezone", "hw"},
                          .policies = true};
    auto const in_full = [&](WalkedDevice const& walked) -> Result<bool> {
        auto device = find(walked.device.did.value);
        device.name = {};
        device.token_digest = {};
        expect_same(walked.device, device);
        auto const is_b = device.did == Did{"b"};
        EXPECT_EQ(walked.attributes, (is_b ? fleet::Attributes{{"hw", "2"}, {"timezone", "UTC"}}
                                           : fleet::Attributes{}));
        auto const policies = seen([&](Tx const& tx) {
            return tx.policies().of(device.open_id.value_or(OpenId{}), std::span(&device.did, 1));
        });
        EXPECT_EQ(walked.policies.user, policies.user);
        EXPECT_EQ(walked.policies.devices, policies.devices);
        EXPECT_EQ(walked.policies.devices.size(), is_b ? 1U : 0U);
        return true;
    };
    EXPECT_EQ(walk(whole, in_full), 4);
    auto const failing = read(store(), [&](Tx const& tx) {
        return tx.devices().of_model(
            whole, [](WalkedDevice const&) -> Result<bool> { return fail(Errc::invalid, "no"); });
    });
    ASSERT_FALSE(failing);
    EXPECT_EQ(failing.error().detail, "no");
}

TEST_P(Devices, AreSeenManyAtATime) {
    constexpr int count = 130;
    std::vector<std::pair<Did, Instant>> signs{{Did{"unknown"}, noon}};
    written([&](Tx& tx) -> Result<void> {
        signs.resize(1);
        for (int i = 0; i < count; ++i) {
            auto device = a_device("d" + std::to_string(i));
            if (i % 3 == 0) device.last_seen = noon + Millis{i % 2 == 0 ? 1'000 : -1'000};
            TRY(tx.devices().insert(device));
            signs.emplace_back(device.did, noon + Millis{i});
            signs.emplace_back(device.did, noon - Millis{i});
        }
        return {};
    });
    written([&](Tx& tx) { return tx.devices().seen(signs); });
    for (int i = 0; i < count; ++i) {
        auto const earlier = noon + Millis{i};
        auto const expected = i % 6 == 0 ? noon + Millis{1'000} : earlier;
        EXPECT_EQ(find("d" + std::to_string(i)).last_seen, expected) << i;
    }
}

TEST_P(Devices, KnowWhetherTheyHaveSubDevices) {
    auto device = a_device("sub");
    device.gateway_did = Did{"hub"};
    insert(device);
    auto const asked = [&](std::string did) {
        return seen([&](Tx const& tx) { return tx.devices().has_sub_devices(Did{did}); });
    };
    EXPECT_TRUE(asked("hub"));
    EXPECT_FALSE(asked("sub"));
}

ON_EVERY_BACKEND(Devices);

}  // namespace
}  // namespace updraft::contract
