#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Writes a C program that prints every name of hypervisor/public with its value.

The list comes from our headers' text: each #define, each structure with size, and each field with
offset and size. Compiled once against our headers and once against another implementation's (the
names are the same on purpose), the two programs must print the same text. Names that only we
have are listed in only_ours.txt with a reason; one that is missing there fails the build of the
second program, so nothing is forgotten silently, and one that no longer exists is an error here.

usage: abi_list.py ours|theirs HEADER... > program.c
"""
import os
import re
import sys

HERE = os.path.dirname(os.path.abspath(__file__))

THEIR_HEADERS = """xen-compat.h xen.h vcpu.h memory.h event_channel.h grant_table.h sched.h
physdev.h platform.h callback.h version.h nmi.h elfnote.h pmu.h errno.h arch-x86/cpuid.h
arch-x86/xen-mca.h io/console.h io/xs_wire.h""".split()

# Function-like macros are compared by what they make of a sample argument.
SAMPLES = {
    "XENMEMF_address_bits": ["(17)"],
    "XENMEMF_get_address_bits": ["(0x12345)"],
    "XENMEMF_node": ["(3)"],
    "XENMEMF_get_node": ["(0x12345)"],
    "XEN_CPUID_LEAF": ["(5)"],
    "MASK_XENSTORE_IDX": ["(0x12345)"],
    "MASK_XENCONS_IDX": ["(0x12345, ((struct xencons_interface *)0)->in)",
                         "(0x12345, ((struct xencons_interface *)0)->out)"],
    "TI_GET_DPL": ["(&(struct trap_info){ .flags = 0x77 })"],
    "TI_GET_IF": ["(&(struct trap_info){ .flags = 0x77 })"],
}
TEXTS = {"XEN_EMULATE_PREFIX", "XEN_CPUID"}
SHOW_TEXT = """static void show_text(const char *name, const char *text)
{
	printf("%s=", name);
	for (; *text; text++) {
		if (*text != ' ') {
			putchar(*text);
		}
	}
	putchar('\\n');
}

"""


def read_text(path):
    text = open(path).read()
    text = re.sub(r"/\*.*?\*/", " ", text, flags=re.S)
    return re.sub(r"\\\n", " ", text)


def defines(text):
    """Names in order, include guards and headers' private switches left out."""
    found = re.findall(r"^[ \t]*#define[ \t]+(\w+)(\(?)", text, flags=re.M)
    return [(name, bool(call)) for name, call in found if not name.endswith("_H")]


class Parser:
    """The subset of C that the headers use: structures, unions, arrays, fixed-width types."""

    def __init__(self, text):
        text = re.sub(r"^[ \t]*#.*$", "", text, flags=re.M)
        text = re.sub(r"__attribute__\s*\(\(.*?\)\)", "", text)
        self.tokens = re.findall(r"\w+|[{}();,\[\]:=?<>*&|+-]|\S", text)
        self.at = 0
        self.aggregates = []

    def peek(self):
        return self.tokens[self.at] if self.at < len(self.tokens) else None

    def next(self):
        self.at += 1
        return self.tokens[self.at - 1]

    def skip_to(self, stop):
        while self.next() != stop:
            pass

    def parse(self):
        while self.peek():
            if self.peek() in ("struct", "union") and self.tokens[self.at + 2] == "{":
                self.aggregate()
                self.skip_to(";")
            else:
                self.skip_to(";")
        return self.aggregates

    def aggregate(self):
        """From the keyword to the closing brace; returns the list of (path, is_flexible)."""
        kind = self.next()
        tag = self.next() if self.peek() != "{" else None
        entry = None
        if tag:
            entry = (kind + " " + tag, [])
            self.aggregates.append(entry)
        self.next()
        fields = []
        while self.peek() != "}":
            fields += self.member()
        self.next()
        if entry:
            entry[1].extend(fields)
        return fields

    def member(self):
        inner = None
        if self.peek() in ("struct", "union"):
            if "{" in self.tokens[self.at + 1:self.at + 3]:
                inner = self.aggregate()
            else:
                self.at += 2
        else:
            self.next()
            while self.peek() in ("int", "char", "long", "short"):
                self.next()
        fields = []
        while True:
            name = self.next()
            flexible = False
            while self.peek() == "[":
                self.next()
                flexible |= self.peek() == "]"
                self.skip_to("]")
            fields.append((name, flexible))
            fields += [(name + "." + path, flex) for path, flex in inner or []]
            if self.next() == ";":
                return fields


def only_ours():
    names = {}
    for line in open(os.path.join(HERE, "only_ours.txt")):
        line = line.split("#")[0].strip()
        if line:
            name, reason = line.split(None, 1)
            names[name] = reason
    return names


def emit_define(name, call):
    if name in TEXTS:
        print(f'\tshow_text("{name}", {name});')
    elif call:
        for sample in SAMPLES[name]:
            print(f'\tprintf("%s=%lld\\n", "{name}{sample}", (long long)({name}{sample}));')
    else:
        print(f'\tprintf("{name}=%lld\\n", (long long)({name}));')


def emit_aggregate(name, fields):
    print(f'\tprintf("{name}: size %zu\\n", sizeof({name}));')
    for path, flexible in fields:
        print(f'\tprintf("{name}.{path}: at %zu", offsetof({name}, {path}));')
        if not flexible:
            print(f'\tprintf(" size %zu", sizeof((({name} *)0)->{path}));')
        print('\tprintf("\\n");')


def main():
    side, headers = sys.argv[1], sys.argv[2:]
    skip, seen = only_ours(), set()
    print("#include <stddef.h>\n#include <stdint.h>\n#include <stdio.h>")
    if side == "ours":
        for path in headers:
            print(f'#include "{path}"')
    else:
        print("#define __XEN_TOOLS__ 1\n#include <xen/xen-compat.h>")
        print("#define __XEN_INTERFACE_VERSION__ __XEN_LATEST_INTERFACE_VERSION__")
        for path in THEIR_HEADERS:
            print(f"#include <xen/{path}>")
    print(SHOW_TEXT + "int main(void)\n{")
    for path in headers:
        text = read_text(path)
        for name, call in dict.fromkeys(defines(text)):
            seen.add(name)
            if name not in skip:
                emit_define(name, call)
        for name, fields in Parser(text).parse():
            seen.add(name.replace(" ", ":"))
            if name.replace(" ", ":") not in skip:
                emit_aggregate(name, fields)
    print("\treturn 0;\n}")
    stale = sorted(set(skip) - seen)
    if stale:
        sys.exit("only_ours.txt names what no header has: " + " ".join(stale))


main()
