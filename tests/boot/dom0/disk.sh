# SPDX-License-Identifier: GPL-2.0-only
# Disks of a stock guest: a RAM disk by direct I/O, a read-only file; attach and detach; three kills of the back end.
. /tests/lib
log=/var/log/lamina/console/disk.log
dd if=/dev/urandom of=/dev/ram0 bs=64k count=64 2>/dev/null
dd if=/dev/urandom of=/tmp/ro.img bs=64k count=32 2>/dev/null
dd if=/dev/urandom of=/tmp/hot.img bs=64k count=16 2>/dev/null

refused 1 'no-such' lam create /guests/debian.cfg 'disk=["/tmp/no-such.img,raw,xvda,w"]'
refused 1 "'xvd' is not the name" lam create /guests/debian.cfg 'disk=["/tmp/ro.img,raw,xvd,w"]'
refused 1 "access 'x'" lam create /guests/debian.cfg 'disk=["/tmp/ro.img,raw,xvda,x"]'
refused 1 'qcow2' lam create /guests/debian.cfg 'disk=["/tmp/ro.img,qcow2,xvda,w"]'
no_domain debian || fail "a refused disk left a domain"

guest_config disk /guests/debian.cfg 'vcpus = 1' 'extra = "console=hvc0 guest=disk"' \
	'disk = [ "phy:/dev/ram0,xvda,w", "format=raw, vdev=xvdb, access=ro, target=/tmp/ro.img" ]'
run lam create /tmp/disk.cfg
refused 1 'in use' lam create /tmp/disk.cfg 'name="other"'
until_true 200 "the guest sees its disk" console_has disk 'GUEST-DISK sectors'
lam block-list disk
first=$(dd if=/dev/ram0 bs=64k count=16 2>/dev/null | md5sum | cut -d' ' -f1)
console_has disk "sectors 32768, first-mib $first" || fail "the guest reads $(grep first-mib $log), the disk holds $first"
until_true 60 "the guest has tried the read-only disk" console_has disk 'GUEST-DISK read-only'
second=$(dd if=/tmp/ro.img bs=64k count=16 2>/dev/null | md5sum | cut -d' ' -f1)
console_has disk "read-only-refused $second" || fail "read-only disk: $(grep read-only- $log)"

rounds() {
	sed -n 's/.*GUEST-DISK round \([0-9]*\) good.*/\1/p' $log | tail -n 1
}
further() {
	[ "$(rounds)" -ge "$((from + 3))" ]
}
from=0
until_true 60 "three rounds of writing and reading" further

# Columns of xentop: VBDS, OO, reads, writes, sectors of both.
counters() {
	xl top -b -i 1 | awk '$1 == "disk" { print $13, $15, $16, $17, $18 }'
}
counters >/tmp/out
awk '{ exit !($1 == 2 && $2 > 10 && $3 > 10 && $4 >= $2 && $5 >= $3) }' /tmp/out || fail "lam top on disks: $(cat /tmp/out)"
writes=$(cut -d' ' -f3 /tmp/out)
lam top -b -x -i 1 >/tmp/out
grep -Eq '^VBD QDisk 51712 \[ca: 0\]  OO: +[0-9]+   RD: +[0-9]+   WR: +[1-9][0-9]*  RSECT: ' /tmp/out || fail "lam top -x: $(cat /tmp/out)"

run lam block-attach disk /tmp/hot.img,raw,xvdc,r
until_true 30 "the guest sees the attached disk" console_has disk 'disks:.*xvdc'
dd if=/dev/zero of=/tmp/hot.img bs=64k seek=16 count=24 2>/dev/null
run lam block-resize disk xvdc
until_true 30 "the guest sees the new size of its disk" console_has disk 'sizes .* 5120 '
refused 1 'no such disk' lam block-resize disk xvdq
run lam block-detach disk xvdc
gone() {
	tail -n 1 $log | grep -q 'disks: xvda xvdb ,'
}
until_true 30 "the guest lost the detached disk" gone
lam block-list disk | grep -q xvdc && fail "block-list shows a disk that was detached"

mkdir -p /etc/xen/scripts
cat >/etc/xen/scripts/block-test <<'END'
#!/bin/sh
[ "$1" = add ] || { echo "$device" >/tmp/script-removed; exit 0; }
[ "$(xenstore-read "$XENBUS_PATH/params")" = ram:1 ] || exit 3
xenstore-write "$XENBUS_PATH/physical-device" 1:1 "$XENBUS_PATH/hotplug-status" connected
END
chmod 755 /etc/xen/scripts/block-test
refused 1 'No such file' lam block-attach disk script=block-none,vdev=xvdd,target=ram:1
refused 1 'ended with status 3' lam block-attach disk script=block-test,vdev=xvdd,target=ram:2
run lam block-attach disk script=block-test,vdev=xvdd,target=ram:1
until_true 30 "the guest sees the disk of a script" console_has disk 'disks:.*xvdd'
run lam block-detach disk xvdd
until_true 10 "the script is run when its disk goes" grep -q /dev/ram1 /tmp/script-removed

for kill in 1 2 3; do
	from=$(rounds)
	old=$(pidof lam-blkd)
	run kill -9 "$old"
	until_true 60 "the guest goes on after kill $kill" further
	[ "$(pidof lam-blkd)" != "$old" ] || fail "lam-blkd was not started again"
done
counters >/tmp/out
[ "$(cut -d' ' -f3 /tmp/out)" -gt "$writes" ] || fail "the counters began anew: $(cat /tmp/out), $writes writes before"
grep -q BAD $log && fail "the guest says: $(grep BAD $log | head -n 1)"
line=$(grep 'GUEST-DISK round' $log | tail -n 1)
say "$line"
destroy disk
until_true 10 "the image is free again" lam create -n /tmp/disk.cfg
pass
