"""Three instances on one PostgreSQL behind HAProxy, under orders, feedback and pushes."""
import contextlib
import random
import signal

import stage
from load_stage import Orders, check_told, wait_for_quiet
from proxy_stage import Proxy

DEVICES = 9
MODEL = "lumen-a19"


def three_instances(start_server, database):
    """Each comes back on the port that it had, which HAProxy knows it by."""
    here = {"server": {"trusted_proxies": ["127.0.0.1"]}}
    first = start_server(config={"store": {"url": database}, **here})
    servers = [first, *(start_server(config=here, beside=first) for _ in range(2))]
    for server in servers:
        server.config["server"]["listen"] = [server.url.removeprefix("http://")]
    return servers


@contextlib.contextmanager
def under_load(servers, receiver, certificate, folder, seed):
    """The proxy and the orders, while a fleet works and is told of; then holds all to its promises."""
    first = servers[0]
    user = first.app("app", pushUrl=receiver.url).grant("alice")
    dids = [f"d-{number}" for number in range(DEVICES)]
    tokens = [first.device(did, MODEL, "1.0.0", "alice").token for did in dids]
    credentials = folder / "credentials"
    credentials.write_text("".join(
        f"{did},{token},1.0.0\n" for did, token in zip(dids, tokens, strict=True)))
    with Proxy(folder, certificate, servers) as proxy:
        stage.wait_until(lambda: proxy.instances_up() == len(servers), "the proxy to see all")
        fleet = stage.Process(
            [stage.binary(), "simulate", "--url", proxy.url, "--insecure", "--credentials",
             credentials, "--polling", "0.1", "--install-seconds", "0.3", "--cut-rate", "0.2",
             "--ramp", "0"], folder / "fleet.log")
        try:
            user.app.server = proxy
            orders = Orders(user, dids, random.Random(seed + 1), asks=2)
            try:
                yield proxy, orders
            finally:
                orders.end()
            user.app.server = first
            wait_for_quiet(first, user)
            fleet.signal(signal.SIGTERM)
            assert fleet.wait() == 0, fleet.lines + [fleet.errors()]
        finally:
            fleet.kill()
    check(first, orders, receiver)


def check(server, orders, receiver):
    assert orders.odd == []
    upgrades = server.admin.every("/upgrades")
    stored = {(upgrade["did"], upgrade["orderId"]) for upgrade in upgrades}
    assert orders.acknowledged - stored == set()
    assert {upgrade["state"] for upgrade in upgrades} == {"succeeded"}
    check_told(upgrades, receiver.pushes)
