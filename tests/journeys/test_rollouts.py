"""Rollouts: a bad build stops by itself, and what the operator's buttons do meanwhile."""
import stage
from rollout_stage import (MODEL, act, fail, fleet, installing, judged, offered_now, offers, plan, reach, released,
                           shown, started)

TEN_FIRST = [{"devices": 10, "soak": "1s"}, {"percent": 100}]


def test_a_build_that_silences_its_devices_is_halted_and_says_so(server):
    devices = fleet(server, 14)
    firmware = released(server)
    rollout = started(server, firmware, plan=plan(waves=TEN_FIRST))["id"]
    taken = offers(devices, 10)
    for device, deployment in taken:
        installing(device, deployment)
    # The first wave is full: nobody else is handed it.
    assert offered_now([one for one in devices if one not in [device for device, _ in taken]]) == []
    halted = reach(server, rollout, lambda now: now["state"] == "halted")
    assert halted["reason"] in ("failing", "failing_fast")
    assert halted["counts"]["handedOut"] == 10
    assert halted["counts"]["silent"] >= 2 and halted["counts"]["good"] == 0
    assert server.admin.get(f"/firmware/{firmware}").json()["availability"] == "nobody"
    texts = [one["text"] for one in server.admin.get(f"/rollouts/{rollout}/timeline").json()["items"]]
    assert any("bad" in text for text in texts), texts


def test_a_healthy_build_reaches_everybody_wave_by_wave(server):
    devices = fleet(server, 6)
    firmware = released(server)
    waves = [{"devices": 2, "soak": "1s"}, {"percent": 100}]
    rollout = started(server, firmware, plan=plan(waves=waves))["id"]
    first = offers(devices, 2)
    assert len(offered_now(devices)) <= 2
    for device, deployment in first:
        device.install(deployment)
    reach(server, rollout, lambda now: now["wave"] == 2, [one for one, _ in first])
    done = {device.did for device, _ in first}
    rest = [device for device in devices if device.did not in done]
    for device, deployment in offers(rest, 4):
        device.install(deployment)
    finished = reach(server, rollout, lambda now: now["state"] == "finished", devices)
    assert finished["counts"]["good"] == 6 and finished["counts"]["handedOut"] == 6
    assert [wave["state"] for wave in finished["waves"]] == ["passed", "passed"]
    assert server.admin.get(f"/firmware/{firmware}").json()["availability"] == "everyone"


def test_a_pause_lets_go_on_who_has_it_and_hands_out_nothing(server):
    devices = fleet(server, 5)
    rollout = started(server, released(server), plan=plan(firstUnproven=3))["id"]
    running = offers(devices[:3], 3)
    act(server, rollout, "pause")
    assert offered_now(devices[3:]) == []
    for device, deployment in running:
        device.install(deployment)
    assert offered_now(devices[3:]) == []
    good = reach(server, rollout, lambda now: now["counts"]["good"] == 3, devices)
    assert good["state"] == "paused" and good["counts"]["handedOut"] == 3
    act(server, rollout, "resume")
    offers(devices[3:], 2)


def test_a_halt_asks_those_to_stop_that_have_not_started_to_install(server):
    devices = fleet(server, 3)
    rollout = started(server, released(server), plan=plan(maxHarmed=1))["id"]
    (offered, _), (busy, its), (bad, bad_one) = offers(devices, 3)
    installing(busy, its)
    fail(bad, bad_one)
    halted = reach(server, rollout, lambda now: now["state"] == "halted")
    assert halted["reason"] == "harmed"
    stage.wait_until(lambda: offered.link("cancelAction"), "the request to stop")
    assert busy.link("cancelAction") is None
    busy.report(its["id"], "closed", "success").expect(200)
    assert server.admin.get(f"/devices/{busy.did}").json()["firmwareVersion"] == "2.0"


def test_a_halted_rollout_is_resumed_only_with_a_note_and_counts_anew(server):
    devices = fleet(server, 4)
    rollout = started(server, released(server), plan=plan(maxHarmed=1))["id"]
    (bad, deployment), = offers(devices[:1], 1)
    fail(bad, deployment)
    reach(server, rollout, lambda now: now["state"] == "halted")
    assert offered_now(devices[1:]) == []
    server.admin.post(f"/rollouts/{rollout}/resume", {}).expect(422)
    server.admin.post(f"/rollouts/{rollout}/resume", {"acknowledge": True}).expect(422)
    resumed = act(server, rollout, "resume", acknowledge=True, note="a broken flash, not the build")
    assert resumed["state"] == "running" and resumed["gate"]["bad"] == 0
    offers(devices[1:], 3)
    assert shown(server, rollout)["state"] == "running"


def test_silence_is_taken_back_when_the_device_speaks(server):
    device, = fleet(server, 1)
    rollout = started(server, released(server), plan=plan())["id"]
    (_, deployment), = offers([device], 1)
    installing(device, deployment)
    silent = reach(server, rollout, lambda now: now["counts"]["silent"] == 1)
    assert silent["state"] == "running" and judged(server, rollout, device.did) == "silent"
    device.report(deployment["id"], "closed", "success").expect(200)
    good = reach(server, rollout, lambda now: now["counts"]["good"] == 1, [device])
    assert good["counts"]["silent"] == 0 and good["gate"]["bad"] == 0


def test_a_device_that_goes_back_after_its_success_is_counted(server):
    devices = fleet(server, 1)
    rollout = started(server, released(server), plan=plan(maxHarmed=1))["id"]
    (device, deployment), = offers(devices, 1)
    device.install(deployment)
    reach(server, rollout, lambda now: now["counts"]["good"] == 1, devices)
    device.tell(firmwareVersion="1.0").expect(200)
    halted = reach(server, rollout, lambda now: now["state"] == "halted")
    assert halted["counts"]["reverted"] == 1 and halted["counts"]["good"] == 0
    assert judged(server, rollout, device.did) == "reverted"


def test_what_an_operator_writes_reverts_nothing(server):
    devices = fleet(server, 1)
    rollout = started(server, released(server), plan=plan(maxHarmed=1))["id"]
    (device, deployment), = offers(devices, 1)
    device.install(deployment)
    reach(server, rollout, lambda now: now["counts"]["good"] == 1, devices)
    server.admin.patch(f"/devices/{device.did}", {"firmwareVersion": "1.0"}).expect(200)
    assert judged(server, rollout, device.did) == "good"


def test_a_lost_download_is_retried_and_then_unreached_but_never_evidence(server):
    device, = fleet(server, 1)
    rollout = started(server, released(server), plan=plan())["id"]
    for _ in range(2):
        (_, deployment), = offers([device], 1)
        fail(device, deployment, "download failed: connection reset")
    reach(server, rollout, lambda now: now["counts"]["unreached"] == 1, [device])
    now = shown(server, rollout)
    assert now["state"] != "halted" and now["gate"]["bad"] == 0
    assert judged(server, rollout, device.did) == "unreached"


def test_a_stopped_rollout_leaves_nothing_queued(server):
    devices = fleet(server, 4)
    rollout = started(server, released(server), plan=plan())["id"]
    (busy, deployment), = offers(devices[:1], 1)
    installing(busy, deployment)
    for device in devices[1:]:
        device.poll()
    act(server, rollout, "stop")
    assert offered_now(devices[1:]) == []
    busy.report(deployment["id"], "closed", "success").expect(200)
    reach(server, rollout, lambda now: now["state"] == "stopped", devices)
    active = server.admin.get("/upgrades?state=queued").json()["items"]
    assert active == []
    assert server.admin.get(f"/devices?model={MODEL}&active=true").json()["items"] == []
