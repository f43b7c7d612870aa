# SPDX-License-Identifier: GPL-2.0-only
#
# The floors: who may include whom (docs/design, "Floors"). Looks at #include "..." only.
# Inside the hypervisor a file includes its own floor or a lower one; floor 1's upcalls.h is a door for all. public/
# includes only itself. xenbus, drivers and toolstack see hypervisor/public alone, and of each other what the
# table below allows. Tests may look at everything.

BEGIN {
	floor["public"] = 0; floor["lib"] = 0; floor["x86"] = 1; floor["mm"] = 2; floor["core"] = 3
	floor["pv"] = 4; floor["hypercall"] = 5; floor["dom0"] = 5; floor["."] = 6
	may["toolstack/sys"] = " toolstack/sys "
	may["toolstack"] = " toolstack toolstack/sys xenbus drivers "
	may["xenbus"] = " xenbus toolstack/sys "
	may["drivers"] = " drivers xenbus toolstack/sys "
	may["guest-patches/kit"] = " guest-patches/kit drivers/ring drivers/protocol "
}

FNR == 1 { from = room(FILENAME) }

# asm_offsets.c may look everywhere: it only hands the assembly the offsets of what it names.
/^[ \t]*#[ \t]*include[ \t]*"/ && FILENAME !~ /^tests\/|\/asm_offsets\.c$/ {
	name = $0
	sub(/^[^"]*"/, "", name)
	sub(/".*/, "", name)
	if (from ~ /^hypervisor\//) {
		check_floor(name)
	} else if (from in may) {
		check_room(name)
	}
}

function check_floor(name, parts, here, there) {
	split(name, parts, "/")
	here = from
	sub(/^hypervisor\//, "", here)
	there = index(name, "/") ? parts[1] : here
	if (!(there in floor)) {
		printf "%s:%d: \"%s\" is on no floor of the hypervisor\n", FILENAME, FNR, name
	} else if (here == "public" && there != "public") {
		printf "%s:%d: public/ includes only itself, not \"%s\"\n", FILENAME, FNR, name
	} else if (floor[there] > floor[here]) {
		printf "%s:%d: floor %s (%d) includes \"%s\" of floor %d\n", FILENAME, FNR, here, floor[here], name, floor[there]
	}
}

# A name without a slash is a file of the same folder. Names start at the tree's root, hypervisor/ or toolstack/.
function check_room(name, target) {
	if (index(name, "/") == 0 || name ~ /^public\// || name ~ /^hypervisor\/public\//) {
		return
	}
	target = name ~ /^(sys|lib|cmd|daemon|helpers)\// ? "toolstack/" name : name
	if (target ~ /^drivers\/[a-z]*\/protocol/ && index(may[from], " drivers/protocol ")) {
		return
	}
	if (index(may[from], " " room(target) " ") == 0 && index(may[from], " " folder(target) " ") == 0) {
		printf "%s:%d: %s may not include \"%s\"\n", FILENAME, FNR, from, name
	}
}

function folder(path) {
	sub(/\/[^\/]*$/, "", path)
	return path
}

# The room a path belongs to: a hypervisor folder, toolstack/sys, the kit, or the first part of the path.
function room(path, parts, n) {
	n = split(path, parts, "/")
	if (parts[1] == "hypervisor") {
		return "hypervisor/" (n > 2 ? parts[2] : ".")
	}
	if (parts[1] == "toolstack") {
		return parts[2] == "sys" ? "toolstack/sys" : "toolstack"
	}
	if (parts[1] == "guest-patches" && parts[2] == "kit") {
		return "guest-patches/kit"
	}
	return parts[1]
}
