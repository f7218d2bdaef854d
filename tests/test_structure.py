"""The direction of the dependencies, and what is not imported before it is needed."""

import ast
import functools
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

import mnist_studio
from mnist_studio.cli.commands import COMMANDS

from . import first_paint
from .polling import PATIENCE

PACKAGE = Path(mnist_studio.__file__).parent
MODULES = sorted(PACKAGE.rglob("*.py"))
# What each part of the package may import of the others.
EVERYWHERE = {"archive", "cancel", "errors", "files", "labels", "number_text", "paths"}
LOOP = {"training", "nn", "data"} | EVERYWHERE
SWEEPS = {"sweeps", "runs"} | LOOP
ALLOWED = {
    "nn": {"nn"},
    "data": {"data"} | EVERYWHERE,
    "training": LOOP,
    "runs": {"runs"} | LOOP,
    "sweeps": SWEEPS,
    "insight": {"insight", "runs"} | LOOP,
    "report": {"report", "insight"} | SWEEPS,
    "session": {"session"} | SWEEPS,
    "cli": {"cli", "report", "insight"} | SWEEPS,
    "ui": {"ui", "session", "report", "insight", "__init__"} | SWEEPS,
    "archive": {"files"},
    "cancel": set(),
    "errors": set(),
    "files": set(),
    "labels": set(),
    "number_text": set(),
    "paths": set(),
    "__init__": set(),
    "__main__": {"cli", "ui", "__init__"} | EVERYWHERE,
}
QT = {"PySide6", "pyqtgraph", "shiboken6"}
# All that is imported of this package before its window is seen: whoever adds to it has everybody
# wait for it.
FIRST_FRAME = {
    "__main__",
    "number_text",
    "paths",
    "report",
    "report.palette",
    "session",
    "session.settings",
    "session.studio",
    "ui",
    "ui.actions",
    "ui.app",
    "ui.colors",
    "ui.column",
    "ui.columns",
    "ui.crash_log",
    "ui.display",
    "ui.main_window",
    "ui.page_tabs",
    "ui.pages",
    "ui.status_strip",
    "ui.theme",
    "ui.toolbar",
    "ui.widgets",
}
HEAVY = ("numpy", "pyqtgraph", "PIL", "requests", "hypothesis")


