# SPDX-License-Identifier: GPL-2.0-only
# What one disk and one interface add to create and destroy; the guest never runs. Twice each: the first warms the daemons up.
. /tests/lib
. /tests/lib-net
PATH=$PATH:/peer/bin
make_bridge xenbr0
hotplug_script
peer=no
if [ -e /usr/bin/xen-init-dom0 ]; then
	# What the toolstack of the peer runs for each device; busybox has not what its own scripts need.
	peer=yes
	mkdir -p /etc/xen/scripts
	cat >/etc/xen/scripts/block <<'END'
#!/bin/sh
[ "$1" != add ] || xenstore-write "$XENBUS_PATH/physical-device" 1:0 "$XENBUS_PATH/hotplug-status" connected
END
	chmod +x /etc/xen/scripts/block
fi
disk='disk=["/dev/ram0,raw,xvda,w"]'
vif='vif=["mac=00:16:3e:00:00:02,bridge=xenbr0"]'
[ $peer = no ] || vif='vif=["mac=00:16:3e:00:00:02,bridge=xenbr0,script=/tmp/vif-script"]'

# both NAME SETTING...
both() {
	name=$1
	shift
	lam create -p /guests/tiny.cfg "$@" >/dev/null 2>&1
	lam destroy tiny >/dev/null 2>&1
	sleep 2
	cost-of "create-$name" lam create -p /guests/tiny.cfg "$@" >/tmp/said 2>&1
	grep ^COST /tmp/said || cat /tmp/said
	sleep 2
	cost-of "destroy-$name" lam destroy tiny | grep ^COST
	sleep 2
}
both bare
both disk "$disk"
both vif "$vif"
both disk-and-vif "$disk" "$vif"
echo BENCH-DONE
