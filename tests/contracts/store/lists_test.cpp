// What every store promises about lists with filters: each combination is answered, in pages that
// look at a limited number of rows, and all pages together are what the filters accept.
#include <algorithm>
#include <random>
#include <set>

#include "outbox.h"
#include "upgrades.h"

#include "ports/upgrade_lists_table.h"
#include "text/ulid.h"

namespace updraft::contract {
namespace {

// All pages of a list. Each one looks at `looks` rows at most.
template <class Item, class List>
std::vector<Item> walked(List const& list, std::int64_t limit, std::int64_t looks) {
    std::vector<Item> items;
    PageAsk ask{.after = std::nullopt, .limit = limit, .looks = looks};
    for (int pages = 0; pages < 2'000; ++pages) {
        auto page = list(ask);
        EXPECT_LE(std::ssize(page.items), limit);
        EXPECT_LE(page.looked, looks);
        std::ranges::move(page.items, std::back_inserter(items));
        if (!page.next) return items;
        ask.after = page.next;
    }
    ADD_FAILURE() << "the list has no end";
    return items;
}

// Nothing in half of the cases, otherwise one of the values.
template <class T>
std::optional<T> maybe(std::mt19937& random, std::vector<T> const& values) {
    if (random() % 2 == 0) return std::nullopt;
    return values[random() % values.size()];
}
// The name that a device with that number has, or nothing.
std::string nth_of(std::mt19937& random, std::string_view letter, unsigned count) {
    return std::string(letter) + std::to_string(random() % count);
}

class Lists : public Upgrades {};

class ListsOfDevices : public Upgrades {
protected:
    void SetUp() override {
        Upgrades::SetUp();
        std::mt19937 random(7);
        for (int i = 0; i < 120; ++i) {
            auto device = a_device(nth_of(random, "d", 9) + "-" + std::to_string(i));
            device.model = {nth_of(random, "m", 3)};
            device.version = {nth_of(random, "v", 3)};
            if (random() % 3 > 0) device.open_id = OpenId{nth_of(random, "u", 3)};
            if (random() % 3 == 0) device.gateway_did = Did{nth_of(random, "g", 2)};
            for (auto const* tag : {"t0", "t1", "t2"}) {
                if (random() % 4 == 0) device.tags.emplace_back(tag);
            }
            all_.push_back(device);
        }
        written([&](Tx& tx) -> Result<void> {
            for (auto const& device : all_) TRY(tx.devices().insert(device));
            return {};
        });
        for (auto const& device : all_) {
            if (random() % 4 > 0) continue;
            auto const opened = open(an_upgrade(device.did.value));
            if (random() % 4 == 0) {
                finish(opened, noon);
            } else {
                active_.insert(device.did);
            }
        }
    }
    bool fits(fleet::Device const& device, DeviceFilter const& filter) const {
        auto const has_tag = [&](std::string const& tag) {
            return std::ranges::find(device.tags, tag) != device.tags.end();
        };
        return (!filter.model || device.model == *filter.model) &&
               (!filter.open_id || device.open_id == filter.open_id) &&
               (!filter.gateway_did || device.gateway_did == filter.gateway_did) &&
               (!filter.version || device.version == *filter.version) &&
               (!filter.tag || has_tag(*filter.tag)) &&
               device.did.value.starts_with(filter.did_prefix) &&
               (!filter.active || *filter.active == active_.contains(device.did)) &&
               (!filter.also || *filter.also(device));
    }
    void expect_all_pages(DeviceFilter const& filter, std::int64_t limit, std::int64_t looks) {
        auto const list = [&](PageAsk const& ask) {
            return seen([&](Tx const& tx) { return tx.devices().list(filter, ask); });
        };
        std::vector<Did> found;
        for (auto const& device : walked<fleet::Device>(list, limit, looks)) {
            found.push_back(device.did);
        }
        std::vector<Did> expected;
        for (auto const& device : all_) {
            if (fits(device, filter)) expected.push_back(device.did);
        }
        EXPECT_EQ(std::set(found.begin(), found.end()).size(), found.size());
        std::ranges::sort(found);
        std::ranges::sort(expected);
        EXPECT_EQ(found, expected);
    }

