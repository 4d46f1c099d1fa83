"""Real servers on the loopback, each started by the tests with a folder and a free port of its own, and ended by them."""
import base64
import contextlib
import email.utils
import functools
import glob
import hashlib
import hmac
import http.client
import http.server
import os
import pwd
import shutil
import socket
import ssl
import subprocess
import tempfile
import threading
import time
import urllib.parse
from dataclasses import dataclass
from pathlib import Path
from typing import Iterator

import pytest

ROOT = Path(__file__).resolve().parents[2]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_for(port: int, process: subprocess.Popen, log: Path) -> None:
    for _ in range(300):
        if process.poll() is not None:
            break
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.1)
    pytest.fail(f"the server did not start: {log.read_text()[-2000:]}")


def owner(name: str) -> dict:
    """Servers refuse to run as root: they get a user of their own where we are root."""
    if os.geteuid() != 0:
        return {}
    try:
        user = pwd.getpwnam(name)
    except KeyError:
        pytest.skip(f"there is no user {name} to run the server as")
    return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}


@contextlib.contextmanager
def server_folder(name: str) -> Iterator[tuple[Path, dict]]:
    """A folder outside of the tests' own, which are private to who runs the tests, and the user that it belongs to."""
    who = owner(name)
    with tempfile.TemporaryDirectory(prefix=f"foresell-{name}-", ignore_cleanup_errors=True) as folder:
        if who:
            os.chown(folder, who["user"], who["group"])
        yield Path(folder), who


@dataclass
class Database:
    scheme: str
    port: int
    user: str
    password: str
    name: str
    client: list[str]
    env: dict

    def url(self, **other) -> str:
        v = {"user": self.user, "password": self.password, "port": self.port, "name": self.name, **other}
        password = f":{v['password']}" if v["password"] else ""
        return f"{self.scheme}://{v['user']}{password}@127.0.0.1:{v['port']}/{v['name']}"

    def run(self, sql: str) -> None:
        done = subprocess.run(self.client, input=sql, text=True, capture_output=True, env={**os.environ, **self.env}, timeout=60)
        assert done.returncode == 0, done.stderr


@contextlib.contextmanager
def postgres() -> Iterator[Database]:
    tools = sorted(glob.glob("/usr/lib/postgresql/*/bin/initdb"))
    if not tools:
        pytest.skip("no PostgreSQL server here (Debian package postgresql)")
    with server_folder("postgres") as (folder, who):
        yield from _postgres(Path(tools[-1]).parent, folder, who)


def _postgres(binaries: Path, folder: Path, who: dict) -> Iterator[Database]:
    port, password = free_port(), "s3cr3t word"
    (folder / "password").write_text(password)
    run = functools.partial(subprocess.run, check=True, capture_output=True, cwd=folder, timeout=120, **who)
    run([binaries / "initdb", "-D", folder / "data", "-U", "shopkeeper", "-A", "scram-sha-256", "--pwfile", folder / "password", "-E", "UTF8",
         "--locale", "C.UTF-8", "--no-sync"])
    log = folder / "log"
    with open(log, "wb") as out:
        process = subprocess.Popen([binaries / "postgres", "-D", folder / "data", "-p", str(port), "-c", "listen_addresses=127.0.0.1",
                                    "-c", f"unix_socket_directories={folder}", "-c", "fsync=off"], stdout=out, stderr=out, cwd=folder, **who)
    try:
        wait_for(port, process, log)
        client = ["psql", "-q", "-v", "ON_ERROR_STOP=1", "-h", "127.0.0.1", "-p", str(port), "-U", "shopkeeper", "postgres"]
        yield Database("postgres", port, "shopkeeper", password, "postgres", client, {"PGPASSWORD": password})
    finally:
        process.terminate()
        process.wait(30)


@contextlib.contextmanager
def mysql() -> Iterator[Database]:
    server, maker = shutil.which("mariadbd", path=os.environ["PATH"] + ":/usr/sbin"), shutil.which("mariadb-install-db")
    if not server or not maker:
        pytest.skip("no MySQL server here (Debian package default-mysql-server)")
    with server_folder("mysql") as (folder, who):
        yield from _mysql(server, maker, folder, who)


