# SPDX-License-Identifier: GPL-2.0-only
# dom0 against itself, against a guest, and a guest against a guest, by net-costs; on Lamina by lam-netd and then by the back end
# of dom0's kernel, on the peer by the latter.
. /tests/lib
. /tests/lib-net
. /tests/more
make_bridge xenbr0
net-costs serve &
usleep 200000
net-costs 127.0.0.1 dom0-alone

with_programs net-costs <<'END'
ip addr add "$addr/24" dev eth0
ip link set eth0 up
[ -z "${peer:-}" ] || net-costs "$peer" "${prefix}guest-to-guest"
exec net-costs serve
END

# start NAME ADDRESS PREFIX PEER
start() {
	guest_config "$1" /guests/debian.cfg 'vcpus = 1' 'ramdisk = "/tmp/initrd.gz"' 'tsc_mode = "native"' \
		"extra = \"console=hvc0 guest=probe-more addr=$2 prefix=$3 peer=$4\""
	start_with_vif "$1" "00:16:3e:00:00:0${2##*.}"
	until console_has "$1" 'NET-COSTS serves'; do
		usleep 100000
	done
	tr -d '\r' <"$(console_log "$1")" | grep ^COST
}
start one 10.9.0.2
net-costs 10.9.0.2 dom0-to-guest
start two 10.9.0.3 '' 10.9.0.2
if [ ! -L /usr/bin/lam ]; then
	resident_kib() { awk '/^RssAnon/ { print $2 }' "/proc/$(pidof lam-netd)/status"; }
	available_kib() { awk '/^MemAvailable/ { print $2 }' /proc/meminfo; }
	sleep 2
	resident=$(resident_kib) available=$(available_kib)
	i=1
	while [ $i -le 16 ]; do
		lam network-attach one bridge=xenbr0 >/dev/null
		until back_state one $i 4; do
			usleep 50000
		done
		i=$((i + 1))
	done
	sleep 2
	echo "COST back-end-process-KiB $resident"
	echo "COST back-end-process-KiB-per-idle-interface $((($(resident_kib) - resident) / 16))"
	echo "COST dom0-KiB-per-idle-interface $(((available - $(available_kib)) / 16))"
	lam destroy one
	lam destroy two
	kind=vif
	start three 10.9.0.4
	net-costs 10.9.0.4 dom0-kernel-to-guest
	start four 10.9.0.5 kernel- 10.9.0.4
fi
echo BENCH-DONE
