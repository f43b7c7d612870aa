# SPDX-License-Identifier: GPL-2.0-only
# One guest offers a port and a page, another takes them: refused with a reason, unless both say allow_peers = 1.
. /tests/lib
# try WANTED OFFERER'S-SETTING JOINER'S-SETTING
try() {
	run lam create /guests/tiny.cfg 'name="one"' 'kernel="/guests/peer"' "extra=\"offer=$((next + 1))\"" "$2"
	[ "$(domid_of one)" = $next ] || fail "the domain has number $(domid_of one), not $next"
	until_true 20 "the offer is there" console_has one 'PEER offers'
	offer=$(grep 'PEER offers' "$(console_log one)" | tail -n 1 | tr -d '\r')
	port=$(echo "$offer" | sed 's/.*port \([0-9]*\).*/\1/') ref=$(echo "$offer" | sed 's/.*ref \([0-9]*\).*/\1/')
	run lam create /guests/tiny.cfg "name=\"two$next\"" 'kernel="/guests/peer"' "extra=\"join=$next port=$port ref=$ref\"" "$3"
	until_true 20 "the answer is there" console_has "two$next" 'PEER bind'
	said=$(grep 'PEER bind' "$(console_log "two$next")" | tr -d '\r')
	[ "$said" = "$1" ] || fail "with '$2' and '$3': $said, not $1"
	say "with '$2' and '$3': $said"
	[ "$1" != "$refused" ] || lam why "two$next" | grep -q 'dom0 only' || fail "lam why: $(lam why "two$next")"
	destroy "two$next"
	destroy one
	next=$((next + 2))
}
refused='PEER bind -1 map -8 copy -8'
next=1
try "$refused" vcpus=1 vcpus=1
try "$refused" allow_peers=1 vcpus=1
try "$refused" vcpus=1 allow_peers=1
try 'PEER bind 0 map 0 copy 0' allow_peers=1 allow_peers=1

# What the hypervisor and the store refused one guest, and why, in one list.
run lam create /guests/tiny.cfg 'name="asker"' 'kernel="/guests/peer"' 'extra="ask"'
until_true 20 "the answer is there" console_has asker 'PEER pin'
lam why asker >/tmp/out || fail "lam why asker: exit status $?"
for words in 'pin (level 4, frame 0x' "domain $(domid_of asker)'s, writable memory" \
	'page-table entry (L1) (entry 0x' "domain $(domid_of asker)'s, an L4 table" 'map it read-only' \
	'store: write /tool/forbidden: EACCES: the permissions of the node'; do
	grep -q "$words" /tmp/out || fail "lam why asker does not say '$words': $(cat /tmp/out)"
done
lam why --json asker | grep -q '"source": "store"' || fail "lam why --json: $(lam why --json asker)"
cat /tmp/out
destroy asker
pass
