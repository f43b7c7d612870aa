# SPDX-License-Identifier: GPL-2.0-only
. /tests/lib
. /tests/more
store-costs /run/xenstored/socket socket /tool/costs
store-costs /dev/xen/xenbus dom0-ring /tool/costs
echo 'store-costs /dev/xen/xenbus guest-ring data' | with_programs store-costs
guest_config store /guests/debian.cfg 'vcpus = 1' 'ramdisk = "/tmp/initrd.gz"' 'extra = "console=hvc0 guest=probe-more"' \
	'tsc_mode = "native"'
run_guest store
echo BENCH-DONE
