# SPDX-License-Identifier: GPL-2.0-only
# Operator mistakes: one sentence that names the object and the reason, status 1, and nothing left behind.
. /tests/lib
before=$(free_memory_mib)
cd /tmp || fail "no /tmp"
line() {
	name=$1
	shift
	guest_config "$name" /guests/tiny.cfg "$@"
}

line nokernel 'kernel = "/guests/none"'
refused 1 '/guests/none' lam create nokernel.cfg
echo 'this is not a kernel, whatever its name says' >/tmp/text
line notkernel 'kernel = "/tmp/text"'
refused 1 '/tmp/text' lam create notkernel.cfg
head -c 3000000 /guests/vmlinuz >/tmp/cut
line cut 'kernel = "/tmp/cut"' 'memory = 128'
refused 1 'truncated' lam create cut.cfg
line nofit 'kernel = "/guests/vmlinuz"' 'memory = 16'
refused 1 '16 MiB\|does not fit\|memory' lam create nofit.cfg
line toomuch 'memory = 900000'
refused 1 'free' lam create toomuch.cfg
line badvalue 'vcpus = "many"'
refused 1 'vcpus' lam create badvalue.cfg
line zero 'vcpus = 0'
refused 1 'vcpus' lam create zero.cfg
line negative 'memory = -5'
refused 1 'memory' lam create negative.cfg
printf 'name = "syntax"\nkernel = = "x"\n' >/tmp/syntax.cfg
refused 1 'syntax.cfg:2:' lam create syntax.cfg
refused 1 '/tmp/missing.cfg' lam create /tmp/missing.cfg
refused 1 'nobody' lam destroy nobody
refused 1 'nobody' lam console nobody
refused 1 'nobody' lam shutdown nobody
refused 2 'frobnicate' lam frobnicate

line unknown 'memroy = 12'
said=$(lam create -n unknown.cfg 2>&1) || fail "an unknown key fails: $said"
echo "$said" | grep -q 'memroy.*memory' || fail "the warning does not name the nearest key: $said"

run lam create /guests/tiny.cfg
refused 1 'tiny' lam create /guests/tiny.cfg
destroy tiny
[ "$(lam list | wc -l)" -eq 2 ] || fail "domains are left over: $(lam list)"
memory_is_back() {
	[ "$(free_memory_mib)" = "$before" ]
}
until_true 30 "free memory is $before MiB again" memory_is_back
pass
