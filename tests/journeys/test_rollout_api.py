"""The calls of rollouts: states, errors, roles, approvals, ETags, previews, and the release of a firmware
with its rollout."""
import pytest

import stage
from operator_stage import make_token, operator

MODEL = "lamp"


@pytest.fixture
def release(server):
    """A released firmware that a device can take."""
    for n in (1, 2, 3):
        server.device(f"lamp-{n}", MODEL, "1.0", "alice")
    return server.publish(MODEL, "2.0")["id"]


def as_operator(server, name, role, **fields):
    """The client of a new operator."""
    operator(server, name, role, **fields)
    return stage.Admin(server.url, make_token(server.admin, name)["token"])


def draft_of(server, version="3.0"):
    wanted = {"deviceModel": MODEL, "firmwareVersion": version}
    made = server.admin.post("/firmware", wanted).expect(201).json()["id"]
    server.admin.put(f"/firmware/{made}/file", b"brighter").expect(200)
    return made


def create(admin, firmware, **members):
    return admin.post("/rollouts", {"firmwareId": firmware, "mode": "offer", **members})


def created(admin, firmware, **members):
    return create(admin, firmware, **members).expect(201).json()


def act(admin, rollout, verb, status=200, headers=None, **said):
    answer = admin.post(f"/rollouts/{rollout['id']}/{verb}", said, headers=headers)
    return answer.expect(status).json()


def availability(server, firmware):
    return server.admin.get(f"/firmware/{firmware}").expect(200).json()["availability"]


def four_eyes(server):
    """The model asks for approvals; two operators who may both create and approve, and one without."""
    server.admin.put(f"/models/{MODEL}", {"minApprovals": 1}).expect(200)
    return (as_operator(server, "ann", "releaser", approve=True),
            as_operator(server, "bob", "releaser", approve=True),
            as_operator(server, "cem", "releaser"))


# ---------------------------------------------------------------------------------------------
# Creating, showing, changing


def test_a_draft_is_shown_complete_and_changes_nothing(server, release):
    answer = create(server.admin, release, name="Brighter", plan="careful").expect(201)
    made = answer.json()
    assert list(made) == ["id", "name", "firmwareId", "deviceModel", "firmwareVersion", "mode",
                          "state", "reason", "wave", "waves", "counts", "gate", "nextStep",
                          "audience", "plan", "createdBy", "approvedBy", "startAt", "createdAt",
                          "startedAt", "endedAt"]
    assert (made["name"], made["firmwareId"], made["firmwareVersion"]) == ("Brighter", release, "2.0")
    assert (made["state"], made["wave"], made["reason"]) == ("draft", None, None)
    assert [wave["target"] for wave in made["waves"]] == [10, 100, None, None, None, None]
    assert {wave["state"] for wave in made["waves"]} == {"waiting"}
    assert made["counts"] == {"audience": None, **dict.fromkeys(
        ("handedOut", "inFlight", "unproven", "good", "failed", "silent", "reverted", "unreached",
         "neutral", "userPulled"), 0)}
    assert made["gate"] == {"evidence": 1, "haltAt": 100, "good": 0, "bad": 0, "haltsAtBad": None}
    assert made["nextStep"]["what"] == "submit"
    assert made["plan"]["preset"] == "careful" and made["plan"]["failureLimitPercent"] == 1
    assert made["audience"] == {"dynamic": True}
    assert (made["createdBy"], made["approvedBy"]) == ("admin", None)
    assert availability(server, release) == "everyone"
    again = server.admin.get(f"/rollouts/{made['id']}").expect(200)
    assert again.json() == made and again.headers["ETag"] == answer.headers["ETag"]


@pytest.mark.parametrize("members, named", [
    ({"mode": None}, "mode"), ({"mode": "push"}, "mode"), ({"firmwareId": None}, "firmwareId"),
    ({"firmwareId": "999999"}, "firmwareId"), ({"audiance": {}}, "audiance"),
    ({"plan": "bold"}, "plan"), ({"plan": {"maxPerMinute": 0}}, "maxPerMinute"),
    ({"plan": {"waves": []}}, "waves"), ({"audience": {"color": "red"}}, "color"),
    ({"startAt": "tomorrow"}, "startAt"), ({"mode": "install"}, "window"),
    ({"name": "x" * 129}, "name")])
