# SPDX-License-Identifier: Apache-2.0
"""Requests, and the load generator that sends them."""
import http.client
import json
import socket
import statistics
import subprocess
import tempfile

ROUNDS = 5
CONNECTIONS = 32


def raw_request(method, path, headers=None, body=b""):
    lines = [f"{method} {path} HTTP/1.1", "Host: 127.0.0.1:8080"]
    lines += [f"{name}: {value}" for name, value in (headers or {}).items()]
    if body:
        lines += ["Content-Type: application/json", f"Content-Length: {len(body)}"]
    return ("\r\n".join(lines) + "\r\n\r\n").encode() + body


def load(build, port, pid, requests, seconds, connections=CONNECTIONS, folder=None, once=False):
    """Sends the requests repeatedly until the time is over; with `once`, each of them at most once."""
    with tempfile.NamedTemporaryFile(dir=folder) as file:
        for request in requests:
            file.write(b"%d\n" % len(request) + request)
        file.flush()
        ran = subprocess.run([build / "bench/bench_load", *(["--once"] if once else []),
                              f"127.0.0.1:{port}", str(connections), str(seconds), file.name,
                              str(pid)], capture_output=True, text=True)
    if ran.returncode != 0:
        raise SystemExit(ran.stderr)
    figures = json.loads(ran.stdout)
    if set(figures["status"]) != {"2xx"} or figures["closed"]:
        raise SystemExit(f"not every answer was 2xx: {figures['status']}, {figures['closed']} closed")
    return figures


def compare(build, folder, one, other, seconds, connections=CONNECTIONS):
    """CPU per request of two (port, pid, requests), interleaved: the medians, and of the ratios."""
    ones, others = [], []
    for _ in range(ROUNDS):
        ones.append(load(build, one[0], one[1], one[2], seconds, connections, folder)["cpu_us"])
        others.append(load(build, other[0], other[1], other[2], seconds, connections, folder)["cpu_us"])
    ratios = [a / b for a, b in zip(ones, others)]
    return statistics.median(ones), statistics.median(others), statistics.median(ratios)


def answer_to(port, request):
    with socket.create_connection(("127.0.0.1", port), timeout=20) as link:
        link.sendall(request)
        response = http.client.HTTPResponse(link)
        response.begin()
        return response.read().decode()
