# SPDX-License-Identifier: GPL-2.0-only
# A checking guest (tests/boot/probes/disk-kills.c) on a qcow2 image, which qemu-storage-daemon shows as a raw file.
. /tests/lib
log=/var/log/lamina/console/qcow.log

# An empty qcow2 image of 12 MiB: header, table of reference counts, one block of them, first-level table; 64 KiB each.
part() {
	dd of=/tmp/disk.qcow2 bs=65536 seek="$1" conv=notrunc 2>/dev/null
}
zero8='\0\0\0\0\0\0\0\0'
printf 'QFI\373\0\0\0\2'"$zero8"'\0\0\0\0\0\0\0\020\0\0\0\0\0\300\0\0\0\0\0\0\0\0\0\1\0\0\0\0\0\3\0\0\0\0\0\0\0\1\0\0\0\0\0\1\0\0\0\0'"$zero8" | part 0
printf '\0\0\0\0\0\2\0\0' | part 1
printf '\0\1\0\1\0\1\0\1' | part 2
dd if=/dev/zero bs=65536 count=1 2>/dev/null | part 3
dd if=/dev/urandom of=/tmp/no.qcow2 bs=64k count=4 2>/dev/null

refused 1 "format 'xyz'" lam create -n /guests/debian.cfg 'disk=["/tmp/disk.qcow2,xyz,xvda,w"]'
refused 1 'raw images only' lam create -n /guests/debian.cfg 'disk=["format=qcow2,backendtype=phy,vdev=xvda,target=/tmp/disk.qcow2"]'
refused 1 'not in qcow2 format' lam create /guests/debian.cfg 'disk=["/tmp/no.qcow2,qcow2,xvda,w"]'
no_domain debian || fail "a refused disk left a domain"
mv /usr/bin/qemu-storage-daemon /usr/bin/aside
refused 1 'qemu-system-common' lam create -n /guests/debian.cfg 'disk=["/tmp/disk.qcow2,qcow2,xvda,w"]'
mv /usr/bin/aside /usr/bin/qemu-storage-daemon

guest_config qcow /guests/debian.cfg 'vcpus = 1' 'extra = "console=hvc0 guest=probe-disk-kills"' 'disk = [ "/tmp/disk.qcow2,qcow2,xvda,w" ]'
run lam create /tmp/qcow.cfg
rounds() {
	grep -c 'GUEST-KILLS .*good' $log
}
further() {
	if grep -q BAD $log; then
		fail "the guest says: $(grep BAD $log | head -n 1)"
	fi
	[ "$(rounds)" -ge "$((from + 2))" ]
}
goes_on() {
	from=$(rounds)
	until_true 120 "the guest goes on after $*" further
	say "after $*: $(tail -n 1 $log)"
}
goes_on "its start"
run kill -9 "$(pidof lam-blkd)"
goes_on "lam-blkd was killed"
run kill "$(pidof qemu-storage-daemon)"
goes_on "the exporter was ended"
run kill -9 "$(pidof lam-export)"
goes_on "lam-export was killed"
destroy qcow
nothing_runs() {
	[ -z "$(pidof lam-export)$(pidof qemu-storage-daemon)" ] && [ -z "$(ls /run/lamina/export)" ]
}
until_true 20 "the exporter is gone with its disk" nothing_runs
[ "$(stat -c %s /tmp/disk.qcow2)" -gt 8000000 ] || fail "the image did not grow"
pass