def test_a_wrong_member_is_named(server, release, members, named):
    wanted = {"firmwareId": release, "mode": "offer", **members}
    answer = server.admin.post("/rollouts", wanted).expect(422)
    assert named in answer.json()["detail"]
    preview = server.admin.post("/rollouts/preview", wanted).expect(422)
    assert named in preview.json()["detail"]


def test_a_firmware_has_one_open_rollout_and_must_be_released(server, release):
    admin = server.admin
    first = created(admin, release)
    assert f"rollout {first['id']}" in create(admin, release).expect(409).json()["detail"]
    create(admin, draft_of(server)).expect(409)
    admin.delete(f"/rollouts/{first['id']}").expect(204)
    admin.get(f"/rollouts/{first['id']}").expect(404)
    second = created(admin, release)
    act(admin, second, "start")
    create(admin, release).expect(409)
    admin.delete(f"/rollouts/{second['id']}").expect(409)
    admin.post(f"/firmware/{release}/withdraw").expect(200)
    assert "withdrawn" in create(admin, release).expect(409).json()["detail"]


def test_a_patch_merges_a_draft_one_level_deep(server, release):
    admin = server.admin
    made = created(admin, release, plan={"maxHarmed": 50, "settleTime": "2h"},
                   audience={"exclude": ["lamp-1"], "tags": ["beta"]})
    path = f"/rollouts/{made['id']}"
    changed = admin.patch(path, {"name": "x", "plan": {"maxHarmed": None, "maxPerMinute": 5},
                                 "audience": {"exclude": ["lamp-2"]},
                                 "startAt": "2099-01-01T00:00:00.000Z"}).expect(200).json()
    assert changed["plan"]["maxHarmed"] is None and changed["plan"]["maxPerMinute"] == 5
    assert changed["plan"]["settleTime"] == "2h"
    assert changed["audience"]["exclude"] == ["lamp-2"] and changed["audience"]["tags"] == ["beta"]
    assert changed["startAt"] == "2099-01-01T00:00:00.000Z"
    changed = admin.patch(path, {"audience": {"tags": None}, "startAt": None, "name": None})
    shown = changed.expect(200).json()
    assert "tags" not in shown["audience"] and shown["startAt"] is None and shown["name"] is None
    admin.patch(path, {"plan": None}).expect(422)
    admin.patch(path, {"firmwareId": release}).expect(422)
    admin.patch(path, {"mode": "install"}).expect(422)
    admin.patch(path, {"mode": "install", "plan": {"window": "any"}}).expect(200)
    admin.patch("/rollouts/999999", {"name": "x"}).expect(404)


def test_after_the_draft_only_what_is_more_careful_changes(server, release):
    admin = server.admin
    made = created(admin, release, plan={"maxHarmed": 50}, audience={"exclude": ["lamp-1"]})
    act(admin, made, "start")
    path = f"/rollouts/{made['id']}"
    admin.patch(path, {"name": "x", "plan": {"maxHarmed": 20, "maxPerMinute": 10},
                       "audience": {"exclude": ["lamp-1", "lamp-2"]}}).expect(200)
    for wrong in ({"plan": {"maxHarmed": 21}}, {"plan": {"maxHarmed": None}},
                  {"plan": {"settleTime": "9h"}}, {"audience": {"exclude": ["lamp-2"]}},
                  {"audience": {"include": ["lamp-3"]}}, {"startAt": "2099-01-01T00:00:00Z"},
                  {"mode": "install", "plan": {"window": "any"}}):
        admin.patch(path, wrong).expect(409)
    shown = admin.get(path).expect(200).json()
    assert shown["plan"]["maxHarmed"] == 20 and shown["audience"]["exclude"] == ["lamp-1", "lamp-2"]


def test_a_change_of_what_was_changed_since_is_refused(server, release):
    admin = server.admin
    first = create(admin, release).expect(201)
    path = f"/rollouts/{first.json()['id']}"
    read = {"If-Match": first.headers["ETag"]}
    second = admin.patch(path, {"name": "b"}, headers=read).expect(200)
    assert second.headers["ETag"] != first.headers["ETag"]
    admin.patch(path, {"name": "c"}, headers=read).expect(412)
    admin.post(f"{path}/start", {}, headers=read).expect(412)
    admin.delete(path, headers=read).expect(412)
    shown = admin.get(path).expect(200)
    assert (shown.json()["name"], shown.json()["state"]) == ("b", "draft")
    assert shown.headers["ETag"] == second.headers["ETag"]
    admin.patch("/rollouts/999999", {"name": "x"}, headers={"If-Match": "*"}).expect(404)
    both = {"If-Match": f'"zzz", {second.headers["ETag"]}'}
    admin.delete(path, headers=both).expect(204)


