"""Helpers for the journeys of the device channel."""
import os
import urllib.parse

import pytest

CONTENT = os.urandom(300_000)


@pytest.fixture
def world(server):
    return World(server)


class World:
    """A user with lamps, a release for them, and an app that orders upgrades."""

    def __init__(self, server):
        self.server = server
        self.release = server.publish("lamp", "2.0.0", CONTENT, fileName="lamp 2.0.swu")
        self.user = None

    def lamp(self, did="lamp-1", **fields):
        return self.server.device(did, "lamp", "1.0.0", "alice", **fields)

    def order(self, *dids, **fields):
        answer = self.server.admin.post("/orders", {"dids": list(dids), **fields}).expect(201).json()
        assert answer["refused"] == [], answer
        return answer["orderId"]

    def upgrade(self, did):
        """The newest upgrade of that device, with its timeline."""
        items = self.server.admin.get(f"/upgrades?did={urllib.parse.quote(did)}").json()["items"]
        return self.server.admin.get(f"/upgrades/{items[0]['id']}").expect(200).json()

    def ordered(self, did="lamp-1", **fields):
        device = self.lamp(did, **fields)
        self.order(did)
        return device, device.wait_for_deployment()

    def state(self, did="lamp-1"):
        return self.upgrade(did)["state"]


def attributes(world, did="lamp-1"):
    return world.server.admin.get(f"/devices/{did}").expect(200).json()["attributes"]


def artifact_of(deployment):
    return deployment["deployment"]["chunks"][0]["artifacts"][0]
