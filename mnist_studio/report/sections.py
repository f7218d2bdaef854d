"""The parts of a lab report as HTML."""

from __future__ import annotations

import base64
import io
from collections.abc import Iterable, Sequence

import numpy as np
import numpy.typing as npt

from ..data.dataset import Dataset
from ..training.mistakes import Mistake, Mistakes
from .findings import Finding
from .markup import escaped
from .svg import Chart, draw
from .tables import Table
from .texts import Translate, count, percent

_SIDE = 28


def finding_html(finding: Finding) -> str:
    """Return the sentences of what was seen."""
    remarks = "".join(f'<p class="remark">{escaped(each)}</p>' for each in finding.remarks)
    return f'<div class="finding"><p>{escaped(finding.sentence)}</p>{remarks}</div>'


def table_html(table: Table, best: int | None = None) -> str:
    """Return a table of results, one row in bold."""
    shown = table.for_people()
    classes = [' class="number"' if column.numeric else "" for column in shown.columns]
    head = "".join(
        f'<th scope="col"{look}>{escaped(column.heading)}</th>'
        for column, look in zip(shown.columns, classes, strict=True)
    )
    rows = []
    for index, row in enumerate(shown.rows):
        cells = "".join(
            f"<td{look}>{escaped(cell.text)}</td>" for cell, look in zip(row, classes, strict=True)
        )
        look = ' class="best"' if index == best else ""
        rows.append(f"<tr{look}>{cells}</tr>")
    return (
        f'<div class="scroll"><table class="results"><thead><tr>{head}</tr></thead>'
        f"<tbody>{''.join(rows)}</tbody></table></div>"
    )


def pairs_html(pairs: Iterable[tuple[str, str]]) -> str:
    """Return a list of names and what they are."""
    rows = "".join(
        f'<tr><th scope="row">{escaped(name)}</th><td>{escaped(text)}</td></tr>'
        for name, text in pairs
    )
    return f'<table class="settings"><tbody>{rows}</tbody></table>'


def charts_html(charts: Sequence[Chart]) -> str:
    """Return charts side by side."""
    return f'<div class="charts">{"".join(draw(chart, 480, 320) for chart in charts)}</div>'


def matrix_html(
    confusion: npt.NDArray[np.int64], names: Sequence[str], translate: Translate
) -> str:
    """Return a confusion matrix whose colors show each class's share of its row."""
    head = "".join(f'<th scope="col">{escaped(name)}</th>' for name in names)
    rows = []
    for label, row in enumerate(confusion):
        cells = "".join(_cell(int(n), label == k, int(row.sum())) for k, n in enumerate(row))
        side = ""
        if label == 0:
            text = escaped(translate("report", "True class"))
            side = f'<th class="axis" rowspan="{len(names)}"><div class="side">{text}</div></th>'
        rows.append(f'<tr>{side}<th scope="row">{escaped(names[label])}</th>{cells}</tr>')
    top = escaped(translate("report", "Predicted class"))
    return (
        f'<div class="scroll"><table class="matrix"><thead><tr><th></th><th></th>'
        f'<th class="axis" colspan="{len(names)}">{top}</th></tr>'
        f"<tr><th></th><th></th>{head}</tr></thead><tbody>{''.join(rows)}</tbody></table></div>"
    )


def mistakes_html(found: Mistakes, dataset: Dataset, translate: Translate) -> str:
    """Return the worst mistakes as pictures, with what they are and were taken for."""
    if not found.worst:
        return f"<p>{escaped(translate('report', 'There are none.'))}</p>"
    figures = "".join(_mistake(each, dataset, translate) for each in found.worst)
    return f'<div class="mistakes">{figures}</div>'


def picture(pixels: npt.NDArray[np.uint8]) -> str:
    """Return an image, shape (784,), as a data address: dark ink on white paper."""
    from PIL import Image

    file = io.BytesIO()
    Image.fromarray(255 - pixels.reshape(_SIDE, _SIDE)).save(file, "PNG", optimize=True)
    return f"data:image/png;base64,{base64.b64encode(file.getvalue()).decode('ascii')}"


def _cell(number: int, right: bool, total: int) -> str:
    if not number:
        return "<td></td>"
    # A root, since a handful of mistakes among a thousand images would not be seen.
    share = number / total if right else (number / total) ** 0.5
    look = "right" if right else "wrong"
    opacity = 0.12 + 0.58 * min(share, 1.0)
    return f'<td class="{look}" style="--share:{opacity:.2f}">{count(number)}</td>'


def _mistake(mistake: Mistake, dataset: Dataset, translate: Translate) -> str:
    names = dataset.class_names
    true, taken = names[mistake.label], names[mistake.predicted]
    title = translate("report", "Test image {0}").format(mistake.image)
    caption = translate("report", "{true} taken for {predicted}").format(true=true, predicted=taken)
    return (
        f'<figure><img src="{picture(dataset.test_images[mistake.image])}" '
        f'alt="{escaped(caption)}" title="{escaped(title)}"/>'
        f"<figcaption><b>{escaped(true)} → {escaped(taken)}</b><br/>"
        f"{escaped(percent(mistake.probability, 1))}</figcaption></figure>"
    )
