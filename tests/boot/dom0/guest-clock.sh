# SPDX-License-Identifier: GPL-2.0-only
# In a stock guest with two processors a clock reading is no system call, and the clock never goes back.
. /tests/lib
guest_config clock /guests/debian.cfg 'extra = "console=hvc0 guest=probe-clock"' 'on_poweroff = "destroy"'
run lam create /tmp/clock.cfg
until_true 200 "the probe has ended" console_has clock GUEST-PROBE
console_has clock CLOCK-OK || fail "the probe says: $(grep CLOCK "$(console_log clock)")"
until_true 60 "the guest is gone" no_domain clock
pass