# ---------------------------------------------------------------------------------------------
# States


def test_what_is_not_possible_in_a_state_is_refused(server, release):
    admin = server.admin
    made = created(admin, release)
    for verb in ("approve", "deny", "pause", "resume", "stop", "next-wave"):
        act(admin, made, verb, 409)
    assert act(admin, made, "submit")["state"] == "running"
    assert availability(server, release) == "rollout"
    for verb in ("submit", "start", "approve", "deny", "resume"):
        act(admin, made, verb, 409)
    paused = act(admin, made, "pause", note="calls from users")
    assert (paused["state"], paused["nextStep"]["what"]) == ("paused", "resume")
    for verb in ("pause", "start", "next-wave"):
        act(admin, made, verb, 409)
    assert act(admin, made, "resume")["state"] == "running"
    assert act(admin, made, "stop", note="a better one comes")["state"] in ("stopping", "stopped")
    assert availability(server, release) == "nobody"
    for verb in ("stop", "resume", "start"):
        act(admin, made, verb, 409)


def test_the_availability_cannot_be_set_while_a_rollout_is_open(server, release):
    admin = server.admin
    made = created(admin, release)
    for to in ("nobody", "everyone"):
        admin.patch(f"/firmware/{release}", {"availability": to}).expect(409)
    admin.delete(f"/rollouts/{made['id']}").expect(204)
    admin.patch(f"/firmware/{release}", {"availability": "nobody"}).expect(200)


def test_a_schedule_holds_the_firmware_back_and_start_begins_at_once(server, release):
    admin = server.admin
    made = created(admin, release, startAt="2099-01-01T00:00:00.000Z")
    shown = act(admin, made, "start")
    assert (shown["state"], shown["startedAt"]) == ("scheduled", None)
    assert shown["nextStep"] == {"what": "start", "when": "2099-01-01T00:00:00.000Z",
                                 "because": shown["nextStep"]["because"]}
    assert availability(server, release) == "rollout"
    act(admin, made, "submit", 409)
    shown = act(admin, made, "start")
    assert shown["state"] == "running" and shown["startedAt"] is not None


def test_what_never_started_is_stopped_at_once(server, release):
    made = created(server.admin, release, startAt="2099-01-01T00:00:00.000Z")
    act(server.admin, made, "submit")
    shown = act(server.admin, made, "stop")
    assert shown["state"] == "stopped" and shown["endedAt"] is not None
    assert shown["nextStep"] is None and availability(server, release) == "nobody"
    server.admin.patch(f"/firmware/{release}", {"availability": "everyone"}).expect(200)


def test_a_note_and_who_acted_stand_in_the_timeline_and_in_the_audit(server, release):
    admin = server.admin
    made = created(admin, release, audience={"exclude": ["lamp-1", "lamp-2"]})
    act(admin, made, "start", note="checked on the bench")
    act(admin, made, "pause", note="a smell of smoke")
    timeline = admin.get(f"/rollouts/{made['id']}/timeline").expect(200).json()["items"]
    kinds = [(one["kind"], one["by"], one["text"]) for one in timeline if one["by"] == "admin"]
    assert kinds == [("paused", "admin", "a smell of smoke"),
                     ("started", "admin", "checked on the bench"), ("created", "admin", None)]
    rows = admin.get(f"/audit?object={made['id']}").expect(200).json()["items"]
    rows = [row for row in rows if row["object"]["kind"] == "rollout"]
    assert [(row["action"], row["note"]) for row in rows if row["actor"]["name"] == "admin"] == [
        ("pauseRollout", "a smell of smoke"), ("startRollout", "checked on the bench"),
        ("createRollout", None)]
    assert "lamp-2" not in str(rows)
    listed = admin.get("/rollouts").expect(200).json()["items"][0]
    assert listed["audience"]["exclude"] == {"count": 2}


# ---------------------------------------------------------------------------------------------
# Roles and approvals


