# SPDX-License-Identifier: GPL-2.0-only
"""Unpacks a bzImage to the ELF kernel inside: the boot image step for dom0, since the hypervisor takes only ELF.

usage: vmlinux.py BZIMAGE TARGET [LAM-UNPACK]
With the path of Lamina's own unpacker that program does the work (every format in use); without it, or before it is
built, Python's own libraries do (xz, gzip, bzip2, lzma).
"""
import bz2
import lzma
import os
import struct
import subprocess
import sys
import zlib


def payload(image):
    """The compressed kernel: boot protocol 2.08, payload_offset and payload_length count from the protected-mode code."""
    if image[0x202:0x206] != b"HdrS":
        raise ValueError("not a bzImage: the boot header's magic is missing")
    if struct.unpack_from("<H", image, 0x206)[0] < 0x208:
        raise ValueError("boot protocol older than 2.08: it does not say where the kernel is")
    sectors = image[0x1F1] or 4
    offset, length = struct.unpack_from("<II", image, 0x248)
    start = (sectors + 1) * 512 + offset
    if start + length > len(image):
        raise ValueError("truncated: %d bytes of %d" % (len(image), start + length))
    return image[start:start + length]


def unpack(data):
    # The last four bytes hold the size after unpacking; xz and gzip streams end before them or take them for padding.
    if data[:6] == b"\xfd7zXZ\0":
        return lzma.LZMADecompressor(lzma.FORMAT_XZ).decompress(data)
    if data[:2] == b"\x1f\x8b":
        return zlib.decompressobj(31).decompress(data)
    if data[:3] == b"BZh":
        return bz2.BZ2Decompressor().decompress(data)
    if data[:3] == b"\x5d\0\0":
        return lzma.LZMADecompressor(lzma.FORMAT_ALONE).decompress(data)
    raise ValueError("compressed in a format that needs lam-unpack (starts with %s)" % data[:4].hex())


def main():
    source, target = sys.argv[1:3]
    unpacker = sys.argv[3] if len(sys.argv) > 3 else None
    if unpacker and os.access(unpacker, os.X_OK):
        with open(target + ".new", "wb") as out:
            done = subprocess.run([unpacker, source], stdout=out, check=False)
        if done.returncode == 0:
            os.replace(target + ".new", target)
            return 0
        print("vmlinux: %s failed, using Python" % unpacker, file=sys.stderr)
    try:
        with open(source, "rb") as f:
            kernel = unpack(payload(f.read()))
        if kernel[:4] != b"\x7fELF":
            raise ValueError("what was unpacked is not an ELF file")
    except (OSError, ValueError, lzma.LZMAError, zlib.error) as why:
        print("vmlinux: %s: %s" % (source, why), file=sys.stderr)
        return 1
    with open(target + ".new", "wb") as out:
        out.write(kernel)
    os.replace(target + ".new", target)
    return 0


if __name__ == "__main__":
    sys.exit(main())
