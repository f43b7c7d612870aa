# SPDX-License-Identifier: GPL-2.0-only
"""Makes the parts of which the initial ramdisks of tests and `make run` are put together.

usage: parts.py BUILD-FOLDER [DEBIAN-TREE [PEER-TREE]]
Every part is an archive of its own under BUILD-FOLDER/image; the kernel unpacks concatenated archives, so a ramdisk
is the parts a case needs, one after another (tests/boot/machine.py does that):
  base        busybox, kernel modules, /init of dom0           debian   /guests: stock kernel as guest, its ramdisk
  programs    everything in BUILD-FOLDER/bin, as /usr/bin      cloud    /guests: the cloud kernel as guest
  tiny        /guests: the kit's example kernels               peer     Xen 4.17's tools from the unpacked packages
  configs     /guests/*.cfg                                    xenstore Debian's own xenstore clients, for ours to serve
  storage     qemu-storage-daemon and its libraries    rootfs   /guests: ramdisk of a guest whose root is a disk
  patched     /guests: the kernel of make guest-kernel as guest
A part whose ingredients are not there is left out and named.
"""
import glob
import os
import re
import shutil
import subprocess
import sys

import cpio

HERE = os.path.dirname(os.path.abspath(__file__))
DOM0_MODULES = ["xen-evtchn", "xen-gntdev", "xen-gntalloc", "xen-privcmd", "xenfs"]
DOM0_DEVICE_MODULES = ["tun", "bridge", "loop", "brd", "ext4", "virtio_pci", "virtio_blk", "xen-blkback",
                       "xen-netback", "fuse"]
DOMU_MODULES = ["xen-blkfront", "xen-netfront"]
PEER_PROGRAMS = ["xl", "xenstored", "xenconsoled", "xenconsole", "xen-init-dom0", "xenstore-control"]


def kernel_versions(debian):
    """{'debian': '6.1.0-N-amd64', 'cloud': '6.1.0-N-cloud-amd64'}: what the unpacked tree holds."""
    found = {}
    for image in sorted(glob.glob(os.path.join(debian, "boot", "vmlinuz-*"))):
        version = os.path.basename(image)[len("vmlinuz-"):]
        found["cloud" if "-cloud-" in version else "debian"] = version
    return found


class Modules:
    """The modules of one kernel version: paths and what each needs, from modules.dep."""

    def __init__(self, debian, version):
        self.folder = os.path.join(debian, "lib", "modules", version)
        dep = os.path.join(self.folder, "modules.dep")
        if not os.path.exists(dep):
            depmod = "/sbin/depmod" if os.path.exists("/sbin/depmod") else "depmod"
            subprocess.run([depmod, "-b", debian, version], check=True)
        self.needs = {}
        with open(dep, encoding="ascii") as f:
            for line in f:
                path, _, rest = line.partition(":")
                self.needs[module_name(path)] = (path, rest.split())

    def load_order(self, names):
        """Paths in an order in which insmod works. Names that are built in or absent are left out."""
        order = []
        for name in names:
            path, rest = self.needs.get(name.replace("-", "_"), (None, []))
            for item in list(reversed(rest)) + [path]:
                if item and item not in order:
                    order.append(item)
        return order


def module_name(path):
    return re.sub(r"\.ko(\.\w+)?$", "", os.path.basename(path)).replace("-", "_")


def add_busybox(archive, debian):
    busybox = os.path.join(debian, "bin", "busybox")
    archive.file("/bin/busybox", busybox, 0o755)
    applets = subprocess.run([busybox, "--list"], stdout=subprocess.PIPE, check=True, text=True).stdout
    for applet in applets.split():
        if applet != "busybox":
            archive.link("/bin/" + applet, "busybox")


def add_frame(archive, init):
    for folder in "proc sys dev run tmp root etc var/log var/lib sbin usr/bin usr/sbin mnt".split():
        archive.directory(folder)
    archive.link("/var/run", "/run")
    archive.link("/var/lock", "/run/lock")
    archive.node("/dev/console", 5, 1)
    archive.node("/dev/null", 1, 3, 0o666)
    archive.data("/etc/passwd", "root:x:0:0:root:/root:/bin/sh\n")
    archive.data("/etc/group", "root:x:0:\n")
    archive.tree("/", init)


