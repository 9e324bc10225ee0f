"""How apps get tokens for their users, and how tokens end (contract section 2)."""
import base64
import concurrent.futures
import urllib.parse

import pytest

import stage
from open_stage import GET, REFRESH, cast, envelope  # noqa: F401


# ---------------------------------------------------------------------------------------------
# Tokens


def account(app, path, body, headers=None):
    answer = stage.request(app.server.url, "POST", path, body, {**app.keys(), **(headers or {})})
    assert answer.status == 200
    return envelope(answer)


def test_an_app_signs_its_own_users_in(cast):
    code, first = account(cast.app, GET, {"accountId": "zoe"})
    assert code == 0
    assert list(first) == ["openId", "accessToken", "expires_in", "refreshToken"]
    assert first["expires_in"] == 7200
    second = account(cast.app, GET, {"accountId": "zoe"})[1]
    assert second["openId"] == first["openId"]
    assert account(cast.other, GET, {"accountId": "zoe"})[1]["openId"] != first["openId"]
    for tokens in (first, second):
        user = stage.OpenApi(cast.app, first["openId"], tokens["accessToken"])
        assert user.query() == (0, [])
    grants = f"/apps/{cast.other.appid}/grants"
    cast.server.admin.post(grants, {"openId": first["openId"]}).expect(409)


@pytest.mark.parametrize("body", [b"", b"{}", b"{", b"[]", b'{"accountId":""}',
                                  b'{"accountId":7}', b'{"accountId":null}',
                                  b'{"accountId":"a\\u0000"}',
                                  b'{"accountId":"a","accountId":"a"}',
                                  b'{"accountId":"%s"}' % (b"x" * 65)])
def test_an_account_has_a_name(cast, body):
    assert account(cast.app, GET, body)[0] == 302


@pytest.mark.parametrize("body", [b"", b"{}", b'{"openId":"alice"}', b'{"refreshToken":"x"}',
                                  b'{"openId":"alice","refreshToken":7}',
                                  b'{"openId":7,"refreshToken":"x"}',
                                  b'{"openId":"alice","refreshToken":""}'])
def test_a_refresh_needs_both_members(cast, body):
    assert account(cast.app, REFRESH, body)[0] == 302


def refresh(app, open_id, token):
    return account(app, REFRESH, {"openId": open_id, "refreshToken": token})


def test_a_refresh_kills_the_old_pair_and_reuse_kills_the_family(cast):
    one, elsewhere = cast.app.sign_in("yan"), cast.app.sign_in("yan")
    assert refresh(cast.app, one.open_id, "nonsense")[0] == 807
    assert refresh(cast.app, one.open_id, one.token)[0] == 807
    assert refresh(cast.app, "alice", one.refresh_token)[0] == 807
    assert refresh(cast.other, one.open_id, one.refresh_token)[0] == 807
    assert one.query()[0] == 0, "a refused refresh changed something"

    code, two = refresh(cast.app, one.open_id, one.refresh_token)
    assert code == 0 and two["openId"] == one.open_id and two["expires_in"] == 7200
    assert one.query()[0] == 805
    second = stage.OpenApi(cast.app, one.open_id, two["accessToken"])
    assert second.query()[0] == 0

    code, again = refresh(cast.app, one.open_id, one.refresh_token)
    assert code == 0, "within the grace a refresh token answers once more"
    assert second.query()[0] == 0
    assert refresh(cast.app, one.open_id, one.refresh_token)[0] == 807
    assert second.query()[0] == 805
    assert refresh(cast.app, one.open_id, again["refreshToken"])[0] == 807
    assert refresh(cast.app, one.open_id, two["refreshToken"])[0] == 807
    assert elsewhere.query()[0] == 0


def test_a_lost_answer_signs_nobody_out(cast):
    user = cast.app.sign_in("lara")
    code, lost = refresh(cast.app, user.open_id, user.refresh_token)
    code, kept = refresh(cast.app, user.open_id, user.refresh_token)
    assert code == 0 and kept["refreshToken"] != lost["refreshToken"]
    for tokens in (lost, kept):
        assert stage.OpenApi(cast.app, user.open_id, tokens["accessToken"]).query()[0] == 0
    code, later = refresh(cast.app, user.open_id, kept["refreshToken"])
    assert code == 0
    assert stage.OpenApi(cast.app, user.open_id, later["accessToken"]).query()[0] == 0
    assert stage.OpenApi(cast.app, user.open_id, lost["accessToken"]).query()[0] == 805


