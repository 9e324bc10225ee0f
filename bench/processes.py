# SPDX-License-Identifier: Apache-2.0
"""What ./dev bench starts: our server, our listener with a constant answer, and nginx."""
import atexit
import contextlib
import http.client
import json
import pathlib
import signal
import socket
import subprocess
import time


@contextlib.contextmanager
def answering(build, body, method, path):
    """Our listener with a constant answer; yields (port, pid)."""
    with subprocess.Popen([build / "bench/bench_answer", "0", "1", body, method, path],
                          stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as child:
        port = int(child.stdout.readline().rsplit(":", 1)[1])
        try:
            yield port, child.pid
        finally:
            child.stdin.close()
            child.wait()


NGINX = """daemon off; master_process off; pid {dir}/nginx.pid; error_log {dir}/error.log;
events {{ worker_connections 20000; }}
http {{ access_log off; keepalive_requests 1000000000; sendfile on; sendfile_max_chunk 1m;
  client_body_temp_path {dir}/b; proxy_temp_path {dir}/p; fastcgi_temp_path {dir}/f;
  uwsgi_temp_path {dir}/u; scgi_temp_path {dir}/s;
  server {{ listen 127.0.0.1:{port}; default_type application/json; root {dir};
    location /files/ {{ }}
    location / {{ return 200 '{body}'; }} }} }}
"""


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextlib.contextmanager
def nginx(folder, body="ok"):
    """Debian's nginx with one worker; yields (port, pid). `folder`/files is served as /files."""
    port = free_port()
    config = folder / "nginx.conf"
    config.write_text(NGINX.format(dir=folder, port=port, body=body))
    with subprocess.Popen(["/usr/sbin/nginx", "-e", folder / "error.log", "-c", config]) as child:
        try:
            wait_for_port(port)
            yield port, child.pid
        finally:
            child.terminate()
            child.wait()


def wait_for_port(port):
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        with contextlib.suppress(OSError):
            socket.create_connection(("127.0.0.1", port), timeout=5).close()
            return
        time.sleep(0.02)
    raise SystemExit(f"nothing listens on port {port}")


class Server:
    """`updraft serve` on a data directory of its own."""

    # `store` is the URL of a database; by default a file in the data directory. `before`: a program
    # that replaces itself by the server, with its arguments.
    CONFIG = """[server]
listen = ["127.0.0.1:0"]
threads = {threads}
[limits]
requests_per_second_per_app = 0
requests_per_minute_per_device = 0
downloads_per_device = 0
idle_timeout = "10m"
[ddi]
polling = "00:05:00"
[log]
level = "warn"
"""

    def __init__(self, build, data, threads=1, store=None, config=CONFIG, before=()):
        self.data = data
        text = config.format(threads=threads)
        config = data.with_suffix(".toml")
        if store:
            text += f'[store]\nurl = "{store}"\n'
        config.write_text(text)
        began = time.monotonic()
        atexit.register(self.stop)  # Also when a measurement fails.
        self.child = subprocess.Popen(
            [*before, build / "updraft", "serve", "--config", config, "--data", data],
            stdout=subprocess.PIPE, stderr=open(data.with_suffix(".log"), "ab"), text=True)
        line = self.child.stdout.readline()
        if not line.startswith("listening on "):
            raise SystemExit(f"the server did not start; see {data.with_suffix('.log')}")
        self.start_seconds = time.monotonic() - began
        self.port = int(line.rsplit(":", 1)[1])
        self.pid = self.child.pid
        self.token = (data / "admin-token").read_text().strip()

    def stop(self):
        atexit.unregister(self.stop)
        self.child.send_signal(signal.SIGTERM)
        self.child.wait(60)

    def call(self, method, path, body=None, headers=None, expect=(200, 201, 202, 204)):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=600)
        headers = {"Authorization": "Bearer " + self.token, **(headers or {})}
        if isinstance(body, dict):
            body = json.dumps(body)
        connection.request(method, path, body=body, headers=headers)
        response = connection.getresponse()
        text = response.read()
        connection.close()
        if response.status not in expect:
            raise SystemExit(f"{method} {path}: HTTP {response.status}: {text[:500]!r}")
        return json.loads(text) if text[:1] in (b"{", b"[") else text


def resident_bytes(pid):
    for line in pathlib.Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) * 1024
    raise SystemExit("the server is gone")
