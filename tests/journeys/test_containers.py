"""In containers and under a service manager: signals, health, draining, and what it is told."""
import contextlib
import os
import pathlib
import shutil
import signal
import socket
import ssl
import subprocess

import pytest
import stage
from test_process import certificate, run


def free_port():
    with socket.socket() as chosen:
        chosen.bind(("127.0.0.1", 0))
        return chosen.getsockname()[1]


def trusting():
    """An ssl.SSLContext that accepts any certificate."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


# ---------------------------------------------------------------------------------------------
# Process 1 of a namespace

NEEDED = ("unshare", "nsenter", "setpriv", "mount")


def can_make_namespaces():
    return (os.geteuid() == 0 and all(shutil.which(tool) for tool in NEEDED)
            and subprocess.run(["unshare", "-m", "-p", "-f", "true"], capture_output=True).returncode == 0)


# The volumes are on /mnt: the data for the server's user alone, the secrets owned by root and readable
# by a group, as Kubernetes mounts them with fsGroup. Everything else is read-only.
CONTAINER = """
set -eu
mount -t tmpfs tmpfs /mnt
mkdir -m 0700 /mnt/data
mkdir -m 0755 /mnt/secrets
chown 4710:4710 /mnt/data
install -m 0755 "$1" /mnt/updraft
for name in secret.key tls.key tls.crt proxy; do
    install -o 0 -g 4711 -m 0440 "$2/$name" "/mnt/secrets/$name"
done
mount -t proc proc /proc
mount -o remount,bind,ro /
if touch /written 2>/dev/null; then echo "the root is writable" >&2; exit 9; fi
cd /
exec setpriv --reuid 4710 --regid 4710 --groups 4711 --no-new-privs --bounding-set=-all \
    /mnt/updraft serve
