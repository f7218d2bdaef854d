"""What reports say can be translated."""

import ast
import shutil
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from mnist_studio import report

SOURCES = sorted(Path(report.__file__).parent.glob("*.py"))
CONTEXTS = ("report", "findings")


def texts_in(path):
    """Return context and text of every call that looks like one for a translator."""
    for call in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(call, ast.Call) and len(call.args) == 2:
            words = [each.value for each in call.args if isinstance(each, ast.Constant)]
            if len(words) == 2 and words[0] in CONTEXTS:
                yield tuple(words)


def test_translators_are_given_every_text(tmp_path):
    lupdate = shutil.which("pyside6-lupdate", path=str(Path(sys.executable).parent))
    if lupdate is None:
        pytest.skip("PySide6's lupdate is not beside Python")
    target = tmp_path / "report.ts"
    subprocess.run([lupdate, *SOURCES, "-ts", target], check=True, capture_output=True)
    found = {
        (context.findtext("name"), message.findtext("source"))
        for context in ET.parse(target).iter("context")
        for message in context.iter("message")
    }
    expected = {text for path in SOURCES for text in texts_in(path)}
    assert len(expected) > 50
    assert expected <= found
