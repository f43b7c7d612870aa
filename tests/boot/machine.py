# SPDX-License-Identifier: GPL-2.0-only
"""One QEMU machine under test: its command line, its serial console, its end.

A Machine is described by a Setup (hypervisor, processors, memory, machine type, processor model, boot modules), is
started, waited on by patterns in its console output, typed to, and ended by its process id. Nothing here sleeps for a
fixed time: wait() returns as soon as a pattern is seen, the machine ends, or the deadline passes.
"""
import dataclasses
import glob
import os
import re
import select
import shutil
import subprocess
import time

OVMF = "/usr/share/ovmf/OVMF.fd"        # Debian's package ovmf
DOM0_KERNEL_ARGS = "console=hvc0 earlyprintk=xen"
LINUX = {"debian": "image/vmlinux", "patched": "linux/dom0.elf"}


class Ended(Exception):
    """The machine ended, or was given up, before the pattern was seen."""


@dataclasses.dataclass
class Setup:
    hypervisor: str = "lamina"          # lamina, peer or native
    smp: int = 1
    memory: int = 1024                  # MiB
    machine: str = "pc"
    cpu: str = "max,-smap,-svm"
    parts: tuple = ("base", "configs", "programs", "tiny")
    kernel: str = "debian"              # dom0's kernel: debian, patched (make guest-kernel), or a path (an ELF file, the tiny guest)
    append: str = ""                    # for the hypervisor
    dom0: str = ""                      # for dom0's kernel
    qemu: tuple = ()                    # further arguments
    tests: tuple = ()                   # (path in the ramdisk, file here)
    iso: str = ""                       # boot this image of the build folder instead of -kernel
    firmware: str = "bios"              # of the machine that boots the image: bios or uefi

    def linux(self):
        return self.kernel in LINUX


class Build:
    """Where the build folder keeps what machines boot from."""

    def __init__(self, folder, debian=None, peer=None):
        self.folder = os.path.abspath(folder)
        self.debian = debian or os.path.join(self.folder, "debian")
        self.peer = peer or os.path.join(self.folder, "peer")

    def path(self, *names):
        return os.path.join(self.folder, *names)

    def has(self, name):
        """Whether a thing a case needs is there: a path under the build folder, or 'peer'."""
        if name == "peer":
            return os.path.exists(self.path("image", "xen.elf")) and os.path.exists(self.path("image", "peer.cpio"))
        return os.path.exists(OVMF if name == "ovmf" else self.path(name))

    def hypervisor(self, which):
        return self.path("lamina") if which == "lamina" else self.path("image", "xen.elf")

    def kernel(self, which):
        return self.path(LINUX.get(which, which))

    def bzimage(self, which):
        if which != "debian":
            return self.path("linux", "dom0.bzImage")
        found = [f for f in glob.glob(os.path.join(self.debian, "boot", "vmlinuz-*")) if "cloud" not in f]
        return sorted(found)[-1]


def qemu_program():
    return os.environ.get("QEMU") or shutil.which("qemu-system-x86_64") or "qemu-system-x86_64"


def compose_ramdisk(build, setup, target):
    """Concatenates the parts and the case's own files: the kernel unpacks one archive after another."""
    import cpio

    own = cpio.Archive()
    for path, source in setup.tests:
        own.file(path, source, 0o755)
    own.write(target + ".own")
    parts = list(setup.parts) + (["peer"] if setup.hypervisor == "peer" else [])
    with open(target, "wb") as out:
        for part in parts:
            source = build.path("image", part + ".cpio")
            if os.path.exists(source):
                with open(source, "rb") as f:
                    shutil.copyfileobj(f, out)
        with open(target + ".own", "rb") as f:
            shutil.copyfileobj(f, out)
    os.unlink(target + ".own")


