# SPDX-License-Identifier: GPL-2.0-only
# lam is killed at any step of a create: no half domain stays, the next create repairs and works, memory is back.
. /tests/lib
run lam create /guests/tiny.cfg
destroy tiny
before=$(free_memory_mib)
run lam create /guests/tiny.cfg
one_guest() {
	[ "$(lam list | wc -l)" -eq 3 ]
}
# Killed while it saved the configuration, too.
uuid=$(lam list -l tiny | sed -n 's/.*"uuid": "\([^"]*\)".*/\1/p')
[ -e "/run/lamina/domains/$uuid.cfg" ] || fail "no saved configuration of '$uuid'"
: >"/run/lamina/domains/$uuid.cfg.new"
destroy tiny
[ -z "$(ls /run/lamina/domains)" ] || fail "destroy leaves $(ls /run/lamina/domains)"
delay=0 killed=0 complete=0
while [ $delay -lt 40000 ]; do
	lam create -q -p /guests/tiny.cfg >/dev/null 2>&1 &
	child=$!
	usleep $delay
	kill -9 $child 2>/dev/null
	wait $child 2>/dev/null
	if [ "$(lam list 2>/dev/null | wc -l)" -gt 2 ]; then
		complete=$((complete + 1))
	else
		killed=$((killed + 1))
	fi
	# What stands there is complete, or is replaced by a create of the same name.
	lam create -q -p /guests/tiny.cfg >/tmp/said 2>&1 || grep -q 'has this name already' /tmp/said ||
		fail "after a kill at $delay us: $(cat /tmp/said)"
	# A half domain that the create replaced may still be going away.
	until_true 10 "after a kill at $delay us there is one domain, complete" one_guest
	lam unpause tiny || fail "after a kill at $delay us the domain does not start"
	lam destroy tiny || fail "after a kill at $delay us the domain is not destroyed"
	delay=$((delay + 500))
done
say "$killed kills before there was a domain, $complete behind that"
memory_is_back() {
	[ "$(free_memory_mib)" = "$before" ] && [ "$(lam list | wc -l)" -eq 2 ]
}
until_true 30 "free memory is $before MiB again" memory_is_back
[ -z "$(ls /run/lamina/domains)" ] || fail "saved configurations stay: $(ls /run/lamina/domains)"
pass