def _mysql(server: str, maker: str, folder: Path, who: dict) -> Iterator[Database]:
    port, password = free_port(), "s3cr3t word"
    who = {**who, "env": {**os.environ, "TMPDIR": str(folder)}}
    subprocess.run([maker, "--no-defaults", f"--datadir={folder}/data", "--auth-root-authentication-method=normal", "--skip-test-db"], check=True,
                   capture_output=True, cwd=folder, timeout=120, **who)
    log = folder / "log"
    with open(log, "wb") as out:
        process = subprocess.Popen([server, "--no-defaults", f"--datadir={folder}/data", f"--socket={folder}/socket", f"--port={port}",
                                    "--bind-address=127.0.0.1", "--innodb-flush-log-at-trx-commit=0", "--innodb-buffer-pool-size=32M"],
                                   stdout=out, stderr=out, cwd=folder, **who)
    try:
        wait_for(port, process, log)
        client = ["mariadb", "--no-defaults", "--default-character-set=utf8mb4", f"--socket={folder}/socket", "-u", "root"]
        root = Database("mysql", port, "root", "", "", client, {})
        root.run(f"create database corner character set utf8mb4; create user shopkeeper@'127.0.0.1' identified by '{password}';"
                 "grant select on corner.* to shopkeeper@'127.0.0.1';")
        yield Database("mysql", port, "shopkeeper", password, "corner", [*client, "corner"], {})
    finally:
        process.terminate()
        process.wait(30)


class Quiet(http.server.SimpleHTTPRequestHandler):
    """Files with ranges, as every web server of note gives them; /cut/… ends in the middle of what it promised."""
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def do_HEAD(self):
        self.answer(False)

    def do_GET(self):
        self.answer(True)

    def answer(self, body: bool):
        cut = self.path.startswith("/cut/")
        path = Path(self.directory) / self.path.partition("?")[0].removeprefix("/cut").lstrip("/")
        if not path.is_file():
            self.send_error(404)
            return
        data = path.read_bytes()
        first, last = 0, len(data) - 1
        asked = self.headers.get("Range")
        if asked:
            start, _, end = asked.removeprefix("bytes=").partition("-")
            first, last = int(start), min(int(end), last) if end else last
        self.send_response(206 if asked else 200)
        if asked:
            self.send_header("Content-Range", f"bytes {first}-{last}/{len(data)}")
        self.send_header("Accept-Ranges", "bytes")
        self.send_header("Content-Length", str(last + 1 - first))
        if cut:
            self.send_header("Connection", "close")
        self.end_headers()
        if body:
            part = data[first : last + 1]
            self.wfile.write(part[: len(part) // 2] if cut else part)
        if cut:
            self.close_connection = True


@contextlib.contextmanager
def web(folder: Path, certificate: tuple[Path, Path] | None = None) -> Iterator[str]:
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=str(folder)))
    server.daemon_threads = True
    if certificate:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*certificate)
        server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http{'s' if certificate else ''}://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


def certificate(folder: Path) -> tuple[Path, Path]:
    if not shutil.which("openssl"):
        pytest.skip("no openssl here to make a certificate")
    key, certified = folder / "key.pem", folder / "certificate.pem"
    subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=127.0.0.1", "-addext",
                    "subjectAltName=IP:127.0.0.1", "-keyout", key, "-out", certified], check=True, capture_output=True)
    return certified, key


@contextlib.contextmanager
def s3(folder: Path) -> Iterator[dict]:
    """A server that checks signatures; folders of `folder` are its buckets. Gives the environment that reaches it."""
    program = shutil.which("versitygw", path=f"{ROOT / 'build' / 'tools'}:{os.environ['PATH']}")
    if not program:
        pytest.skip("no S3 server here (tests/run pipeline builds it into build/tools where there is Go)")
    port = free_port()
    log = folder.with_name("s3.log")
    with open(log, "wb") as out:
        process = subprocess.Popen([program, "--port", f"127.0.0.1:{port}", "posix", str(folder)], stdout=out, stderr=out,
                                   env={**os.environ, "ROOT_ACCESS_KEY": "shopkeeper", "ROOT_SECRET_KEY": "s3cr3t-key-of-the-shop"})
    try:
        wait_for(port, process, log)
        yield {"AWS_ACCESS_KEY_ID": "shopkeeper", "AWS_SECRET_ACCESS_KEY": "s3cr3t-key-of-the-shop", "AWS_REGION": "us-east-1",
               "AWS_ENDPOINT_URL": f"http://127.0.0.1:{port}"}
    finally:
        process.terminate()
        process.wait(30)


