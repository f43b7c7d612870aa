# SPDX-License-Identifier: GPL-2.0-only
# Row 6, disks: requests of a stock guest to a RAM disk of dom0's, and of dom0 itself. The peer has its kernel's back end; on Lamina
# that is measured too ("kernel-"), beside Lamina's own.
. /tests/lib
. /tests/more
PATH=$PATH:/peer/bin
if [ -e /usr/bin/xen-init-dom0 ]; then
	# What the toolstack of the peer runs for each disk; busybox has not what its own script needs.
	mkdir -p /etc/xen/scripts
	cat >/etc/xen/scripts/block <<'END'
#!/bin/sh
[ "$1" != add ] || xenstore-write "$XENBUS_PATH/physical-device" 1:0 "$XENBUS_PATH/hotplug-status" connected
END
	chmod +x /etc/xen/scripts/block
fi

guest() {
	with_programs disk-costs <<END
until [ -b /dev/xvda ]; do usleep 20000; done
disk-costs $1 /dev/xvda
END
	guest_config costs /guests/debian.cfg 'vcpus = 1' 'ramdisk = "/tmp/initrd.gz"' 'extra = "console=hvc0 guest=probe-more"' \
		'on_poweroff = "destroy"' 'tsc_mode = "native"' "disk = [ \"$2\" ]"
	run_guest costs
}

disk-costs local /dev/ram0
guest disk 'phy:/dev/ram0,xvda,w'
[ -e /usr/bin/xen-init-dom0 ] || guest kernel 'vdev=xvda,access=w,backendtype=phy,target=/dev/ram0'
echo BENCH-DONE
