"""Every text for people reaches the translators, in the context in which it is looked up."""

import ast
import shutil
import subprocess
import sysconfig
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

import mnist_studio
from mnist_studio import labels
from mnist_studio.data import distortion_texts
from mnist_studio.training import preset_texts

from .polling import PATIENCE

SOURCES = sorted(Path(mnist_studio.__file__).parent.rglob("*.py"))


def texts_in(path):
    """Return line, context, text and whether it is a mere mark, of each text for people.

    Context and text are None where they are no literals.
    """

    def literal(node):
        return node.value if isinstance(node, ast.Constant) else None

    def visit(node, context):
        for each in ast.iter_child_nodes(node):
            yield from visit(each, each.name if isinstance(each, ast.ClassDef) else context)
        match node:
            case ast.Call(func=ast.Attribute(attr="tr"), args=[text, *_]):
                yield node.lineno, context, literal(text), False
            case ast.Call(
                func=ast.Attribute(attr=name) | ast.Name(id=name),
                args=[ast.Constant(value=str() as written), text],
            ) if name in ("translate", "QT_TRANSLATE_NOOP"):
                yield node.lineno, written, literal(text), name != "translate"
            case ast.Call(
                func=ast.Attribute(value=ast.Name(id="QCoreApplication"), attr="translate")
            ):
                yield node.lineno, None, None, False

    yield from visit(ast.parse(path.read_text(encoding="utf-8")), None)


TEXTS = {path: list(texts_in(path)) for path in SOURCES}


def test_what_is_translated_is_a_literal_or_of_a_table_of_marked_texts():
    tables = {context for texts in TEXTS.values() for _, context, _, marked in texts if marked}
    for path, texts in TEXTS.items():
        for line, context, text, _ in texts:
            assert text is not None or context in tables, f"{path.name}:{line}"


@pytest.mark.parametrize(
    ("module", "rows"),
    [
        (labels, [*labels.FIELDS.values(), labels.GROUPS.values(), labels.CHOICES.values()]),
        (preset_texts, preset_texts.PRESET_TEXTS.values()),
        (distortion_texts, distortion_texts.DISTORTION_TEXTS.values()),
    ],
    ids=["labels", "presets", "distortions"],
)
def test_tables_of_texts_are_marked_whole(module, rows):
    marked = {text for _, _, text, _ in TEXTS[Path(module.__file__)]}
    assert {text for row in rows for text in row if text} <= marked


def test_translators_are_given_every_text(tmp_path):
    lupdate = shutil.which("pyside6-lupdate", path=sysconfig.get_path("scripts"))
    if lupdate is None or subprocess.run([lupdate, "-version"], check=False).returncode:
        pytest.skip("lupdate is not there or misses a library of the system")
    file = tmp_path / "all.ts"
    subprocess.run(
        [lupdate, *SOURCES, "-ts", file], check=True, capture_output=True, timeout=PATIENCE
    )
    found = {
        (context.findtext("name"), message.findtext("source"))
        for context in ET.parse(file).iter("context")
        for message in context.iter("message")
    }
    written = {(context, text) for texts in TEXTS.values() for _, context, text, _ in texts if text}
    assert len(written) > 1000
    assert written <= found
