# SPDX-License-Identifier: GPL-2.0-only
# The verbs that only look: create -n, list, info, dmesg, domid, domname, why, help, version.
. /tests/lib
run lam create -n /guests/tiny.cfg
[ "$(lam list | wc -l)" -eq 2 ] || fail "create -n has left a domain: $(lam list)"
lam list | grep -q '^Domain-0 ' || fail "lam list does not show dom0"
for key in processors free_memory total_memory; do
	lam info | grep -q "^$key" || fail "lam info has no $key: $(lam info)"
done
lam dmesg | grep -qi lamina || fail "lam dmesg does not show the hypervisor's banner"
run lam create -p /guests/tiny.cfg
id=$(lam domid tiny)
[ "$(lam domname "$id")" = tiny ] || fail "domname $id is '$(lam domname "$id")'"
run lam why tiny
run lam help
for verb in create list console destroy shutdown reboot pause unpause info dmesg; do
	lam help $verb >/dev/null || fail "lam help $verb fails"
done
run lam version
destroy tiny
pass