def test_each_call_has_its_least_role(server, release):
    viewer, support = as_operator(server, "vic", "viewer"), as_operator(server, "sue", "support")
    made = created(server.admin, release)
    path = f"/rollouts/{made['id']}"
    for read in ("", "/devices", "/timeline", "/preview"):
        viewer.get(path + read).expect(200)
    viewer.post("/rollouts/preview", {"firmwareId": release, "mode": "offer"}).expect(200)
    create(support, release).expect(403)
    support.patch(path, {"name": "x"}).expect(403)
    support.delete(path).expect(403)
    for verb in ("submit", "start", "approve", "deny", "resume", "stop", "next-wave"):
        act(support, made, verb, 403)
    act(server.admin, made, "start")
    act(viewer, made, "pause", 403)
    assert act(support, made, "pause")["state"] == "paused"
    act(support, made, "resume", 403)


def test_a_second_person_approves(server, release):
    ann, bob, cem = four_eyes(server)
    made = created(ann, release)
    waiting = act(ann, made, "start")
    assert (waiting["state"], waiting["nextStep"]["what"]) == ("waiting_approval", "approve")
    assert availability(server, release) == "rollout"
    act(ann, made, "approve", 403)  # Created it.
    act(cem, made, "approve", 403)  # Has no right to.
    act(bob, made, "start", 409)
    shown = act(bob, made, "approve", note="read")
    assert (shown["state"], shown["approvedBy"]) == ("running", "bob")


def test_who_edited_it_does_not_approve_it_and_an_edit_voids_an_approval(server, release):
    ann, bob, _ = four_eyes(server)
    made = created(ann, release, startAt="2099-01-01T00:00:00.000Z")
    act(ann, made, "submit")
    path = f"/rollouts/{made['id']}"
    shown = act(bob, made, "approve")
    assert (shown["state"], shown["approvedBy"]) == ("scheduled", "bob")
    assert ann.patch(path, {"name": "x"}).expect(200).json()["state"] == "scheduled"
    voided = ann.patch(path, {"plan": {"maxPerMinute": 5}}).expect(200).json()
    assert (voided["state"], voided["approvedBy"]) == ("waiting_approval", None)
    bob.patch(path, {"plan": {"maxPerMinute": 4}}).expect(200)
    act(bob, made, "approve", 403)
    shown = act(server.admin, made, "approve")
    assert shown["approvedBy"] == "admin" and shown["plan"]["maxPerMinute"] == 4


def test_a_denied_rollout_is_a_draft_and_its_firmware_reaches_nobody(server, release):
    ann, bob, _ = four_eyes(server)
    made = created(ann, release)
    act(ann, made, "submit")
    assert act(bob, made, "deny", note="not before the holidays")["state"] == "draft"
    assert availability(server, release) == "nobody"
    act(ann, made, "submit")
    assert availability(server, release) == "rollout"


def test_what_goes_around_an_approval_needs_an_admin(server, release):
    ann, _, _ = four_eyes(server)
    draft = draft_of(server)
    ann.post(f"/firmware/{draft}/release").expect(403)
    ann.post(f"/firmware/{draft}/release", {"rollout": "none", "note": "x"}).expect(403)
    server.admin.patch(f"/firmware/{release}", {"availability": "nobody"}).expect(200)
    ann.patch(f"/firmware/{release}", {"availability": "everyone"}).expect(403)
    back = {"dids": ["lamp-1"], "firmwareId": release, "allowOlder": True}
    ann.post("/orders", back).expect(403)
    ann.patch(f"/models/{MODEL}", {"minApprovals": 0}).expect(403)
    ann.put(f"/models/{MODEL}", {"displayName": "x"}).expect(403)
    ann.patch(f"/models/{MODEL}", {"displayName": "x"}).expect(200)
    server.admin.post("/orders", back).expect(201)
    server.admin.patch(f"/firmware/{release}", {"availability": "everyone"}).expect(200)
    ann.post(f"/firmware/{draft}/release", {"rollout": {"mode": "offer"}}).expect(200)
    assert ann.get("/rollouts").json()["items"][0]["state"] == "waiting_approval"
    server.admin.patch(f"/models/{MODEL}", {"minApprovals": 0}).expect(200)


# ---------------------------------------------------------------------------------------------
# A release with its rollout, and a withdrawal


def rollout_of(server, firmware):
    return server.admin.get(f"/rollouts?firmwareId={firmware}").expect(200).json()["items"]


