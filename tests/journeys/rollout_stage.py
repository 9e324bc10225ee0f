"""Helpers for the journeys of rollouts: devices that act as their build makes them, and short times."""
import stage

MODEL = "lamp"
# Devices poll every second, so that the silence limit is 5 s and an outcome settles after 7.5 s.
QUICK = {"window": "any", "silentAfter": "5s", "settleTime": "5s", "retry": {"times": 1, "after": "1s"}}
EVERYBODY = [{"percent": 100}]


def plan(**members):
    return {**QUICK, "waves": EVERYBODY, **members}


def fleet(server, count, prefix="lamp", **fields):
    """Devices of one model, each with a user of its own unless `fields` says otherwise."""
    return [server.device(f"{prefix}-{n:02}", MODEL, "1.0",
                          **{"open_id": f"user-{prefix}-{n:02}", **fields}) for n in range(count)]


def released(server, version="2.0", content=b"brighter"):
    return server.publish(MODEL, version, content)["id"]


def started(server, firmware, mode="install", **members):
    """A rollout that runs, and whose first wave is open."""
    made = server.admin.post("/rollouts", {"firmwareId": firmware, "mode": mode, **members}).expect(201).json()
    server.admin.post(f"/rollouts/{made['id']}/start", {}).expect(200)
    return opened(server, made["id"])


def opened(server, rollout):
    def look():
        now = shown(server, rollout)
        return now if now["wave"] and now["counts"]["audience"] is not None else None
    return stage.wait_until(look, "the first wave")


def shown(server, rollout):
    return server.admin.get(f"/rollouts/{rollout}").expect(200).json()


def act(server, rollout, verb, **said):
    return server.admin.post(f"/rollouts/{rollout}/{verb}", said).expect(200).json()


def members(server, rollout):
    """By did, what has become of the devices that took a place."""
    return {one["did"]: one for one in server.admin.every(f"/rollouts/{rollout}/devices")}


def judged(server, rollout, did):
    return members(server, rollout).get(did, {}).get("judged")


def reach(server, rollout, wanted, devices=(), what=None):
    """Waits until `wanted(rollout)`, while these devices poll."""
    def look():
        for device in devices:
            device.poll()
        now = shown(server, rollout)
        return now if wanted(now) else None
    return stage.wait_until(look, what or "the rollout", patience=90)


def offered_now(devices):
    """The devices that are handed the release by one round of polls and fetches, with what they got."""
    taken = []
    for device in devices:
        deployment = device.deployment()
        if deployment:
            taken.append((device, deployment))
    return taken


def offers(devices, count):
    """As many hand-outs as `count`, from as many rounds as that needs."""
    taken = {}

    def look():
        for device, deployment in offered_now([one for one in devices if one.did not in taken]):
            taken[device.did] = (device, deployment)
        return list(taken.values()) if len(taken) >= count else None
    return stage.wait_until(look, f"{count} hand-outs", patience=90)


def installing(device, deployment):
    """Has all bytes, and has begun to install."""
    device.report(deployment["id"], "download").expect(200)
    device.download(deployment).expect(200)
    device.report(deployment["id"], "downloaded").expect(200)
    device.report(deployment["id"], "proceeding", progress=50).expect(200)


def fail(device, deployment, text="write error"):
    device.report(deployment["id"], "closed", "failure", details=[text]).expect(200)


def recount(server, rollout):
    """Counts by judgement, and all hand-outs that count."""
    counts = {}
    for one in members(server, rollout).values():
        counts[one["judged"]] = counts.get(one["judged"], 0) + 1
    return counts
