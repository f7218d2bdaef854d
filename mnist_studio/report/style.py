"""The style of a lab report, for the screen in light and dark, and for paper."""

from __future__ import annotations

from .palette import DARK

_DARK_RUNS = "\n".join(
    f"  svg .run-{index}[stroke^='#'] {{ stroke: {color}; }}\n"
    f"  svg .run-{index}[fill^='#'] {{ fill: {color}; }}"
    for index, color in enumerate(DARK, 1)
)

STYLE = f"""
:root {{
  color-scheme: light dark;
  --background: #ffffff; --raised: #f4f5f7; --line: #dfe3e8; --text: #1b2430; --dim: #5c6775;
  --accent: #1f6fdb; --right: 31 111 219; --wrong: 217 114 11;
}}
body {{
  margin: 0 auto; padding: 40px 24px 64px; max-width: 1000px;
  background: var(--background); color: var(--text);
  font: 15px/1.55 system-ui, "Segoe UI", "Helvetica Neue", Arial, "Noto Sans", "PingFang SC",
    "Hiragino Sans", "Microsoft YaHei", "Noto Sans CJK SC", sans-serif;
}}
h1 {{ margin: 0; font-size: 28px; line-height: 1.25; overflow-wrap: anywhere; }}
h2 {{ margin: 40px 0 12px; font-size: 19px; }}
.subtitle, figcaption, .note, footer {{ color: var(--dim); }}
.subtitle {{ margin: 4px 0 0; }}
.finding {{
  margin: 24px 0; padding: 16px 20px; border-left: 4px solid var(--accent);
  background: var(--raised); border-radius: 0 8px 8px 0;
}}
.finding p {{ margin: 0; font-size: 17px; }}
.finding .remark {{ margin-top: 6px; font-size: 14px; color: var(--dim); }}
.scroll {{ overflow-x: auto; }}
table {{ border-collapse: collapse; font-variant-numeric: tabular-nums; }}
table.results, table.settings {{ width: 100%; font-size: 14px; }}
.results th, .results td, .settings th, .settings td {{
  padding: 6px 10px; border-bottom: 1px solid var(--line); text-align: left; vertical-align: top;
}}
.results thead th {{ border-bottom: 2px solid var(--text); vertical-align: bottom; }}
.results tr > :first-child, .settings tr > :first-child {{ padding-left: 0; }}
.results .number {{ text-align: right; white-space: nowrap; }}
.results .best td {{ font-weight: 600; }}
.settings th {{ width: 13em; font-weight: 400; color: var(--dim); }}
.settings td {{ overflow-wrap: anywhere; white-space: pre-line; }}
.charts {{ display: grid; grid-template-columns: repeat(auto-fit, minmax(440px, 1fr)); gap: 24px; }}
@media (max-width: 560px) {{ .charts {{ grid-template-columns: 1fr; }} }}
svg {{ max-width: 100%; height: auto; color: var(--text); }}
.swatch {{ display: inline-block; width: 10px; height: 10px; margin-right: 6px; }}
.matrix th, .matrix td {{ width: 44px; height: 34px; padding: 0; text-align: center; }}
.matrix td {{ border: 1px solid var(--background); }}
.matrix th {{ font-weight: 600; color: var(--dim); }}
.matrix .axis {{ font-weight: 400; font-size: 13px; white-space: nowrap; }}
.matrix .side {{ writing-mode: sideways-lr; writing-mode: vertical-rl; transform: rotate(180deg); }}
.matrix .right {{ background: rgb(var(--right) / var(--share)); }}
.matrix .wrong {{ background: rgb(var(--wrong) / var(--share)); }}
.mistakes {{
  display: grid; grid-template-columns: repeat(auto-fill, minmax(84px, 1fr)); gap: 14px;
}}
.mistakes figure {{ margin: 0; }}
.mistakes img {{
  display: block; width: 72px; height: 72px; image-rendering: pixelated;
  border: 1px solid var(--line); background: #ffffff;
}}
.mistakes figcaption {{ font-size: 12px; line-height: 1.35; padding-top: 4px; }}
.mistakes b {{ color: var(--text); }}
pre {{
  margin: 0 0 8px; padding: 12px 16px; background: var(--raised); border-radius: 8px;
  white-space: pre-wrap; overflow-wrap: anywhere;
  font: 13px/1.5 ui-monospace, "Cascadia Mono", Menlo, Consolas, "Noto Sans Mono CJK SC", monospace;
}}
footer {{
  margin-top: 40px; padding-top: 12px; border-top: 1px solid var(--line); font-size: 13px;
}}
@media screen and (prefers-color-scheme: dark) {{
  :root {{
    --background: #14171c; --raised: #242932; --line: #2e3540; --text: #e8ebf0; --dim: #97a1b0;
    --accent: #4c9ffe; --right: 76 159 254; --wrong: 242 163 60;
  }}
{_DARK_RUNS}
}}
@media print {{
  @page {{ size: A4; margin: 16mm 14mm; }}
  body {{ padding: 0; max-width: none; font-size: 10pt; }}
  * {{ print-color-adjust: exact; -webkit-print-color-adjust: exact; }}
  h2 {{ break-after: avoid; }}
  .charts {{ grid-template-columns: 1fr 1fr; gap: 8px; }}
  .charts svg, .mistakes figure, tr, pre, .finding {{ break-inside: avoid; }}
  table.results {{ font-size: 8.5pt; }}
  .results th, .results td {{ padding: 4px 5px; }}
  .scroll {{ overflow: visible; }}
}}
"""