def test_a_release_starts_its_rollout_in_the_same_commit(server):
    draft = draft_of(server)
    path = f"/firmware/{draft}/release"
    wrong = server.admin.post(path, {"rollout": {"mode": "offer", "plan": {"maxHarmed": 0}}})
    assert "rollout.plan.maxHarmed" in wrong.expect(422).json()["detail"]
    server.admin.post(path, {"rollout": "some"}).expect(422)
    server.admin.post(path, {"rollout": {"firmwareId": draft, "mode": "offer"}}).expect(422)
    assert server.admin.get(f"/firmware/{draft}").json()["state"] == "draft"
    wanted = {"rollout": {"mode": "offer", "name": "Friday", "plan": "careful"}}
    released = server.admin.post(path, wanted).expect(200).json()
    assert (released["state"], released["availability"]) == ("released", "rollout")
    [made] = rollout_of(server, draft)
    assert (made["state"], made["name"], made["plan"]["preset"]) == ("running", "Friday", "careful")
    server.admin.post(path, wanted).expect(200)  # Repeated, it changes nothing.
    assert len(rollout_of(server, draft)) == 1


def test_a_model_may_say_how_its_releases_are_rolled_out(server):
    admin = server.admin
    for wrong in ({"mode": "offer", "plan": {"maxHarmed": 0}}, {"mode": "install"}):
        admin.put(f"/models/{MODEL}", {"releasePlan": wrong}).expect(422)
    plan = {"mode": "offer", "plan": {"preset": "careful", "maxHarmed": 5}}
    admin.put(f"/models/{MODEL}", {"releasePlan": plan}).expect(200)
    first, second = draft_of(server, "3.0"), draft_of(server, "4.0")
    assert admin.post(f"/firmware/{first}/release").expect(200).json()["availability"] == "rollout"
    [made] = rollout_of(server, first)
    assert (made["plan"]["preset"], made["plan"]["maxHarmed"]) == ("careful", 5)
    releaser = as_operator(server, "rae", "releaser")
    path = f"/firmware/{second}/release"
    releaser.post(path, {"rollout": "none", "note": "x"}).expect(403)
    assert "note" in admin.post(path, {"rollout": "none"}).expect(422).json()["detail"]
    shown = admin.post(path, {"rollout": "none", "note": "a lab model"}).expect(200).json()
    assert shown["availability"] == "everyone" and rollout_of(server, second) == []


def test_a_withdrawal_stops_the_rollout_and_its_own_cancel_counts(server, release):
    made = created(server.admin, release, plan={"onStop": "cancel_all"})
    act(server.admin, made, "start")
    server.admin.post(f"/firmware/{release}/withdraw").expect(200)
    shown = server.admin.get(f"/rollouts/{made['id']}").expect(200).json()
    assert shown["state"] in ("stopping", "stopped")
    assert shown["plan"]["onStop"] == "let_run"
    act(server.admin, made, "start", 409)


def test_a_draft_of_a_withdrawn_firmware_does_not_start(server, release):
    made = created(server.admin, release)
    server.admin.post(f"/firmware/{release}/withdraw").expect(200)
    assert "withdrawn" in act(server.admin, made, "start", 409)["detail"]
    server.admin.delete(f"/rollouts/{made['id']}").expect(204)


# ---------------------------------------------------------------------------------------------
# Lists and previews


def test_lists_have_filters(server, release):
    admin = server.admin
    other = server.publish("fan", "2.0")["id"]
    mine, others = created(admin, release), created(admin, other)
    act(admin, others, "start")
    def listed(query):
        return [one["id"] for one in admin.get(f"/rollouts?{query}").expect(200).json()["items"]]
    assert listed("") == [others["id"], mine["id"]]
    assert listed("state=draft") == listed("model=lamp") == listed(f"firmwareId={release}") == [mine["id"]]
    assert listed("state=halted") == listed("firmwareId=zzz") == listed("model=zzz") == []
    for wrong in ("state=good", "wave=1", "limit=0"):
        admin.get(f"/rollouts?{wrong}").expect(422)
    for call in ("devices", "timeline", "preview"):
        admin.get(f"/rollouts/999999/{call}").expect(404)
    devices = f"/rollouts/{mine['id']}/devices"
    assert admin.get(devices + "?judged=good&wave=1&state=queued").expect(200).json() == {
        "items": [], "nextCursor": None}
    for wrong in ("judged=fine", "wave=0", "wave=21", "state=running"):
        admin.get(f"{devices}?{wrong}").expect(422)


