# SPDX-License-Identifier: GPL-2.0-only
"""Unpacks a bzImage to the ELF kernel inside: the boot image step for dom0, since the hypervisor takes only ELF.

usage: vmlinux.py BZIMAGE TARGET LAM-UNPACK
Python's own libraries do xz, gzip, bzip2 and lzma; Lamina's unpacker does zstd, lz4 and lzo.
"""
import bz2
import lzma
import os
import struct
import subprocess
import sys
import zlib


MAGIC = ((b"\xfd7zXZ\0", "xz"), (b"\x1f\x8b", "gzip"), (b"BZh", "bzip2"), (b"\x5d\0\0", "lzma"),
         (b"\x28\xb5\x2f\xfd", "zstd"), (b"\x02\x21\x4c\x18", "lz4"), (b"\x89LZO", "lzo"))
MAX_BYTES = 1 << 29


def payload(image):
    """Where the compressed kernel lies: protocol 2.08 counts payload_offset from the protected-mode code."""
    if image[0x202:0x206] != b"HdrS":
        raise ValueError("not a bzImage: the boot header's magic is missing")
    if struct.unpack_from("<H", image, 0x206)[0] < 0x208:
        raise ValueError("boot protocol older than 2.08: it does not say where the kernel is")
    sectors = image[0x1F1] or 4
    offset, length = struct.unpack_from("<II", image, 0x248)
    start = (sectors + 1) * 512 + offset
    if start + length > len(image):
        raise ValueError("truncated: %d bytes of %d" % (len(image), start + length))
    return start, length


def unpack(path, image, unpacker):
    start, length = payload(image)
    data = image[start:start + length]
    form = next((name for magic, name in MAGIC if data.startswith(magic)), None)
    if form == "xz":
        return lzma.LZMADecompressor(lzma.FORMAT_XZ).decompress(data)
    if form == "gzip":
        return zlib.decompressobj(31).decompress(data)
    if form == "bzip2":
        return bz2.BZ2Decompressor().decompress(data)
    if form == "lzma":
        return lzma.LZMADecompressor(lzma.FORMAT_ALONE).decompress(data)
    if form is None:
        raise ValueError("compressed in an unknown format (starts with %s)" % data[:4].hex())
    with open(path, "rb") as source:
        return subprocess.run([unpacker, form, str(start), str(length), str(MAX_BYTES), "0"], stdin=source,
                              stdout=subprocess.PIPE, check=True).stdout


def main():
    source, target, unpacker = sys.argv[1:4]
    try:
        with open(source, "rb") as f:
            kernel = unpack(source, f.read(), unpacker)
        if kernel[:4] != b"\x7fELF":
            raise ValueError("what was unpacked is not an ELF file")
    except (OSError, ValueError, lzma.LZMAError, zlib.error, subprocess.CalledProcessError) as why:
        print("vmlinux: %s: %s" % (source, why), file=sys.stderr)
        return 1
    with open(target + ".new", "wb") as out:
        out.write(kernel)
    os.replace(target + ".new", target)
    return 0


if __name__ == "__main__":
    sys.exit(main())
