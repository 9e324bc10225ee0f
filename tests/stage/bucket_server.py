#!/usr/bin/python3
"""A temporary S3 server: OpenStack Swift with its S3 API, in one process and one folder.

`bucket_server.py serve FOLDER [PORT]` prints `listening on http://127.0.0.1:PORT` and serves until
it is ended; a new start on the same folder has the same objects. `bucket_server.py start FILE` does so in
the background with a bucket `contract` and writes the address into FILE; `stop FILE` ends it.

Swift (Debian's python3-swift) is code by others. It checks every signature, the digest of every body and
the expiry of every signed address. Lists have three entries per page, so every test reads several pages.
"""
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile

ACCOUNT, USER, SECRET_KEY = "updraft", "tester", "hardly-secret-0123456789"
ACCESS_KEY = f"{ACCOUNT}:{USER}"
REGION = "eu-test-1"
PYTHON = "/usr/bin/python3"  # Debian's, which its packages are for.
PARTS = ("account", "container", "object")


def configurations(folder, devices):
    """Writes Swift's configuration files; returns name -> file."""
    common = f"[DEFAULT]\nswift_dir = {folder}\ndevices = {devices}\nmount_check = false\n" \
             "log_level = ERROR\nfallocate_reserve = 0\ndisable_fallocate = true\n"
    files = {}
    for part in PARTS:
        files[part] = folder / f"{part}.conf"
        files[part].write_text(f"{common}[pipeline:main]\npipeline = {part}-server\n"
                               f"[app:{part}-server]\nuse = egg:swift#{part}\n")
    files["proxy"] = folder / "proxy.conf"
    files["proxy"].write_text(f"""{common}[pipeline:main]
pipeline = catch_errors cache s3api tempauth copy slo proxy-server
[filter:catch_errors]
use = egg:swift#catch_errors
[filter:cache]
use = egg:swift#memcache
memcache_servers = 127.0.0.1:1
[filter:s3api]
use = egg:swift#s3api
location = {REGION}
allow_multipart_uploads = false
max_bucket_listing = 3
auth_pipeline_check = false
[filter:tempauth]
use = egg:swift#tempauth
user_{ACCOUNT}_{USER} = {SECRET_KEY} .admin
[filter:copy]
use = egg:swift#copy
[filter:slo]
use = egg:swift#slo
[app:proxy-server]
use = egg:swift#proxy
account_autocreate = true
""")
    return files


def serve(folder, port):
    import eventlet
    import eventlet.wsgi
    eventlet.monkey_patch()
    from swift.common import utils
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "swift.conf").write_text(
        "[swift-hash]\nswift_hash_path_suffix = updraft\n"
        "[storage-policy:0]\nname = default\ndefault = yes\n")
    utils.SWIFT_CONF_FILE = str(folder / "swift.conf")
    from swift.common.storage_policy import reload_storage_policies
    reload_storage_policies()
    from swift.common.ring import RingBuilder
    from swift.common.wsgi import loadapp

    devices = folder / "devices"
    (devices / "sda").mkdir(parents=True, exist_ok=True)
    listeners = {part: eventlet.listen(("127.0.0.1", 0)) for part in PARTS}
    for part, listener in listeners.items():
        builder = RingBuilder(part_power=2, replicas=1, min_part_hours=0)
        builder.add_dev({"id": 0, "region": 1, "zone": 1, "weight": 1.0, "ip": "127.0.0.1",
                         "port": listener.getsockname()[1], "device": "sda"})
        builder.rebalance(seed=1)
        builder.get_ring().save(str(folder / f"{part}.ring.gz"))
    files = configurations(folder, devices)
    quiet = open(os.devnull, "w", encoding="utf-8")

    def run(listener, part):
        app = loadapp(str(files[part]), global_conf={})
        eventlet.spawn(eventlet.wsgi.server, listener, app, log=quiet, debug=False)

    for part, listener in listeners.items():
        run(listener, part)
    front = eventlet.listen(("127.0.0.1", port), reuse_port=False)
    run(front, "proxy")
    print(f"listening on http://127.0.0.1:{front.getsockname()[1]}", flush=True)
    eventlet.hubs.get_hub().switch()


class Bucket:
    """The server as a child process. Tests change its objects directly, without updraft (botocore)."""

    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        self.port = 0
        self.child = None
        self.url = None
        self.start()

    def start(self):
        self.child = subprocess.Popen([PYTHON, __file__, "serve", self.folder,
                                       str(self.port)], stdout=subprocess.PIPE, text=True)
        line = self.child.stdout.readline()
        if not line.startswith("listening on "):
            raise RuntimeError(f"Swift does not start: {line!r}")
        self.url = line.split()[-1]
        self.port = int(self.url.rsplit(":", 1)[1])
        return self

    def stop(self):
        self.child.kill()
        self.child.wait()
        self.child.stdout.close()

    def client(self):
        import botocore.config
        import botocore.session
        style = botocore.config.Config(s3={"addressing_style": "path"}, signature_version="s3v4")
        return botocore.session.get_session().create_client(
            "s3", endpoint_url=self.url, region_name=REGION, aws_access_key_id=ACCESS_KEY,
            aws_secret_access_key=SECRET_KEY, config=style)


def start(file):
    folder = tempfile.mkdtemp(prefix="updraft-s3-")
    log = open(os.path.join(folder, "log"), "w", encoding="utf-8")
    child = subprocess.Popen([PYTHON, __file__, "serve", folder], stdout=subprocess.PIPE,
                             stderr=log, text=True, start_new_session=True)
    line = child.stdout.readline()
    if not line.startswith("listening on "):
        child.kill()
        raise SystemExit(f"Swift does not start: {pathlib.Path(log.name).read_text()}")
    bucket = Bucket.__new__(Bucket)
    bucket.url = line.split()[-1]
    bucket.client().create_bucket(Bucket="contract")
    pathlib.Path(file).write_text(f"{bucket.url}\n{ACCESS_KEY}\n{SECRET_KEY}\n{REGION}\n"
                                  f"{child.pid}\n{folder}\n")


def stop(file):
    lines = pathlib.Path(file).read_text().splitlines()
    os.kill(int(lines[4]), signal.SIGKILL)
    shutil.rmtree(lines[5], ignore_errors=True)
    os.unlink(file)


if __name__ == "__main__":
    if sys.argv[1] == "serve":
        serve(pathlib.Path(sys.argv[2]), int(sys.argv[3]) if len(sys.argv) > 3 else 0)
    else:
        {"start": start, "stop": stop}[sys.argv[1]](sys.argv[2])
