"""What goes wrong between us and a server: a proxy in front of a real one, which spoils some answers.

A fault is taken for each request that it fits, from the first on; what no fault is left for passes. Every request is kept.
"""
import contextlib
import http.client
import http.server
import socket
import struct
import threading
import urllib.parse
from dataclasses import dataclass, field
from typing import Callable, Iterator


@dataclass
class Fault:
    kind: str  # a number: answered so, without asking the server; "reset": no answer; "cut": the body ends in the middle; "": it passes
    times: int = 10**9
    only: str = ""  # part of the request's path and query
    body: str = ""
    method: str = ""
    first: Callable = lambda: None  # is done before the answer


@dataclass
class Proxy:
    port: int
    requests: list[str] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def take(self, method: str, target: str) -> Fault | None:
        with self.lock:
            self.requests.append(target)
            for fault in self.faults:
                if fault.times > 0 and fault.only in target and fault.method in ("", method):
                    fault.times -= 1
                    return fault
        return None


def handler(proxy: Proxy, server: int):
    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *_):
            pass

        def reset(self):
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.close_connection = True
            self.connection.close()

        def pass_on(self):
            fault = proxy.take(self.command, self.path)
            data = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            if fault:
                fault.first()
            if fault and fault.kind == "reset":
                return self.reset()
            if fault and fault.kind.isdigit():
                headers = [("Content-Type", "application/xml")] if self.command != "HEAD" else []
                return self.answer(int(fault.kind), headers, fault.body.encode())
            upstream = http.client.HTTPConnection("127.0.0.1", server_of(self.path, server), timeout=60)
            upstream.putrequest(self.command, self.path, skip_host=True, skip_accept_encoding=True)
            for name, value in self.headers.items():
                upstream.putheader(name, value)
            upstream.endheaders(data)
            given = upstream.getresponse()
            headers = [(n, led(v, proxy.port) if n.lower() == "location" else v) for n, v in given.getheaders()]
            self.answer(given.status, headers, given.read(), cut=fault is not None and fault.kind == "cut")
            upstream.close()

        def answer(self, status: int, headers: list, body: bytes, cut: bool = False):
            self.send_response_only(status)
            for name, value in headers:
                if name.lower() not in ("content-length", "transfer-encoding", "connection") or (self.command == "HEAD" and name.lower() == "content-length"):
                    self.send_header(name, value)
            if self.command != "HEAD":
                self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(body[: len(body) // 2] if cut else body)
            self.close_connection = self.close_connection or cut

        do_GET = do_HEAD = do_PUT = do_POST = do_DELETE = pass_on

    return Handler


def led(location: str, port: int) -> str:
    """A redirect to another server comes by the proxy too: its port stands in the query then."""
    to = urllib.parse.urlsplit(location)
    return f"http://127.0.0.1:{port}{to.path}?{to.query}&through={to.port}"


def server_of(target: str, server: int) -> int:
    _, through, port = target.partition("&through=")
    return int(port) if through else server


@contextlib.contextmanager
def faulty(server: int, *faults: Fault) -> Iterator[Proxy]:
    """`server`: its port on the loopback."""
    listener = http.server.ThreadingHTTPServer(("127.0.0.1", 0), http.server.BaseHTTPRequestHandler)
    proxy = Proxy(listener.server_port, faults=list(faults))
    listener.RequestHandlerClass = handler(proxy, server)
    listener.daemon_threads = True
    threading.Thread(target=listener.serve_forever, daemon=True).start()
    try:
        yield proxy
    finally:
        listener.shutdown()
        listener.server_close()
