"""Mirrors of a data set that misbehave in every way that was met.

Each is asked alone, and before one that is intact. Either way nothing but the right files may
come into the cache, nothing partial may stay, and nothing may take longer than the timeouts allow.
"""

from __future__ import annotations

import contextlib
import gzip
import logging
import os
import socket
import socketserver
import struct
import tempfile
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

from mnist_studio.data import download
from mnist_studio.data.errors import DataError

from ..data.builders import NAMES, small_dataset
from .table import Row

DATASET = small_dataset("digits")
PACKED = {f"{name}.gz": DATASET.packed(name) for name in NAMES}
TIMEOUT = 0.3  # seconds that a mirror may be silent
LONGEST = 5.0  # seconds that a case may take

Answer = Callable[[socket.socket, str, threading.Event], None]


def _head(*lines: str, status: str = "200 OK") -> bytes:
    return "\r\n".join((f"HTTP/1.1 {status}", *lines, "Connection: close", "", "")).encode()


def _send(connection: socket.socket, content: bytes, *lines: str, status: str = "200 OK") -> None:
    connection.sendall(_head(*lines, status=status) + content)


def _plain(change: Callable[[bytes], bytes], extra: int = 0) -> Answer:
    """Send what a function makes of the file, and declare so many bytes more than that."""

    def answer(connection: socket.socket, name: str, _over: threading.Event) -> None:
        content = change(PACKED[name])
        _send(connection, content, f"Content-Length: {len(content) + extra}")

    return answer


def _status(status: str) -> Answer:
    def answer(connection: socket.socket, _name: str, _over: threading.Event) -> None:
        _send(connection, b"", "Content-Length: 0", status=status)

    return answer


def _silent(connection: socket.socket, _name: str, over: threading.Event) -> None:
    over.wait(LONGEST)


