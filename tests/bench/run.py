#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""make bench: the deterministic part. The same programs under -icount shift=0 natively, on Lamina and on the peer.

A figure is a count of executed instructions, so one round is enough. Prints one table per part and writes JSON. PEER=none leaves
the peer out. The columns "added" compare what a hypervisor adds to the native cost.
"""
import argparse
import json
import os
import re
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.join(HERE, "..", "boot"), os.path.join(HERE, "..", "image")]
import machine  # noqa: E402

ICOUNT = ("-icount", "shift=0,sleep=off")
DEADLINE_SECONDS = 900


def run_script(build, where, script, parts):
    """Boots one machine on the script; the COST lines as a dictionary."""
    # LA57 makes native boots of static programs fail under QEMU 7.2's emulation.
    cpu = "max,-smap,-svm" + (",-la57" if where == "native" else "")
    setup = machine.Setup(hypervisor=where, smp=1, memory=2048, cpu=cpu, parts=parts, append="dom0_mem=1024M",
                          dom0="lamtest=bench" + (" daemons=no" if script == "costs.sh" else ""), qemu=ICOUNT,
                          tests=(("tests/bench.sh", os.path.join(HERE, script)),
                                 ("usr/bin/guest-costs", build.path("bin", "guest-costs")),
                                 ("usr/bin/cost-of", build.path("bin", "cost-of"))))
    os.makedirs(build.path("bench"), exist_ok=True)
    log = build.path("bench", "%s-%s.log" % (script.split(".")[0], where))
    m = machine.Machine(build, setup, log)
    try:
        m.wait(r"^BENCH-DONE", time.monotonic() + DEADLINE_SECONDS)
    except machine.Ended as e:
        print("bench: %s on %s: %s; the console is in %s" % (script, where, e, log), file=sys.stderr)
    finally:
        m.process.kill()
        m.process.wait()
    return {name: int(value) for name, value in re.findall(r"^COST (\S+) (-?\d+)$", m.text, re.MULTILINE)}


def ratio(a, b):
    return "%.2f" % (a / b) if b else "-"


def print_costs(results):
    native, ours, peer = (results.get(k, {}) for k in ("native", "lamina", "peer"))
    print("%-26s %10s %10s %10s %12s" % ("instructions", "native", "lamina", "peer", "added ratio"))
    for name, value in ours.items():
        n, p = native.get(name, 0), peer.get(name, 0)
        print("%-26s %10d %10d %10s %12s" % (name, n, value, p or "-", ratio(value - n, p - n) if p > n and n else "-"))


def print_domains(results):
    ours, peer = results.get("lamina", {}), results.get("peer", {})
    print("%-42s %14s %14s %7s" % ("instructions (KiB where it says so)", "lamina", "peer", "ratio"))
    for name, value in ours.items():
        print("%-42s %14d %14s %7s" % (name, value, peer.get(name, "-"), ratio(value, peer.get(name, 0))))


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("-o", "--build", default="build")
    parser.add_argument("--debian")
    parser.add_argument("--peer-tree")
    parser.add_argument("--no-peer", action="store_true")
    options = parser.parse_args()
    build = machine.Build(options.build, options.debian, options.peer_tree)
    hypervisors = ["lamina"] + ([] if options.no_peer or not build.has("peer") else ["peer"])
    everything = {}
    for script, where, parts, show in (
            ("costs.sh", ["native"] + hypervisors, ("base", "configs", "programs", "tiny"), print_costs),
            ("domains.sh", hypervisors, ("base", "configs", "programs", "tiny", "debian"), print_domains)):
        results = {w: run_script(build, w, script, parts) for w in where}
        everything[script.split(".")[0]] = results
        show(results)
        print(flush=True)
    target = build.path("bench", "results.json")
    with open(target, "w", encoding="utf-8") as f:
        json.dump(everything, f, indent=1)
    print("bench: figures in %s" % target)
    return 0 if all(r.get("lamina") for r in everything.values()) else 1


if __name__ == "__main__":
    sys.exit(main())
