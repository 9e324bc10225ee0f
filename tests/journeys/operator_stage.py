"""Helpers for the journeys about operators: their tokens, their sessions, and the audit."""
import re

import stage

ROLES = ["viewer", "support", "releaser", "admin"]
ROW = re.compile(r'\{\s*(\w+),\s*"(/[^"]*)",\s*"(\w+)",\s*(?:Role::(\w+)|\{\}),')
PAGE = {"Sec-Fetch-Site": "same-origin"}


def routes():
    """[(METHOD, path, operation, least role or None)] of the table of routes."""
    text = (stage.ROOT / "src" / "admin" / "routes.cpp").read_text()
    return [({"del": "DELETE"}.get(method, method.upper()), path, operation, role or None)
            for method, path, operation, role in ROW.findall(text)]


def operator(server, name, role, **fields):
    server.admin.post("/operators", {"name": name, "role": role, **fields}).expect(201)
    return name


def make_token(admin, name, **fields):
    return admin.post(f"/operators/{name}/tokens", fields).expect(201).json()


def client(server, name, role, /, **fields):
    """A new operator with a token of its own; returns its client of the admin API."""
    operator(server, name, role)
    return stage.Admin(server.url, make_token(server.admin, name, **fields)["token"])


def sign_in(server, token=None, headers=None, source=None):
    body = {} if token is None else {"token": token}
    return stage.request(server.url, "POST", "/admin/v1/session", body, headers, source=source)


def cookie_in(answer):
    return answer.headers["Set-Cookie"].split(";")[0]


class Console:
    """A browser that is signed in."""

    def __init__(self, server, token):
        self.server = server
        self.cookie = cookie_in(sign_in(server, token, PAGE).expect(200))

    def call(self, method, path, body=None, headers=PAGE):
        return stage.request(self.server.url, method, "/admin/v1" + path, body,
                             {"Cookie": self.cookie, **headers})


def audit(admin, **filters):
    query = "&".join(f"{name}={value}" for name, value in filters.items())
    return admin.every("/audit" + (f"?{query}" if query else ""))
