# SPDX-License-Identifier: GPL-2.0-only
"""Reads the case files of tests/boot/cases: lines of `key = value`, `#` starts a comment line.

  title     one sentence, a claim
  run       name of a script in tests/boot/dom0 that dom0 runs and that gives the verdict (LAMTEST-PASS, -FAIL, -SKIP)
  expect    a pattern to wait for on the console; several lines are waited for in this order
  type      text to type once the expectations so far were met (\\n for the enter key); in order with expect
  each      `each KEY = A | B`: one variant of the case per value, named CASE.KEY-A
  also      `also NAME = KEY=VALUE ...`: one more variant, CASE.NAME, with these values instead of the axes of each
  soak      `soak NAME = KEY=VALUE ...`: the same, but only in make soak
  needs     what must have been built: paths under the build folder (lamina, bin/lam, kit/tiny) or peer
  seconds   deadline for the whole case
  tier      test (default), soak, or later: a claim that does not hold yet, run only when it is named
  allow     a pattern for console lines that would otherwise fail the case (panics, kernel warnings)
  stops     yes: the machine must power off by itself within the deadline
and the fields of machine.Setup: hypervisor smp memory machine cpu parts kernel append dom0 qemu.
"""
import dataclasses
import glob
import os
import shlex

import machine

HERE = os.path.dirname(os.path.abspath(__file__))
SETUP_KEYS = {field.name: field.type for field in dataclasses.fields(machine.Setup)}


@dataclasses.dataclass
class Case:
    name: str
    title: str = ""
    run: str = ""
    steps: list = dataclasses.field(default_factory=list)       # ("expect", pattern) or ("type", text)
    needs: tuple = ()
    seconds: int = 240
    tier: str = "test"
    soak: bool = False                  # a variant for make soak only
    allow: str = ""
    stops: bool = False
    setup: machine.Setup = dataclasses.field(default_factory=machine.Setup)


class Wrong(Exception):
    """A case file that cannot be understood; names file and line."""


def set_field(case, key, value, where):
    if key in ("expect", "type"):
        case.steps.append((key, value.replace("\\n", "\n") if key == "type" else value))
    elif key in ("title", "run", "tier", "allow"):
        setattr(case, key, value)
    elif key == "needs":
        case.needs = tuple(value.split())
    elif key == "seconds":
        case.seconds = int(value)
    elif key == "stops":
        case.stops = value == "yes"
    elif key in ("parts", "qemu"):
        setattr(case.setup, key, tuple(shlex.split(value)))
    elif key in ("smp", "memory"):
        setattr(case.setup, key, int(value))
    elif key in SETUP_KEYS:
        setattr(case.setup, key, value)
    else:
        raise Wrong("%s: unknown key '%s'" % (where, key))


def read_lines(path):
    with open(path, encoding="utf-8") as f:
        for number, line in enumerate(f, 1):
            line = line.strip()
            if line and not line.startswith("#"):
                key, equals, value = line.partition("=")
                where = "%s:%d" % (os.path.relpath(path), number)
                if not equals:
                    raise Wrong("%s: no '=' in this line" % where)
                yield key.strip(), value.strip(), where


def variants(axes, extra):
    """Every combination of the axes, then the single ones: [(name suffix, [(key, value)], soak only)]."""
    out = [("", [], False)]
    for key, values in axes:
        out = [(name + ".%s-%s" % (key, value), chosen + [(key, value)], False)
               for name, chosen, _ in out for value in values]
    for word, name, value in extra:
        out.append(("." + name, [tuple(item.split("=", 1)) for item in shlex.split(value)], word == "soak"))
    return out


def load(path):
    """The cases of one file: one, or one per variant."""
    name = os.path.basename(path)[:-len(".case")]
    lines, axes, extra = [], [], []
    for key, value, where in read_lines(path):
        word, _, rest = key.partition(" ")
        if word == "each" and rest:
            axes.append((rest.strip(), [v.strip() for v in value.split("|")]))
        elif word in ("also", "soak") and rest:
            extra.append((word, rest.strip(), value))
        else:
            lines.append((key, value, where))
    cases = []
    for suffix, chosen, soak in variants(axes, extra):
        case = Case(name + suffix, soak=soak)
        for key, value, where in lines + [(k, v, path) for k, v in chosen]:
            set_field(case, key, value, where)
        if case.run:
            script = os.path.join(HERE, "dom0", case.run + ".sh")
            if not os.path.exists(script):
                raise Wrong("%s: no script tests/boot/dom0/%s.sh" % (path, case.run))
            case.setup.tests += (("/tests/%s.sh" % case.run, script),)
            case.setup.tests += libraries()
            case.setup.dom0 = (case.setup.dom0 + " lamtest=" + case.run).strip()
        if not case.run and not case.steps:
            raise Wrong("%s: neither 'run' nor 'expect': no verdict is possible" % path)
        cases.append(case)
    return cases


def libraries():
    """What scripts in dom0 may read: (path in the ramdisk, file here)."""
    return tuple(("/tests/" + os.path.basename(lib), lib) for lib in sorted(glob.glob(os.path.join(HERE, "dom0", "lib*"))))


def load_all(folder=os.path.join(HERE, "cases")):
    """All cases, and one sentence for each file that cannot be understood."""
    out, wrong = [], []
    for path in sorted(glob.glob(os.path.join(folder, "*.case"))):
        try:
            out += load(path)
        except (Wrong, ValueError, OSError) as why:
            wrong.append("%s: %s" % (os.path.basename(path), why))
    return out, wrong