def test_without_a_grace_the_second_use_ends_the_family(start_server):
    server = start_server({"tokens": {"refresh_grace": "0s"}})
    app = server.app("app")
    user = app.sign_in("alice")
    code, first = refresh(app, user.open_id, user.refresh_token)
    assert code == 0
    assert refresh(app, user.open_id, user.refresh_token)[0] == 807
    assert stage.OpenApi(app, user.open_id, first["accessToken"]).query()[0] == 805


def test_two_refreshes_at_the_same_moment_both_answer(cast):
    for _ in range(10):
        user = cast.app.sign_in("race")
        with concurrent.futures.ThreadPoolExecutor(2) as pool:
            answers = [one.result() for one in [
                pool.submit(refresh, cast.app, user.open_id, user.refresh_token) for _ in range(2)]]
        assert [code for code, _ in answers] == [0, 0]
        for _, tokens in answers:
            assert stage.OpenApi(cast.app, user.open_id, tokens["accessToken"]).query()[0] == 0
        assert refresh(cast.app, user.open_id, user.refresh_token)[0] == 807
        for _, tokens in answers:
            assert stage.OpenApi(cast.app, user.open_id, tokens["accessToken"]).query()[0] == 805


def test_a_refused_token_says_which_call_is_next(cast):
    user = cast.app.sign_in("nina")
    missing = stage.OpenApi(cast.app, user.open_id, "")
    wrong = stage.OpenApi(cast.app, user.open_id, "nonsense")
    for asking, calls in ((missing, ["/open/account/access/get", "/access_token"]),
                          (wrong, ["/open/account/access/refresh", "access/get", "/access_token",
                                   "grant_type=refresh_token"])):
        code, told = asking.query()
        assert code == 805
        for call in calls:
            assert call in told
    code, told = refresh(cast.app, user.open_id, "nonsense")
    assert code == 807 and "/open/account/access/get" in told and "login page" in told


def test_ten_families_live_at_once(cast):
    users = [cast.app.sign_in("xena") for _ in range(11)]
    assert [user.query()[0] for user in users] == [805] + [0] * 10


def test_a_deleted_grant_kills_its_tokens_at_once(cast):
    user = cast.app.sign_in("will")
    path = f"/apps/{cast.app.appid}/grants/{user.open_id}"
    cast.server.admin.delete(path).expect(204)
    assert user.query()[0] == 805
    assert refresh(cast.app, user.open_id, user.refresh_token)[0] == 807
    cast.server.admin.delete(path).expect(404)
    again = cast.app.sign_in("will")
    assert again.open_id == user.open_id and again.query()[0] == 0


def test_tokens_expire(start_server):
    server = start_server({"tokens": {"access_ttl": "1s", "refresh_ttl": "1s"}})
    app = server.app("app")
    user = app.sign_in("alice")
    stage.wait_until(lambda: user.query()[0] == 806, "the access token to expire")
    assert refresh(app, user.open_id, user.refresh_token)[0] == 808


def test_account_answers_stay_out_of_caches(cast):
    answer = stage.request(cast.server.url, "POST", GET, {"accountId": "vic"}, cast.app.keys())
    assert answer.headers["Cache-Control"] == "no-store"


# ---------------------------------------------------------------------------------------------
# OAuth


def form(cast, fields, headers=None):
    body = urllib.parse.urlencode(fields).encode()
    answer = stage.request(cast.server.url, "POST", "/access_token", body,
                           {"Content-Type": "application/x-www-form-urlencoded",
                            **(headers or {})})
    assert answer.headers["Cache-Control"] == "no-store"
    return answer


def authorized(cast, open_id="oscar", uri="https://app.example/back"):
    asked = {"appid": cast.app.appid, "openId": open_id, "redirectUri": uri, "state": "s 1"}
    return cast.server.admin.post("/authorizations", asked).expect(201).json()