"""


def process_1_below(unshare):
    """The pid, as seen from outside, of the child of `unshare`."""
    children = pathlib.Path(f"/proc/{unshare}/task/{unshare}/children")
    return int(children.read_text().split()[0])


def injected(service):
    """What Kubernetes sets in each container for a Service of that name."""
    name = service.upper().replace("-", "_")
    return {f"{name}_SERVICE_HOST": "10.96.0.7", f"{name}_SERVICE_PORT": "9464",
            f"{name}_SERVICE_PORT_HTTP": "9464", f"{name}_PORT": "tcp://10.96.0.7:9464",
            f"{name}_PORT_9464_TCP": "tcp://10.96.0.7:9464", f"{name}_PORT_9464_TCP_PROTO": "tcp",
            f"{name}_PORT_9464_TCP_PORT": "9464", f"{name}_PORT_9464_TCP_ADDR": "10.96.0.7"}


@pytest.mark.once
@pytest.mark.skipif(not can_make_namespaces(), reason="no namespaces")
def test_it_runs_as_process_1_with_a_read_only_root_and_secrets_of_a_group(tmp_path):
    cert, key = certificate(tmp_path, "server")
    shutil.copy(cert, tmp_path / "tls.crt")
    shutil.copy(key, tmp_path / "tls.key")
    (tmp_path / "secret.key").write_text("ab" * 32 + "\n")
    (tmp_path / "proxy").write_text("http://127.0.0.1:9\n")
    port = free_port()
    environment = {
        **injected("updraft"), **injected("updraft-metrics"), **injected("updraft-push"),
        "UPDRAFT_DATA": "/mnt/data", "UPDRAFT_SERVER_LISTEN": f"127.0.0.1:{port}",
        "UPDRAFT_SERVER_DRAIN_DELAY": "1h", "UPDRAFT_TLS_CERT": "/mnt/secrets/tls.crt",
        "UPDRAFT_TLS_KEY": "/mnt/secrets/tls.key", "UPDRAFT_SECRETS_KEY_FILE": "/mnt/secrets/secret.key",
        "UPDRAFT_PUSH_PROXY": "/mnt/secrets/proxy",
    }
    process = stage.Process(["unshare", "--mount", "--pid", "--fork", "--kill-child", "sh", "-c", CONTAINER,
                             "container", stage.binary(), tmp_path], tmp_path / "log", environment)
    try:
        url = process.wait_for_line(r"listening on (https://\S+)")[1]
        pid = process_1_below(process.child.pid)
        status = pathlib.Path(f"/proc/{pid}/status").read_text()
        assert status.split("NSpid:")[1].splitlines()[0].split()[-1] == "1", status

        def health():
            return subprocess.run(
                ["nsenter", "-t", str(pid), "-m", "-p", "setpriv", "--reuid", "4710", "--regid", "4710",
                 "--groups", "4711", "/mnt/updraft", "health"], capture_output=True, text=True,
                env=environment, timeout=stage.PATIENCE)

        answer = health()
        assert answer.returncode == 0, answer
        for number in (signal.SIGUSR1, signal.SIGUSR2, signal.SIGHUP):
            os.kill(pid, number)
        stage.wait_until(lambda: "certificates read again" in process.errors(), "the reload")
        os.kill(pid, signal.SIGTERM)
        stage.wait_until(lambda: health().returncode == 1, "/readyz to answer 503")
        assert stage.request(url, "GET", "/healthz", trust=trusting()).status == 200
        os.kill(pid, signal.SIGTERM)
        assert process.wait() == 0
        assert "is ignored" not in process.errors(), process.errors()
    finally:
        process.kill()


# ---------------------------------------------------------------------------------------------
# The end, and other signals


def test_while_it_drains_it_is_not_ready_and_serves_everything(start_server):
    server = start_server(config={"server": {"drain_delay": "1h"}})
    server.process.signal(signal.SIGTERM)
    stage.wait_until(lambda: stage.request(server.url, "GET", "/readyz").status == 503, "/readyz to say so")
    assert "draining" in stage.request(server.url, "GET", "/readyz").body.decode()
    assert stage.request(server.url, "GET", "/healthz").status == 200
    assert server.app("late").sign_in("somebody").query() == (0, [])
    server.process.signal(signal.SIGHUP)
    stage.wait_until(lambda: "certificates read again" in server.process.errors(), "the reload")
    assert stage.request(server.url, "GET", "/healthz").status == 200
    server.process.signal(signal.SIGTERM)
    assert server.process.wait() == 0


def test_an_interrupt_does_not_wait_for_the_drain_delay(start_server):
    server = start_server(config={"server": {"drain_delay": "1h"}})
    server.process.signal(signal.SIGINT)
    assert server.process.wait() == 0


def test_the_drain_delay_ends_by_itself(start_server):
    server = start_server(config={"server": {"drain_delay": "50ms"}})
    server.process.signal(signal.SIGTERM)
    assert server.process.wait() == 0


def test_stray_signals_change_nothing(server):
    for number in (signal.SIGUSR1, signal.SIGUSR2, signal.SIGALRM, signal.SIGVTALRM, signal.SIGPROF,
                   signal.SIGIO, signal.SIGPWR, signal.SIGCHLD, signal.SIGPIPE, signal.SIGRTMIN,
                   signal.SIGRTMAX):
        server.process.signal(number)
    assert stage.request(server.url, "GET", "/readyz").status == 200
    assert server.process.child.poll() is None


# ---------------------------------------------------------------------------------------------
# The service manager


@pytest.fixture
def manager(tmp_path):
    """A datagram socket, as systemd has one."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as made:
        made.settimeout(stage.PATIENCE)
        made.bind(str(tmp_path / "notify"))
        yield made


def told(manager, wanted):
    """All messages up to the one that begins with `wanted`."""
    messages = []
    while not messages or not messages[-1].startswith(wanted):
        messages.append(manager.recv(4096).decode())
    return messages


def test_the_service_manager_is_told_how_it_is(start_server, manager, tmp_path):
    server = start_server(env={"NOTIFY_SOCKET": str(tmp_path / "notify")})
    assert told(manager, "READY=1") == ["READY=1"]
    server.process.signal(signal.SIGHUP)
    reloading, ready = told(manager, "READY=1")
    assert reloading.startswith("RELOADING=1\nMONOTONIC_USEC=") and ready == "READY=1"
    server.process.signal(signal.SIGTERM)
    (stopping,) = told(manager, "STOPPING=1")
    # 5 s of drain_timeout for requests and for pushes, and a margin.
    assert stopping == "STOPPING=1\nEXTEND_TIMEOUT_USEC=20000000"
    assert server.process.wait() == 0


def test_a_server_that_does_not_start_is_not_ready(tmp_path, manager):
    answer = run("serve", "--data", tmp_path / "data", "--listen", "203.0.113.1:1",
                 env={"NOTIFY_SOCKET": str(tmp_path / "notify")})
    assert answer.returncode == 1
    manager.setblocking(False)
    with pytest.raises(BlockingIOError):
        manager.recv(4096)


