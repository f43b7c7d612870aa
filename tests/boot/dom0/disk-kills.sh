# SPDX-License-Identifier: GPL-2.0-only
# A checking guest (tests/boot/probes/disk-kills.c) on a file and its back end killed at random moments; counts before and after.
. /tests/lib
. /tests/lib-kills
log=/var/log/lamina/console/kills.log
dd if=/dev/zero of=/tmp/kills.img bs=1M count=12 2>/dev/null
guest_config kills /guests/debian.cfg 'vcpus = 1' 'extra = "console=hvc0 guest=probe-disk-kills"' 'disk = [ "/tmp/kills.img,raw,xvda,w" ]'
run lam create /tmp/kills.cfg

rounds() {
	grep -c 'GUEST-KILLS .*good' $log
}
kill_often lam-blkd
destroy kills
until_true 10 "the image is free again" lam create -n /tmp/kills.cfg
pass
