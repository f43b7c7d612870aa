#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Runs boot cases under QEMU: one line per case, a summary line alone at the end.

usage: run.py [-o BUILD] [--debian TREE] [--peer TREE] [--tier test|soak] [--budget SECONDS] [--hypervisor H] [-v] [CASE...]
With --again (LAMINA_TEST_AGAIN=1, as .ci/run has it) a case that fails is tried once more: both tries are reported, the log of the first
stays as CASE.log.first, and the cases that passed at the second try only are named at the end. make test and make soak do not.

A CASE names a case or a family of variants (dom0-shell stands for dom0-shell.smp-1, ...). Verdicts are PASS, FAIL and SKIP
with its reason; a case that gives no verdict is a failure. Console logs: BUILD/boot/CASE.log.
"""
import argparse
import os
import re
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(os.path.dirname(HERE), "image")]
import case as cases  # noqa: E402
import machine  # noqa: E402

# What must never stand on the console: our own panic or failed check, dom0's or a guest's kernel complaints.
BAD = (r"LAMINA PANIC|\bBUG:|Kernel panic|Oops:|WARNING: CPU|general protection fault|Call Trace:|"
       r"UBSAN|AddressSanitizer|DOM0-WARNING|soft lockup|rcu: INFO")
VERDICT = r"LAMTEST-(PASS|FAIL|SKIP)([^\n]*)"


class Skip(Exception):
    """A case that cannot run here; says why."""


def judge(m, case, deadline):
    """Plays the case's steps; raises machine.Ended when it fails and Skip when the script says so."""
    stop = BAD
    if case.allow:
        stop = r"^(?!.*(?:%s)).*(?:%s)" % (case.allow, BAD)
    for kind, text in case.steps:
        if kind == "type":
            m.send(text)
        else:
            m.wait(text, deadline, stop)
    if case.run:
        match = m.wait(VERDICT + r"\n", deadline, stop)
        if match.group(1) == "FAIL":
            raise machine.Ended(match.group(2).strip() or "the script says so")
        if match.group(1) == "SKIP":
            raise Skip(match.group(2).strip())
    if case.stops and not m.drain(deadline):
        raise machine.Ended("did not power off before the deadline")


def missing_things(build, case):
    """What the case needs and the build folder has not; the peer brings tools of its own."""
    needs = [n for n in case.needs if case.setup.hypervisor == "lamina" or not n.startswith("bin/")]
    if case.setup.hypervisor != "native":
        needs.append(case.setup.hypervisor)
    if case.setup.iso:
        needs.append("ovmf" if case.setup.firmware == "uefi" else case.setup.iso)
    elif case.setup.linux():
        needs.append(machine.LINUX[case.setup.kernel])
    return [need for need in needs if not build.has(need)]


def run_case(build, case, options):
    missing = missing_things(build, case)
    if missing:
        return "SKIP", "not built: " + ", ".join(missing)
    deadline = time.monotonic() + case.seconds * options.slow
    log = build.path("boot", case.name + ".log")
    m = machine.Machine(build, case.setup, log, echo_to(sys.stdout) if options.verbose else None)
    try:
        judge(m, case, deadline)
        return "PASS", ""
    except Skip as why:
        return "SKIP", str(why)
    except machine.Ended as why:
        m.pump(time.monotonic() + 1)
        return "FAIL", str(why)
    finally:
        m.stop()


def echo_to(stream):
    def echo(data):
        stream.buffer.write(data)
        stream.flush()
    return echo


def chosen(options):
    out = []
    every, wrong = cases.load_all()
    for case in every:
        if options.cases:
            take = case.name in options.cases or (case.name.split(".")[0] in options.cases and
                                                  (options.tier == "soak" or not case.soak))
        else:
            take = case.tier == "test" and not case.soak or options.tier == "soak" and case.tier != "later"
        if take:
            if options.hypervisor:
                case.setup.hypervisor = options.hypervisor
            out.append(case)
    return out, wrong


def arguments():
    parser = argparse.ArgumentParser(description="boot tests under QEMU")
    parser.add_argument("-o", "--build", default="build")
    parser.add_argument("--debian")
    parser.add_argument("--peer")
    parser.add_argument("--tier", choices=("test", "soak"), default="test")
    parser.add_argument("--budget", type=float, default=0, help="seconds after which no further case starts")
    parser.add_argument("--slow", type=float, default=float(os.environ.get("LAMINA_SLOW", "1")),
                        help="factor on every deadline, for slow machines")
    parser.add_argument("--again", action="store_true", default=os.environ.get("LAMINA_TEST_AGAIN") == "1",
                        help="try a case that fails once more, and say so")
    parser.add_argument("--hypervisor", choices=("lamina", "peer", "native"))
    parser.add_argument("-l", "--list", action="store_true")
    parser.add_argument("-v", "--verbose", action="store_true", help="show the consoles")
    parser.add_argument("cases", nargs="*")
    return parser.parse_args()


def main():
    options = arguments()
    build = machine.Build(options.build, options.debian, options.peer)
    todo, wrong = chosen(options)
    if not todo:
        print("boot: no such case: %s" % " ".join(options.cases), file=sys.stderr)
        return 2
    if options.list:
        for case in todo:
            print("%-44s %s" % (case.name, case.title))
        return 0
    os.makedirs(build.path("boot"), exist_ok=True)
    counts = {"PASS": 0, "FAIL": len(wrong), "SKIP": 0}
    for why in wrong:
        print("FAIL boot/%s" % why)
    began, second = time.monotonic(), []
    for case in todo:
        if options.budget and time.monotonic() - began > options.budget:
            verdict = report(build, case, "SKIP", "the time budget of %d s is used up" % options.budget, 0)
        else:
            verdict = try_case(build, case, options)
            if verdict == "FAIL" and options.again:
                log = build.path("boot", case.name + ".log")
                os.replace(log, log + ".first")
                verdict = try_case(build, case, options)
                second += [case.name] if verdict == "PASS" else []
        counts[verdict] += 1
    if second:
        print("at the second try only: " + " ".join(second))
    print("%(PASS)d passed, %(FAIL)d failed, %(SKIP)d skipped" % counts)
    return 1 if counts["FAIL"] else 0


def try_case(build, case, options):
    start = time.monotonic()
    verdict, reason = run_case(build, case, options)
    return report(build, case, verdict, reason, time.monotonic() - start)


def report(build, case, verdict, reason, seconds):
    print("%s boot/%s (%.0f s)%s" % (verdict, case.name, seconds, ": " + reason if reason else ""))
    if verdict == "FAIL":
        show_tail(build.path("boot", case.name + ".log"))
    sys.stdout.flush()
    return verdict


def show_tail(log, lines=25):
    try:
        with open(log, encoding="utf-8", errors="replace") as f:
            tail = [line for line in f.read().replace("\r", "").splitlines() if line][-lines:]
    except OSError:
        return
    for line in tail:
        print("    | " + re.sub(r"[\x00-\x08\x0b-\x1f]", "", line))


if __name__ == "__main__":
    sys.exit(main())
