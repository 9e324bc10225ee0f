"""Fixtures of the journeys. A test that fails shows the last lines of its server's log.

With UPDRAFT_STORE=postgresql every server gets a database on a PostgreSQL of the tests. Two kinds of
test are then left out: those about the embedded store (`embedded`), and those that choose their own
store or need none (`once`).
"""
import os
import pathlib
import random
import sys

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
sys.path.insert(0, str(pathlib.Path(__file__).parent.parent / "stage"))

import postgres  # noqa: E402  (found through the lines above)
import stage  # noqa: E402
from proxy_stage import make_certificate  # noqa: E402

LOGS = pytest.StashKey[list]()
ON_POSTGRESQL = os.environ.get("UPDRAFT_STORE") == "postgresql"
KILLED = "a killed server reports no leak, and its load is that of other journeys"
# Files of journeys that say nothing about the program's memory, and why.
SAY_NOTHING_OF_MEMORY = {
    "test_bench.py": "about scripts",
    "test_crashes.py": KILLED,
    "test_deploy.py": "about a package, a unit and HAProxy",
    "test_dev.py": "about scripts",
    "test_documents.py": "about pages",
    "test_failover.py": KILLED,
    "test_instances.py": KILLED,
    "test_monitoring.py": "about rules for Prometheus",
    "test_openapi_client.py": "about programs of others",
    "test_promises_document.py": "about a page",
    "test_rolling_upgrade.py": "about two versions side by side; their load is that of other journeys",
    "test_tutorial.py": "about a page; other journeys make its calls",
    "test_webhooks.py": "about programs of others",
}


def pytest_configure(config):
    config.addinivalue_line("markers", "embedded: is about the store in the data directory")
    config.addinivalue_line("markers", "once: chooses its store itself, or needs none")


def is_left_out(item):
    if ON_POSTGRESQL and (item.get_closest_marker("embedded") or item.get_closest_marker("once")):
        return True
    return item.path.name in SAY_NOTHING_OF_MEMORY and stage.sanitized()


def pytest_collection_modifyitems(config, items):
    left_out = [item for item in items if is_left_out(item)]
    config.hook.pytest_deselected(items=left_out)
    items[:] = [item for item in items if item not in left_out]


@pytest.fixture(scope="session", autouse=ON_POSTGRESQL)
def cluster():
    """A PostgreSQL of the tests. With UPDRAFT_STORE=postgresql every server stores its rows there."""
    made = postgres.Cluster()
    if ON_POSTGRESQL:
        stage.cluster = made
    yield made
    stage.cluster = None
    made.stop()


@pytest.fixture
def seed():
    """The seed of all random values of a test. UPDRAFT_SEED sets it, to repeat a run."""
    value = int(os.environ.get("UPDRAFT_SEED", random.randrange(1 << 30)))
    print(f"UPDRAFT_SEED={value}")
    return value


@pytest.fixture
def database(cluster):
    """The URL of a new database on that PostgreSQL."""
    name = "journey_own_" + os.urandom(4).hex()
    yield cluster.create(name)
    cluster.drop(name)


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item, call):
    outcome = yield
    report = outcome.get_result()
    if report.when == "call" and report.failed:
        for log in item.stash.get(LOGS, []) + item.session.stash.get(LOGS, []):
            if log.exists():
                lines = log.read_text(errors="replace").splitlines()
                lines = [line for line in lines if " status=200 " not in line][-40:]
                report.sections.append((str(log.name), "\n".join(lines)))


def servers(node, base):
    """A function that makes servers, and the list of the servers that it made."""
    made = []

    def make(config=None, arguments=(), env=None, start=True, beside=None):
        server = stage.Server(base / f"server{len(made)}", config, arguments, env, beside)
        made.append(server)
        node.stash.setdefault(LOGS, []).append(server.log)
        return server.start() if start else server

    return make, made


def end(made):
    """Stops the servers that still run, and asserts that each ends with 0 on SIGTERM."""
    try:
        for server in made:
            server.stop()
    finally:
        for server in made:
            server.kill()


@pytest.fixture
def start_server(request, tmp_path):
    """start_server(config={...}, arguments=[...]) -> a running Server, stopped at the end."""
    make, made = servers(request.node, tmp_path)
    yield make
    end(made)


@pytest.fixture
def server(start_server):
    """A fresh server with the journeys' settings (stage.DEFAULTS)."""
    return start_server()


@pytest.fixture(scope="module")
def shared_server(request, tmp_path_factory):
    """One server for all tests of a file: for requests that do not influence each other."""
    make, made = servers(request.session, tmp_path_factory.mktemp("shared"))
    yield make()
    end(made)


@pytest.fixture(scope="module")
def module_server(request, tmp_path_factory):
    """module_server({...}) -> a running Server that all tests of a file may use."""
    make, made = servers(request.session, tmp_path_factory.mktemp("module"))
    yield make
    end(made)


@pytest.fixture
def receiver():
    """A push receiver on a free port."""
    with stage.Receiver() as made:
        yield made


@pytest.fixture(scope="session")
def certificate(tmp_path_factory):
    """A certificate for localhost in the form that HAProxy needs: certificate and key in one file."""
    return make_certificate(tmp_path_factory.mktemp("certificate"))
