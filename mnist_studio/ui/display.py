"""Whether a window can be opened here, found out before Qt aborts the process over it."""

from __future__ import annotations

import ctypes
import importlib.util
import os
import re
import sys
from pathlib import Path

_ELSEWHERE = "Without a window, “mnist-studio train” works in this terminal."
# Debian and Ubuntu packages of the libraries that Qt takes from the system.
_PACKAGES = {
    "libEGL": "libegl1",
    "libGL": "libgl1",
    "libOpenGL": "libopengl0",
    "libdbus-1": "libdbus-1-3",
    "libfontconfig": "libfontconfig1",
    "libfreetype": "libfreetype6",
    "libglib-2.0": "libglib2.0-0",
    "libgthread-2.0": "libglib2.0-0",
    "libxkbcommon": "libxkbcommon0",
    "libxkbcommon-x11": "libxkbcommon-x11-0",
    "libxcb-cursor": "libxcb-cursor0",
    "libxcb-icccm": "libxcb-icccm4",
    "libxcb-image": "libxcb-image0",
    "libxcb-keysyms": "libxcb-keysyms1",
    "libxcb-render-util": "libxcb-render-util0",
    "libxcb-shape": "libxcb-shape0",
    "libxcb-xkb": "libxcb-xkb1",
    "libX11-xcb": "libx11-xcb1",
}


def find_obstacle() -> str:
    """Return why no window can be opened and what to do, or an empty string if one can."""
    try:
        import PySide6.QtWidgets  # noqa: F401 - loading it is the test
    except ImportError as error:
        return _missing_library(str(error)) or (
            f"Qt could not be loaded: {error}. Install MNIST Studio again. {_ELSEWHERE}"
        )
    if not sys.platform.startswith("linux") or os.environ.get("QT_QPA_PLATFORM"):
        return ""
    if os.environ.get("WAYLAND_DISPLAY"):
        return ""
    display = os.environ.get("DISPLAY")
    if not display:
        return (
            "There is no screen to open a window on: neither DISPLAY nor WAYLAND_DISPLAY is set. "
            f"Start MNIST Studio from a desktop session. {_ELSEWHERE}"
        )
    return _missing_plugin_library() or _unreachable(display)


def _missing_plugin_library() -> str:
    """Try to load Qt's X11 plugin as Qt would, but without its abort."""
    spec = importlib.util.find_spec("PySide6")
    assert spec is not None
    for folder in spec.submodule_search_locations or ():
        plugin = Path(folder) / "Qt" / "plugins" / "platforms" / "libqxcb.so"
        if plugin.exists():
            try:
                ctypes.CDLL(str(plugin))
            except OSError as error:
                return _missing_library(str(error))
    return ""


def _missing_library(message: str) -> str:
    """Return a sentence on the library that a loader's error message names, if it names one."""
    found = re.search(r"(lib[\w.+-]+?)\.so[.\d]*: cannot open", message)
    if not found:
        return ""
    library = found.group(1)
    package = _PACKAGES.get(library)
    install = (
        f"install it with “sudo apt install {package}”"
        if package
        else f"install the package of your system that holds {library}.so"
    )
    return f"The system library {library}, which Qt needs, is missing: {install}. {_ELSEWHERE}"


def _unreachable(display: str) -> str:
    try:
        xcb = ctypes.CDLL("libxcb.so.1")
    except OSError:
        return ""  # Qt's plugin carries or found its own
    xcb.xcb_connect.restype = ctypes.c_void_p
    connection = ctypes.c_void_p(xcb.xcb_connect(None, None))
    failed = xcb.xcb_connection_has_error(connection)
    xcb.xcb_disconnect(connection)
    if not failed:
        return ""
    return (
        f"The screen {display} that DISPLAY names cannot be reached. Start MNIST Studio from a "
        f"desktop session. {_ELSEWHERE}"
    )
