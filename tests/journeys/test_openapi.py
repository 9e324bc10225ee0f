"""/openapi.json says what the server does: every route, every answer, an example of every request."""
import json
import re

import pytest

import stage
from openapi_stage import (check_answer, check_schema, document, encoded, operations,
                           resolved)
from openapi_world import CONTENT, DID, MODEL, PREPARE, USER, World

OPERATIONS = operations()
GUARDED = [one for one in OPERATIONS if one.schemes[:1] in (["bearer"], ["cookie"])]
FOR_APPS = [one for one in OPERATIONS if "Appid" in one.schemes]
ROW = re.compile(r'\{\s*(\w+),\s*"(/[^"]*)",\s*"(\w+)",\s*(?:Role::(\w+)|\{\}),')


def named(some):
    return pytest.mark.parametrize("operation", some, ids=[one.id for one in some])


@pytest.fixture(scope="module")
def world(shared_server):
    with stage.Receiver() as receiver:
        yield World(shared_server, receiver)


def send(world, operation, target, headers, body=None, source=None):
    return stage.request(world.server.url, operation.method, target, body, headers, source=source)


# ---------------------------------------------------------------------------------------------
# The document


def test_it_is_served_to_everybody(shared_server):
    answer = stage.request(shared_server.url, "GET", "/openapi.json").expect(200)
    assert answer.headers["Content-Type"] == "application/json"
    assert answer.json() == document()
    assert document()["openapi"] == "3.1.0"


def routes(file):
    """{(METHOD, path): (operation, least role)} of the table of routes."""
    words = {"del": "DELETE"}
    return {(words.get(method, method.upper()), path): (operation, role or None)
            for method, path, operation, role in ROW.findall(file.read_text())}


def test_it_names_every_route_with_its_operation_and_its_least_role_and_no_other(world):
    table = routes(stage.ROOT / "src" / "admin" / "routes.cpp")
    assert len(table) > 35
    described = {(one.method, one.path): (one.id, one.described.get("x-role"))
                 for one in OPERATIONS}
    apps = {route for route in described
            if route[1].startswith("/open/") or route[1] == "/access_token"}
    assert {route: known for route, known in described.items() if route not in apps} == table
    for method, path in apps:
        answer = stage.request(world.server.url, method, path, {}, source=stage.own_address())
        answer.expect(200, 400, 401)
        assert answer.json().get("code") not in (301, 304), path


def test_every_path_of_the_open_api_is_in_it():
    rows = (stage.ROOT / "src" / "openota" / "routes.cpp").read_text()
    paths = set(re.findall(r'\{"(/open/[^"]*)",', rows)) | {"/access_token"}
    assert len(paths) > 8
    assert paths == {one.path for one in OPERATIONS
                     if one.path.startswith("/open/") or one.path == "/access_token"}


def test_every_reference_leads_somewhere_and_nothing_is_unused():
    used = set(re.findall(r'"\$ref": "#/([^"]+)"', json.dumps(document())))
    for reference in used:
        resolved({"$ref": f"#/{reference}"})
    components = document()["components"]
    defined = {f"components/{kind}/{name}" for kind, named in components.items() for name in named
               if kind != "securitySchemes"}
    assert defined == used
    names = [one.id for one in OPERATIONS]
    assert len(set(names)) == len(names)


@named(GUARDED)
def test_a_guarded_operation_describes_every_error_that_any_call_can_meet(operation):
    expected = {"400", "401", "403", "408", "413", "414", "415", "422", "431", "500", "503"}
    assert expected <= operation.described["responses"].keys()


@named(FOR_APPS)
def test_results_of_the_open_api_are_told_apart_by_a_constant_code(operation):
    answers = operation.described["responses"]["200"]["content"]["application/json"]["schema"]
    codes = [resolved(one)["properties"]["code"] for one in answers["oneOf"]]
    assert all(list(code) == ["const"] for code in codes)
    codes = [code["const"] for code in codes]
    assert codes[0] == 0 and {302, 801} < set(codes) and len(set(codes)) == len(codes)


# ---------------------------------------------------------------------------------------------
# The examples


def test_each_operation_is_tried():
    assert PREPARE.keys() == {one.id for one in OPERATIONS}


@named(OPERATIONS)
def test_the_example_is_answered_as_described(world, operation):
    values = PREPARE[operation.id](world)
    if operation.body:
        media_type, schema, example = operation.body
        check_schema(example, schema)
    for optional in (True, False):
        target, headers, body = operation.request(values, optional)
        headers |= world.credentials(operation.schemes)
        answer = send(world, operation, target, headers, body)
        assert 200 <= answer.status < 300, (operation.id, target, answer.status, answer.body)
        check_answer(operation, answer)
        if operation.schemes[:1] == ["Appid"]:
            assert answer.json()["code"] == 0, answer.body
        if answer.body and isinstance(content := shown(answer), dict) and "items" in content:
            assert optional or content["items"], "a list is compared with its description by its items"
        elif operation.method != "GET":
            break  # It cannot be done twice.


def shown(answer):
    return answer.json() if answer.headers["Content-Type"].endswith("json") else None


