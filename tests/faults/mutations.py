"""Files as nobody wrote them: bytes, JSON and arrays changed at random, and what hurts most."""

from __future__ import annotations

import copy
import io
import json
import math
import zipfile
from random import Random
from typing import Any

import numpy as np

DEEP = object()  # stands for lists in lists in lists
_DEPTH = 100_000
HOSTILE: tuple[Any, ...] = (
    *(None, True, False, 0, 1, -1, 0.5, -0.0, 2**31, 2**63, 10**30, 10**400, 1e300, -1e300),
    *(math.nan, math.inf, -math.inf, "", "x", "\ud800", "\x00", "=1+1", "../../../etc/passwd"),
    *("x" * 5000, "1e999", [], {}, [[1]], [0, 0, 0, 0], ["a", "b", "c", "d"], {"a": {}}, DEEP),
)


def changed_bytes(content: bytes, random: Random) -> bytes:
    """Return a file with bytes changed, cut off, doubled, inserted or blanked out."""
    data = bytearray(content)
    for _ in range(random.choice((1, 1, 1, 2, 5))):
        place = random.randrange(len(data) + 1)
        length = random.choice((1, 2, 4, 16, 200))
        match random.randrange(7):
            case 0 | 1:
                data[place : place + 1] = bytes([random.randrange(256)])
            case 2:
                del data[place:]
            case 3:
                data[place:place] = data[place : place + length]
            case 4:
                data[place:place] = random.randbytes(length)
            case 5:
                data[place : place + length] = bytes(length)
            case 6:
                # A number that says how much there is.
                number = random.choice((0, 1, 2**31 - 1, 2**32 - 1, 0x7FFF))
                data[place : place + 4] = number.to_bytes(4, random.choice(("little", "big")))
        if not data:
            break
    return bytes(data)


def changed_json(values: Any, random: Random) -> str:
    """Return JSON in which one or two values are others, missing, or more."""
    tree = json.loads(json.dumps(values))
    for _ in range(random.choice((1, 1, 2))):
        tree = _changed_tree(tree, random)
    text = json.dumps(tree, default=lambda _: "DEEP")
    if '"DEEP"' in text:
        return text.replace('"DEEP"', "[" * _DEPTH + "]" * _DEPTH)
    return text


def _changed_tree(tree: Any, random: Random) -> Any:
    places = list(_places(tree))
    if not places or random.random() < 0.02:
        return _hostile(random)
    parent, key = random.choice(places)
    what = random.random()
    if what < 0.75:
        parent[key] = _hostile(random)
    elif what < 0.9:
        del parent[key]
    elif isinstance(parent, dict):
        parent[random.choice(("seed", "x", "", "\ud800", "=1", "hidden"))] = _hostile(random)
    else:
        parent.append(_hostile(random))
    return tree


def _hostile(random: Random) -> Any:
    return copy.deepcopy(random.choice(HOSTILE))  # it may be changed in its turn


def _places(tree: Any):
    if isinstance(tree, dict | list):
        for key in list(tree) if isinstance(tree, dict) else range(len(tree)):
            yield tree, key
            yield from _places(tree[key])


def arrays_of(content: bytes) -> dict[str, np.ndarray]:
    """Return the arrays of an ``.npz`` file."""
    with np.load(io.BytesIO(content)) as file:
        return dict(file)


def packed(arrays: dict[str, np.ndarray], *, compressed: bool = False) -> bytes:
    """Return an ``.npz`` file of arrays."""
    file = io.BytesIO()
    (np.savez_compressed if compressed else np.savez)(file, **arrays)
    return file.getvalue()


def changed_run(content: bytes, random: Random) -> bytes:
    """Return a run file with its bytes, its header or one of its arrays changed."""
    arrays = arrays_of(content)
    what = random.random()
    if what < 0.3:
        return changed_bytes(content, random)
    if what < 0.65:
        text = changed_json(json.loads(arrays["header"].tobytes()), random)
        arrays["header"] = np.frombuffer(text.encode("utf-8", "surrogatepass"), np.uint8)
    elif what < 0.95:
        name = random.choice([*arrays])
        arrays[name] = changed_array(arrays[name], random)
    elif what < 0.97:
        del arrays[random.choice([*arrays])]
    else:
        return _bomb(arrays, random)
    return packed(arrays, compressed=random.random() < 0.05)


def changed_array(array: np.ndarray, random: Random) -> np.ndarray:
    """Return an array of another kind or shape, or with other values."""
    match random.randrange(5):
        case 0:
            kinds = ("f2", "f4", "f8", "c8", "i4", "i8", "u1", ">f4", "U3", "S2", "?", "M8[s]")
            with np.errstate(all="ignore"):
                try:
                    return np.zeros(array.shape, random.choice(kinds))
                except (TypeError, ValueError):
                    return np.zeros(3)
        case 1:
            shapes = ((), (0,), (3,), (0, 0), (3, 0), (2, 3, 4), (*array.shape, 1), (9, 2))
            return np.zeros(random.choice(shapes), array.dtype)
        case 2:
            return array[:-1] if array.ndim and len(array) else np.zeros((1, 1), array.dtype)
        case 3:
            return np.concatenate([array, array]) if array.ndim else np.zeros(2, array.dtype)
    changed = array.copy()
    if changed.size and changed.dtype.kind == "u":
        most = int(np.iinfo(changed.dtype).max)
        changed.flat[random.randrange(changed.size)] = random.choice((0, 1, most))
    if changed.size and changed.dtype.kind in "fi":
        values = (math.nan, math.inf, -math.inf, -1, 0, 0.5, 1e15, 2**40)
        value = random.choice(values)
        whole = changed.dtype.kind == "i"
        changed.flat[random.randrange(changed.size)] = (
            -7 if whole and not math.isfinite(value) else value
        )
    return changed


def _bomb(arrays: dict[str, np.ndarray], random: Random) -> bytes:
    """Return a file that unpacks, or says that it unpacks, to much more than it has."""
    name = random.choice([*arrays])
    if random.random() < 0.3:
        return packed(arrays | {name: np.zeros(20_000_000, np.uint8)}, compressed=True)
    shape = random.choice(("(1099511627776,)", "(-5,)", "(3, 4", "(10**9, 10**9)", "(" * 3000))
    text = f"{{'descr': '<f4', 'fortran_order': False, 'shape': {shape}, }}".encode()
    head = text.ljust(117) + b"\n"
    rest = {each: array for each, array in arrays.items() if each != name}
    file = io.BytesIO(packed(rest))
    with zipfile.ZipFile(file, "a") as archive:
        member = b"\x93NUMPY\x01\x00" + len(head).to_bytes(2, "little") + head + b"few"
        archive.writestr(f"{name}.npy", member)
        if random.random() < 0.3:
            for number in range(2000):
                archive.writestr(f"{number}.npy", b"")
    return file.getvalue()
