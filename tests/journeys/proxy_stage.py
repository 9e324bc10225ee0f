"""HAProxy in front of several instances, with deploy/haproxy.cfg."""
import contextlib
import os
import re
import shutil
import socket
import ssl
import subprocess

import pytest
import stage

needs_haproxy = pytest.mark.skipif(shutil.which("haproxy") is None, reason="haproxy is missing")


def make_certificate(folder):
    """A self-signed certificate for localhost and its key, in one file."""
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
         "-days", "2", "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1",
         "-keyout", folder / "key.pem", "-out", folder / "cert.pem"],
        check=True, capture_output=True, timeout=120, stdin=subprocess.DEVNULL)
    both = folder / "updraft.pem"
    both.write_text((folder / "cert.pem").read_text() + (folder / "key.pem").read_text())
    return both


class Proxy:
    """HAProxy with deploy/haproxy.cfg, where only addresses and limits differ.

    Clients use it like a server: `url` and `trust`.
    """

    def __init__(self, folder, certificate, instances, operators="127.0.0.0/8"):
        text = (stage.ROOT / "deploy" / "haproxy.cfg").read_text()
        for number, instance in enumerate(instances, 1):
            here = instance.url.removeprefix("http://")
            text, count = re.subn(rf"(server updraft{number}) \S+", rf"\1 {here}", text)
            assert count == 1
        text = text.replace("maxconn 100000", "maxconn 1000")
        text = text.replace("bind :443", 'bind "fd@${PROXY_SOCKET}"')
        text = text.replace("/etc/haproxy/updraft.pem", str(certificate))
        text = text.replace("src 127.0.0.0/8", f"src {operators}")
        config = folder / "haproxy.cfg"
        config.write_text(text)
        # The state of the instances is read here.
        self.talk = folder / "haproxy.sock"
        asking = folder / "asking.cfg"
        asking.write_text(f"global\n    stats socket {self.talk} mode 600\n")
        # The test opens the socket, so that no other process can take the port meanwhile.
        self.socket = socket.create_server(("127.0.0.1", 0), backlog=1024)
        self.url = f"https://127.0.0.1:{self.socket.getsockname()[1]}"
        self.trust = ssl.create_default_context(cafile=str(certificate))
        environment = {**os.environ, "PROXY_SOCKET": str(self.socket.fileno())}
        self.log = folder / "haproxy.log"
        with open(self.log, "wb") as log:
            self.child = subprocess.Popen(["haproxy", "-db", "-f", config, "-f", asking],
                                          env=environment, pass_fds=[self.socket.fileno()],
                                          stdout=log, stderr=subprocess.STDOUT,
                                          stdin=subprocess.DEVNULL)

    def request(self, method, path, body=None, headers=None, source=None):
        if isinstance(body, str):
            body = body.encode()
        return stage.request(self.url, method, path, body, headers, trust=self.trust, source=source)

    def ready(self):
        assert self.child.poll() is None, self.log.read_text(errors="replace")
        with contextlib.suppress(OSError):
            return self.request("GET", "/readyz").status == 200
        return False

    def instances_up(self):
        """How many instances get requests."""
        with socket.socket(socket.AF_UNIX) as link:
            link.settimeout(stage.PATIENCE)
            link.connect(str(self.talk))
            link.sendall(b"show stat -1 4 -1\n")
            told = b""
            while piece := link.recv(65536):
                told += piece
        lines = [line.split(",") for line in told.decode().splitlines() if line]
        status = lines[0].index("status")
        return sum(line[status] == "UP" for line in lines[1:])

    def __enter__(self):
        stage.wait_until(self.ready, "the proxy")
        return self

    def __exit__(self, *_):
        self.child.terminate()
        self.child.wait(stage.PATIENCE)
        self.socket.close()
