# SPDX-License-Identifier: GPL-2.0-only
# Operator mistakes with devices, states, permissions, full disks, dead daemons and forms of output, one per row: the command,
# its exit status, and the exact first line it says. What is accepted with a warning (status 0) must say so.
. /tests/lib
. /tests/lib-mistakes
dd if=/dev/zero of=a.img bs=1M count=1 2>/dev/null
cp a.img b.img
: >empty.img
mkdir folder

# disk SPEC WORDS, vif SPEC WORDS: one device, refused by its specification; disk_at, vif_at: when it is looked at.
disk() {
	bad "disk = [ \"$1\" ]" 10 "disk '$1': $2"
}
disk_at() {
	with "disk = [ \"$1\" ]"
	row 1 "lam create tiny: $2" lam create c.cfg
}
vif() {
	bad "vif = [ \"$1\" ]" 9 "vif '$1': $2"
}
# warned LINE SENTENCE: accepted, but not in silence.
warned() {
	with "$1"
	row 0 "lam create: warning: c.cfg:$first:1: $2" lam create -n c.cfg
}

warned 'memroy = 9' "unknown key 'memroy' is ignored; the nearest key is 'memory'"
with 'cpus = "7"'
row 1 "lam create tiny: cpus: vCPU 0 may run on none of the machine's 1 processors (0 to 0) (EINVAL)" lam create c.cfg
warned 'boot = "c"' "boot means nothing for a paravirtual domain and is ignored"
warned 'dhcp = "on"' "unknown key 'dhcp' is ignored"
warned 'localtime = 1' "localtime is ignored: guests get UTC"
bad 'pci = [ "03:00.0" ]' 1 "pci is refused: devices are not passed to guests: there is no IOMMU support (EOPNOTSUPP)"
bad 'vfb = [ "vnc=1" ]' 1 "vfb is refused: there is no framebuffer; use the console (EOPNOTSUPP)"
bad 'bootloader = "pygrub"' 1 "bootloader is refused: no boot loader is run in dom0; give kernel and ramdisk (EOPNOTSUPP)"

disk 'phy:/dev/ram0,xvda,z' "access 'z' is unknown; there are r (ro), w (rw) and w! (EINVAL)"
disk 'a.img,raw,vda,w' "'vda' is not the name of a virtual device (EINVAL)"
disk 'a.img,qcow7,xvda,w' "format 'qcow7' is unknown; there are raw, qcow2, qcow, vhd, vhdx, vmdk, vdi and qed (EINVAL)"
disk '' "the target (a file or block device) is missing (EINVAL)"
disk 'a.img' "the virtual device is missing (EINVAL)"
disk 'a.img,raw,xvda,w,cdrom' "not yet: a 'cdrom' cannot be given, a disk can (EOPNOTSUPP)"
disk 'backend=web,vdev=xvda,target=a.img' "not yet: disks come from dom0, not from domain 'web' (EOPNOTSUPP)"
disk_at 'phy:/dev/nope,xvda,w' "/dev/nope: the image of disk xvda: No such file or directory (ENOENT)"
disk_at 'file:/nope.img,xvda,w' "/nope.img: the image of disk xvda: No such file or directory (ENOENT)"
disk_at 'folder,raw,xvda,w' "/tmp/m/folder: the image of disk xvda cannot be opened for reading and writing: Is a directory (EISDIR)"
disk_at 'empty.img,raw,xvda,w' "/tmp/m/empty.img: is empty: a disk has at least one sector of 512 bytes (EINVAL)"
disk_at '/dev/null,raw,xvda,w' "/dev/null: is neither a file nor a block device (ENOTBLK)"
disk_at 'script=/none,vdev=xvda,target=a' "/none: the script of disk xvda: No such file or directory (ENOENT)"
disk_at 'backendtype=phy,vdev=xvda,target=a.img' "/tmp/m/a.img: backendtype=phy takes block devices only (ENOTBLK)"
disk_at 'a.img,raw,xvda,w", "a.img,raw,xvdb,w' "/tmp/m/a.img: is the image of both xvda and xvdb (EBUSY)"
disk_at 'a.img,raw,xvda,w", "b.img,raw,xvda,w' "xvda: two disks are to be this virtual device (EEXIST)"

