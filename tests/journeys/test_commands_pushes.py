"""`updraft push test`, against the real server and an app's backend."""
from test_commands import Operator


def test_an_example_message_is_sent_to_an_app_and_its_answer_told(server, receiver):
    operator = Operator(server)
    app = server.app("app", pushUrl=receiver.url)
    words = ["push", "test", app.appid, "--msg-type", "ota_upgrade_result"]
    answer = operator.json(*words)
    assert answer["acknowledged"] is True and answer["status"] == 200
    receiver.behave = lambda push: (503, b"closed", {})
    refused = operator.json(*words, status=1)
    assert refused["acknowledged"] is False and refused["status"] == 503
    assert refused["error"] == "status"
    operator.plain("app", "set", app.appid, "--no-push-url")
    assert "409" in operator.plain(*words, status=1).stderr
