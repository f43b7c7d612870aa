# SPDX-License-Identifier: GPL-2.0-only
"""Reads tests/bench/rows/NAME.bench: lines of `key = value`, one table of `make bench` each.

  title     what the table shows
  script    what dom0 runs, in the same folder (NAME.sh): prints lines `COST name number`, ends with BENCH-DONE
  on        where: native lamina peer
  clock     icount (instructions, exact: one round) or wall (ticks of the host: several rounds, taken in turn)
  compare   ratio, added (what a hypervisor adds to the native cost), or added-stock (the same, to what the peer adds to a stock kernel)
  against   the row that holds the native figures, when this one cannot run natively
  split     yes: also who executed it, the guest's processes, its kernel or the hypervisor (plugins/split.c)
  kernel    boot this kernel (a path in the build folder) as the first domain instead of Debian's: it prints the COST lines itself
  needs seconds and the fields of machine.Setup: as in tests/boot/cases
"""
import dataclasses
import glob
import os

import case as cases

HERE = os.path.dirname(os.path.abspath(__file__))
OWN_KEYS = ("script", "clock", "compare", "against", "split")


@dataclasses.dataclass
class Row(cases.Case):
    script: str = ""
    on: tuple = ("lamina", "peer")
    clock: str = "icount"
    compare: str = "ratio"
    against: str = ""
    split: str = ""


def load(path):
    row = Row(os.path.basename(path)[:-len(".bench")], seconds=1200)
    row.script = row.name + ".sh"
    row.setup.memory, row.setup.append = 2048, "dom0_mem=1024M"
    for key, value, where in cases.read_lines(path):
        if key == "on":
            row.on = tuple(value.split())
        elif key in OWN_KEYS:
            setattr(row, key, value)
        else:
            cases.set_field(row, key, value, where)
    return row


def load_all(names):
    rows = [load(path) for path in sorted(glob.glob(os.path.join(HERE, "rows", "*.bench")))]
    wrong = sorted(set(names) - {row.name for row in rows})
    if wrong:
        raise cases.Wrong("no such row: " + ", ".join(wrong))
    return [row for row in rows if not names or row.name in names]