@dataclass
class Azure:
    """An account of Azure Blob storage: what reaches it, and the few requests of one who puts files there."""
    port: int
    account: str = "shopkeeper"
    key: str = base64.b64encode(b"s3cr3t-key-of-the-shop").decode()
    scheme: str = "http"

    def env(self, **other) -> dict:
        v = {"account": self.account, "key": self.key, "port": self.port, "scheme": self.scheme, **other}
        return {"AZURE_STORAGE_CONNECTION_STRING": f"DefaultEndpointsProtocol={v['scheme']};AccountName={v['account']};AccountKey={v['key']};"
                                                   f"BlobEndpoint={v['scheme']}://127.0.0.1:{v['port']}/{v['account']};"}

    def sign(self, text: str) -> str:
        return base64.b64encode(hmac.new(base64.b64decode(self.key), text.encode(), hashlib.sha256).digest()).decode()

    def shared(self, ends: str) -> dict:
        """The environment with a signature that lets one read and list until `ends`, in place of the key."""
        told = {"sv": "2021-12-02", "ss": "b", "srt": "co", "sp": "rl", "se": ends, "spr": "https,http"}
        text = "\n".join([self.account, told["sp"], told["ss"], told["srt"], "", ends, "", told["spr"], told["sv"], "", ""])
        signed = urllib.parse.urlencode({**told, "sig": self.sign(text)})
        return {"AZURE_STORAGE_CONNECTION_STRING": f"BlobEndpoint={self.scheme}://127.0.0.1:{self.port}/{self.account};SharedAccessSignature={signed}"}

    def ask(self, method: str, path: str, query: str = "", data: bytes = b"") -> bytes:
        """Signed with the account's key; `path`: CONTAINER or CONTAINER/BLOB."""
        path = f"/{self.account}/{urllib.parse.quote(path)}"
        headers = {"x-ms-date": email.utils.formatdate(usegmt=True), "x-ms-version": "2021-12-02"}
        if method == "PUT" and not query:
            headers["x-ms-blob-type"] = "BlockBlob"
        named = "".join(f"{name}:{headers[name]}\n" for name in sorted(headers))
        asked = "".join(f"\n{name}:{value}" for name, value in sorted(urllib.parse.parse_qsl(query)))
        size = str(len(data)) if data else ""
        text = f"{method}\n\n\n{size}\n\n\n\n\n\n\n\n\n{named}/{self.account}{path}{asked}"
        headers["Authorization"] = f"SharedKey {self.account}:{self.sign(text)}"
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60) if self.scheme == "http" else http.client.HTTPSConnection(
            "127.0.0.1", self.port, timeout=60, context=ssl._create_unverified_context())
        connection.request(method, f"{path}?{query}" if query else path, data, headers)
        answer = connection.getresponse()
        body = answer.read()
        assert answer.status < 300, body
        return body

    def make(self, container: str) -> None:
        self.ask("PUT", container, "restype=container")

    def put(self, path: str, data: bytes | str) -> None:
        self.ask("PUT", path, data=data.encode() if isinstance(data, str) else data)

    def remove(self, path: str) -> None:
        self.ask("DELETE", path)


@contextlib.contextmanager
def azure(folder: Path, certificate: tuple[Path, Path] | None = None) -> Iterator[Azure]:
    """Microsoft's own local server, which checks signatures; it keeps its files in `folder`."""
    program = ROOT / "build" / "tools" / "azurite" / "node_modules" / "azurite" / "dist" / "src" / "blob" / "main.js"
    node = shutil.which("node", path=f"{ROOT / 'build' / 'deps' / 'node' / 'bin'}:{os.environ['PATH']}")
    if not node or not program.exists():
        pytest.skip("no Azure server here (tests/run pipeline gets it into build/tools)")
    store = Azure(free_port(), scheme="https" if certificate else "http")
    certified = ["--cert", certificate[0], "--key", certificate[1]] if certificate else []
    log = folder.with_name("azure.log")
    with open(log, "wb") as out:
        process = subprocess.Popen([node, program, "--blobHost", "127.0.0.1", "--blobPort", str(store.port), "--location", folder, "--silent",
                                    "--skipApiVersionCheck", "--disableTelemetry", *certified], stdout=out, stderr=out,
                                   env={**os.environ, "AZURITE_ACCOUNTS": f"{store.account}:{store.key}"})
    try:
        wait_for(store.port, process, log)
        yield store
    finally:
        process.terminate()
        process.wait(30)
