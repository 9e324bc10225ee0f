# SPDX-License-Identifier: Apache-2.0
"""Devices in a store, and the users and apps that ask about them."""
import json
import random
import time

from load import raw_request

MODEL = "bench.lamp.v1"
DEVICES_PER_USER = 50


def did_of(number):
    return f"device-{number:07d}"


class Fleet:
    """Devices in a store: half of them belong to one bulk user, the others to users with fifty each."""

    def __init__(self, server, count, database=None):
        self.server = server
        self.database = database  # Its name on a PostgreSQL server.
        self.count = count
        self.users = count // 2 // DEVICES_PER_USER
        self.app = server.call("POST", "/admin/v1/apps", {"name": "bench"})
        release = server.call("POST", "/admin/v1/firmware", {
            "deviceModel": MODEL, "firmwareVersion": "2.0.0", "updateLog": "Fixes and more."})
        server.call("PUT", f"/admin/v1/firmware/{release['id']}/file", body=b"x" * 4096)
        server.call("POST", f"/admin/v1/firmware/{release['id']}/release")
        began = time.monotonic()
        imported = server.call("POST", "/admin/v1/devices/import", body=self.lines(), expect=(200,))
        self.import_seconds = time.monotonic() - began
        if imported["imported"] != count:
            raise SystemExit(f"imported {imported}")

    def lines(self):
        batch = []
        for number in range(self.count):
            user = number // DEVICES_PER_USER
            owner = f"user-{user:06d}" if user < self.users else "bulk"
            batch.append(json.dumps({"did": did_of(number), "name": f"Lamp {number}",
                                     "deviceModel": MODEL, "firmwareVersion": "1.0.0",
                                     "openId": owner}))
            if len(batch) == 2000:
                yield ("\n".join(batch) + "\n").encode()
                batch = []
        if batch:
            yield ("\n".join(batch) + "\n").encode()

    def headers(self, open_id):
        granted = self.server.call("POST", f"/admin/v1/apps/{self.app['appid']}/grants",
                                   {"openId": open_id})
        return {"Appid": self.app["appid"], "Appkey": self.app["appkey"],
                "Access-Token": granted["accessToken"]}

    def some_users(self, count):
        chosen = random.Random(1).sample(range(self.users), min(count, self.users))
        return {user: self.headers(f"user-{user:06d}") for user in chosen}

    def devices_of(self, user):
        return [did_of(n) for n in range(user * DEVICES_PER_USER, (user + 1) * DEVICES_PER_USER)]

    def bulk_devices(self):
        return [did_of(n) for n in range(self.users * DEVICES_PER_USER, self.count)]

    def selected_requests(self, users):
        """Queries of one device each, ten for each of those users."""
        rng = random.Random(2)
        requests = []
        for user, headers in users.items():
            for did in rng.sample(self.devices_of(user), 10):
                requests.append(raw_request("POST", "/open/ota/query/firmware/selected", headers,
                                            json.dumps({"did": did}).encode()))
        rng.shuffle(requests)
        return requests

    def poll_requests(self, count):
        """Polls of that many devices."""
        requests = []
        for number in random.Random(2).sample(range(self.count), count):
            did = did_of(number)
            token = self.server.call("POST", f"/admin/v1/devices/{did}/token")["deviceToken"]
            requests.append(raw_request("GET", f"/DEFAULT/controller/v1/{did}",
                                        {"Authorization": "TargetToken " + token,
                                         "Accept": "application/hal+json"}))
        return requests