def client(cast):
    return {"client_id": cast.app.appid, "client_secret": cast.app.appkey}


def code_form(cast, minted, **more):
    return {**client(cast), "grant_type": "authorization_code", "code": minted,
            "redirect_uri": "https://app.example/back", **more}


def test_a_code_gives_tokens_once(cast):
    made = authorized(cast)
    assert made["redirectTo"] == f"https://app.example/back?code={made['code']}&state=s%201"
    answer = form(cast, code_form(cast, made["code"])).expect(200)
    tokens = answer.json()
    assert list(tokens) == ["access_token", "expires_in", "token_type", "openId", "refresh_token"]
    assert (tokens["expires_in"], tokens["token_type"], tokens["openId"]) == (7200, "bearer", "oscar")
    user = stage.OpenApi(cast.app, "oscar", tokens["access_token"])
    assert user.query()[0] == 0

    renewed = form(cast, {**client(cast), "grant_type": "refresh_token",
                          "refresh_token": tokens["refresh_token"]}).expect(200).json()
    assert user.query()[0] == 805
    newer = stage.OpenApi(cast.app, "oscar", renewed["access_token"])
    assert newer.query()[0] == 0
    again = form(cast, code_form(cast, made["code"])).expect(400)
    assert again.json()["error"] == "invalid_grant"
    assert newer.query()[0] == 805, "a code that comes twice revokes what it gave"


@pytest.mark.parametrize("change, status, error", [
    ({"client_secret": "wrong"}, 401, "invalid_client"),
    ({"client_id": "0" * 24}, 401, "invalid_client"),
    ({"client_id": ""}, 400, "invalid_request"),
    ({"grant_type": "password"}, 400, "unsupported_grant_type"),
    ({"grant_type": ""}, 400, "invalid_request"),
    ({"code": "nonsense"}, 400, "invalid_grant"),
    ({"code": ""}, 400, "invalid_request"),
    ({"redirect_uri": "https://app.example/other"}, 400, "invalid_grant"),
    ({"redirect_uri": ""}, 400, "invalid_request"),
    ({"grant_type": "refresh_token", "refresh_token": "nonsense"}, 400, "invalid_grant"),
    ({"grant_type": "refresh_token"}, 400, "invalid_request"),
])
def test_a_token_request_that_is_wrong_says_so(cast, change, status, error):
    code = authorized(cast)["code"]
    answer = form(cast, code_form(cast, code, **change))
    assert (answer.status, answer.json()["error"]) == (status, error)
    form(cast, code_form(cast, code)).expect(200)


def test_a_client_may_prove_itself_by_basic_authentication(cast):
    fields = code_form(cast, authorized(cast)["code"])
    fields.pop("client_secret")
    def basic(secret, scheme="Basic "):
        text = base64.b64encode(f"{cast.app.appid}:{secret}".encode()).decode()
        return form(cast, fields, {"Authorization": scheme + text})
    def encoded(text):
        return "".join(f"%{ord(letter):02x}" for letter in text)
    for wrong in ("wrong", cast.app.appkey + "%", "%zz", "%00"):
        refused = basic(wrong).expect(401)
        assert refused.headers["WWW-Authenticate"].startswith("Basic")
    basic(cast.app.appkey).expect(200)
    for secret, scheme in ((cast.app.appkey, "basic "), (encoded(cast.app.appkey), "BASIC   ")):
        fields = code_form(cast, authorized(cast)["code"])
        fields.pop("client_secret")
        basic(secret, scheme).expect(200)
    stage.request(cast.server.url, "GET", "/access_token").expect(405)


def test_an_app_on_a_phone_gets_its_code(cast):
    uri = "com.example.app:/back"
    made = authorized(cast, uri=uri)
    assert made["redirectTo"] == f"{uri}?code={made['code']}&state=s%201"
    form(cast, code_form(cast, made["code"], redirect_uri=uri)).expect(200)
    asked = {"appid": cast.app.appid, "openId": "oscar", "redirectUri": "myapp:/back"}
    refused = cast.server.admin.post("/authorizations", asked).expect(422).json()
    assert "redirectUri" in refused["detail"] and "com.example.app:/back" in refused["detail"]
