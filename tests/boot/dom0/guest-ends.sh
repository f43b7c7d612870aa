# SPDX-License-Identifier: GPL-2.0-only
# A stock guest that powers off, reboots or panics by itself: noticed, and its on_* action is done.
. /tests/lib
base=/guests/debian.cfg

guest_config off $base 'vcpus = 1' 'extra = "console=hvc0 guest=poweroff"' 'on_poweroff = "destroy"'
run lam create /tmp/off.cfg
until_true 120 "a guest that powers off is gone" no_domain off
console_has off GUEST-USERSPACE || fail "the guest that powered off had not reached userspace"

guest_config again $base 'vcpus = 1' 'extra = "console=hvc0 guest=reboot"' 'on_reboot = "restart"'
run lam create /tmp/again.cfg
first=$(domid_of again)
restarted() {
	new=$(domid_of again)
	[ -n "$new" ] && [ "$new" != "$first" ]
}
until_true 120 "a guest that reboots comes back under a new number" restarted
destroy again

guest_config sick $base 'vcpus = 1' 'extra = "console=hvc0 guest=panic panic=1"' 'on_crash = "preserve"'
run lam create /tmp/sick.cfg
until_true 120 "a guest that panics is shown as crashed" has_crashed sick
console_has sick 'sysrq triggered crash' || fail "the panic is not in the console's log"
destroy sick
pass