def qemu_command(build, setup, ramdisk):
    command = [qemu_program(), "-accel", "tcg", "-M", setup.machine, "-cpu", setup.cpu, "-m", str(setup.memory),
               "-smp", str(setup.smp), "-display", "none", "-monitor", "none", "-serial", "stdio", "-no-reboot",
               "-nic", "none"]
    dom0 = (DOM0_KERNEL_ARGS + " " + setup.dom0).strip()
    if setup.iso:
        command += ["-cdrom", build.path(setup.iso), "-boot", "d"]
        if setup.firmware == "uefi":
            command += ["-bios", OVMF]
    elif setup.hypervisor == "native":
        dom0 = dom0.replace("console=hvc0 earlyprintk=xen", "console=ttyS0")
        command += ["-kernel", build.bzimage(setup.kernel), "-initrd", ramdisk, "-append", dom0]
    else:
        modules = build.kernel(setup.kernel) + " " + dom0.replace(",", ",,")
        if setup.linux():
            modules += "," + ramdisk
        command += ["-kernel", build.hypervisor(setup.hypervisor), "-append",
                    ("console=com1 loglvl=all " + setup.append).strip(), "-initrd", modules]
    return command + list(setup.qemu)


class Machine:
    """A running QEMU. Everything the console says is kept in .text and, as it comes, in the log file."""

    def __init__(self, build, setup, log, echo=None):
        self.text = ""
        self.seen = 0
        self.echo = echo
        self.log_name = log
        self.ramdisk = log + ".cpio"
        if not setup.iso and setup.linux():
            compose_ramdisk(build, setup, self.ramdisk)
        self.command = qemu_command(build, setup, self.ramdisk)
        self.log = open(log, "wb")
        with open(log + ".qemu", "wb") as errors:
            self.process = subprocess.Popen(self.command, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                            stderr=errors)

    def pump(self, deadline):
        """Takes in what the console has said, waiting at most until the deadline. False when the machine has ended."""
        ready, _, _ = select.select([self.process.stdout], [], [], max(0.0, deadline - time.monotonic()))
        if not ready:
            return True
        data = os.read(self.process.stdout.fileno(), 65536)
        if not data:
            return False
        self.log.write(data)
        self.log.flush()
        if self.echo:
            self.echo(data)
        self.text += data.decode("utf-8", "replace").replace("\r", "")
        return True

    def wait(self, pattern, deadline, stop=None):
        """Waits for a pattern in what was not yet looked at; returns the match. A match of `stop` raises Ended."""
        regex = re.compile(pattern, re.MULTILINE)
        stop_regex = re.compile(stop, re.MULTILINE) if stop else None
        while True:
            match = regex.search(self.text, self.seen)
            bad = stop_regex.search(self.text, self.seen) if stop_regex else None
            if bad and (not match or bad.start() < match.start()):
                raise Ended("the console says: " + self.line_at(bad.start()))
            if match:
                self.seen = match.end()
                return match
            if time.monotonic() >= deadline:
                raise Ended("no /%s/ before the deadline; last line: %s" % (pattern, self.last_line()))
            if not self.pump(deadline):
                self.process.wait()
                raise Ended("QEMU ended (status %d) before /%s/; last line: %s%s" %
                            (self.process.returncode, pattern, self.last_line(), self.errors()))

    def drain(self, deadline):
        """Reads until the machine ends by itself; False when the deadline comes first."""
        while self.pump(deadline):
            if time.monotonic() >= deadline:
                return False
        self.process.wait()
        return True

    def send(self, text):
        self.process.stdin.write(text.encode())
        self.process.stdin.flush()

    def line_at(self, position):
        start = self.text.rfind("\n", 0, position) + 1
        end = self.text.find("\n", position)
        return self.text[start:end if end >= 0 else len(self.text)].strip()

    def last_line(self):
        lines = [line for line in self.text.splitlines() if line.strip()]
        return lines[-1].strip() if lines else "(nothing was printed)"

    def errors(self):
        with open(self.log_name + ".qemu", encoding="utf-8", errors="replace") as f:
            said = f.read().strip()
        return "; QEMU says: " + said.splitlines()[-1] if said else ""

    def stop(self):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        self.process.stdin.close()
        self.process.stdout.close()
        self.log.close()
        if os.path.exists(self.ramdisk):
            os.unlink(self.ramdisk)
