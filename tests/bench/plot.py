#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""One picture per table of a results.json: bars of Lamina's figure as a share of the peer's.

usage: plot.py RESULTS FOLDER
A program of its own, because matplotlib (package python3-matplotlib) belongs to the system's Python.
"""
import json
import os
import sys

try:
    import matplotlib
    matplotlib.use("svg")
    from matplotlib import pyplot
except ImportError:
    sys.exit("bench: pictures need the package python3-matplotlib")

import figures


def draw(title, compare, ratios, path):
    names = list(ratios)
    values = [ratios[name] for name in names]
    picture, axes = pyplot.subplots(figsize=(9, 1.1 + 0.32 * len(names)), constrained_layout=True)
    bars = axes.barh(names[::-1], values[::-1], color="#3b6ea5")
    axes.bar_label(bars, fmt="%.2f", padding=3, fontsize=8)
    axes.axvline(1.0, color="#a33", linewidth=1)
    axes.set_xlim(0, max(values + [1.0]) * 1.12)
    axes.set_xlabel("Lamina : peer" + (", of what each adds to the native cost" if compare == "added" else ""))
    axes.set_title(title, fontsize=10, loc="left")
    axes.spines[["top", "right"]].set_visible(False)
    # The same figures give the same file.
    picture.savefig(path, metadata={"Date": None})
    pyplot.close(picture)


def main():
    with open(sys.argv[1], encoding="utf-8") as f:
        tables = json.load(f)
    matplotlib.rcParams["svg.hashsalt"] = "bench"
    for name, table in tables.items():
        native = tables.get(table["against"], table)["figures"]
        ratios = {what: figures.compared(table["compare"], table["figures"], native, what)
                  for what in table["figures"].get("lamina", {})}
        ratios = {what: ratio for what, ratio in ratios.items() if ratio is not None}
        if ratios:
            draw(table["title"], table["compare"], ratios, os.path.join(sys.argv[2], name + ".svg"))


if __name__ == "__main__":
    main()
