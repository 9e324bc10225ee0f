"""The commands for data on PostgreSQL: copying there and back, backup, check (docs/operating.md)."""
import os
import pathlib
import shutil
import sqlite3
import subprocess

import pytest

import postgres
import stage
from test_keeping import (  # noqa: F401  (`stopped` is a fixture)
    Load, change_rows, done, everything, run, serve_on, stopped)

pytestmark = pytest.mark.once


def sql(url, text):
    subprocess.run([postgres.programs() / "psql", "-q", "-v", "ON_ERROR_STOP=1", url, "-c", text],
                   check=True, timeout=120, stdin=subprocess.DEVNULL)


def rows_in(path):
    """All rows of an SQLite store, except those for communication between instances."""
    database = sqlite3.connect(path)
    tables = [name for name, in database.execute(
        "SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name")]
    held = {name: sorted(database.execute(f"SELECT * FROM {name}"), key=repr) for name in tables}
    database.close()
    return {name: rows for name, rows in held.items() if name not in ("changes", "leases")}


def serve_with(start_server, url, data):
    """A server on that database with the key, the token and the artifacts of `data`."""
    server = start_server(config={"store": {"url": url}}, start=False)
    server.data = pathlib.Path(data)
    return server.start()


def test_up_to_postgresql_and_back_every_row_stays(start_server, stopped, database, tmp_path):
    source = tmp_path / "source"
    shutil.copytree(stopped, source)
    file = f"sqlite:{source}/updraft.db"
    told = done("store", "copy", "--from", file, "--to", database)
    assert "devices  2\n" in told
    again = run("store", "copy", "--from", file, "--to", database)
    assert again.returncode == 1
    assert "is not empty" in again.stderr
    assert "; 0 findings" in done("check", "--deep", "--data", source, "--store", database)

    done("store", "copy", "--from", database, "--to", f"sqlite:{tmp_path}/back.db")
    assert rows_in(tmp_path / "back.db") == rows_in(source / "updraft.db")

    moved = tmp_path / "moved"
    shutil.copytree(source, moved)
    (moved / "updraft.db").unlink()
    after = serve_with(start_server, database, moved)
    assert everything(serve_on(start_server, source)) == everything(after)


def test_a_copy_that_cannot_be_finished_leaves_nothing(stopped, database, tmp_path):
    source = tmp_path / "source"
    shutil.copytree(stopped, source)
    change_rows("UPDATE upgrades SET created_at = 'noon' WHERE did = 'd2'")(source)
    file = f"sqlite:{source}/updraft.db"
    assert run("store", "copy", "--from", file, "--to", database).returncode == 1
    change_rows("UPDATE upgrades SET created_at = 1 WHERE did = 'd2'")(source)
    done("store", "copy", "--from", file, "--to", database)


def test_a_backup_of_a_running_server_becomes_one_with_a_file(start_server, database, tmp_path):
    server = start_server(config={"store": {"url": database}})
    user = server.app("app").grant("alice")
    dids = [f"d{number}" for number in range(20)]
    for did in dids:
        server.device(did, open_id="alice")
    server.publish("sensor-a", "2.0", os.urandom(100_000))
    load = Load(user, dids)
    try:
        stage.wait_until(lambda: len({order for _, order in load.acknowledged}) >= 10, "orders")
        before = set(load.acknowledged)
        places = ["--data", server.data, "--store", database]
        done("backup", *places, "--to", tmp_path / "backup")
        assert "; 0 findings" in done("check", *places)
    finally:
        load.end()
    assert load.odd == []
    busy = run("store", "copy", "--from", database, "--to", f"sqlite:{tmp_path}/copy.db")
    assert busy.returncode == 1
    assert "stop every instance" in busy.stderr

    assert sorted(path.name for path in (tmp_path / "backup").iterdir()) == [
        "admin-token", "firmware", "manifest.json", "secret.key", "updraft.db"]
    done("restore", "--from", tmp_path / "backup", "--data", tmp_path / "data")
    assert "; 0 findings" in done("check", "--deep", "--data", tmp_path / "data")
    restored = serve_on(start_server, tmp_path / "data")
    stored = {(one["did"], one["orderId"]) for one in restored.admin.every("/upgrades")}
    assert before - stored == set()


def test_check_finds_what_was_broken_by_hand(stopped, database, tmp_path):
    done("store", "copy", "--from", f"sqlite:{stopped}/updraft.db", "--to", database)
    sql(database, "DELETE FROM users; UPDATE upgrades SET order_id = 'gone' WHERE did = 'd2'")
    answer = run("check", "--data", stopped, "--store", database)
    assert answer.returncode == 1
    assert "a device of a user that is not there: d1" in answer.stdout
    assert "an upgrade outside its order" in answer.stdout
