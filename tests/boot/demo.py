#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""make run: Lamina with a stock Debian kernel as dom0 under QEMU, then a stock guest created from dom0's shell.

usage: demo.py [-o BUILD] [--debian TREE] [--smp N] [--memory MIB]
Each long step is announced with its seconds. On a terminal the console is yours at the end: a shell in dom0 (Ctrl-A X ends QEMU).
Without a terminal dom0 is powered off after `lam destroy`, and the exit status says whether every step worked.
"""
import argparse
import os
import re
import select
import sys
import termios
import time
import tty

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(os.path.dirname(HERE), "image")]
import machine  # noqa: E402

# A line that lam begins with its own name is an error, but for what it says of long work.
BAD = r"LAMINA PANIC|Kernel panic|Oops:|^(?!lam create: unpacking )(?:lam|xl)(?: \w+)+[^\n]*: "
PROMPT = r"dom0# (?:\x1b\[6n)?\Z"

# What is typed at dom0's prompt, what its output must or must not show, the seconds it may take, the step's name.
STEPS = [
    ("lam create /guests/debian.cfg", "", "", 300, "lam create: a stock kernel, 128 MiB, 2 processors"),
    ("lam console debian", r"GUEST-USERSPACE[^\n]*", "", 300, "lam console: the guest reaches userspace"),
    ("lam list", r"debian\s+\d+\s+128( MiB)?\s+2\b", "", 30, "lam list"),
    ("lam destroy debian", "", "", 60, "lam destroy"),
    ("lam list", r"Domain-0", r"^debian\s", 30, "lam list: the guest is gone"),
]
LEAVE_CONSOLE = "\x1d"


class Progress:
    """One line per step, with its seconds; the console itself goes to the log, or through on a terminal."""

    def __init__(self):
        self.began = time.monotonic()

    def step(self, what):
        print("[%3.0f s] %s" % (time.monotonic() - self.began, what), flush=True)


def arguments():
    parser = argparse.ArgumentParser(description="boot Lamina, dom0 and a guest under QEMU")
    parser.add_argument("-o", "--build", default="build")
    parser.add_argument("--debian")
    parser.add_argument("--smp", type=int, default=2)
    parser.add_argument("--memory", type=int, default=1024)
    parser.add_argument("--hypervisor", default="lamina")
    parser.add_argument("--slow", type=float, default=float(os.environ.get("LAMINA_SLOW", "1")))
    return parser.parse_args()


def play(m, progress, slow):
    """Boots to the prompt, then types the steps. Raises machine.Ended when one does not come true."""
    m.wait(r"DOM0-USERSPACE", time.monotonic() + 300 * slow, BAD)
    m.wait(PROMPT, time.monotonic() + 60 * slow, BAD)
    progress.step("dom0's shell is there")
    for typed, shows, hides, seconds, what in STEPS:
        deadline = time.monotonic() + seconds * slow
        mark = len(m.text)
        m.send(typed + "\n")
        m.wait(re.escape(typed), deadline)
        if typed.startswith("lam console"):
            m.wait(shows, deadline, BAD)
            m.send(LEAVE_CONSOLE)
        m.wait(PROMPT, deadline, BAD)
        said = m.text[mark:]
        if not re.search(shows, said, re.MULTILINE) or (hides and re.search(hides, said, re.MULTILINE)):
            raise machine.Ended("%s: unexpected output: %s" % (typed, " / ".join(said.splitlines()[1:-1])))
        progress.step(what)
        if typed == "lam list":
            print("".join("        %s\n" % line for line in said.splitlines()[1:-1]), end="", flush=True)


def interact(m):
    """Connects the terminal to the console until the machine ends or Ctrl-A X is typed."""
    before = termios.tcgetattr(0)
    tty.setraw(0)
    escape = False
    m.echo = lambda data: os.write(1, data)
    m.send("\n")
    try:
        while True:
            ready, _, _ = select.select([0, m.process.stdout], [], [])
            if m.process.stdout in ready and not m.pump(time.monotonic()):
                return
            if 0 in ready:
                data = os.read(0, 1024)
                if not data or (escape and data[:1] in b"xX"):
                    return
                escape = data == b"\x01"
                if not escape:
                    m.send(data.decode("latin-1"))
    finally:
        termios.tcsetattr(0, termios.TCSADRAIN, before)
        print()


def main():
    options = arguments()
    build = machine.Build(options.build, options.debian)
    if not build.has(options.hypervisor) and options.hypervisor == "lamina":
        print("run: the hypervisor is not built: %s is missing" % build.path("lamina"), file=sys.stderr)
        return 1
    os.makedirs(build.path("boot"), exist_ok=True)
    log = build.path("boot", "run.log")
    progress = Progress()
    setup = machine.Setup(hypervisor=options.hypervisor, smp=options.smp, memory=options.memory,
                          parts=("base", "configs", "programs", "tiny", "debian"), dom0="loglevel=4",
                          append="dom0_mem=512M")
    progress.step("starting QEMU: %d processors, %d MiB; console log: %s" % (options.smp, options.memory, log))
    m = machine.Machine(build, setup, log)
    try:
        play(m, progress, options.slow)
        if sys.stdin.isatty() and sys.stdout.isatty():
            progress.step("the shell is yours; Ctrl-A X ends QEMU")
            interact(m)
            return 0
        m.send("poweroff -f\n")
        if not m.drain(time.monotonic() + 60 * options.slow):
            raise machine.Ended("dom0 did not power off")
        progress.step("dom0 powered off; done")
        return 0
    except machine.Ended as why:
        print("run: %s" % why, file=sys.stderr)
        print("run: the console is in %s" % log, file=sys.stderr)
        return 1
    finally:
        m.stop()


if __name__ == "__main__":
    sys.exit(main())
