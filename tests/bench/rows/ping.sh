# SPDX-License-Identifier: GPL-2.0-only
# Events there and back between two guests, each with one vCPU: dom0 sleeps meanwhile.
. /tests/lib

# guest NAME ARGUMENTS SETTING: lam lets guests talk to each other only if both may.
guest() {
	cat >"/tmp/$1.cfg" <<END
name = "$1"
kernel = "/guests/ping-costs"
memory = 8
vcpus = 1
extra = "$2"
allow_peers = 1
$3
END
	lam create "/tmp/$1.cfg" >/tmp/said 2>&1 || { cat /tmp/said; echo "BENCH-DONE: no guest"; }
}
# ping NAME SETTING SETTING: the figure of two guests with these.
ping() {
	guest "one-$1" "offer=$((next + 1))" "$2"
	until console_has "one-$1" 'PING offers'; do
		usleep 100000
	done
	port=$(tr -d '\r' <"$(console_log "one-$1")" | sed -n 's/.*PING offers port //p')
	guest "two-$1" "join=$next port=$port name=$1" "$3"
	until console_has "two-$1" BENCH-END; do
		sleep 1
	done
	tr -d '\r' <"$(console_log "two-$1")" | grep -E '^(COST|BENCH-BAD)'
	lam destroy "one-$1"
	next=$((next + 2))
}
next=1
if [ "$(grep -c ^processor /proc/cpuinfo)" -gt 1 ]; then
	ping two-processors 'cpus = "0"' 'cpus = "1"'
fi
ping one-processor 'cpus = "0"' 'cpus = "0"'
echo BENCH-DONE