vif 'type=ioemu' "not supported: type 'ioemu': paravirtual domains have no emulated cards (EOPNOTSUPP)"
vif 'vifname=way-too-long-a-name' "'way-too-long-a-name' is not the name of a network device (EINVAL)"
vif 'backend=web' "not yet: networks come from dom0, not from domain 'web' (EOPNOTSUPP)"
vif 'vlan=3' "not yet: vlan=3 (EOPNOTSUPP)"
vif 'devid=x' "'x' is not a number from 0 to 255 (EINVAL)"
vif 'trusted=7' "'7' is not a number from 0 to 1 (EINVAL)"
vif 'mtu' "'mtu' is not of the form key=value (EINVAL)"
vif 'rate=0' "'0' is not a rate (EINVAL)"

# Devices and states of a domain that runs.
run lam create -q -p /guests/tiny.cfg
row 1 "lam block-attach tiny: /none: the image of disk xvdb: No such file or directory (ENOENT)" lam block-attach tiny /none,raw,xvdb,w
row 1 "lam block-attach tiny: disk 'a.img,raw,xvd,w': 'xvd' is not the name of a virtual device (EINVAL)" \
	lam block-attach tiny a.img,raw,xvd,w
row 2 "lam block-attach: a domain and a disk are needed" lam block-attach tiny
row 1 "lam block-detach tiny: disk 'xvdz': the domain has no such disk (ENODEV)" lam block-detach tiny xvdz
row 2 "lam block-detach: 'vda' is not the name of a virtual device" lam block-detach tiny vda
row 1 "lam block-resize tiny: disk 'xvdz': the domain has no such disk (ENODEV)" lam block-resize tiny xvdz
row 1 "lam network-detach tiny: interface '5': the domain has no such interface (ENODEV)" lam network-detach tiny 5
row 1 "lam network-detach tiny: interface '00:16:3e:00:00:09': the domain has no such interface (ENODEV)" \
	lam network-detach tiny 00:16:3e:00:00:09
row 1 "lam network-attach tiny: bridge 'nobr': there is no such network device (ENODEV)" lam network-attach tiny bridge=nobr
row 1 "lam network-attach tiny: vif 'mac=1': '1' is not a MAC address (EINVAL)" lam network-attach tiny mac=1
row 0 "lam pause tiny: warning: it is paused already" lam pause tiny
row 0 "" lam unpause tiny
row 0 "lam unpause tiny: warning: it was not paused" lam unpause tiny
row 1 "lam domname: domain '99': there is no such domain (ESRCH)" lam domname 99
row 1 "lam domname: domain '70000': there is no such domain (ESRCH)" lam domname 70000
row 1 "lam list: domain '70000': there is no such domain (ESRCH)" lam list 70000
destroy tiny

# Somebody who is not root.
echo 'nobody:x:65534:65534:nobody:/:/bin/sh' >/etc/passwd
as_nobody() {
	su nobody -s /bin/sh -c "PATH=/usr/bin:/bin; $*"
}
with 'disk = [ "a.img,raw,xvda,w" ]'
chmod 600 c.cfg
row 1 "lam list: /dev/xen/privcmd: cannot be opened: only root may (EACCES)" as_nobody lam list
row 1 "lam destroy: /dev/xen/privcmd: cannot be opened: only root may (EACCES)" as_nobody lam destroy 5
row 1 "lam create: /tmp/m/c.cfg: cannot read the configuration: Permission denied (EACCES)" as_nobody lam create /tmp/m/c.cfg
row 1 "lam create: /dev/xen/privcmd: cannot be opened: only root may (EACCES)" as_nobody lam create /guests/tiny.cfg