    std::vector<fleet::Device> all_;
    std::set<Did> active_;
};

TEST_P(ListsOfDevices, AreWhatRandomFiltersAccept) {
    std::mt19937 random(11);
    for (int i = 0; i < 150; ++i) {
        SCOPED_TRACE(i);
        DeviceFilter filter;
        if (random() % 3 == 0) filter.model = ModelName{nth_of(random, "m", 4)};
        if (random() % 3 == 0) filter.version = Version{nth_of(random, "v", 4)};
        if (random() % 5 == 0) filter.open_id = OpenId{nth_of(random, "u", 4)};
        if (random() % 5 == 0) filter.gateway_did = Did{nth_of(random, "g", 3)};
        if (random() % 4 == 0) filter.tag = nth_of(random, "t", 4);
        if (random() % 4 == 0) filter.did_prefix = nth_of(random, "d", 10);
        filter.active = maybe<bool>(random, {true, false});
        if (random() % 4 == 0) {
            filter.also = [](fleet::Device const& device) -> Result<bool> {
                return device.did.value.back() % 2 == 0;
            };
        }
        expect_all_pages(filter, 1 + random() % 20, 3 + random() % 60);
    }
}

TEST_P(ListsOfDevices, MayAskFurtherTablesForACondition) {
    DeviceFilter filter;
    auto const page = seen([&](Tx const& tx) {
        filter.also = [&](fleet::Device const& device) -> Result<bool> {
            TRY_ASSIGN(auto const model, tx.models().find(device.model));
            return model.upgradable && device.model == ModelName{"m1"};
        };
        return tx.devices().list(filter, {.after = {}, .limit = 500});
    });
    EXPECT_GT(page.items.size(), 10U);
    for (auto const& device : page.items) EXPECT_EQ(device.model, ModelName{"m1"});
}

TEST_P(ListsOfDevices, FollowTheTagsOfADevice) {
    Did const did{"tagged"};
    auto const with_tag = [&](std::string tag) {
        DeviceFilter filter;
        filter.tag = std::move(tag);
        filter.did_prefix = did.value;
        auto const page = seen([&](Tx const& tx) { return tx.devices().list(filter, {}); });
        return page.items.size();
    };
    auto device = a_device(did.value);
    device.tags = {"beta", "site-1"};
    written([&](Tx& tx) { return tx.devices().insert(device); });
    EXPECT_EQ(seen([&](Tx const& tx) { return tx.devices().find(did); }).tags, device.tags);
    EXPECT_EQ(with_tag("beta"), 1U);
    written([&](Tx& tx) { return tx.devices().replace(device); });
    EXPECT_EQ(with_tag("site-1"), 1U);
    written([&](Tx& tx) { return tx.devices().set_tags(did, {"beta", "gamma"}); });
    EXPECT_EQ(with_tag("site-1"), 0U);
    EXPECT_EQ(with_tag("beta") + with_tag("gamma"), 2U);
    written([&](Tx& tx) { return tx.devices().remove(did); });
    device.tags = {};
    written([&](Tx& tx) { return tx.devices().insert(device); });
    EXPECT_EQ(with_tag("beta"), 0U);
    auto const unknown =
        write(store(), [](Tx& tx) { return tx.devices().set_tags(Did{"none"}, {}); });
    EXPECT_EQ(unknown.error().code, Errc::not_found);
}

TEST_P(Lists, OfUpgradesAreWhatRandomFiltersAccept) {
    std::mt19937 random(3);
    std::vector<Upgrade> all;
    std::vector<ReleaseId> releases;
    for (int i = 0; i < 4; ++i) {
        releases.push_back(written([&](Tx& tx) {
            firmware::Release release;
            release.model = {"m" + std::to_string(i / 2)};
            release.version = {"v" + std::to_string(i)};
            release.created_at = noon;
            return tx.releases().insert(release);
        }));
    }
    auto const of_release = [&](Upgrade& upgrade, std::size_t nth) {
        upgrade.release_id = releases[nth];
        upgrade.model = ModelName{"m" + std::to_string(nth / 2)};
    };
    std::vector<State> const ends{State::succeeded, State::failed, State::cancelled,
                                  State::expired};
    std::vector<std::string> const causes{"timeout", "timeout: no progress", "unbound", "no_space"};
    for (int round = 0; round < 5; ++round) {
        auto const order = "order" + std::to_string(round);
        auto const first = all.size();
        for (int i = 0; i < 24; ++i) {
            auto upgrade = an_upgrade("d" + std::to_string(i), order);
            upgrade.open_id = OpenId{nth_of(random, "u", 3)};
            upgrade.created_at = noon + Millis{static_cast<std::int64_t>(random() % 10) * 1'000};
            upgrade.step = i == 7 ? 2 : 0;
            of_release(upgrade, random() % releases.size());
            upgrade = open(upgrade);
            auto const ended = round < 4 || random() % 2 == 0;
            if (ended) {
                auto const state = ends[random() % ends.size()];
                if (state != State::succeeded) upgrade.cause = causes[random() % causes.size()];
                auto const before = find(upgrade.id);
                auto after = before;
                after.cause = upgrade.cause;
                after.state = state;
                after.progress = state == State::succeeded ? 100 : 0;
                after.finished_at = noon + Millis{static_cast<std::int64_t>(random() % 100)};
                after.due_at.reset();
                written([&](Tx& tx) { return tx.upgrades().move(before, after); });
            }
            all.push_back(find(upgrade.id));
        }
        put_order(order, all[first].id, all.back().id);
    }
    auto const fits = [](Upgrade const& one, UpgradeFilter const& filter) {
        return (!filter.did || one.did == *filter.did) &&
               (!filter.model || one.model == *filter.model) &&
               (!filter.state || one.state == *filter.state) &&
               (!filter.order_id || one.order_id == *filter.order_id) &&
               (!filter.cause || one.cause.starts_with(word(*filter.cause))) &&
               (!filter.release_id || one.release_id == *filter.release_id) &&
               (!filter.open_id || one.open_id == filter.open_id) &&
               (!filter.since || one.created_at >= *filter.since) &&
               (!filter.until || one.created_at < *filter.until);
    };
    for (int i = 0; i < 200; ++i) {
        SCOPED_TRACE(i);
        UpgradeFilter filter;
        if (random() % 6 == 0) filter.did = Did{nth_of(random, "d", 25)};
        if (random() % 6 == 0) filter.order_id = OrderId{nth_of(random, "order", 6)};
        if (random() % 6 == 0) filter.open_id = OpenId{nth_of(random, "u", 4)};
        if (random() % 4 == 0) filter.model = ModelName{nth_of(random, "m", 3)};
        if (random() % 4 == 0) filter.release_id = releases[random() % releases.size()];
        if (random() % 20 == 0) filter.release_id = ReleaseId{0};
        if (random() % 4 == 0) {
            filter.state = maybe<State>(random, {State::queued, State::failed, State::cancelled,
                                                 State::expired, State::succeeded});
        }
        if (random() % 4 == 0)
            filter.cause = maybe<upgrade::Cause>(
                random,
                {upgrade::Cause::timeout, upgrade::Cause::unbound, upgrade::Cause::expired});
        auto const time = [&] {
            return noon + Millis{static_cast<std::int64_t>(random() % 12) * 1'000 - 1'000};
        };
        if (random() % 4 == 0) filter.since = time();
        if (random() % 4 == 0) filter.until = time();
        auto const list = [&](PageAsk const& ask) {
            return seen([&](Tx const& tx) { return tx.upgrade_lists().list(filter, ask); });
        };
        auto const limit = 1 + static_cast<std::int64_t>(random() % 20);
        auto found = ids(walked<Upgrade>(list, limit, 3 + random() % 60));
        std::vector<UpgradeId> expected;
        for (auto const& one : all) {
            if (fits(one, filter)) expected.push_back(one.id);
        }
        std::ranges::sort(found);
        EXPECT_EQ(found, expected);
    }
}

// Ids grow with time, but some upgrades were created while a clock was wrong.
TEST_P(Lists, OfUpgradesOfATimeLookAtFewOthers) {
    constexpr std::chrono::hours day{24};
    auto number = 0;
    auto const created = [&](int count, Instant at) {
        return written([&](Tx& tx) -> Result<UpgradeId> {
            UpgradeId id;
            for (int i = 0; i < count; ++i) {
                auto upgrade = an_upgrade("d" + std::to_string(number++));
                upgrade.created_at = at;
                TRY_ASSIGN(id, tx.upgrades().open(upgrade));
            }
            return id;
        });
    };
    created(2'500, noon);
    auto const wrong_past = created(1, Instant{0});
    auto const early = created(1, noon + 30 * day);
    created(1, noon + 4'000 * day);
    auto const late = created(1, noon + 31 * day);
    created(2'500, noon + 60 * day);
    auto const listed = [&](UpgradeFilter const& filter) {
        return seen([&](Tx const& tx) { return tx.upgrade_lists().list(filter, {}); });
    };
    std::int64_t const few = 1'100;
    UpgradeFilter const between{.since = noon + 30 * day, .until = noon + 31 * day};
    auto page = listed(between);
    EXPECT_EQ(ids(page.items), std::vector{early});
    EXPECT_LE(page.looked, few);
    EXPECT_FALSE(page.next);

    page = listed({.until = noon + 32 * day});
    ASSERT_GT(page.items.size(), 3U);
    EXPECT_EQ(page.items[0].id, late);
    EXPECT_EQ(page.items[1].id, early);
    EXPECT_EQ(page.items[2].id, wrong_past);
    EXPECT_LE(page.looked, few);

    page = listed({.since = noon + 61 * day});
    EXPECT_TRUE(page.items.empty());
    EXPECT_LE(page.looked, few);
    EXPECT_FALSE(page.next);
}

class ListsOfPushes : public OutboxContract {};

TEST_P(ListsOfPushes, AreWhatRandomFiltersAccept) {
    std::mt19937 random(5);
    std::vector<WebhookId> all;
    for (int i = 0; i < 90; ++i) {
        auto const at = noon + Millis{static_cast<std::int64_t>(random() % 10) * 1'000};
        std::array<std::uint8_t, 16> noise{};
        for (auto& byte : noise) byte = static_cast<std::uint8_t>(random());
        WebhookId const id{"msg_" + text::ulid(static_cast<std::uint64_t>(at.ms), noise)};
        auto const type = static_cast<MsgType>(random() % 4);
        auto const is_notice = stream_of(type) == Stream::notice;
        written([&](Tx& tx) {
            return tx.outbox().enqueue(
                {.webhook_id = id,
                 .appid = random() % 2 == 0 ? shop : lab,
                 .did = Did{nth_of(random, "d", 5)},
                 .type = type,
                 .upgrade = is_notice ? UpgradeId{} : UpgradeId{11},
                 .version = is_notice ? std::optional(Version{"2.0"}) : std::nullopt,
                 .body = "{}",
                 .created_at = at,
                 .due_at = at});
        });
        if (random() % 2 == 0) {
            record(id, random() % 2 == 0 ? AttemptOutcome{Delivered{}} : AttemptOutcome{Dead{}},
                   at);
        }
        all.push_back(id);
    }
    std::vector<push::Delivery> kept;
    for (auto const& id : all) kept.push_back(find(id));
    for (int i = 0; i < 150; ++i) {
        SCOPED_TRACE(i);
        DeliveryFilter filter{.appid = {}, .did = {}, .state = {}};
        if (random() % 3 == 0) filter.appid = random() % 2 == 0 ? shop : lab;
        if (random() % 4 == 0) filter.did = Did{nth_of(random, "d", 6)};
        filter.state = maybe<DeliveryState>(
            random, {DeliveryState::pending, DeliveryState::delivered, DeliveryState::dead});
        filter.type = maybe<MsgType>(random, {MsgType::progress, MsgType::result,
                                              MsgType::new_firmware, MsgType::withdrawn});
        auto const time = [&] {
            return noon + Millis{static_cast<std::int64_t>(random() % 12) * 1'000 - 1'000};
        };
        if (random() % 3 == 0) filter.since = time();
        if (random() % 3 == 0) filter.until = time();
        auto const list = [&](PageAsk const& ask) {
            return seen([&](Tx const& tx) { return tx.deliveries().list(filter, ask); });
        };
        std::vector<WebhookId> found;
        for (auto const& one : walked<push::Delivery>(list, 1 + random() % 20, 3 + random() % 60)) {
            found.push_back(one.webhook_id);
        }
        std::vector<WebhookId> expected;
        for (auto const& one : kept) {
            if ((!filter.appid || one.appid == *filter.appid) &&
                (!filter.did || one.did == *filter.did) &&
                (!filter.state || one.state == *filter.state) &&
                (!filter.type || one.type == *filter.type) &&
                (!filter.since || one.created_at >= *filter.since) &&
                (!filter.until || one.created_at < *filter.until)) {
                expected.push_back(one.webhook_id);
            }
        }
        std::ranges::sort(found);
        std::ranges::sort(expected);
        EXPECT_EQ(found, expected);
    }
}

TEST_P(Lists, RefuseACursorThatTheyDidNotGive) {
    insert("d");
    for (auto const* cursor : {"", "x", "did", "all", "12"}) {
        PageAsk ask{.after = cursor, .limit = 5};
        auto const listed =
            read(store(), [&](Tx const& tx) { return tx.upgrade_lists().list({}, ask); });
        if (listed) {
            EXPECT_STREQ(cursor, "all");  // The list's own beginning.
        } else {
            EXPECT_EQ(listed.error().code, Errc::invalid) << cursor;
        }
    }
}

TEST_P(Lists, OfModelsNameThoseOfDevicesAndFirmwareToo) {
    auto const add = [&](std::string did, std::string model) {
        auto device = a_device(std::move(did));
        device.model = ModelName{std::move(model)};
        written([&](Tx& tx) { return tx.devices().insert(device); });
    };
    for (int i = 0; i < 5; ++i) add("a" + std::to_string(i), "b");
    add("one", "d");
    fleet::Model declared;
    declared.name = {"a"};
    declared.release_plan = R"({"mode":"offer"})";
    declared.approvals_min = 1;
    declared.mqtt_operation = "update";
    written([&](Tx& tx) { return tx.models().put(declared); });
    auto const release = [&](std::string model, std::string version, std::int64_t order,
                             firmware::ReleaseState state) {
        firmware::Release draft;
        draft.model = {std::move(model)};
        draft.version = {std::move(version)};
        draft.order = order;
        draft.state = state;
        draft.created_at = noon;
        written([&](Tx& tx) { return tx.releases().insert(draft); });
    };
    release("b", "2.0", 2, firmware::ReleaseState::released);
    release("b", "1.0", 1, firmware::ReleaseState::released);
    release("b", "3.0", 3, firmware::ReleaseState::withdrawn);
    release("c", "1.0", 0, firmware::ReleaseState::draft);

    for (std::int64_t const limit : {1, 2, 3, 100}) {
        auto const list = [&](PageAsk const& ask) {
            return seen([&](Tx const& tx) { return tx.models().list(ask); });
        };
        std::vector<std::string> names;
        for (auto const& one : walked<KnownModel>(list, limit, page_looks_max)) {
            names.push_back(one.model.name.value + (one.declared ? "!" : "") +
                            (one.newest ? " " + one.newest->value : ""));
        }
        EXPECT_EQ(names, (std::vector<std::string>{"a!", "b 2.0", "c", "d"}));
    }
    auto const shown = seen([](Tx const& tx) { return tx.models().known(ModelName{"a"}); });
    EXPECT_EQ(shown.model.release_plan, declared.release_plan);
    EXPECT_EQ(shown.model.approvals_min, 1);
    EXPECT_EQ(shown.model.mqtt_operation, "update");
    for (auto const* name : {"b", "c", "d"}) {
        EXPECT_TRUE(read(store(), [&](Tx const& tx) { return tx.models().known({name}); })) << name;
    }
    auto const none = read(store(), [](Tx const& tx) { return tx.models().known({"bb"}); });
    EXPECT_EQ(none.error().code, Errc::not_found);
}

TEST_P(Lists, OfOrdersAreNewestFirstWithoutThoseThatStartedByThemselves) {
    for (auto const* id : {"01B", "01A", "01C"}) put_order(id, {11}, {12});
    OrderRow unordered{OrderId{"01D"}, std::nullopt, std::nullopt, noon, {13}, {13}};
    unordered.origin = upgrade::Origin::automatic;
    written([&](Tx& tx) { return tx.orders().put(unordered); });
    auto const kept = seen([](Tx const& tx) { return tx.orders().find(OrderId{"01D"}); }).value();
    EXPECT_EQ(kept.origin, upgrade::Origin::automatic);
    for (std::int64_t const limit : {1, 2, 100}) {
        auto const list = [&](PageAsk const& ask) {
            return seen([&](Tx const& tx) { return tx.orders().list(ask); });
        };
        std::vector<std::string> found;
        for (auto const& one : walked<OrderRow>(list, limit, page_looks_max)) {
            found.push_back(one.order_id.value);
        }
        EXPECT_EQ(found, (std::vector<std::string>{"01C", "01B", "01A"}));
    }
}

TEST_P(Lists, CountTheUpgradesOfAnOrderInParts) {
    std::vector<Upgrade> own;
    for (int i = 0; i < 20; ++i) {
        auto const foreign = i % 4 == 3;  // The range of a large order holds others' upgrades.
        auto const opened = open(an_upgrade("d" + std::to_string(i), foreign ? "other" : "mine"));
        if (!foreign) own.push_back(opened);
    }
    finish(own[0], noon);
    auto failed = own[1];
    failed.cause = "timeout: no progress";
    failed.state = State::failed;
    failed.finished_at = noon;
    failed.due_at.reset();
    written([&](Tx& tx) { return tx.upgrades().move(own[1], failed); });
    auto later = an_upgrade("d0", "mine");
    later.step = 2;
    open(later);
    OrderRow row{OrderId{"mine"}, std::nullopt, std::nullopt, noon, own.front().id, own.back().id};
    row.by = "ann";
    row.release_id = ReleaseId{11};
    row.upgrades = 10;
    written([&](Tx& tx) { return tx.orders().put(row); });
    row.upgrades = 5;
    written([&](Tx& tx) { return tx.orders().put(row); });
    auto const kept = seen([](Tx const& tx) { return tx.orders().find(OrderId{"mine"}); }).value();
    EXPECT_EQ(kept.by, "ann");
    EXPECT_EQ(kept.release_id, ReleaseId{11});
    EXPECT_EQ(kept.upgrades, 15);

    for (std::int64_t const part : {1, 3, 7, 1'000}) {
        OrderTally all;
        auto after = std::optional(UpgradeId{0});
        for (int parts = 0; after && parts < 100; ++parts) {
            auto const tally =
                seen([&](Tx const& tx) { return tx.orders().tally(kept, *after, part); });
            EXPECT_LE(tally.looked, part);
            all.add(tally);
            after = all.next;
        }
        EXPECT_EQ(all.states, (std::map<State, std::int64_t>{
                                  {State::queued, 14}, {State::succeeded, 1}, {State::failed, 1}}));
        EXPECT_EQ(all.causes, (std::map<std::string, std::int64_t>{{"timeout", 1}}));
    }
}

TEST_P(Lists, OfGrantsAreThoseOfOneApp) {
    written([&](Tx& tx) -> Result<void> {
        for (auto const* user : {"u1", "u2", "u3"}) {
            TRY(tx.grants().put_grant({shop, OpenId{user}, noon}));
        }
        return tx.grants().put_grant({lab, OpenId{"u2"}, noon});
    });
    auto const list = [&](PageAsk const& ask) {
        return seen([&](Tx const& tx) { return tx.grants().list(shop, ask); });
    };
    std::vector<std::string> found;
    for (auto const& grant : walked<access::Grant>(list, 1, page_looks_max)) {
        EXPECT_EQ(grant.appid, shop);
        EXPECT_EQ(grant.created_at, noon);
        found.push_back(grant.open_id.value);
    }
    EXPECT_EQ(found, (std::vector<std::string>{"u1", "u2", "u3"}));
}

ON_EVERY_BACKEND(Lists);
ON_EVERY_BACKEND(ListsOfDevices);
ON_EVERY_BACKEND(ListsOfPushes);

}  // namespace
}  // namespace updraft::contract
