# SPDX-License-Identifier: GPL-2.0-only
# Create and destroy a hundred times: free memory, dom0's event channels and the store's nodes are what they were.
. /tests/lib
store_nodes() {
	if [ -x /peer/bin/xenstore-ls ]; then
		/peer/bin/xenstore-ls / | wc -l
	else
		echo 0
	fi
}

channels() {
	grep -c xen-dyn /proc/interrupts
}

cycle() {
	lam create /guests/tiny.cfg >/dev/null || fail "create number $1 failed"
	lam destroy tiny || fail "destroy number $1 failed"
}

cycle 0
until_true 30 "the first guest is gone" no_domain tiny
memory=$(free_memory_mib) nodes=$(store_nodes) ports=$(channels)
say "before: $memory MiB free, $nodes store nodes, $ports event channels"
for n in $(seq 100); do
	cycle "$n"
done
until_true 30 "the last guest is gone" no_domain tiny
as_before() {
	[ "$(free_memory_mib)" = "$memory" ] && [ "$(store_nodes)" = "$nodes" ] && [ "$(channels)" = "$ports" ]
}
say "after: $(free_memory_mib) MiB free, $(store_nodes) store nodes, $(channels) event channels"
until_true 30 "memory, store nodes and event channels are what they were" as_before
pass
