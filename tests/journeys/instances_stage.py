"""Three instances on one PostgreSQL behind HAProxy, under orders, feedback and pushes."""
import contextlib

import load_stage
import stage
from proxy_stage import Proxy


def three_instances(start_server, database):
    """Each instance restarts on its old port, because HAProxy knows it by that port."""
    here = {"server": {"trusted_proxies": ["127.0.0.1"]}}
    first = start_server(config={"store": {"url": database}, **here})
    servers = [first, *(start_server(config=here, beside=first) for _ in range(2))]
    for server in servers:
        server.config["server"]["listen"] = [server.url.removeprefix("http://")]
    return servers


@contextlib.contextmanager
def under_load(servers, receiver, certificate, folder, seed):
    """The proxy and the orders. A client that repeats a request once must see no error."""
    with Proxy(folder, certificate, servers) as proxy:
        stage.wait_until(lambda: proxy.instances_up() == len(servers), "the proxy to see all")
        with load_stage.under_load(proxy, servers[0], receiver, folder, seed, asks=2) as orders:
            yield proxy, orders
