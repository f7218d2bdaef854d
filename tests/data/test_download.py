import contextlib
import errno
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from mnist_studio import paths
from mnist_studio.cancel import WorkCancelled
from mnist_studio.data.download import download, download_files
from mnist_studio.data.errors import DataError
from mnist_studio.data.loading import load_files
from mnist_studio.data.registry import DATASETS, DatasetSpec

from ..polling import PATIENCE
from .builders import NAMES, small_dataset

DATASET = small_dataset("digits")
PACKED = {f"/{name}.gz": DATASET.packed(name) for name in NAMES}


@dataclass
class Mirror:
    """A server on this machine; `files` maps paths to what it sends.

    With `stalls` it sends half of a file and then waits until the test ends.
    """

    files: dict[str, bytes] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)
    stalls: bool = False
    requests: list[str] = field(default_factory=list)
    stalled: threading.Event = field(default_factory=threading.Event)
    over: threading.Event = field(default_factory=threading.Event)
    address: str = ""

    def answer(self, handler: BaseHTTPRequestHandler) -> None:
        self.requests.append(handler.path)
        content = self.files.get(handler.path)
        if content is None:
            handler.send_error(404)
            return
        handler.send_response(200)
        handler.send_header("Content-Length", str(len(content)))
        for name, value in self.headers.items():
            handler.send_header(name, value)
        handler.end_headers()
        with contextlib.suppress(OSError):  # The client may have gone.
            handler.wfile.write(content[: len(content) // 2])
            if self.stalls:
                self.stalled.set()
                self.over.wait(PATIENCE)
            handler.wfile.write(content[len(content) // 2 :])


@contextlib.contextmanager
def serving(mirror: Mirror) -> Iterator[Mirror]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            mirror.answer(self)

        def log_message(self, *arguments: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    mirror.address = f"http://127.0.0.1:{server.server_port}/"
    try:
        yield mirror
    finally:
        mirror.over.set()
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch):
    monkeypatch.setenv("no_proxy", "127.0.0.1")


@pytest.fixture
def intact() -> Iterator[Mirror]:
    with serving(Mirror(dict(PACKED))) as mirror:
        yield mirror


def spec_with(*mirrors: Mirror | str) -> DatasetSpec:
    addresses = (m if isinstance(m, str) else m.address for m in mirrors)
    return replace(DATASET.spec, mirrors=tuple(addresses))


def names_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


ALL = sorted(f"{name}.gz" for name in NAMES)


def test_a_download_brings_all_files_and_they_load(intact, tmp_path):
    folder = download_files(spec_with(intact), tmp_path / "new" / "folder")
    assert names_in(folder) == ALL
    assert len(load_files(DATASET.spec, folder).train_images) == 40


def test_progress_ends_at_the_whole_size(intact, tmp_path):
    calls: list[tuple[int, int]] = []
    download_files(spec_with(intact), tmp_path, lambda *call: calls.append(call))
    total = DATASET.spec.download_size
    assert calls[0][1] == total
    assert calls[-1] == (total, total)
    assert all(0 <= done <= total for done, _ in calls)


def test_callbacks_come_in_the_thread_of_the_caller(intact, tmp_path):
    threads = set()
    download_files(
        spec_with(intact), tmp_path, lambda done, total: threads.add(threading.current_thread())
    )
    assert threads == {threading.current_thread()}


def test_intact_files_are_not_fetched_again(intact, tmp_path):
    DATASET.write(tmp_path)
    (tmp_path / f"{NAMES[1]}.gz").write_bytes(b"damaged")
    download_files(spec_with(intact), tmp_path)
    assert intact.requests == [f"/{NAMES[1]}.gz"]
    assert (tmp_path / f"{NAMES[1]}.gz").read_bytes() == DATASET.packed(NAMES[1])


@pytest.mark.parametrize(
    "files",
    [
        {},
        dict.fromkeys(PACKED, b"damaged"),
        {path: content + b"more" for path, content in PACKED.items()},
        {path: content[:-1] for path, content in PACKED.items()},
    ],
    ids=["no files", "other content", "too long", "too short"],
)
def test_a_mirror_that_fails_is_followed_by_the_next(files, intact, tmp_path):
    with serving(Mirror(files)) as bad:
        folder = download_files(spec_with(bad, intact), tmp_path)
    assert names_in(folder) == ALL


def test_a_mirror_out_of_reach_is_asked_only_once(intact, tmp_path):
    with serving(Mirror()) as dead:
        pass
    with serving(Mirror()) as empty:
        download_files(spec_with(dead, empty, intact), tmp_path)
    assert len(empty.requests) == 1
    assert len(intact.requests) == 4


def test_files_declared_as_encoded_are_stored_as_sent(tmp_path):
    with serving(Mirror(dict(PACKED), {"Content-Encoding": "gzip"})) as mirror:
        assert names_in(download_files(spec_with(mirror), tmp_path)) == ALL


def test_without_a_network_the_message_offers_a_folder(tmp_path):
    with serving(Mirror()) as dead:
        pass
    with pytest.raises(DataError, match="Could not reach any of the 2 mirrors of Digits; check"):
        download_files(spec_with(dead, dead), tmp_path)
    assert names_in(tmp_path) == []


def test_when_every_mirror_sends_something_else_the_file_is_named(tmp_path):
    with serving(Mirror()) as empty, serving(Mirror({f"/{NAMES[0]}.gz": b"?"})) as wrong:
        spec = spec_with(empty, wrong)
        with pytest.raises(DataError, match=f"None of the 2 mirrors .* intact {NAMES[0]}.gz"):
            download_files(spec, tmp_path)
    assert names_in(tmp_path) == []


def test_cancel_in_the_middle_of_a_silent_file_leaves_nothing(tmp_path):
    with serving(Mirror(dict(PACKED), stalls=True)) as mirror:
        with pytest.raises(WorkCancelled):
            download_files(spec_with(mirror), tmp_path, cancelled=mirror.stalled.is_set)
        assert names_in(tmp_path) == []


def test_cancel_between_files_keeps_the_whole_ones_only(tmp_path):
    files = dict(PACKED)
    stalling = Mirror(files, stalls=True)
    DATASET.write(tmp_path)
    (tmp_path / f"{NAMES[2]}.gz").unlink()
    with serving(stalling), pytest.raises(WorkCancelled):
        download_files(spec_with(stalling), tmp_path, cancelled=stalling.stalled.is_set)
    assert names_in(tmp_path) == [name for name in ALL if name != f"{NAMES[2]}.gz"]


def test_a_callback_that_raises_ends_the_download(tmp_path):
    def fail(done: int, total: int) -> None:
        raise KeyboardInterrupt

    with serving(Mirror(dict(PACKED), stalls=True)) as mirror:
        with pytest.raises(KeyboardInterrupt):
            download_files(spec_with(mirror), tmp_path, progress=fail)
        mirror.over.set()
    assert names_in(tmp_path) == []


def test_a_disk_without_space_is_told_before_anything_is_fetched(intact, tmp_path):
    files = tuple(replace(file, packed_size=10**18) for file in DATASET.spec.files)
    with pytest.raises(DataError, match="not enough space on the disk"):
        download_files(replace(spec_with(intact), files=files), tmp_path)
    assert intact.requests == []


@pytest.mark.parametrize(
    ("number", "message"),
    [(errno.ENOSPC, "not enough space"), (errno.EACCES, r"cannot be saved in .*Permission")],
)
def test_a_disk_that_refuses_while_fetching_is_told(number, message, intact, tmp_path, monkeypatch):
    def refuse(*arguments: object) -> None:
        raise OSError(number, "Permission denied")

    monkeypatch.setattr("os.replace", refuse)
    with pytest.raises(DataError, match=message):
        download_files(spec_with(intact), tmp_path)
    assert names_in(tmp_path) == []


def test_a_folder_that_cannot_be_made_is_told(intact, tmp_path):
    (tmp_path / "file").write_text("in the way", encoding="utf-8")
    with pytest.raises(DataError, match="cannot be saved in"):
        download_files(spec_with(intact), tmp_path / "file" / "folder")


def test_a_download_by_name_goes_into_the_cache(intact, tmp_path, monkeypatch):
    monkeypatch.setattr(paths, "cache_folder", lambda: tmp_path)
    monkeypatch.setitem(DATASETS, "digits", spec_with(intact))
    assert download("digits") == tmp_path / "datasets" / "digits"


def test_an_embedded_data_set_needs_no_download():
    with pytest.raises(DataError, match="comes with the program"):
        download("mnist-10k")
