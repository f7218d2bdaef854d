"""Whether a window can be opened here, found out before Qt aborts the process over it."""

from __future__ import annotations

import importlib.util
import os
import re
import sys
from pathlib import Path

_ELSEWHERE = "Without a window, “mnist-studio train” works in this terminal."
# The libraries that Qt takes from the system, and their packages in Debian and Ubuntu.
_PACKAGES = {
    "libEGL.so.1": "libegl1",
    "libGL.so.1": "libgl1",
    "libX11-xcb.so.1": "libx11-xcb1",
    "libdbus-1.so.3": "libdbus-1-3",
    "libfontconfig.so.1": "libfontconfig1",
    "libglib-2.0.so.0": "libglib2.0-0",
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-image.so.0": "libxcb-image0",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-randr.so.0": "libxcb-randr0",
    "libxcb-render-util.so.0": "libxcb-render-util0",
    "libxcb-render.so.0": "libxcb-render0",
    "libxcb-shape.so.0": "libxcb-shape0",
    "libxcb-shm.so.0": "libxcb-shm0",
    "libxcb-sync.so.1": "libxcb-sync1",
    "libxcb-util.so.1": "libxcb-util1",
    "libxcb-xfixes.so.0": "libxcb-xfixes0",
    "libxcb-xkb.so.1": "libxcb-xkb1",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
    "libxkbcommon.so.0": "libxkbcommon0",
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


def missing_libraries() -> dict[str, str]:
    """Return the libraries that Qt misses here, and their packages in Debian and Ubuntu."""
    return {library: package for library, package in _PACKAGES.items() if not _loads(library)}


def _missing_plugin_library() -> str:
    """Try to load Qt's X11 plugin as Qt would, but without its abort."""
    import ctypes

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
    """Return a sentence on what a loader's error message says is missing, or an empty string.

    The loader names only the first library that it misses; the others are looked for as well, so
    that one installation is enough.
    """
    found = re.search(r"(lib[\w.+-]+?\.so[.\d]*): cannot open", message)
    if not found:
        return ""
    first = found.group(1)
    missing = {first: _PACKAGES.get(first, "")} | missing_libraries()
    install = (
        f"install with “sudo apt install {' '.join(missing.values())}”"
        if first in _PACKAGES
        else "install the packages of your system that hold them"
    )
    return f"Qt needs these system libraries: {', '.join(missing)}; {install}. {_ELSEWHERE}"


def _loads(library: str) -> bool:
    import ctypes

    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def _unreachable(display: str) -> str:
    import ctypes

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
