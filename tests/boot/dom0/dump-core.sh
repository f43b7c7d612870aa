# SPDX-License-Identifier: GPL-2.0-only
# Cores of a stock guest and of a tiny one; what goes wrong leaves no file, and a domain that runs as before.
. /tests/lib
paused() {
	lam list "$1" | grep -q ' [rb-]-p'
}
clean() {
	[ -z "$(ls /tmp/cores)" ] || fail "$1 has left $(ls /tmp/cores)"
	paused web && fail "$1 has left the domain paused"
	true
}
begun() {
	ls /tmp/cores/web*
}
mkdir -p /tmp/cores
guest_config web /guests/debian.cfg
run lam create /tmp/web.cfg
until_true 200 "the guest reaches userspace" console_has web GUEST-USERSPACE
run lam dump-core web /tmp/cores/web
paused web && fail "the domain stays paused"
run core-check /tmp/cores/web 'Linux version 6.'
pages=$(core-check /tmp/cores/web | sed 's/.* \([0-9]*\) pages/\1/')
[ "$pages" -gt 32000 ] && [ "$pages" -le 32768 ] || fail "$pages pages of 32768"
[ "$(stat -c %a /tmp/cores/web)" = 600 ] || fail "others may read the core"
[ "$(ls /tmp/cores)" = web ] || fail "more than the core is there: $(ls /tmp/cores)"
say "$(du -k /tmp/cores/web | cut -f1) KiB on disk, $(stat -c %s /tmp/cores/web) bytes long"
run xl dump-core --live web /tmp/cores/web
run core-check /tmp/cores/web 'Linux version 6.'
rm /tmp/cores/web
run lam trigger web nmi
until_true 20 "the guest's kernel logs an NMI" console_has web 'NMI received'
refused 1 'no virtual processor 7' lam trigger web nmi 7

# A file system that is too small; a signal in the middle; a domain that is destroyed meanwhile.
mkdir -p /tmp/small && mount -t tmpfs -o size=4m none /tmp/small || fail "no small file system"
refused 1 'cannot be written: No space left on device' lam dump-core web /tmp/small/core
[ -z "$(ls /tmp/small)" ] || fail "a full disk has left $(ls /tmp/small)"
umount /tmp/small
for signal in TERM INT HUP; do
	lam dump-core web /tmp/cores/web 2>/tmp/out &
	pid=$!
	until_true 20 "the dump begins" begun
	kill -$signal $pid
	wait $pid && say "the dump was faster than the signal" && rm /tmp/cores/web
	cat /tmp/out
	clean "$signal"
done
run lam pause web
run lam dump-core web /tmp/cores/web
paused web || fail "a paused domain runs after its dump"
rm /tmp/cores/web
run lam unpause web
lam dump-core web /tmp/cores/web 2>/tmp/out &
pid=$!
until_true 20 "the dump begins" begun
run lam destroy web
if wait $pid; then
	say "the dump was faster"
else
	grep -q 'ended while it was dumped' /tmp/out || fail "a domain that vanishes: $(cat /tmp/out)"
	[ -z "$(ls /tmp/cores)" ] || fail "a domain that vanishes leaves $(ls /tmp/cores)"
fi

# A kernel that keeps no list of its frames; a dump that ends with a crash.
guest_config little /guests/tiny.cfg 'on_crash = "preserve"'
run lam create /tmp/little.cfg
run lam dump-core -C little /tmp/cores/little
run core-check /tmp/cores/little
until_true 10 "the domain crashes" has_crashed little
run lam dump-core little /tmp/cores/little
destroy little

# What a configuration can ask for: a core, then the rest of the action, with a core that cannot be written too.
dumps=/var/lib/lamina/dump
guest_config sick /guests/tiny.cfg 'kernel = "/guests/misbehave"' 'extra = "fault"' 'on_crash = "coredump-destroy"'
run lam create /tmp/sick.cfg
until_true 30 "a guest that crashed is dumped and gone" no_domain sick
run core-check $dumps/sick
mkdir $dumps/again || fail "there is no $dumps"
guest_config again /guests/tiny.cfg 'on_crash = "coredump-restart"'
run lam create /tmp/again.cfg
first=$(domid_of again)
run lam dump-core -C again /tmp/cores/again
restarted() {
	[ -n "$(domid_of again)" ] && [ "$(domid_of again)" != "$first" ]
}
until_true 30 "it is started again without a core" restarted
[ "$(ls $dumps | xargs)" = "again sick" ] || fail "in $dumps: $(ls $dumps)"
rmdir $dumps/again
first=$(domid_of again)
run lam dump-core -C again /tmp/cores/again
until_true 30 "it is started again" restarted
run core-check $dumps/again
destroy again
pass
