#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""make run: Lamina with a stock Debian kernel as dom0 under QEMU, then a stock guest created from dom0's shell.

usage: demo.py [-o BUILD] [--debian TREE] [--smp N] [--memory MIB] [--rootfs debian]
With --rootfs debian the guest is a whole Debian system on a disk (tests/image/rootfs.sh): it reaches a login, and files go to and from
dom0 and a second guest over a bridge.
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

# A line that lam begins with its own name is an error, but for what it says of long work. Whole lines: they come in pieces.
BAD = r"LAMINA PANIC|Kernel panic|Oops:|^(?!lam create: unpacking )(?:lam|xl)(?: \w+)+[^\n]*: [^\n]*\n"
PROMPT = r"dom0# (?:\x1b\[6n)?"
DAEMONS_LOG = "/var/log/lamina.log"

# What is typed at dom0's prompt, what its output must or must not show, the seconds it may take, the step's name.
STEPS = [
    ("lam create /guests/debian.cfg", "", "", 300, "lam create: a stock kernel, 128 MiB, 2 processors"),
    ("lam console debian", r"GUEST-USERSPACE[^\n]*", "", 300, "lam console: the guest reaches userspace"),
    ("lam list", r"debian\s+\d+\s+128( MiB)?\s+2\b", "", 30, "lam list"),
    ("lam destroy debian", "", "", 60, "lam destroy"),
    ("lam list", r"Domain-0", r"^debian\s", 30, "lam list: the guest is gone"),
]

# The same with a Debian system on a disk. A step whose command is "lam console web" is a visit: IN_GUEST is typed there.
ROOTFS_STEPS = [
    ("brctl addbr xenbr0 && ip addr add 10.9.0.1/24 dev xenbr0 && ip link set xenbr0 up", "", "", 30, "a bridge in dom0"),
    ("head -c 4000000 /dev/urandom >/tmp/data; md5sum </tmp/data >/tmp/sum", "", "", 60, "a file to send"),
    ("nc -ll -p 8000 -e cat /tmp/data & nc -ll -p 8001 -e cat /tmp/sum & nc -l -p 9000 >/tmp/got &", "", "", 30, "dom0 listens"),
    ("lam create /guests/web.cfg", "", "", 300, "lam create web: a Debian system on a disk, 256 MiB"),
    ("lam create /guests/debian.cfg name='\"peer\"' vcpus=1 vif='[\"bridge=xenbr0\"]' "
     "extra='\"console=hvc0 guest=net addr=10.9.0.3\"'", "", "", 300, "lam create peer: a second guest on the bridge"),
    ("lam list", r"web\s+\d+\s+256( MiB)?\s+1\b", "", 30, "lam list"),
    ("lam block-list web", r"xvda|51712", "", 30, "lam block-list"),
    ("lam network-list web", r"00:16:3e:0a:09:02", "", 30, "lam network-list"),
    ("lam console web", "", "", 600, "lam console web"),
    ("md5sum </tmp/got", r"SENT", "", 60, "the file from web is whole"),
    ("lam shutdown -w web", "", "", 300, "lam shutdown -w web"),
    ("lam destroy peer", "", "", 60, "lam destroy peer"),
    ("lam list", r"Domain-0", r"^(web|peer)\s", 30, "lam list: both are gone"),
]
IN_GUEST = [
    ("ping -c 3 -q 10.9.0.1", 60, "web pings dom0"),
    ('test "$(nc -d 10.9.0.1 8000 | md5sum)" = "$(nc -d 10.9.0.1 8001)"', 120, "4 MB from dom0, the same sum"),
    ("ping -c 3 -q 10.9.0.3", 120, "web pings the second guest"),
    ('test "$(nc -d 10.9.0.3 8000 | md5sum)" = "$(nc -d 10.9.0.3 8001)"', 120, "1 MB from the second guest, the same sum"),
    ("md5sum </usr/bin/dpkg && nc -N 10.9.0.1 9000 </usr/bin/dpkg", 120, "a file to dom0"),
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
    parser.add_argument("--rootfs", choices=("", "debian"), default="", help="the guest is a whole system on a disk")
    parser.add_argument("--hypervisor", default="lamina")
    parser.add_argument("--slow", type=float, default=float(os.environ.get("LAMINA_SLOW", "1")))
    return parser.parse_args()


def visit(m, progress, slow):
    """Logs in on the guest's console, types what is to be done there, leaves. Returns the sum of the file that was sent."""
    m.wait(r"web login:", time.monotonic() + 300 * slow, BAD)
    progress.step("web: a login on its console")
    m.send("root\n")
    m.wait(r"Password:", time.monotonic() + 60 * slow, BAD)
    m.send("lamina\n")
    m.wait(r"root@web:~#", time.monotonic() + 120 * slow, BAD)
    for typed, seconds, what in IN_GUEST:
        mark = len(m.text)
        m.send(typed + "; echo STATUS=$?\n")
        status = m.wait(r"STATUS=(\d+)", time.monotonic() + seconds * slow, BAD)
        if status.group(1) != "0":
            raise machine.Ended("in web: '%s' ended with status %s" % (typed, status.group(1)))
        progress.step(what)
    sums = re.findall(r"([0-9a-f]{32})  -", m.text[mark:])
    m.send("exit\n")
    m.wait(r"web login:", time.monotonic() + 60 * slow, BAD)
    m.send(LEAVE_CONSOLE)
    return sums[0] if sums else "no sum"


def play(m, progress, steps, slow):
    """Boots to the prompt, then types the steps. Raises machine.Ended when one does not come true."""
    sent = ""
    m.wait(r"DOM0-USERSPACE", time.monotonic() + 300 * slow, BAD)
    m.wait(PROMPT, time.monotonic() + 60 * slow, BAD)
    progress.step("dom0's shell is there")
    for typed, shows, hides, seconds, what in steps:
        deadline = time.monotonic() + seconds * slow
        mark = len(m.text)
        m.send(typed + "\n")
        # The echo; the shell breaks long lines.
        m.wait(re.escape(typed[:40]), deadline)
        shows = shows.replace("SENT", sent)
        if typed == "lam console web":
            sent = visit(m, progress, slow)
        elif typed.startswith("lam console"):
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
                          parts=("base", "configs", "programs", "tiny", "debian", "rootfs"), dom0="loglevel=4",
                          append="dom0_mem=512M")
    if options.rootfs:
        setup.dom0 += " devices=yes"
        setup.qemu = ("-drive", "file=%s,format=raw,if=virtio,snapshot=on" % build.path("image", "rootfs.img"))
    progress.step("starting QEMU: %d processors, %d MiB; console log: %s" % (options.smp, options.memory, log))
    m = machine.Machine(build, setup, log)
    try:
        play(m, progress, ROOTFS_STEPS if options.rootfs else STEPS, options.slow)
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
        if m.process.poll() is None:
            m.send("\ntail -n 40 %s\n" % DAEMONS_LOG)
            m.drain(time.monotonic() + 5)
        print("run: the console is in %s" % log, file=sys.stderr)
        return 1
    finally:
        m.stop()


if __name__ == "__main__":
    sys.exit(main())
