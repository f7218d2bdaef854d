"""Text of people stays text, in HTML, in SVG and in Markdown."""

import html
import re
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mnist_studio.report.markup import escaped, markdown, plain

UNESCAPED = re.compile(r"(?<!\\)(?:\\\\)*[|`*_~<\[&]")


@given(st.text())
def test_any_text_is_harmless(text):
    markup = f'<a title="{escaped(text)}">{escaped(text)}</a>'
    element = ET.fromstring(markup)
    allowed = re.sub(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]", "", text)
    read = allowed.replace("\r\n", "\n").replace("\r", "\n").replace(" %", "\xa0%")
    assert (element.text or "") == read
    assert list(element) == []


@given(st.text())
def test_every_browser_reads_the_same_text(text):
    assert html.unescape(escaped(text)) == plain(text)
    assert not set("<>\"'") & set(escaped(text))


def test_a_number_keeps_its_percent_sign():
    assert plain("from 97.9 % to 98 %") == "from 97.9\u00a0% to 98\u00a0%"
    assert escaped("a 5 % < b") == "a 5\u00a0% &lt; b"


@pytest.mark.parametrize("sign", ["\0", "\x0b", "\x1b", "\ufffe", "\ud800"])
def test_signs_that_xml_forbids_are_left_out(sign):
    assert plain(f"a{sign}b") == "ab"


@given(st.text())
def test_nothing_means_anything_to_markdown(text):
    written = markdown(text)
    assert not UNESCAPED.search(written)
    assert len(written.splitlines()) <= 1
    # What a reader of Markdown sees is the text, its lines joined.
    assert re.sub(r"\\([\\|`*_~<\[&])", r"\1", written) == " ".join(text.split())


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("a|b", r"a\|b"),
        (r"a\|b", r"a\\\|b"),
        ("**bold** `code`", r"\*\*bold\*\* \`code\`"),
        ("~~gone~~", r"\~\~gone\~\~"),
        ("<script>", r"\<script>"),
        ("[link](address)", r"\[link](address)"),
        ("&lt;b&gt;", r"\&lt;b\&gt;"),
        ("two\n lines", "two lines"),
        ("learning rate 0.1 – 数字", "learning rate 0.1 – 数字"),
    ],
)
def test_markdown_written_out(text, written):
    assert markdown(text) == written
