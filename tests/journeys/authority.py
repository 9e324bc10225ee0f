"""A certificate authority for one test run: good, expired and misnamed certificates."""
import pathlib
import subprocess

CONFIG = """
[ca]
default_ca = here
[here]
dir = {folder}
database = $dir/index
serial = $dir/serial
new_certs_dir = $dir
certificate = $dir/ca.pem
private_key = $dir/ca.key
default_md = sha256
policy = any
unique_subject = no
[any]
commonName = supplied
[req]
distinguished_name = name
prompt = no
[name]
commonName = Test
"""
CURVE = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]


class Authority:
    """Signs certificates with its own key. `roots` is the file to trust for them."""

    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        self.folder.mkdir(parents=True)
        self.config = self.folder / "ca.cnf"
        self.config.write_text(CONFIG.format(folder=self.folder))
        (self.folder / "index").touch()
        (self.folder / "serial").write_text("01\n")
        self.roots = self.folder / "ca.pem"
        self._openssl("req", "-x509", *CURVE, "-keyout", self.folder / "ca.key", "-out", self.roots,
                      "-subj", "/CN=Test authority", "-days", "3650",
                      "-addext", "basicConstraints=critical,CA:TRUE")

    def certify(self, name, alternative, start="20200101000000Z", end="20991231235959Z"):
        """A certificate for `alternative` ("IP:127.0.0.1", "DNS:…"): (certificate, key)."""
        request, key = self.folder / f"{name}.csr", self.folder / f"{name}.key"
        certificate, extra = self.folder / f"{name}.pem", self.folder / f"{name}.ext"
        extra.write_text(f"subjectAltName = {alternative}\nextendedKeyUsage = serverAuth\n")
        self._openssl("req", *CURVE, "-config", self.config, "-keyout", key, "-out", request,
                      "-subj", f"/CN={name}")
        self._openssl("ca", "-batch", "-notext", "-config", self.config, "-in", request, "-out",
                      certificate, "-extfile", extra, "-startdate", start, "-enddate", end)
        return certificate, key

    @staticmethod
    def _openssl(*words):
        done = subprocess.run(["openssl", *map(str, words)], capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
