# SPDX-License-Identifier: GPL-2.0-only
# What the supervisor does with guests that crash at once: preserve, rename-restart, restart with its throttle, and what it
# does after it was itself killed.
. /tests/lib
before=$(free_memory_mib)
crashing() {
	guest_config "$1" /guests/tiny.cfg 'kernel = "/guests/misbehave"' 'extra = "fault"' "on_crash = \"$2\""
	run lam create "/tmp/$1.cfg"
}

count() {
	lam list | grep -c "^$1"
}

crashing kept preserve
until_true 20 "the crashed guest is shown as crashed" has_crashed kept
row=$(lam list kept | tail -n 1)
echo "$row" | grep -q crashed || fail "lam list does not say crashed: $row"
destroy kept

crashing gone destroy
until_true 20 "the crashed guest is destroyed" no_domain gone

crashing again restart
until_true 60 "a guest that crashes again and again is given up" no_domain again
usleep 1500000
no_domain again || fail "it was started once more: $(lam list)"
[ -z "$(ls /run/lamina/domains)" ] || fail "configurations stay: $(ls /run/lamina/domains)"

crashing ren rename-restart
enough() {
	[ "$(count ren)" -ge 6 ]
}
until_true 60 "the renamed ones are kept" enough
usleep 1500000
[ "$(count ren)" -eq 6 ] || fail "there are not six: $(lam list)"
lam list | grep -q '^ren-1 .*crashed' || fail "no renamed one: $(lam list)"
for n in $(lam list | awk '/^ren/ { print $2 }'); do
	lam destroy "$n" || fail "cannot destroy $n"
done

say "a guest that crashes while no supervisor runs"
kill -9 "$(pidof lamd)"
crashing late destroy
until_true 20 "the crashed guest is shown as crashed" has_crashed late
lamd || fail "lamd does not start again"
until_true 20 "the new supervisor destroys it" no_domain late
memory_is_back() {
	[ "$(free_memory_mib)" = "$before" ] && [ "$(lam list | wc -l)" -eq 2 ]
}
until_true 30 "free memory is $before MiB again" memory_is_back
pass
