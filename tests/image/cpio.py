# SPDX-License-Identifier: GPL-2.0-only
"""Writes initial ramdisks: newc archives, without root, the same bytes for the same input.

An Archive collects directories, files, links and device nodes by path; parents come into being as needed. Nodes need
no privilege because they are only records in the archive. Owner is root, time is zero, inode numbers count up. A target named *.gz is compressed; plain archives may be concatenated.
"""
import gzip
import os
import stat


class Archive:
    def __init__(self):
        self.entries = {}

    def directory(self, path, mode=0o755):
        path = path.strip("/")
        if not path:
            return
        self.directory(os.path.dirname(path))
        self.entries.setdefault(path, (stat.S_IFDIR | mode, b"", (0, 0)))

    def data(self, path, content, mode=0o644):
        self.directory(os.path.dirname(path))
        if isinstance(content, str):
            content = content.encode()
        self.entries[path.strip("/")] = (stat.S_IFREG | mode, content, (0, 0))

    def file(self, path, source, mode=None):
        with open(source, "rb") as f:
            content = f.read()
        if mode is None:
            mode = 0o755 if os.access(source, os.X_OK) else 0o644
        self.data(path, content, mode)

    def tree(self, path, source):
        for folder, _, names in sorted(os.walk(source)):
            for name in sorted(names):
                full = os.path.join(folder, name)
                self.file(os.path.join(path, os.path.relpath(full, source)), full)

    def link(self, path, target):
        self.directory(os.path.dirname(path))
        self.entries[path.strip("/")] = (stat.S_IFLNK | 0o777, target.encode(), (0, 0))

    def node(self, path, major, minor, mode=0o600):
        self.directory(os.path.dirname(path))
        self.entries[path.strip("/")] = (stat.S_IFCHR | mode, b"", (major, minor))

    def write(self, target):
        out = []
        items = list(self.entries.items()) + [("TRAILER!!!", (0, b"", (0, 0)))]
        for number, (path, (mode, content, device)) in enumerate(items, 1):
            out.append(record(path, number, mode, content, device))
        content = b"".join(out)
        content += b"\0" * (-len(content) % 512)
        if target.endswith(".gz"):
            content = gzip.compress(content, 6, mtime=0)
        with open(target + ".new", "wb") as f:
            f.write(content)
        os.replace(target + ".new", target)


def record(path, number, mode, content, device):
    name = path.encode() + b"\0"
    links = 2 if stat.S_ISDIR(mode) else 1
    fields = (number, mode, 0, 0, links, 0, len(content), 0, 0, device[0], device[1], len(name), 0)
    head = b"070701" + b"".join(b"%08X" % field for field in fields)
    return pad(head + name) + pad(content)


def pad(data):
    return data + b"\0" * (-len(data) % 4)
