"""Helpers for the journeys with a bucket: a real S3 server (tests/stage/bucket_server.py) and a bucket."""
import itertools
import pathlib

import bucket_server

names = itertools.count(1)


def skip_reason():
    """The reason why no S3 server can run here; None when it can."""
    missing = [package for package, file in (("python3-swift", "swift"), ("python3-botocore", "botocore"))
               if not pathlib.Path("/usr/lib/python3/dist-packages", file).exists()]
    return f"{' and '.join(missing)} not installed: ./dev setup does" if missing else None


class Place:
    """One bucket of that server, and the configuration of updraft for it."""

    def __init__(self, server, folder, name=None):
        self.server = server
        self.name = name or f"firmware-{next(names)}"
        self.client = server.client()
        if name is None:
            self.client.create_bucket(Bucket=self.name)
        self.url = f"s3://{self.name}/updraft"
        self.secret_file = folder / "s3-secret"
        self.secret_file.write_text(bucket_server.SECRET_KEY + "\n")
        self.secret_file.chmod(0o600)

    def config(self, **more):
        return {"firmware": {"store": self.url, "endpoint": self.server.url,
                             "region": bucket_server.REGION,
                             "access_key": bucket_server.ACCESS_KEY,
                             "secret_key_file": str(self.secret_file), **more}}

    def key(self, sha256):
        return f"updraft/{sha256[:2]}/{sha256}"

    def keys(self):
        pages = self.client.get_paginator("list_objects_v2").paginate(Bucket=self.name)
        return sorted(one["Key"].removeprefix("updraft/")
                      for page in pages for one in page.get("Contents", []))

    def put(self, sha256, content):
        self.client.put_object(Bucket=self.name, Key=self.key(sha256), Body=content)

    def delete(self, sha256):
        self.client.delete_object(Bucket=self.name, Key=self.key(sha256))
