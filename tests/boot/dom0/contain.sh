# SPDX-License-Identifier: GPL-2.0-only
# Guests that crash, fault without handlers, spin with events masked or flood: dom0 and a bystander go on.
. /tests/lib
guest_config bystander /guests/debian.cfg 'vcpus = 1' 'extra = "console=hvc0 guest=clock"'
run lam create /tmp/bystander.cfg
until_true 200 "the bystander reaches userspace" console_has bystander GUEST-USERSPACE

for how in fault stack crash; do
	guest_config "$how" /guests/tiny.cfg 'kernel = "/guests/misbehave"' "extra = \"$how\"" 'on_crash = "preserve"'
	run lam create "/tmp/$how.cfg"
	until_true 30 "the guest '$how' says what it does" console_has "$how" "MISBEHAVE $how"
	until_true 30 "the guest '$how' is shown as crashed" has_crashed "$how"
	destroy "$how"
done
guest_config dog /guests/tiny.cfg 'kernel = "/guests/misbehave"' 'extra = "watchdog"' 'on_watchdog = "preserve"'
run lam create /tmp/dog.cfg
barked() {
	lam list dog | grep -q ' watchdog '
}
until_true 30 "a forgotten watchdog ends its domain" barked
destroy dog
for how in spin yield flood; do
	guest_config "$how" /guests/tiny.cfg 'kernel = "/guests/misbehave"' "extra = \"$how\""
	run lam create "/tmp/$how.cfg"
	until_true 60 "the guest '$how' says what it does" console_has "$how" "MISBEHAVE $how"
done
lam list
until_true 200 "the bystander's clock goes on beside guests that spin" console_has bystander GUEST-CLOCK
ticks() {
	[ "$(grep -c GUEST-CLOCK "$(console_log bystander)")" -ge 5 ]
}
until_true 200 "the bystander reads its clock five times" ticks
for how in spin yield flood bystander; do
	destroy "$how"
done
pass