def add_modules(archive, debian, version, lists):
    """lists: {name of a file in /etc/modules: module names}; the files hold the paths to insmod, in order."""
    modules = Modules(debian, version)
    for name, wanted in lists.items():
        paths = modules.load_order(wanted)
        for path in paths:
            archive.file("/lib/modules/%s/%s" % (version, path), os.path.join(modules.folder, path), 0o644)
        archive.data("/etc/modules/%s/%s" % (version, name), "".join(path + "\n" for path in paths))


def add_terminals(archive):
    """What lam top has to know of the terminals that dom0's shell is seen on."""
    for name in "linux vt100 xterm".split():
        for folder in "/lib/terminfo", "/usr/share/terminfo":
            source = os.path.join(folder, name[0], name)
            if os.path.exists(source):
                archive.file("/lib/terminfo/%s/%s" % (name[0], name), os.path.realpath(source), 0o644)
                break


def part_base(_, debian, __):
    archive = cpio.Archive()
    add_frame(archive, os.path.join(HERE, "dom0"))
    add_busybox(archive, debian)
    add_terminals(archive)
    version = kernel_versions(debian)["debian"]
    add_modules(archive, debian, version, {"xen": DOM0_MODULES, "devices": DOM0_DEVICE_MODULES})
    return archive


def part_programs(build, _, __):
    archive = cpio.Archive()
    for program in sorted(glob.glob(os.path.join(build, "bin", "*"))):
        if os.path.islink(program):
            archive.link("/usr/bin/" + os.path.basename(program), os.readlink(program))
            continue
        archive.data("/usr/bin/" + os.path.basename(program), stripped(program), 0o755)
    return archive if archive.entries else None


def stripped(program):
    """The program without debug information: ramdisks stay small."""
    done = subprocess.run(["strip", "-o", "/dev/stdout", program], stdout=subprocess.PIPE,
                          stderr=subprocess.DEVNULL, check=False)
    if done.returncode == 0 and done.stdout[:4] == b"\x7fELF":
        return done.stdout
    with open(program, "rb") as f:
        return f.read()


def add_probes(archive, build, folder, wanted):
    """Programs of tests/boot/probes: those named NAME-check are dom0's, the others run in guests."""
    for probe in sorted(glob.glob(os.path.join(build, "probe", "*"))):
        name = os.path.basename(probe)
        if wanted(name):
            archive.data(folder + name, stripped(probe), 0o755)


def domu_ramdisk(build, debian):
    archive = cpio.Archive()
    add_frame(archive, os.path.join(HERE, "domu"))
    add_busybox(archive, debian)
    for version in kernel_versions(debian).values():
        add_modules(archive, debian, version, {"devices": DOMU_MODULES})
    add_probes(archive, build, "/bin/", lambda name: not name.endswith("-check"))
    target = os.path.join(build, "image", "domu.cpio.gz")
    archive.write(target)
    return target


def part_debian(build, debian, _):
    archive = cpio.Archive()
    version = kernel_versions(debian)["debian"]
    archive.file("/guests/vmlinuz", os.path.join(debian, "boot", "vmlinuz-" + version), 0o644)
    archive.file("/guests/initrd.gz", domu_ramdisk(build, debian), 0o644)
    add_probes(archive, build, "/usr/bin/", lambda name: name.endswith("-check"))
    return archive


def part_patched(build, debian, _):
    """The small kernel of make guest-kernel as guest, with a ramdisk of busybox only. Packed: while it is unpacked the guest holds both."""
    kernel = os.path.join(build, "linux", "domu.bzImage")
    if not os.path.exists(kernel):
        return None
    ramdisk = cpio.Archive()
    add_frame(ramdisk, os.path.join(HERE, "domu"))
    add_busybox(ramdisk, debian)
    target = os.path.join(build, "image", "domu-small.cpio.gz")
    ramdisk.write(target)
    archive = cpio.Archive()
    archive.file("/guests/vmlinuz-patched", kernel, 0o644)
    archive.file("/guests/initrd-small", target, 0o644)
    return archive


def part_rootfs(build, debian, _):
    """For a guest with a disk of its own: only what finds and mounts it."""
    ramdisk = cpio.Archive()
    add_frame(ramdisk, os.path.join(HERE, "domu-disk"))
    add_busybox(ramdisk, debian)
    add_modules(ramdisk, debian, kernel_versions(debian)["debian"], {"devices": DOMU_MODULES + ["crc32c_generic", "ext4"]})
    target = os.path.join(build, "image", "domu-disk.cpio.gz")
    ramdisk.write(target)
    archive = cpio.Archive()
    archive.file("/guests/initrd-disk.gz", target, 0o644)
    return archive