@named([one for one in OPERATIONS if one not in FOR_APPS and one.path != "/access_token"])
def test_the_query_string_is_as_described(world, operation):
    target, headers, body = operation.request({}, optional=False)
    headers |= world.credentials(operation.schemes)
    answer = send(world, operation, target + "?no-such=1", headers, body)
    assert answer.status == 422, answer.body
    check_answer(operation, answer)
    taken = re.search(r"; it takes (.*)$", answer.json()["detail"])
    described = {one["name"] for one in operation.parameters if one["in"] == "query"}
    assert set(re.split(r", | and ", taken[1]) if taken else []) == described


@named(GUARDED)
def test_without_credentials_the_refusal_is_as_described(world, operation):
    target, headers, body = operation.request({})
    answer = send(world, operation, target, headers, body, source=stage.own_address())
    assert answer.status == 401
    check_answer(operation, answer)


@named([one for one in GUARDED if one.has(404)])
def test_an_unknown_object_is_not_found_as_described(world, operation):
    names = [parameter["name"] for parameter in operation.parameters if parameter["in"] == "path"]
    values = {name: "99999999" for name in names} or {"appid": "0" * 24}
    target, headers, body = operation.request(values)
    headers |= world.credentials(operation.schemes)
    answer = send(world, operation, target, headers, body)
    assert answer.status == 404, answer.body
    check_answer(operation, answer)


@named([one for one in GUARDED if one.body and one.body[0] == "application/json"])
def test_a_body_that_is_wrong_is_refused_as_described(world, operation):
    target, headers, _ = operation.request(PREPARE[operation.id](world))
    headers |= world.credentials(operation.schemes)
    for body, status in ((b"{", 400), (b"[]", 422), (b"{" + b" " * 1024 * 1024, 413)):
        answer = send(world, operation, target, headers, body)
        assert answer.status == status, answer.body
        check_answer(operation, answer)


@named(FOR_APPS)
def test_a_refusal_of_the_open_api_is_as_described(world, operation):
    PREPARE[operation.id](world)
    target, headers, body = operation.request({})
    answer = send(world, operation, target, headers, body, source=stage.own_address())
    check_answer(operation, answer)
    assert answer.json()["code"] == 801
    headers |= world.credentials(operation.schemes)
    for body, status in ((b"{", 200), (b"{" + b" " * 64 * 1024, 413)):
        answer = send(world, operation, target, headers, body)
        assert (answer.status, answer.json()["code"]) == (status, 302)
        check_answer(operation, answer)


def test_malformed_http_is_refused_as_described(world):
    operation = next(one for one in OPERATIONS if one.id == "listApps")
    for target, headers, status in (("/admin/v1/apps", {"Content-Length": "x"}, 400),
                                    ("/admin/v1/apps?q=" + "x" * 8192, {}, 414),
                                    ("/admin/v1/apps", {"X-Long": "x" * 16384}, 431)):
        answer = stage.request(world.server.url, "GET", target, None, headers)
        assert answer.status == status
        check_answer(operation, answer)


# ---------------------------------------------------------------------------------------------
# The webhooks

WEBHOOKS = document()["webhooks"]


def test_each_example_of_a_webhook_is_as_described():
    for name, described in WEBHOOKS.items():
        media = described["post"]["requestBody"]["content"]["application/json"]
        check_schema(media["example"], media["schema"])
        assert media["example"].get("msgType", "verification") == name


def check_push(push):
    """Asserts that the document describes this message; returns the name of its webhook."""
    name = push.body.get("msgType", "verification")
    described = WEBHOOKS[name]["post"]
    media_type = push.headers["content-type"]
    check_schema(push.body, described["requestBody"]["content"][media_type]["schema"])
    parameters = {one["name"].lower(): one for one in map(resolved, described["parameters"])}
    sent = {header for header in push.headers if header.startswith(("app", "webhook-", "updraft-"))}
    assert sent <= parameters.keys()
    for header, parameter in parameters.items():
        assert header in sent or not parameter["required"], (name, header)
        if header in sent and parameter["schema"]["type"] == "integer":
            int(push.headers[header])
    return name


def test_every_message_is_as_its_webhook_describes(server, receiver):
    app = server.app("app", pushUrl=receiver.url, pushEvents=[name for name in WEBHOOKS
                                                              if name != "verification"])
    user = app.grant(USER)
    app.wait_until_verified()
    release = server.publish(MODEL, "2.0.0", CONTENT)
    lamp = server.device(DID, MODEL, "1.0.0", USER, name="Bedroom")
    receiver.wait_for_type("ota_new_firmware", DID)
    assert user.upgrade_one(DID)[0] == 0
    lamp.install(finished="failure", details=["No space left: /data"])
    assert user.upgrade_one(DID)[0] == 0
    lamp.install()
    receiver.wait_for_type("ota_upgrade_result", DID, count=2)
    server.admin.post(f"/firmware/{release['id']}/withdraw").expect(200)
    receiver.wait_for_type("ota_firmware_withdrawn", DID)
    seen = {check_push(push) for push in receiver.verifications + receiver.pushes}
    assert seen == WEBHOOKS.keys()