def preview(admin, firmware, **members):
    wanted = {"firmwareId": firmware, "mode": "offer", **members}
    return admin.post("/rollouts/preview", wanted).expect(200).json()


def excluded(shown):
    return {one["reason"]: (one["count"], sorted(one["examples"])) for one in shown["excluded"]}


def test_a_preview_counts_every_device_of_the_model_once(server, release):
    admin = server.admin
    server.device("lamp-4", MODEL, "2.0", "alice")
    server.device("fan-1", "fan", "1.0", "alice")
    admin.patch("/devices/lamp-3", {"tags": ["beta"]}).expect(200)
    admin.put("/devices/lamp-2/policy", {"autoUpgrade": "0"}).expect(200)
    shown = preview(admin, release, mode="install", plan={"window": "any"},
                    audience={"exclude": ["lamp-1"]})
    assert (shown["audience"], shown["eligible"]) == (4, 1)
    assert excluded(shown) == {"already_on_version": (1, ["lamp-4"]), "excluded": (1, ["lamp-1"]),
                               "policy_off": (1, ["lamp-2"])}
    assert [wave["devices"] for wave in shown["waves"]] == [1, 1, 1]
    assert shown["waves"][0]["examples"] == ["lamp-3"]
    size = admin.get(f"/firmware/{release}").json()["fileSize"]
    assert shown["bytes"] == {"total": size}
    # Users decide in the mode `offer`, whatever their policy.
    shown = preview(admin, release, audience={"tags": ["beta"]})
    assert (shown["audience"], shown["eligible"]) == (4, 1)
    assert excluded(shown)["not_in_audience"] == (2, ["lamp-1", "lamp-2"])
    rollout = created(admin, release, audience={"tags": ["beta"]})
    same = admin.get(f"/rollouts/{rollout['id']}/preview").expect(200).json()
    assert {**same, "asOf": None} == {**shown, "asOf": None}


def test_a_preview_of_a_draft_shows_what_its_release_would_do(server, release):
    draft = draft_of(server, "1.5")
    shown = preview(server.admin, draft, audience={"canaries": {"dids": ["lamp-2"]}})
    assert (shown["eligible"], shown["excluded"]) == (3, [])
    assert shown["waves"][0]["examples"] == ["lamp-2"]
    assert any("looks older than 2.0" in one for one in shown["warnings"])
    server.admin.get("/rollouts?firmwareId=" + draft).expect(200)
    assert rollout_of(server, draft) == []
    server.admin.post(f"/firmware/{draft}/release").expect(200)
    # What a device is offered instead of an older release.
    assert excluded(preview(server.admin, release))["newer_version"][0] == 3
    server.admin.post(f"/firmware/{draft}/withdraw").expect(200)
    wanted = {"firmwareId": draft, "mode": "offer"}
    server.admin.post("/rollouts/preview", wanted).expect(409)


def test_a_preview_warns_of_what_an_operator_should_know(server, release):
    admin = server.admin
    warnings = " ".join(preview(admin, release)["warnings"])
    for expected in ("never installed", "successCriterion", "No canaries", "3 of 3"):
        assert expected in warnings, expected
    admin.put(f"/models/{MODEL}", {"successCriterion": "version"}).expect(200)
    lamp = server.device("lamp-9", MODEL, "1.0", "alice")
    admin.post("/orders", {"dids": ["lamp-9"]}).expect(201)
    lamp.install()
    lamp.tell(firmwareVersion="2.0")
    calm = preview(admin, release, audience={"canaries": {"dids": ["lamp-1"]}})["warnings"]
    for gone in ("successCriterion", "No canaries"):
        assert gone not in " ".join(calm)
    night = {"days": ["mon", "tue", "wed", "thu", "fri", "sat", "sun"], "from": "01:00",
             "to": "02:00", "zone": "+00:00"}
    admin.put("/devices/lamp-1/policy", {"upgradeHours": "10:00-11:00",
                                         "timeZone": "+00:00"}).expect(200)
    never = preview(admin, release, mode="install", plan={"window": night})["warnings"]
    assert any("never meet for 1 device" in one for one in never)
