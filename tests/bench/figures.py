# SPDX-License-Identifier: GPL-2.0-only
"""What the figures of a row say: {where: {name: [values of all rounds]}} to medians, spreads, ratios, a table."""
import statistics


def median(results, where, name):
    values = results.get(where, {}).get(name)
    return statistics.median(values) if values else None


def spread(results, where, name):
    values = results.get(where, {}).get(name, [0])
    middle = statistics.median(values)
    return 100 * (max(values) - min(values)) / middle if middle else 0


def compared(compare, results, native, name):
    """Lamina : peer, of the whole or of what each adds to the native cost; None where it says nothing. added-stock: what this row's
    kernel adds on Lamina to its own native cost, to what the other row's (stock) kernel adds on the peer to its own."""
    ours, peers = median(results, "lamina", name), median(results, "peer", name)
    if compare == "added-stock":
        figures = ours, median(results, "native", name), median(native, "peer", name), median(native, "native", name)
        return (figures[0] - figures[1]) / (figures[2] - figures[3]) if None not in figures and figures[2] > figures[3] else None
    if ours is None or peers is None:
        return None
    if compare == "added":
        base = median(native, "native", name)
        return (ours - base) / (peers - base) if base is not None and peers > base else None
    return ours / peers if peers else None


def figure(value, width):
    return ("%*d" % (width, value)) if value is not None else "%*s" % (width, "-")


def print_table(row, results, native):
    columns = [where for where in ("native", "lamina", "peer") if where in results or where == "native" and native is not results]
    print("%s: %s" % (row.name, row.title))
    width = max([len(name) for name in results.get("lamina", {})] + [24])
    print("%-*s" % (width, "ticks" if row.clock == "wall" else "instructions"),
          "".join("%15s" % c + ("%8s" % "spread" if row.clock == "wall" else "") for c in columns), "%8s" % row.compare)
    for name in results.get("lamina", {}):
        cells = ""
        for where in columns:
            source = native if where == "native" and "native" not in results else results
            cells += figure(median(source, where, name), 15)
            cells += "%6.0f %%" % spread(source, where, name) if row.clock == "wall" else ""
        ratio = compared(row.compare, results, native, name)
        print("%-*s" % (width, name), cells, "%8s" % ("-" if ratio is None else "%.2f" % ratio))
    print(flush=True)


def print_split(row, results, shares):
    """Who executed it: per place the guest (its processes and kernel) and the hypervisor, and the hypervisors' ratio."""
    wheres = [where for where in ("native", "lamina", "peer") if where in shares]
    names = list(results.get("lamina", {}))
    width = max([len(name) for name in names] + [24])
    print("%s: who executes" % row.name)
    print("%-*s" % (width, "instructions"), "".join("%15s" % (where + " guest") for where in wheres),
          "".join("%15s" % (where + " hyp.") for where in wheres if where != "native"), "%8s" % "ratio")
    for name in names:
        parts = {where: [share * median(results, where, name) for share in shares[where].get(name, [0, 0, 0])] for where in wheres}
        cells = "".join(figure(parts[where][0] + parts[where][1], 15) for where in wheres)
        cells += "".join(figure(parts[where][2], 15) for where in wheres if where != "native")
        ours, peers = parts.get("lamina", [0])[-1], parts.get("peer", [0])[-1]
        print("%-*s" % (width, name), cells, "%8s" % ("%.2f" % (ours / peers) if peers else "-"))
    print(flush=True)