# Full disks, files that cannot be written.
row 1 "lam list: the output cannot be written: No space left on device (ENOSPC)" sh -c 'lam list >/dev/full'
row 1 "lam list: the output cannot be written: No space left on device (ENOSPC)" sh -c 'lam list --json >/dev/full'
row 1 "lam config-convert: the output cannot be written: No space left on device (ENOSPC)" \
	sh -c 'lam config-convert c.cfg >/dev/full'
mkdir small
mount -t tmpfs -o size=64k tmpfs small || fail "no small file system"
row 1 "lam kernel-unpack: small/x: cannot be written: No space left on device (ENOSPC)" lam kernel-unpack /guests/tiny small/x
[ ! -e small/x.new ] || fail "half a kernel was left"
row 1 "lam kernel-unpack: /none/x.new: cannot be written: No such file or directory (ENOENT)" lam kernel-unpack /guests/tiny /none/x
row 1 "lam kernel-unpack: kernel 'a.img': neither an ELF image nor a bzImage (ENOEXEC)" lam kernel-unpack a.img small/x
row 2 "lam kernel-unpack: a kernel and a file to write are needed" lam kernel-unpack /guests/tiny

# Forms of input and output.
row 2 "lam config-convert: a configuration file is missing" lam config-convert
row 2 "lam config-convert: unknown option '--to=json'" lam config-convert --to=json c.cfg
row 1 "lam config-convert: none.xml: cannot read the configuration: No such file or directory (ENOENT)" lam config-convert none.xml
printf "name='a'\nkernel='/k'\nmemory=8\nextra='\\\\x01'\n" >e.cfg
row 1 "lam config-convert: cmdline: holds the byte 0x01, which is not written into XML (EILSEQ)" lam config-convert e.cfg
row 2 "lam list: unknown format 'xml'; there are table, json and sxp" lam list --format=xml
row 2 "lam dmesg: does not print json" lam dmesg --json
row 2 "lam uptime: does not print sxp" lam uptime --format=sxp
row 2 "lam create: --json and --format go with -n only" lam create --json c.cfg

# The file of defaults.
mkdir -p /etc/lamina
echo 'vif.default.bridge = 3' >/etc/lamina/lam.conf
row 1 "lam create: /etc/lamina/lam.conf:1:22: vif.default.bridge must be a quoted string, not a number (EINVAL)" \
	lam create /guests/tiny.cfg
echo 'vif.default.brigde = "x"' >/etc/lamina/lam.conf
row 0 "lam create: warning: /etc/lamina/lam.conf:1:1: unknown key 'vif.default.brigde' is ignored" lam create -n /guests/tiny.cfg
echo 'output_format = "xml' >/etc/lamina/lam.conf
row 1 'lam create: /etc/lamina/lam.conf:1:17: the string has no closing " on its line (EINVAL)' lam create -n /guests/tiny.cfg
rm /etc/lamina/lam.conf

# Daemons that do not run. lamd first, or it would start them again.
dead() {
	kill "$(pidof "$1")" || fail "$1 does not run"
	until_true 10 "$1 has ended" sh -c "! pidof $1"
}
dead lamd
dead xenconsoled
row 1 "lam create tiny: console daemon: xenconsoled is not running (ESRCH)" lam create /guests/tiny.cfg
xenconsoled || fail "xenconsoled does not start"
dead lam-blkd
row 1 "lam create tiny: block back end: lam-blkd is not running (ESRCH)" lam create c.cfg
row 0 "lam create tiny: warning: lamd is not running: on_poweroff, on_reboot and on_crash will not be acted on" \
	lam create -q -p /guests/tiny.cfg
run lam destroy tiny
dead xenstored
row 1 "lam create tiny: xenstored: is not running: no answer on /run/xenstored/socket (ENOENT)" lam create /guests/tiny.cfg
row 1 "lam block-list Domain-0: xenstored: is not running: no answer on /run/xenstored/socket (ENOENT)" lam block-list 0
table_end
