# SPDX-License-Identifier: GPL-2.0-only
# The same program in a stock guest.
. /tests/lib
. /tests/more
echo guest-costs | with_programs guest-costs
guest_config costs /guests/debian.cfg 'vcpus = 1' 'ramdisk = "/tmp/initrd.gz"' 'extra = "console=hvc0 guest=probe-more"' \
	'tsc_mode = "native"'
run_guest costs
echo BENCH-DONE
