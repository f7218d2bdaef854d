"""Run the fault suite, in its long version by default, and print its table.

Each part is a module beside this one with a function ``run(long)`` that yields a row for each
thing tried; its short version is also a test of the ordinary suite.
"""

import argparse
import importlib
import sys

from .table import Row, markdown

# Name of the module; the order is that of the table.
PARTS = ("disk", "power", "fuzz", "downloads", "kills", "processes", "session", "batches")


def main() -> int:
    """Run the parts that were asked for; 1 if anything was lost or let in."""
    parser = argparse.ArgumentParser(prog="python -m tests.faults", description=__doc__)
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"of {', '.join(PARTS)} (all)")
    parser.add_argument("--short", action="store_true", help="what the ordinary suite runs")
    chosen = parser.parse_args()
    if unknown := set(chosen.parts) - set(PARTS):
        parser.error(f"there is no part {', '.join(sorted(unknown))}")
    rows: list[Row] = []
    for name in chosen.parts or PARTS:
        for row in importlib.import_module(f".{name}", __package__).run(not chosen.short):
            print(" | ".join(row.cells()), file=sys.stderr, flush=True)
            rows.append(row)
    print(markdown(rows))
    for row in rows:
        for what in (*row.lost, *row.let_in):
            print(f"{row.part}: {what}", file=sys.stderr)
    return 0 if all(row.clean for row in rows) else 1


if __name__ == "__main__":
    sys.exit(main())
