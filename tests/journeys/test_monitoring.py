"""deploy/monitoring: alert rules and a dashboard, for metrics that a running server has."""
import json
import re
import subprocess

import bucket_server
import pytest
import stage
from bucket_stage import Place, skip_reason
from test_containers import trusting
from test_process import certificate

pytestmark = pytest.mark.once

FOLDER = stage.ROOT / "deploy" / "monitoring"
ALERTS = (FOLDER / "alerts.yml").read_text(encoding="utf-8")
DASHBOARD = json.loads((FOLDER / "dashboard.json").read_text(encoding="utf-8"))
PANELS = [panel for panel in DASHBOARD["panels"] if panel["type"] != "row"]


def promtool(*words):
    done = subprocess.run(["promtool", *map(str, words)], text=True, capture_output=True, cwd=FOLDER,
                          timeout=300)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def names_in(text):
    return set(re.findall(r"\bupdraft_\w+", text))


def alert_names():
    return re.findall(r"^\s+- alert: (\w+)$", ALERTS, re.M)


@pytest.fixture(scope="module")
def metrics(module_server, tmp_path_factory):
    """Name -> the set of its label names, of a server with everything that has metrics of its own."""
    if skip_reason():
        pytest.skip(skip_reason())
    folder = tmp_path_factory.mktemp("monitored")
    bucket = bucket_server.Bucket(folder / "s3")
    cert, key = certificate(folder, "monitored")
    config = {**Place(bucket, folder).config(), "tls": {"cert": str(cert), "key": str(key)}}
    try:
        server = module_server(config, start=False)
        server.trust = trusting()
        server.start()
        # An app's own figures exist after its first message.
        with stage.Receiver() as receiver:
            app = server.app("app", pushUrl=receiver.url)
            app.grant("alice")
            server.device("lamp-1", "lamp", "1.0", "alice")
            server.publish("lamp", "2.0")
            receiver.wait_for_type("ota_new_firmware")
            found = stage.wait_until(lambda: with_app(read(server), app), "the app's figures")
        server.stop()
    finally:
        bucket.stop()
    return found


def read(server):
    text = stage.request(server.url, "GET", "/metrics", trust=server.trust,
                         headers={"Authorization": f"Bearer {server.admin.token}"}).expect(200).body.decode()
    found = {}
    for name, labels in re.findall(r"^(updraft_\w+)(?:\{(.*)\})? ", text, re.M):
        found.setdefault(name, {}).update({label: found.get(name, {}).get(label, set()) | {value}
                                           for label, value in re.findall(r'(\w+)="([^"]*)"', labels)})
    return found


def with_app(found, app):
    return found if app.appid in found.get("updraft_push_arrived_total", {}).get("appid", set()) else None


def test_the_configuration_and_the_rules_are_right():
    promtool("check", "config", "prometheus.yml")
    promtool("check", "rules", "alerts.yml")


def test_each_alert_fires_when_it_should_and_none_when_all_is_well():
    assert "SUCCESS" in promtool("test", "rules", "alerts.test.yml")
    scenarios = (FOLDER / "alerts.test.yml").read_text(encoding="utf-8")
    assert set(re.findall(r'alertname="(\w+)"', scenarios)) == set(alert_names())
    assert len(alert_names()) == len(set(alert_names())) >= 18


def test_each_alert_says_how_bad_it_is_and_what_to_do():
    for rule in re.split(r"^\s+- alert: ", ALERTS, flags=re.M)[1:]:
        assert re.search(r"severity: (critical|warning)$", rule, re.M), rule
        assert "summary: " in rule and "description: " in rule, rule


def test_each_alert_is_documented():
    page = (stage.ROOT / "docs" / "operating.md").read_text(encoding="utf-8")
    assert set(re.findall(r"`(Updraft\w+)`", page)) == set(alert_names())


def expressions():
    """(panel, PromQL) of the dashboard, with its variables filled in."""
    variables = [(where["label"], where["definition"]) for where in DASHBOARD["templating"]["list"]
                 if "definition" in where]
    found = [(panel["title"], target["expr"]) for panel in PANELS for target in panel["targets"]]
    found += [(one["name"], one["expr"]) for one in DASHBOARD["annotations"]["list"]]
    found += [(label, re.match(r"label_values\((.*), \w+\)$", query)[1]) for label, query in variables]
    return [(title, query.replace("$__rate_interval", "5m")) for title, query in found]


def test_every_expression_of_the_dashboard_is_promql(tmp_path):
    assert len(expressions()) >= 45
    rules = [{"record": f"checked:{number}", "expr": query}
             for number, (_, query) in enumerate(expressions())]
    # JSON is YAML as well.
    file = tmp_path / "dashboard.yml"
    file.write_text(json.dumps({"groups": [{"name": "dashboard", "rules": rules}]}))
    assert f"{len(rules)} rules found" in promtool("check", "rules", file)


def test_every_metric_and_label_that_is_named_exists(metrics):
    named = names_in(ALERTS) | names_in(json.dumps(DASHBOARD))
    assert len(named) > 30
    assert sorted(named - set(metrics)) == []
    # Labels with values that the alerts and the dashboard choose.
    for _, query in [*expressions(), ("alerts", ALERTS)]:
        for name, chosen in re.findall(r"(updraft_\w+)\{([^}]*)\}", query):
            for label, values in re.findall(r'(\w+)=~?"([^"$.]*)"', chosen):
                if label not in ("job", "instance"):
                    assert set(values.split("|")) <= metrics[name].get(label, set()), (name, label)


def test_every_label_that_is_grouped_by_exists(metrics):
    for title, query in expressions():
        names = names_in(query)
        for grouped in re.findall(r"by \(([^)]*)\)", query):
            for label in grouped.split(", "):
                known = [label in metrics[name] for name in names]
                assert label in ("job", "instance") or all(known), (title, label)


def test_every_metric_is_on_the_dashboard(metrics):
    assert sorted(set(metrics) - names_in(json.dumps(DASHBOARD))) == []


def test_the_dashboard_is_one_that_grafana_loads():
    assert DASHBOARD["uid"] == "updraft" and DASHBOARD["schemaVersion"] >= 36
    assert len({panel["id"] for panel in DASHBOARD["panels"]}) == len(DASHBOARD["panels"])
    taken = set()
    for panel in DASHBOARD["panels"]:
        place = panel["gridPos"]
        assert 0 < place["w"] and place["x"] + place["w"] <= 24, panel["title"]
        cells = {(place["x"] + x, place["y"] + y) for x in range(place["w"]) for y in range(place["h"])}
        assert not cells & taken, f"{panel['title']} covers another panel"
        taken |= cells
    for panel in PANELS:
        assert panel["title"] and panel["targets"], panel
        for source in (panel["datasource"], *(target["datasource"] for target in panel["targets"])):
            assert source == {"type": "prometheus", "uid": "${datasource}"}, panel["title"]
        assert len({target["refId"] for target in panel["targets"]}) == len(panel["targets"])
    used = {name for name in re.findall(r"\$\{?(\w+)", json.dumps(DASHBOARD)) if not name.startswith("__")}
    assert used <= {one["name"] for one in DASHBOARD["templating"]["list"]}
