# SPDX-License-Identifier: GPL-2.0-only
# A stock guest whose processors and memory change while it runs; guests that spin, for weights and caps.
. /tests/lib
guest_config web /guests/debian.cfg 'vcpus = 2' 'maxmem = 192' 'cpus = "1"' 'cpus_soft = "0"' 'cpu_weight = 300'
run lam create /tmp/web.cfg
until_true 120 "the guest reaches userspace" console_has web GUEST-USERSPACE
lam vcpu-list
rows() {
	lam vcpu-list web | grep -c "$1"
}
is() {
	[ "$("$1" "$2")" = "$3" ]
}
[ "$(rows '^web ')" -eq 2 ] || fail "lam vcpu-list does not show two vCPUs"
[ "$(rows ' s  1 / 0$')" -eq 2 ] || fail "cpus = \"1\", cpus_soft = \"0\" do not hold: $(lam vcpu-list web)"
run lam vcpu-pin web 0 0
[ "$(rows ' s  0 / 0$')" -eq 1 ] || fail "vcpu-pin web 0 0: $(lam vcpu-list web)"
run lam vcpu-pin web all all
[ "$(rows ' s  all / 0$')" -eq 2 ] || fail "vcpu-pin web all all: $(lam vcpu-list web)"
run lam vcpu-pin web 1 - 1
[ "$(rows ' s  all / 1$')" -eq 1 ] || fail "vcpu-pin web 1 - 1: $(lam vcpu-list web)"
xl vcpu-list web | grep -q '  all / 1$' || fail "xl vcpu-list does not show the soft affinity: $(xl vcpu-list web)"
run xl vcpu-pin web all - all
xl vcpu-list web | grep -q '/ all$' || fail "xl vcpu-list has no column of affinities: $(xl vcpu-list web)"
refused 1 'none of the machine' lam vcpu-pin web 0 7
refused 1 'has no virtual processor 5' lam vcpu-pin web 5 0
refused 2 'names no processors' lam vcpu-pin web 0 x
refused 2 'names no processors' lam vcpu-pin web 0 0 x
refused 1 'prefer none of the machine' lam vcpu-pin web 0 - 7
refused 2 'nothing is to be changed' lam vcpu-pin web 0 - -
run lam vcpu-set web 1
until_true 60 "one vCPU goes offline" is rows offline 1
run lam vcpu-set web 2
# The kernel leaves the last step to user space: udev, in a whole system.
{ sleep 1; echo 'echo 1 >/sys/devices/system/cpu/cpu1/online'; sleep 4; } | timeout 3 lam console web >/dev/null
until_true 60 "it comes back" is rows offline 0
refused 1 'room for 2 virtual processors, not 3' lam vcpu-set web 3

lam sched-credit2 | grep -Eq '^web +1 +300 +none$' || fail "cpu_weight = 300 is not shown: $(lam sched-credit2)"
run lam sched-credit2 -d web -w 512 --cap=150
xl sched-credit2 -d web | grep -Eq '^web +1 +512 +150$' || fail "xl sched-credit2: $(xl sched-credit2 -d web)"
refused 2 'weight .0. is not a number' lam sched-credit2 -d web -w 0
refused 2 'DOMAIN is missing' lam sched-credit2 -w 5
run lam sched-credit2 -d web -c 0

mib() {
	lam list "$1" | awk 'NR == 2 { print $3 }'
}
run lam mem-set web 96
until_true 60 "the guest gives memory back" is mib web 96
run lam mem-set web 160m
until_true 60 "the guest takes memory" is mib web 160
refused 1 'at most 192 MiB, not 193 MiB' lam mem-set web 193
refused 1 'its limit cannot be less' lam mem-max web 100
run lam mem-max web 170
refused 1 'at most 170 MiB' lam mem-set web 180
lam claims | grep -Eq '^web +1 +160 MiB +0 MiB$' || fail "lam claims: $(lam claims)"
run lam mem-set 0 480
until_true 30 "dom0 gives memory back" is mib Domain-0 480
for verb in vcpu-list sched-credit2 claims; do
	lam $verb --json | grep -q '"name": "web"' || fail "lam $verb --json does not name web"
	[ "$(xl $verb --json | head -c 1)" = '[' ] || fail "xl $verb --json begins with something else: $(xl $verb --json)"
done
destroy web

# Guests that always want to run: processor time against the clock.
spinner() {
	guest_config "$1" /guests/tiny.cfg 'kernel = "/guests/misbehave"' 'extra = "spin"' 'cpus = "1"' "$2"
	lam create "/tmp/$1.cfg" >/dev/null || fail "$1 cannot be created"
	until_true 20 "$1 spins" console_has "$1" 'MISBEHAVE spin'
}
# seconds_of NAME: its processor time so far.
seconds_of() {
	lam list --json "$1" | sed -n 's/.*"cpu_seconds": \([0-9.]*\).*/\1/p'
}
uptime_seconds() {
	cut -d' ' -f1 /proc/uptime
}
# near WHAT VALUE WANTED: within 2 % of all there is.
near() {
	say "$1: $2 %, wanted $3 %"
	awk -v a="$2" -v b="$3" 'BEGIN { exit !(a - b < 2 && b - a < 2) }' || fail "$1: $2 %, not $3 %"
}
run lam vcpu-pin 0 all 0
spinner capped 'cap = 40'
# The first periods of a cap may be partial.
sleep 1
t0=$(uptime_seconds) c0=$(seconds_of capped)
sleep "${shares:-10}"
near "a cap of 40" "$(echo "$(seconds_of capped) $c0 $(uptime_seconds) $t0" | awk '{ print ($1 - $2) * 100 / ($3 - $4) }')" 40
destroy capped
spinner light 'cpu_weight = 100'
spinner heavy 'cpu_weight = 300'
sleep 1
l0=$(seconds_of light) h0=$(seconds_of heavy)
sleep "${shares:-10}"
near "a weight of 300 beside 100" "$(echo "$(seconds_of heavy) $h0 $(seconds_of light) $l0" | awk '{ print ($1 - $2) * 100 / ($1 - $2 + $3 - $4) }')" 75
destroy light
destroy heavy

# A creation that asks for too much is refused before it takes anything.
free=$(free_memory_mib)
refused 1 'free' lam create -p /guests/tiny.cfg "memory=$((free + 10))" "maxmem=$((free + 10))"
[ "$(free_memory_mib)" -ge $((free - 1)) ] || fail "memory was lost: $free MiB free before, $(free_memory_mib) after"
pass
