#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# Runs in the Debian system of package.sh, as root, when it has booted: the daemons run by their units, come back when
# killed, a guest is created and goes; GRUB has its entry. The first time (try=direct) the menu is made and set to Lamina;
# the second time the package is installed over itself under a guest, and removed.
export PATH=/usr/sbin:/usr/bin:/sbin:/bin
exec </dev/null >/dev/console 2>&1

finish() {
	printf '\nPACKAGE-%s\n' "$*"
	sync
	systemctl poweroff --no-block
	exit 0
}

fail() {
	systemctl --no-pager status 'lam*' | tail -n 60
	journalctl --no-pager -b -u 'lam*' | tail -n 40
	finish "FAIL $*"
}

until_true() {
	tries=$1
	shift
	until "$@" >/dev/null 2>&1; do
		tries=$((tries - 1))
		[ $tries -gt 0 ] || return 1
		sleep 1
	done
}

[ -e /run/lamina/dom0 ] || fail "lamina-dom0 has not run"
for unit in lamina-dom0 lamina-xenstored lamina-xenconsoled lam-blkd lam-netd lamd lamina-domains; do
	until_true 60 systemctl is-active --quiet $unit || fail "$unit is not active"
	systemctl is-enabled --quiet $unit || fail "$unit is not enabled"
done
until_true 20 sh -c 'lam list | grep -q "^Domain-0 "' || fail "lam list does not show dom0"
[ "$(ls -l /proc/*/exe 2>/dev/null | grep -c '/xenstored$')" -eq 1 ] || fail "not one xenstored: $(ls -l /proc/*/exe)"
dpkg -s xenstore-utils >/dev/null 2>&1 && dpkg -s xenstore-utils | grep -q '^Status: install ok installed' &&
	fail "xenstore-utils is still installed"

printf 'name = "tiny"\nkernel = "/root/tiny"\nmemory = 8\n' >/root/tiny.cfg
until_true 20 lam create -q -p /root/tiny.cfg || fail "no guest: $(lam create /root/tiny.cfg 2>&1)"
xl list --long tiny | grep -q '"name": "tiny",$' || fail "xl list --long does not show the guest"
for unit in lamina-xenstored lamina-xenconsoled lam-blkd lam-netd lamd; do
	before=$(systemctl show -P MainPID $unit)
	systemctl kill -s KILL --kill-who=main $unit
	until_true 20 sh -c "pid=\$(systemctl show -P MainPID $unit); [ \$pid -ne 0 ] && [ \$pid -ne $before ] && systemctl is-active -q $unit" ||
		fail "$unit does not come back"
done
until_true 20 xenstore-read "/local/domain/$(lam domid tiny)/name" || fail "the store has lost the guest"
lam destroy tiny || fail "the guest cannot be destroyed"
until_true 20 lam create -q /root/tiny.cfg || fail "no second guest"
lam destroy tiny
man -w lam-create >/dev/null 2>&1 || [ -e /usr/share/man/man8/lam-create.8.gz ] || fail "no manual page"

if grep -q try=direct /proc/cmdline; then
	mount -o remount,rw / 2>/dev/null
	printf 'GRUB_CMDLINE_LAMINA="dom0_mem=1G console=com1"\nGRUB_CMDLINE_LINUX_LAMINA="console=hvc0"\nGRUB_TIMEOUT=1\n' >/etc/default/grub.d/lamina.cfg
	printf 'GRUB_TERMINAL=serial\nGRUB_SERIAL_COMMAND="serial --unit=0 --speed=115200"\n' >>/etc/default/grub.d/lamina.cfg
	update-grub || fail "update-grub fails"
	entry=$(sed -n "s/.*--id \(lamina-[^ ]*\) .*/\1/p" /boot/grub/grub.cfg | head -n 1)
	[ -n "$entry" ] || fail "the menu has no entry for Lamina: $(cat /boot/grub/grub.cfg)"
	echo "GRUB_DEFAULT=$entry" >>/etc/default/grub.d/lamina.cfg
	update-grub || fail "update-grub fails"
	finish "PASS $entry"
fi
grep -q 'root=UUID=' /proc/cmdline || fail "not started through the menu: $(cat /proc/cmdline)"
[ "$(lam list | awk '$1 == "Domain-0" { print $3 }')" -eq 1024 ] || fail "dom0_mem=1G did not arrive: $(lam list)"

# An upgrade under a running guest; removal, which is refused while it runs.
lam create -q -p /root/tiny.cfg || fail "no third guest"
before=$(systemctl show -P MainPID lam-blkd)
dpkg -i /root/lamina.deb || fail "dpkg -i over the installed package fails"
[ "$(systemctl show -P MainPID lam-blkd)" -ne "$before" ] || fail "the upgrade has not restarted the daemons"
lam domid tiny || fail "the guest has not outlived the upgrade"
dpkg -r lamina && fail "the package can be removed under a running guest"
lam destroy tiny || fail "the guest cannot be destroyed after the upgrade"
dpkg -r lamina || fail "the package cannot be removed"
[ ! -e /boot/lamina ] || fail "/boot/lamina is still there: $(ls /boot/lamina)"
grep -q Lamina /boot/grub/grub.cfg && fail "the menu still has an entry for Lamina"
finish "PASS through the menu, upgraded, removed"
