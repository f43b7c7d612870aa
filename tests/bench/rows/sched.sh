# SPDX-License-Identifier: GPL-2.0-only
# Shares of guests of unlike weights that want all they can get, and how late another one wakes up beside them.
. /tests/lib
weights="256 256 512 512 512 1024 1024"
vcpus=29
warm=5 seconds=300

# guest NAME VCPUS WEIGHT ARGUMENTS: created, not yet started.
guest() {
	cat >"/tmp/$1.cfg" <<END
name = "$1"
kernel = "/guests/sched-costs"
memory = 8
vcpus = $2
cpu_weight = $3
extra = "$4"
END
	lam create -p "/tmp/$1.cfg" >/tmp/said 2>&1 || { cat /tmp/said; echo "BENCH-DONE: no guest"; }
}
# report NAME: starts it, waits for its end, prints its figures.
report() {
	lam unpause "$1"
	until console_has "$1" BENCH-END; do
		sleep 5
	done
	tr -d '\r' <"$(console_log "$1")" | grep -E '^(COST|BENCH-BAD)'
}
# lam writes a unit behind the seconds.
seconds_ran() { lam list | awk '$1 ~ /^spin/ { print $1, $NF == "s" ? $(NF - 1) : $NF }'; }

dom0_weight() { lam sched-credit2 -d 0 -w "$1" || echo "BENCH-DONE: no weight"; }
# shares NAME: what a stretch of time is divided into. Only what the weights divide counts: the sum of what these guests got.
shares() {
	seconds_ran >/tmp/before
	sleep $seconds
	seconds_ran >/tmp/after
	cat /tmp/before /tmp/after | awk -v name="$1" '
		!($1 in from) { from[$1] = $2; split($1, part, "-"); weight[$1] = part[2]; weights += part[2]; next }
		{ got[$1] = $2 - from[$1]; all += got[$1] }
		END {
			for (g in got) {
				error = (got[g] * weights / (all * weight[g]) - 1) * 1000
				printf "NOTE %s ran %.1f of %.1f s, error %.1f\n", g, got[g], all, error
				if (error < 0) error = -error
				if (error > most) most = error
				sum += error
				n++
			}
			printf "COST %s-mean %d\nCOST %s-max %d\n", name, sum / n + 0.5, name, most + 0.5
		}'
}

# At the weight of everybody else the script would wait for its turns between its commands.
dom0_weight 65535
guest alone 1 256 "wake name=wake-alone rounds=1000"
report alone
for weight in $weights; do
	n=$((n + 1))
	guest "spin$n-$weight" $vcpus "$weight" spin
done
guest heavy 1 256 "wake name=wake-beside-heavy-dom0 rounds=1000 work=10"
guest idle 1 256 "wake name=wake rounds=2000"
guest some 1 256 "wake name=wake-0.01ms-work rounds=2000 work=10"
guest more 1 256 "wake name=wake-0.2ms-work rounds=500 work=200"
for name in $(seconds_ran | cut -d' ' -f1); do
	lam unpause "$name"
done
sleep $warm
shares share-error-beside-heavy-dom0
report heavy
# A weight far above the others' costs the peer's scheduler the precision of its credits: figures without that, too.
dom0_weight 1024
sleep $warm
shares share-error
report idle
report some
report more
echo BENCH-DONE