def test_the_watchdog_is_told_while_the_server_works(start_server, manager, tmp_path):
    server = start_server(env={"NOTIFY_SOCKET": str(tmp_path / "notify"), "WATCHDOG_USEC": "1200000"},
                          config={"server": {"drain_delay": "1h"}})
    assert told(manager, "READY=1") == ["READY=1"]
    for _ in range(2):
        assert told(manager, "WATCHDOG=1") == ["WATCHDOG=1"]
    server.process.signal(signal.SIGTERM)
    told(manager, "STOPPING=1")
    assert told(manager, "WATCHDOG=1") == ["WATCHDOG=1"], "while it drains"
    server.process.signal(signal.SIGTERM)
    assert server.process.wait() == 0


def test_a_service_manager_that_cannot_be_reached_is_logged(start_server):
    server = start_server(env={"NOTIFY_SOCKET": "/nope/notify"})
    server.process.signal(signal.SIGHUP)
    stage.wait_until(lambda: "certificates read again" in server.process.errors(), "the reload")
    server.stop()
    assert server.process.errors().count("the service manager is not told") == 1


@pytest.mark.once
def test_the_unit_uses_the_protocol():
    unit = (stage.ROOT / "deploy" / "updraft.service").read_text()
    assert "\nType=notify\n" in unit and "\nWatchdogSec=" in unit and "\nNotifyAccess=main\n" in unit


# ---------------------------------------------------------------------------------------------
# Health


def written(server):
    """The configuration file of the server, with its real address."""
    path = server.directory / "health.toml"
    listen = [server.url.split("//")[1]]
    path.write_text(stage.toml(stage.merged(server.config, {"server": {"listen": listen}})))
    return path


def test_health_asks_the_servers_own_listener(server):
    # A proxy that nobody answers on: it is not used for this machine.
    environment = {"http_proxy": "http://127.0.0.1:9", "all_proxy": "http://127.0.0.1:9"}
    config = written(server)
    answer = run("health", "--config", config, env=environment)
    assert answer.returncode == 0 and "ready" in answer.stdout, answer
    assert run("health", "--config", config, "--json", env=environment).stdout.startswith('{"status":"ready"')
    flags = ("--listen", server.url.split("//")[1])
    assert run("health", *flags, env=environment).returncode == 0
    server.stop()
    answer = run("health", "--config", config)
    assert answer.returncode == 1 and server.url in answer.stderr


@pytest.mark.once
def test_health_says_that_it_does_not_know_port_0():
    answer = run("health", "--listen", "127.0.0.1:0")
    assert answer.returncode == 1
    assert "port 0" in answer.stderr and "--url" in answer.stderr


@pytest.mark.once
def test_health_names_what_is_wrong_in_the_configuration(tmp_path):
    answer = run("health", "--config", tmp_path)
    assert answer.returncode == 1 and f"{tmp_path} cannot be read: Is a directory" in answer.stderr


def test_health_over_tls_trusts_the_servers_own_certificate_and_no_other(tmp_path, start_server):
    cert, key = certificate(tmp_path, "server")
    server = start_server(config={"tls": {"cert": str(cert), "key": str(key)}})
    config = written(server)
    answer = run("health", "--config", config)
    assert answer.returncode == 0, answer
    other, other_key = certificate(tmp_path, "other")
    cert.write_bytes(other.read_bytes())
    answer = run("health", "--config", config)
    assert answer.returncode == 1 and "pinned" in answer.stderr, answer
    # After the reload the server has the certificate that the configuration names.
    key.write_bytes(other_key.read_bytes())
    server.process.signal(signal.SIGHUP)
    stage.wait_until(lambda: "read again" in server.process.errors(), "the reload")
    assert run("health", "--config", config).returncode == 0


@pytest.mark.once
def test_the_image_asks_by_the_servers_own_configuration():
    dockerfile = (stage.ROOT / "deploy" / "Dockerfile").read_text()
    assert 'CMD ["updraft", "health"]' in dockerfile
    assert "http://127.0.0.1:8080" not in dockerfile


# ---------------------------------------------------------------------------------------------
# Addresses


def test_every_ipv4_and_every_ipv6_address_are_listened_on_with_one_port(start_server):
    with contextlib.suppress(OSError), socket.socket(socket.AF_INET6) as probe:
        probe.bind(("::1", 0))
        port = probe.getsockname()[1]
        probe.close()
        server = start_server(config={"server": {"listen": [f"0.0.0.0:{port}", f"[::]:{port}"]}})
        for host in ("127.0.0.1", "[::1]"):
            assert stage.request(f"http://{host}:{port}", "GET", "/readyz").status == 200
        server.stop()
        return
    pytest.skip("no IPv6")
