"""Push URLs whose name servers are silent or change their answers, beside an honest app's."""
import os
import socket
import stat
import struct
import subprocess
import threading

import pytest

import stage

MODEL = "lamp"
# The name server: a loopback address of its own, so that nothing else listens on its port 53.
AT = f"127.53.{os.getpid() // 250 % 250 + 1}.{os.getpid() % 250 + 1}"


class NameServer:
    """Answers a name by `answers`, a function from the name to an address, or to None for silence."""

    def __init__(self, answers):
        self.answers = answers
        self.asked = []  # The names of A queries.
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind((AT, 53))
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def close(self):
        self._socket.sendto(b"end", (AT, 53))
        self._thread.join(stage.PATIENCE)
        self._socket.close()

    def _serve(self):
        while True:
            query, peer = self._socket.recvfrom(4096)
            if query == b"end":
                return
            labels, at = [], 12
            while query[at]:
                labels.append(query[at + 1:at + 1 + query[at]].decode())
                at += 1 + query[at]
            question = query[12:at + 5]
            if question[-4:-2] != b"\x00\x01":  # AAAA: there is none.
                self._socket.sendto(self._head(query, 0) + question, peer)
                continue
            self.asked.append(".".join(labels))
            address = self.answers(self.asked[-1])
            if address is not None:
                record = b"\xc0\x0c\x00\x01\x00\x01\x00\x00\x00\x00\x00\x04"
                self._socket.sendto(self._head(query, 1) + question + record
                                    + socket.inet_aton(address), peer)

    @staticmethod
    def _head(query, answers):
        return query[:2] + b"\x81\x80" + struct.pack(">HHHH", 1, answers, 0, 0)


@pytest.fixture
def with_names(start_server, tmp_path):
    """Starts a server that asks a name server of the test, and returns both."""
    resolv = tmp_path / "resolv.conf"
    # The system's resolver gives up a silent server after 2 × 30 s: longer than this test waits.
    resolv.write_text(f"nameserver {AT}\noptions timeout:30 attempts:2\n")
    hosts = tmp_path / "nsswitch.conf"
    hosts.write_text("hosts: files dns\n")
    program = tmp_path / "updraft"
    program.write_text(
        "#!/bin/sh\nexec unshare --mount sh -c 'mount --bind \"$1\" /etc/resolv.conf && "
        "mount --bind \"$2\" /etc/nsswitch.conf && shift 2 && exec \"$@\"' sh "
        f"{resolv} {hosts} {stage.binary()} \"$@\"\n")
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    may = os.geteuid() == 0 and subprocess.run([program, "--version"], capture_output=True,
                                               check=False).returncode == 0
    if not may:
        pytest.skip("needs the right to mount and to listen on port 53")
    made = []

    def start(answers, config):
        made.append(NameServer(answers))
        server = start_server(config=config, start=False)
        server.program = program
        server.start()
        return server, made[-1]

    yield start
    for one in made:
        one.close()


def test_silent_name_servers_hold_up_nobody_else(with_names, receiver):
    server, names = with_names(
        lambda name: None if name.startswith("silent") else "127.0.0.1",
        {"push": {"timeout": "1s"}})
    silent = [server.app(f"silent-{n}", pushUrl=f"http://silent-{n}.test:{receiver.port}/push")
              for n in range(5)]
    honest = server.app("honest", pushUrl=f"http://honest.test:{receiver.port}/push")
    user = honest.grant("alice")
    honest.wait_until_verified()
    for app in silent:
        path = f"/apps/{app.appid}"
        stage.wait_until(lambda path=path: server.admin.get(path).json()["pushState"] == "failed",
                         "the end of a verification at its timeout")
    # All look-ups of silent names still run: the system's resolver has not asked a second time.
    server.publish(MODEL, "2.0")
    for n in range(10):
        server.device(f"lamp-{n}", MODEL, "1.0", "alice")
        assert user.upgrade_one(f"lamp-{n}")[0] == 0 and user.cancel(f"lamp-{n}")[0] == 0
        receiver.wait_for_type("ota_upgrade_result", f"lamp-{n}")
    asked = [name for name in names.asked if name.startswith("silent")]
    assert sorted(asked) == [f"silent-{n}.test" for n in range(5)]
    assert names.asked.count("honest.test") == 1
    server.stop()  # It does not wait for the look-ups either.


def test_a_name_that_changes_its_address_leads_nowhere_else(with_names, receiver):
    turns = iter(["10.0.0.1", "169.254.169.254", "127.0.0.1"])
    server, names = with_names(lambda name: next(turns) if name == "turning.test" else "127.0.0.1",
                               {})
    app = server.app("turning", pushUrl=f"http://turning.test:{receiver.port}/push")
    app.wait_until_verified()
    assert names.asked == ["turning.test"] * 3
    assert len(receiver.verifications) == 1
