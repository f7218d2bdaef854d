"""What is said where no window can be opened."""

import builtins
import ctypes
import os
import subprocess
import sys

import pytest

from mnist_studio.ui import display

from ..polling import PATIENCE

pytestmark = pytest.mark.skipif(
    not sys.platform.startswith("linux"), reason="elsewhere Qt brings all it needs"
)
MISSING = "{}: cannot open shared object file: No such file or directory"


@pytest.fixture
def on_x11(monkeypatch):
    """A desktop session without Wayland, as the environment tells it."""
    for name in ("QT_QPA_PLATFORM", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("DISPLAY", ":97531")


def refuse_libraries(monkeypatch, refuse):
    """Let `refuse` say of each library asked for why it cannot be loaded, or None."""

    def load(name, *args, **kwargs):
        reason = refuse(str(name))
        if reason:
            raise OSError(reason)
        return FakeXcb()

    monkeypatch.setattr(ctypes, "CDLL", load)


class Function:
    """A function of a C library, of which only the result counts."""

    def __init__(self, result):
        self.result = result

    def __call__(self, *arguments):
        return self.result


class FakeXcb:
    """libxcb as far as it is asked, connected to a screen."""

    def __init__(self, failed=0):
        self.xcb_connect = Function(1)
        self.xcb_connection_has_error = Function(failed)
        self.xcb_disconnect = Function(None)


def assert_two_sentences(text):
    assert text.endswith("works in this terminal.")
    assert "\n" not in text


@pytest.mark.parametrize("variable", ["QT_QPA_PLATFORM", "WAYLAND_DISPLAY"])
def test_an_environment_that_names_a_screen_is_believed(on_x11, monkeypatch, variable):
    monkeypatch.delenv("DISPLAY")
    monkeypatch.setenv(variable, "offscreen")
    assert display.find_obstacle() == ""


def test_a_screen_that_answers_is_no_obstacle(on_x11, monkeypatch):
    refuse_libraries(monkeypatch, lambda name: None)
    assert display.find_obstacle() == ""


def test_without_a_screen_the_terminal_is_named(on_x11, monkeypatch):
    monkeypatch.delenv("DISPLAY")
    obstacle = display.find_obstacle()
    assert "neither DISPLAY nor WAYLAND_DISPLAY" in obstacle
    assert_two_sentences(obstacle)


def test_a_screen_that_cannot_be_reached_is_named(on_x11, monkeypatch):
    monkeypatch.setattr(ctypes, "CDLL", lambda name: FakeXcb(failed=1))
    obstacle = display.find_obstacle()
    assert ":97531" in obstacle
    assert_two_sentences(obstacle)


@pytest.mark.parametrize(
    ("library", "package"),
    [
        ("libxcb-cursor.so.0", "libxcb-cursor0"),
        ("libxkbcommon-x11.so.0", "libxkbcommon-x11-0"),
        ("libX11-xcb.so.1", "libx11-xcb1"),
    ],
)
def test_a_library_that_the_plugin_lacks_is_named_with_its_package(
    on_x11, monkeypatch, library, package
):
    refuse_libraries(
        monkeypatch, lambda name: MISSING.format(library) if "libqxcb" in name else None
    )
    obstacle = display.find_obstacle()
    assert library.split(".so")[0] in obstacle
    assert f"sudo apt install {package}" in obstacle
    assert_two_sentences(obstacle)


def test_an_unknown_library_is_named_too(on_x11, monkeypatch):
    refuse_libraries(
        monkeypatch, lambda name: MISSING.format("libodd-2.so.5") if "libqxcb" in name else None
    )
    assert "libodd-2" in display.find_obstacle()


def test_a_missing_libxcb_is_left_to_qt(on_x11, monkeypatch):
    refuse_libraries(
        monkeypatch, lambda name: MISSING.format(name) if name == "libxcb.so.1" else None
    )
    assert display.find_obstacle() == ""


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        (MISSING.format("libEGL.so.1"), "sudo apt install libegl1"),
        (MISSING.format("libGL.so.1"), "sudo apt install libgl1"),
        ("No module named 'PySide6'", "Install MNIST Studio again"),
    ],
)
def test_a_qt_that_cannot_be_loaded_is_explained(monkeypatch, message, expected):
    import_ = builtins.__import__

    def fail(name, *args, **kwargs):
        if name.startswith("PySide6"):
            raise ImportError(message)
        return import_(name, *args, **kwargs)

    monkeypatch.setattr(builtins, "__import__", fail)
    obstacle = display.find_obstacle()
    assert expected in obstacle
    assert_two_sentences(obstacle)


def test_the_tests_end_with_that_sentence_too(tmp_path):
    broken = tmp_path / "PySide6"
    broken.mkdir()
    (broken / "__init__.py").write_text(
        f"raise ImportError({MISSING.format('libodd-2.so.5')!r})", encoding="utf-8"
    )
    done = subprocess.run(
        [sys.executable, "-m", "pytest", __file__],
        env=os.environ | {"PYTHONPATH": os.pathsep.join([str(tmp_path), *sys.path])},
        capture_output=True,
        encoding="utf-8",
        timeout=PATIENCE,
        check=False,
    )
    assert done.returncode == 1
    assert "libodd-2.so.5" in done.stderr
    assert_two_sentences(done.stderr.strip())
