# SPDX-License-Identifier: GPL-2.0-only
# The small patched kernel as a guest, in little memory; then with many processes, on two processors.
. /tests/lib
run lam create /guests/patched.cfg
until_true 100 "the guest reaches user space" console_has patched GUEST-USERSPACE
[ -e /sys/hypervisor/version/extra ] || fail "no /sys/hypervisor"
vcpus=2
if grep -q lamina /sys/hypervisor/version/extra; then
	console_has patched 'Lamina: features 0x3' || fail "the guest does not find the extensions"
else
	# There in this emulator programs of any kernel, Debian's too, go wrong now and then on two: not what is tried here.
	vcpus=1
	! console_has patched 'Lamina' || fail "the guest finds extensions that are not there"
fi
destroy patched
guest_config forks /guests/patched.cfg "vcpus = $vcpus" 'memory = 32' 'extra = "console=hvc0 guest=forks"'
run lam create /tmp/forks.cfg
until_true 200 "the guest is done" console_has forks 'GUEST-FORKS done'
! console_has forks "GUEST-FORKS BAD" || fail "processes in the guest went wrong: $(grep BAD "$(console_log forks)" | head -n 2)"
until_true 60 "the guest is gone" no_domain forks
pass
