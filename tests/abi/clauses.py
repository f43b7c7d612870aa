#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Checks the citations between docs/abi and the conformance guests.

Every tests/guest/*/case.c cites at least one clause, as [EVT-4, EVT-5], and each cited clause exists in
docs/abi/*.md exactly once. Clauses that no case shows are listed; that is not an error. A case of the control
interface, which is not part of that ABI, may cite an operation of public/control.h instead: [CONTROL_SYS_CHANGES].

usage: clauses.py (from the top of the tree)
"""
import glob
import re
import sys

CLAUSE = r"[A-Z]+-[0-9]+"
OPERATION = r"CONTROL_(?:SYS|DOM)_[A-Z_]+"


def read(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


def main():
    defined, cited, errors = [], set(), []
    for path in sorted(glob.glob("docs/abi/*.md")):
        defined += re.findall(rf"^- \*\*({CLAUSE})\*\*", read(path), flags=re.M)
    for clause in sorted(set(defined)):
        if defined.count(clause) > 1:
            errors.append(f"docs/abi: clause {clause} is defined twice")
    operations = re.findall(rf"#define ({OPERATION})\s", read("hypervisor/public/control.h"))
    for path in sorted(glob.glob("tests/guest/*/case.c")):
        head = re.sub(r"\n \* ?", " ", read(path).split("*/", 2)[1])
        found = [clause for group in re.findall(rf"\[((?:{CLAUSE}[, ]*)+)\]", head)
                 for clause in re.findall(CLAUSE, group)]
        of_control = re.findall(rf"\[({OPERATION})\]", head)
        for operation in of_control:
            if operation not in operations:
                errors.append(f"{path}: cites {operation}, which public/control.h does not have")
        if not found and not of_control:
            errors.append(f"{path}: cites no clause of docs/abi")
        for clause in found:
            if clause not in defined:
                errors.append(f"{path}: cites {clause}, which docs/abi does not have")
        cited.update(found)
    missing = [clause for clause in defined if clause not in cited]
    print(f"clauses: {len(defined)} in docs/abi, {len(cited)} shown by conformance guests")
    if missing:
        print("clauses: not shown yet: " + " ".join(missing))
    for error in errors:
        print(error, file=sys.stderr)
    sys.exit(1 if errors else 0)


main()
