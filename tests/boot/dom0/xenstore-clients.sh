# SPDX-License-Identifier: GPL-2.0-only
# Debian's own xenstore clients, as they come in their package, work on our store.
. /tests/lib
p=/peer/bin
[ -x $p/xenstore-read ] || skip "the xenstore-utils package was not fetched"

run $p/xenstore-write /tool/a/b one
[ "$($p/xenstore-read /tool/a/b)" = one ] || fail "a value written is not read back"
run $p/xenstore-write /tool/a/c two /tool/a/d three
[ "$($p/xenstore-list /tool/a | sort | tr '\n' ' ')" = "b c d " ] || fail "xenstore-list: $($p/xenstore-list /tool/a)"
run $p/xenstore-exists /tool/a/d
$p/xenstore-exists /tool/a/e && fail "a node that is not there exists"
run $p/xenstore-chmod /tool/a/b n0 r1
$p/xenstore-ls -p /tool/a | grep 'b = "one"' | grep -q '(n0,r1)' || fail "permissions: $($p/xenstore-ls -p /tool/a)"
run $p/xenstore-rm /tool/a
$p/xenstore-exists /tool/a && fail "a removed node is still there"
$p/xenstore-read /no/such/node 2>&1 | grep -q "couldn't read path" || fail "reading a missing node does not fail as it should"

$p/xenstore-watch -n 2 /tool/w >/tmp/watched 2>&1 &
watcher=$!
registered() {
	[ -s /tmp/watched ]
}
until_true 20 "the watch is registered" registered
run $p/xenstore-write /tool/w/x 1
wait $watcher
grep -q '^/tool/w/x$' /tmp/watched || fail "the watch did not report the write: $(cat /tmp/watched)"
run $p/xenstore-rm /tool/w
pass