def part_cloud(_, debian, __):
    version = kernel_versions(debian).get("cloud")
    if version is None:
        return None
    archive = cpio.Archive()
    archive.file("/guests/vmlinuz-cloud", os.path.join(debian, "boot", "vmlinuz-" + version), 0o644)
    return archive


def part_tiny(build, _, __):
    archive = cpio.Archive()
    for kernel in filter(os.path.isfile, sorted(glob.glob(os.path.join(build, "kit", "*")))):
        with open(kernel, "rb") as f:
            if f.read(4) == b"\x7fELF" and not kernel.endswith((".o", ".a")):
                archive.file("/guests/" + os.path.basename(kernel), kernel, 0o644)
    return archive if archive.entries else None


def part_configs(_, __, ___):
    archive = cpio.Archive()
    archive.tree("/guests", os.path.join(HERE, "guests"))
    return archive


def libraries(programs, folder):
    """The shared objects that programs need, as {path in the ramdisk: file here}."""
    found = {}
    # Absolute: what ldd finds by a relative path it prints so, and the pattern below takes for not found.
    env = dict(os.environ, LD_LIBRARY_PATH=os.path.abspath(folder))
    for program in programs:
        out = subprocess.run(["ldd", program], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=False,
                             env=env, text=True).stdout
        for line in out.splitlines():
            match = re.match(r"\s*(\S+) => (/\S+)", line)
            if match:
                found["/lib/x86_64-linux-gnu/" + match.group(1)] = match.group(2)
            elif re.match(r"\s*(/\S+ld-linux\S+)", line):
                found["/lib64/ld-linux-x86-64.so.2"] = line.split()[0]
    return found


def part_peer(_, __, peer):
    if not peer or not os.path.isdir(peer):
        return None
    archive = cpio.Archive()
    folder = os.path.join(peer, "usr", "lib", "xen-4.17", "bin")
    programs = [os.path.join(folder, name) for name in PEER_PROGRAMS]
    for program in programs:
        archive.file("/usr/lib/xen-4.17/bin/" + os.path.basename(program), program, 0o755)
        archive.link("/usr/bin/" + os.path.basename(program), "/usr/lib/xen-4.17/bin/" + os.path.basename(program))
    archive.link("/usr/bin/lam", "xl")
    for path, source in libraries(programs, os.path.join(peer, "usr", "lib", "x86_64-linux-gnu")).items():
        archive.file(path, source, 0o755)
    # glibc loads it by name when a thread is cancelled.
    for source in glob.glob("/lib/x86_64-linux-gnu/libgcc_s.so.1"):
        archive.file("/lib/x86_64-linux-gnu/libgcc_s.so.1", source, 0o755)
    archive.tree("/", os.path.join(HERE, "peer"))
    return archive


def part_xenstore(_, __, peer):
    clients = sorted(glob.glob(os.path.join(peer or "", "usr", "bin", "xenstore-*")))
    if not clients:
        return None
    archive = cpio.Archive()
    for client in clients:
        archive.file("/peer/bin/" + os.path.basename(client), client, 0o755)
    for path, source in libraries(clients, os.path.join(peer, "usr", "lib", "x86_64-linux-gnu")).items():
        archive.file(path, source, 0o755)
    return archive


def part_storage(_, __, ___):
    """Debian's qemu-storage-daemon, for images of other formats than raw."""
    tool = shutil.which("qemu-storage-daemon")
    if tool is None:
        return None
    archive = cpio.Archive()
    archive.file("/usr/bin/qemu-storage-daemon", tool, 0o755)
    for path, source in libraries([tool], "/nonexistent").items():
        archive.file(path, source, 0o755)
    return archive


def main():
    build = sys.argv[1]
    debian = sys.argv[2] if len(sys.argv) > 2 else os.path.join(build, "debian")
    peer = sys.argv[3] if len(sys.argv) > 3 else os.path.join(build, "peer")
    os.makedirs(os.path.join(build, "image"), exist_ok=True)
    for name, make in sorted(globals().items()):
        if not name.startswith("part_"):
            continue
        name = name[len("part_"):]
        target = os.path.join(build, "image", name + ".cpio")
        archive = make(build, debian, peer)
        if archive is None:
            print("image: part %s left out: its ingredients are not built or not fetched" % name)
            if os.path.exists(target):
                os.unlink(target)
            continue
        archive.write(target)
    return 0


if __name__ == "__main__":
    sys.exit(main())