def part_of(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


@dataclass
class Module:
    """What is asked of a module's text, which is long to parse and longer to keep.

    Of ``from a import b`` both a and a.b are among the imports.
    """

    imports: set[str]
    imports_at_once: set[str]
    imports_by_full_name: set[str]
    attributes: set[str]
    long_functions: list[str]
    statements: list[type]


@functools.cache
def module_at(path: Path) -> Module:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    nodes = list(ast.walk(tree))
    return Module(
        imports=imported(path, nodes),
        imports_at_once=imported(path, tree.body),
        imports_by_full_name=imported(path, [n for n in nodes if not getattr(n, "level", 0)]),
        attributes={n.attr for n in nodes if isinstance(n, ast.Attribute)},
        long_functions=[
            node.name
            for node in nodes
            if isinstance(node, ast.FunctionDef) and node.end_lineno - node.lineno >= 60
        ],
        statements=[type(each) for each in tree.body],
    )


def imported(path: Path, nodes) -> set[str]:
    names = set()
    for node in nodes:
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            base = absolute(path, node)
            names |= {base} | {f"{base}.{alias.name}" for alias in node.names}
    return names


def absolute(path: Path, node: ast.ImportFrom) -> str:
    if not node.level:
        return node.module or ""
    package = ["mnist_studio", *path.relative_to(PACKAGE).parent.parts]
    above = package[: len(package) - node.level + 1]
    return ".".join([*above, node.module] if node.module else above)


def parts_imported(path: Path) -> set[str]:
    """Return the parts of this package that a module imports."""
    found = set()
    for name in module_at(path).imports:
        words = name.split(".")
        if words[0] == "mnist_studio" and len(words) > 1:
            found.add(words[1] if words[1] in ALLOWED else "__init__")
    return found


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_dependencies_point_in_one_direction(path):
    assert parts_imported(path) <= ALLOWED[part_of(path)]


@pytest.mark.parametrize(
    "path",
    [path for path in MODULES if part_of(path) != "ui"],
    ids=lambda path: str(path.relative_to(PACKAGE)),
)
def test_there_is_no_qt_below_the_session_and_only_its_core_there(path):
    qt = {name for name in module_at(path).imports if name.split(".")[0] in QT}
    if part_of(path) == "session":
        qt = {n for n in qt if n != "PySide6" and not n.startswith("PySide6.QtCore")}
    assert not qt


def test_only_the_start_imports_the_window_and_inside_a_function():
    importers = {part_of(path) for path in MODULES if "ui" in parts_imported(path)}
    assert importers == {"ui", "__main__"}
    at_once = module_at(PACKAGE / "__main__.py").imports_at_once
    assert not [name for name in at_once if ".ui" in name]


def test_no_panel_imports_another_panel():
    panels = {path.stem: path for path in PACKAGE.glob("ui/settings/*_panel.py")}
    assert panels
    for name, path in panels.items():
        words = {word for each in module_at(path).imports for word in each.split(".")}
        assert not words & (panels.keys() - {name}), path


def test_no_page_imports_another_page_and_the_window_none():
    pages = {path.parent.name for path in PACKAGE.glob("ui/*/page.py")}
    assert pages
    for path in PACKAGE.glob("ui/**/*.py"):
        rooms = {name.split(".")[2] for name in module_at(path).imports if name.count(".") > 1}
        assert not rooms & (pages - {path.parent.name}) or path.name == "pages.py", path


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_a_module_and_its_functions_are_read_in_one_sitting(path):
    assert path.read_text(encoding="utf-8").count("\n") <= 400
    assert not module_at(path).long_functions


def test_modules_of_the_package_import_one_another_relatively():
    for path in MODULES:
        names = module_at(path).imports_by_full_name
        assert not [name for name in names if name.split(".")[0] == "mnist_studio"], path


@pytest.mark.parametrize(
    "path", [p for p in MODULES if p.name == "__init__.py" and p.parent != PACKAGE]
)
def test_packages_hold_nothing_but_their_description(path):
    assert module_at(path).statements == [ast.Expr]


def run_python(code: str) -> str:
    environment = os.environ | {"PYTHONPATH": str(PACKAGE.parent), "QT_QPA_PLATFORM": "offscreen"}
    done = subprocess.run(
        [sys.executable, "-c", code],
        env=environment,
        capture_output=True,
        encoding="utf-8",
        timeout=PATIENCE,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def imported_by(statement: str) -> set[str]:
    return set(run_python(f"import sys\n{statement}\nprint(*sys.modules)").split())


@pytest.fixture(scope="module")
def at_the_first_paint(tmp_path_factory):
    """The name of the function that imports, and those of all modules, at not the first start."""
    home = tmp_path_factory.mktemp("home")
    remembered = home / "mnist-studio" / "settings.ini"
    remembered.parent.mkdir()
    remembered.write_text('[layout]\ncolumns="@ByteArray([[300, true], [284, false]])"\n')
    code = first_paint.program("__import__.__name__, *sys.modules")
    output, _ = first_paint.start(code, home).communicate(timeout=PATIENCE)
    return output.split()


def test_nothing_is_loaded_before_the_first_paint_that_it_does_not_need(at_the_first_paint):
    """Numbers and plots cost as much as Qt itself, the others up to a fifth of it."""
    loaded = set(at_the_first_paint)
    package = "mnist_studio."
    own = {name.removeprefix(package) for name in loaded if name.startswith(package)}
    assert "ui.main_window" in own
    assert own <= FIRST_FRAME
    slow = {"ctypes", "dataclasses", "json", "logging.handlers", "pickle", "platform", "socket"}
    assert not loaded & {*HEAVY, *slow, "subprocess"}


def test_the_window_imports_as_python_does(at_the_first_paint):
    """PySide6 would look into the source of each module for a feature that is not used here."""
    assert at_the_first_paint[0] == "__import__"


def test_a_page_is_imported_without_its_views():
    pages = [f"mnist_studio.ui.{page}" for page in ("evaluate", "inside", "experiments")]
    loaded = imported_by("import " + ", ".join(f"{page}.page" for page in pages))
    own = {name for name in loaded if name.startswith(tuple(pages))}
    assert own == {*pages, *(f"{page}.page" for page in pages)}


@pytest.mark.parametrize("command", COMMANDS)
def test_a_commands_options_are_parsed_without_numpy_qt_and_the_other_commands(command):
    loaded = imported_by(f"from mnist_studio.cli.main import build_parser as b; b({command!r})")
    assert not loaded & {*HEAVY, "PySide6", "tqdm"}
    commands = {f"mnist_studio.cli.{each}" for each in COMMANDS}
    assert loaded & commands == {f"mnist_studio.cli.{command}"}


def test_help_and_version_are_told_without_any_command():
    loaded = imported_by(
        "from mnist_studio.__main__ import main\ntry: main(['--version'])\nexcept SystemExit: pass"
    )
    own = {name for name in loaded if name.startswith("mnist_studio.")}
    assert own == {f"mnist_studio.{each}" for each in ("__main__", "cli", "cli.commands")}


def test_the_terminal_trains_where_qt_is_not_installed(tmp_path):
    run = tmp_path / "run.npz"
    output = run_python(
        "import sys\n"
        "sys.modules.update(PySide6=None, pyqtgraph=None, shiboken6=None)\n"
        "from mnist_studio.__main__ import main\n"
        f"words = ['--hidden', '8', '--epochs', '1', '--json', '--save', {str(run)!r}]\n"
        "sys.exit(main(['train', *words]))"
    )
    assert '"status": "completed"' in output
    assert run.exists()


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_files_are_deleted_in_one_place_only(path):
    deleting = {"unlink", "rmtree", "rmdir", "removedirs"}
    named = module_at(path).attributes
    assert not named & deleting or path == PACKAGE / "files.py"
