"""Texts of devices, apps and servers that try to control a terminal or the log (text/clean_text.h)."""
import http.server
import json
import re
import threading

import stage
from test_process import run

# What a terminal obeys, or what hides a text: C0 (but line feeds), DEL, C1, directions, separators.
UNSAFE = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]")
HOSTILE = "a\x1b[31m\x07\x9b2J\u202eevil\u2066\u2028z\x7f"


def shown(server, *words, status=0):
    answer = run(*words, env={"UPDRAFT_URL": server.url, "UPDRAFT_ADMIN_TOKEN": server.admin.token})
    assert answer.returncode == status, (answer.stdout, answer.stderr)
    return answer


def test_a_devices_texts_reach_terminals_without_what_controls_them(server):
    device = server.device("d-1")
    device.tell(note=HOSTILE, **{HOSTILE[:20]: "x"}).expect(200)
    # The API keeps what the device said.
    kept = server.admin.get("/devices/d-1").json()["attributes"]
    assert kept["note"] == HOSTILE and HOSTILE[:20] in kept

    plain = shown(server, "device", "show", "d-1").stdout
    assert "evil" in plain and not UNSAFE.search(plain)
    as_json = shown(server, "device", "show", "d-1", "--json").stdout
    assert not UNSAFE.search(as_json)
    assert json.loads(as_json)["attributes"]["note"] == HOSTILE
    raw = server.admin.get("/devices/d-1").body.decode()
    assert not UNSAFE.search(raw), "curl shows it on a terminal, too"


def test_a_reports_text_is_shown_without_what_controls_a_terminal(server):
    user = server.app().grant("u")
    server.publish("sensor-a", "2.0.0")
    device = server.device("d-1", open_id="u")
    assert user.upgrade_one("d-1")[0] == 0
    upgrade = device.wait_for_deployment()["id"]
    device.report(upgrade, "closed", "failure", details=[HOSTILE]).expect(200)
    cause = server.admin.get(f"/upgrades/{upgrade}").json()["cause"]
    assert "evil" in cause and not UNSAFE.search(cause)
    plain = shown(server, "upgrade", "show", upgrade).stdout
    assert "evil" in plain and not UNSAFE.search(plain)
    assert not UNSAFE.search(shown(server, "upgrade", "list", "--json").stdout)


def test_the_log_takes_no_control_characters_and_no_endless_paths(start_server):
    server = start_server(config={"log": {"level": "debug", "format": "json"}})
    stage.request(server.url, "GET", "/open/%1b" + "x" * 6000)
    server.raw(b"GET /open/\xc2\x9b\xe2\x80\xae HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n")
    server.stop()
    log = server.process.errors()
    assert not UNSAFE.search(log)
    [cut] = [json.loads(line) for line in log.splitlines() if "/open/%1b" in line]
    assert len(cut["path"]) < 600 and re.search(r"\(cut, 6\d{3} bytes\)$", cut["path"])


class Liar(http.server.BaseHTTPRequestHandler):
    """A server that answers every call with what `answers` says."""
    answers = (500, HOSTILE.encode())

    def do_GET(self):
        status, body = self.answers
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


def test_another_servers_answer_is_cleaned_as_well():
    listener = http.server.HTTPServer(("127.0.0.1", 0), Liar)
    threading.Thread(target=listener.serve_forever, daemon=True).start()
    env = {"UPDRAFT_URL": f"http://127.0.0.1:{listener.server_address[1]}",
           "UPDRAFT_ADMIN_TOKEN": "t"}
    try:
        problem = json.dumps({"detail": HOSTILE}, ensure_ascii=False).encode()
        page = {"items": [{"did": HOSTILE}], "nextCursor": HOSTILE}
        for answers in ((500, HOSTILE.encode()), (422, problem), (200, HOSTILE.encode()),
                        (200, json.dumps(page, ensure_ascii=False).encode())):
            Liar.answers = answers
            for words in (("device", "list"), ("device", "list", "--json")):
                said = run(*words, env=env)
                assert "evil" in said.stdout + said.stderr
                assert not UNSAFE.search(said.stdout + said.stderr), (answers, words)
    finally:
        listener.shutdown()
