#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""make bench: the same programs natively, on Lamina and on the peer, in the same QEMU; one table per file in rows/.

A figure under -icount shift=0 is a count of executed instructions: one round is enough. Wall-clock rows are taken in several rounds,
one hypervisor after the other; the table shows medians and the spread (largest minus smallest, in per cent of the median).
Prints the tables, writes BUILD/bench/results.json and, with --plot, BUILD/bench/ROW.svg.
"""
import argparse
import json
import os
import re
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, "..", "boot"), os.path.join(HERE, "..", "image")]
import case as cases  # noqa: E402
import figures  # noqa: E402
import machine  # noqa: E402
import row as rows  # noqa: E402

ICOUNT = ("-icount", "shift=0,sleep=off")
PROGRAMS = ("guest-costs", "disk-costs", "net-costs", "cost-of")


def setup_for(build, row, where):
    """The machine of one run: a row's own, with the script and the programs in dom0's ramdisk."""
    setup = rows.dataclasses.replace(row.setup)
    setup.hypervisor = where
    # LA57 makes native boots of static programs fail under QEMU 7.2's emulation.
    setup.cpu += ",-la57" if where == "native" else ""
    setup.qemu += ICOUNT if row.clock == "icount" else ()
    if row.split:
        setup.qemu += ("-plugin", "%s,out=%s" % (build.path("bench", "split.so"), build.path("bench", "split.out")))
    if setup.linux():
        setup.dom0 = ("lamtest=bench " + setup.dom0).strip()
        setup.tests += (("/tests/bench.sh", os.path.join(HERE, "rows", row.script)),
                        ("/tests/more", os.path.join(HERE, "rows", "more")))
        setup.tests += cases.libraries()
        setup.tests += tuple(("usr/bin/" + name, build.path("bin", name)) for name in PROGRAMS)
    return setup


def run_once(build, row, where, echo=None):
    """Boots one machine; {name: [values]} of its COST lines."""
    log = build.path("bench", "%s-%s.log" % (row.name, where))
    m = machine.Machine(build, setup_for(build, row, where), log, echo)
    try:
        m.wait(r"^BENCH-DONE", time.monotonic() + row.seconds)
    except machine.Ended as why:
        print("bench: %s on %s: %s; the console is in %s" % (row.name, where, why, log), file=sys.stderr)
    finally:
        m.stop()
    found = {}
    for name, value in re.findall(r"^COST (\S+) (-?\d+)$", m.text, re.MULTILINE):
        found.setdefault(name, []).append(int(value))
    return found


def split_shares(build, names):
    """{name: [shares of user space, kernel, hypervisor]}: the plugin's lines come in the order of the COST lines."""
    with open(build.path("bench", "split.out"), encoding="ascii") as f:
        counts = [[int(word) for word in line.split()] for line in f]
    return {name: [count / max(sum(line), 1) for count in line] for name, line in zip(names, counts)}


def run_row(build, row, options):
    """{where: {name: [values of all rounds]}}, {where: {name: shares}}."""
    results, shares = {}, {}
    wheres = [where for where in row.on if where != "peer" or not options.no_peer and build.has("peer")]
    for _ in range(options.rounds if row.clock == "wall" else 1):
        for where in wheres:
            found = run_once(build, row, where)
            for name, values in found.items():
                results.setdefault(where, {}).setdefault(name, []).extend(values)
            if row.split:
                shares[where] = split_shares(build, found)
    return results, shares


def arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("-o", "--build", default="build")
    parser.add_argument("--debian")
    parser.add_argument("--peer-tree")
    parser.add_argument("--no-peer", action="store_true")
    parser.add_argument("--rounds", type=int, default=3, help="of wall-clock rows")
    parser.add_argument("--plot", action="store_true", help="write an SVG per table")
    parser.add_argument("rows", nargs="*")
    return parser.parse_args()


def main():
    options = arguments()
    build = machine.Build(options.build, options.debian, options.peer_tree)
    try:
        todo = rows.load_all(options.rows)
    except cases.Wrong as why:
        print("bench: %s" % why, file=sys.stderr)
        return 2
    os.makedirs(build.path("bench"), exist_ok=True)
    target = build.path("bench", "results.json")
    everything = {}
    if options.rows and os.path.exists(target):
        with open(target, encoding="utf-8") as f:
            everything = json.load(f)
    for row in todo:
        missing = [need for need in row.needs if not build.has(need)]
        if missing:
            print("%s: left out: not built: %s\n" % (row.name, ", ".join(missing)))
            continue
        results, shares = run_row(build, row, options)
        everything[row.name] = {"title": row.title, "clock": row.clock, "compare": row.compare, "against": row.against,
                                "figures": results, "split": shares}
        native = everything.get(row.against, {}).get("figures", results) if row.against else results
        figures.print_table(row, results, native)
        if shares:
            figures.print_split(row, results, shares)
    with open(target, "w", encoding="utf-8") as f:
        json.dump(everything, f, indent=1)
    print("bench: figures in %s" % target)
    if options.plot:
        python = "/usr/bin/python3" if os.path.exists("/usr/bin/python3") else sys.executable
        subprocess.run([python, "-B", os.path.join(HERE, "plot.py"), target, build.path("bench")], check=False)
    return 0 if all(everything.get(row.name, {}).get("figures", {"lamina": 1}).get("lamina") for row in todo) else 1


if __name__ == "__main__":
    sys.exit(main())