def _stalls(connection: socket.socket, name: str, over: threading.Event) -> None:
    content = PACKED[name]
    _send(connection, content[: len(content) // 2], f"Content-Length: {len(content)}")
    over.wait(LONGEST)


def _drips(connection: socket.socket, name: str, over: threading.Event) -> None:
    content = PACKED[name]
    connection.sendall(_head(f"Content-Length: {len(content)}"))
    for byte in content:
        connection.sendall(bytes([byte]))
        if over.wait(0.01):
            return


def _resets(connection: socket.socket, name: str, _over: threading.Event) -> None:
    content = PACKED[name]
    _send(connection, content[: len(content) // 2], f"Content-Length: {len(content)}")
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def _endless(connection: socket.socket, _name: str, over: threading.Event) -> None:
    connection.sendall(_head())
    while not over.is_set():
        connection.sendall(b"1" * 65536)


def _endless_head(connection: socket.socket, _name: str, over: threading.Event) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\n")
    while not over.is_set():
        connection.sendall(b"X-More: " + b"1" * 65536)


def _redirects(target: str) -> Answer:
    def answer(connection: socket.socket, name: str, _over: threading.Event) -> None:
        _send(connection, b"", f"Location: {target.format(name)}", status="302 Found")

    return answer


def _bomb(connection: socket.socket, _name: str, _over: threading.Event) -> None:
    content = gzip.compress(bytes(10_000_000))
    _send(connection, content, "Content-Encoding: gzip", f"Content-Length: {len(content)}")


def _declared_as_encoded(connection: socket.socket, name: str, _over: threading.Event) -> None:
    content = PACKED[name]
    _send(connection, content, "Content-Encoding: gzip", f"Content-Length: {len(content)}")


def _without_length(connection: socket.socket, name: str, _over: threading.Event) -> None:
    _send(connection, PACKED[name])


def _closes(_connection: socket.socket, _name: str, _over: threading.Event) -> None:
    pass


def _garbage(connection: socket.socket, _name: str, _over: threading.Event) -> None:
    connection.sendall(b"\x00\xff" * 500 + b"\r\n\r\n")


BAD: dict[str, Answer] = {
    "closes at once": _closes,
    "is silent": _silent,
    "speaks no HTTP": _garbage,
    "a head without end": _endless_head,
    "404": _status("404 Not Found"),
    "500": _status("500 Internal Server Error"),
    "a page instead": _plain(lambda _content: b"<html>Log in to this network first</html>"),
    "nothing": _plain(lambda _content: b""),
    "half of it": _plain(lambda content: content[: len(content) // 2]),
    "half, declared as whole": _plain(lambda content: content[: len(content) // 2], extra=500),
    "one byte more": _plain(lambda content: content + b"1"),
    "one byte less declared": _plain(lambda content: content, extra=-1),
    "more declared than sent": _plain(lambda content: content, extra=500),
    "one byte changed": _plain(lambda content: content[:-1] + bytes([content[-1] ^ 1])),
    "a body without end": _endless,
    "stalls half-way": _stalls,
    "a byte now and then": _drips,
    "resets half-way": _resets,
    "redirects in a circle": _redirects("/{}"),
    "redirects to a file": _redirects("file:///etc/hostname"),
    "a bomb": _bomb,
}
# What is odd, and yet the right file.
ODD: dict[str, Answer] = {
    "without a length": _without_length,
    "declared as encoded": _declared_as_encoded,
}


def _intact(connection: socket.socket, name: str, _over: threading.Event) -> None:
    _send(connection, PACKED[name], f"Content-Length: {len(PACKED[name])}")


@contextlib.contextmanager
def _serving(answer: Answer) -> Iterator[str]:
    """Answer all requests so; the address is that of a server on this machine."""
    over = threading.Event()

    class Handler(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            with contextlib.suppress(OSError):  # the client may have gone
                request = b""
                while b"\r\n\r\n" not in request:
                    block = self.request.recv(4096)
                    if not block:
                        return
                    request += block
                name = request.split()[1].decode().removeprefix("/")
                answer(self.request, name, over)

    class Server(socketserver.ThreadingTCPServer):
        allow_reuse_address = True
        daemon_threads = False

    server = Server(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/"
    finally:
        over.set()
        server.shutdown()
        server.server_close()
        thread.join()


def _download(folder: Path, *addresses: str) -> str:
    """Download from these mirrors; return why that failed, or nothing."""
    spec = replace(DATASET.spec, mirrors=addresses)
    try:
        download.download_files(spec, folder)
    except DataError as error:
        return str(error)
    return ""


def _try(row: Row, what: str, answer: Answer, *, alone_is_enough: bool) -> None:
    for followed in (False, True):
        case = f"{what}, {'then an intact one' if followed else 'alone'}"
        with tempfile.TemporaryDirectory() as name, _serving(answer) as bad:
            folder = Path(name)
            with row.case():
                if followed:
                    with _serving(_intact) as good:
                        failure = _download(folder, bad, good)
                else:
                    failure = _download(folder, bad)
            row.faults += bool(failure)
            found = {path.name: path.read_bytes() for path in folder.iterdir()}
            if not found.items() <= PACKED.items():
                row.let_in.append(f"{case}: {sorted(found)}")
            if bool(failure) == (followed or alone_is_enough):
                row.lost.append(f"{case}: {failure or 'no failure was told'}")
            if row.last_seconds > LONGEST:
                row.lost.append(f"{case}: took {row.last_seconds:.1f} s")


def run(long: bool) -> Iterator[Row]:
    """Yield a row for the mirrors, three of each kind in the long version."""
    before = download.CONNECT_TIMEOUT, download.READ_TIMEOUT
    level, proxy = logging.root.manager.disable, os.environ.get("no_proxy")
    download.CONNECT_TIMEOUT = download.READ_TIMEOUT = TIMEOUT
    os.environ["no_proxy"] = "127.0.0.1"
    logging.disable(logging.CRITICAL)
    row = Row("mirrors that misbehave")
    try:
        for _ in range(3 if long else 1):
            for what, answer in BAD.items():
                _try(row, what, answer, alone_is_enough=False)
            for what, answer in ODD.items():
                _try(row, what, answer, alone_is_enough=True)
    finally:
        download.CONNECT_TIMEOUT, download.READ_TIMEOUT = before
        logging.disable(level)
        if proxy is None:
            del os.environ["no_proxy"]
        else:
            os.environ["no_proxy"] = proxy
    yield row
