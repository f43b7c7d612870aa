# SPDX-License-Identifier: GPL-2.0-only
# The verbs that only look: create -n, list, info, dmesg, domid, domname, why, help, version.
. /tests/lib
no_dying() { ! lam list | grep -q ' ---*d'; }
run lam create -n /guests/tiny.cfg
[ "$(lam list | wc -l)" -eq 2 ] || fail "create -n has left a domain: $(lam list)"
lam list | grep -q '^Domain-0 ' || fail "lam list does not show dom0"
for key in processors free_memory total_memory; do
	lam info | grep -q "^$key" || fail "lam info has no $key: $(lam info)"
done
lam dmesg | grep -qi lamina || fail "lam dmesg does not show the hypervisor's banner"
run lam create -p /guests/tiny.cfg
id=$(lam domid tiny)
[ "$(lam domname "$id")" = tiny ] || fail "domname $id is '$(lam domname "$id")'"
lam uptime tiny | grep -Eq "^tiny +$id +0:[0-9]{2}:[0-9]{2}\$" || fail "lam uptime tiny says '$(lam uptime tiny)'"
lam uptime | grep -Eq '^Domain-0 +0 +[0-9]+:[0-9]{2}:[0-9]{2}$' || fail "lam uptime has no dom0: $(lam uptime)"
[ "$(lam uptime | wc -l)" -eq 3 ] || fail "lam uptime does not show two domains: $(lam uptime)"
lam uptime -s tiny | grep -Eq "^ [0-9:]{8} up +0:[0-9:]{5}, tiny \($id\)\$" || fail "lam uptime -s says '$(lam uptime -s tiny)'"
run lam why tiny
run lam rename tiny other
[ "$(lam domname "$id")" = other ] && [ "$(xenstore-read "/local/domain/$id/name")" = other ] || fail "rename: $(lam list)"
refused 1 'there is no such domain' lam domid tiny
refused 1 'keeps its name' lam rename 0 x
refused 1 'taken for a domain number' lam rename other 7
lam vm-list | grep -Eq "^[0-9a-f-]{36}  $id    other\$" || fail "lam vm-list: $(lam vm-list)"
refused 1 'digits only\|is reserved\|has no blanks' lam rename other 'a b'
run lam rename other tiny
run lam config-update tiny /guests/tiny.cfg memory=9
refused 1 'memory' lam config-update tiny /guests/tiny.cfg memory=x
xl cpupool-list | grep -Eq '^Pool-0 ' || fail "xl cpupool-list: $(xl cpupool-list)"
lam sharing tiny | grep -Eq "^tiny +$id +8 +0\$" || fail "lam sharing: $(lam sharing)"
run lam channel-list tiny
xl top -b -d 1 -i 2 -v >/tmp/out || fail "xl top -b fails: $(cat /tmp/out)"
[ "$(head -n 1 /tmp/out | wc -w)" -eq 19 ] && [ "$(grep -c '^ *NAME ' /tmp/out)" -eq 1 ] || fail "xl top: $(cat /tmp/out)"
[ "$(awk '$1 == "tiny" && NF == 19 && $2 == "----p-" && $5 == 8192 && $4 == "0.0"' /tmp/out | wc -l)" -eq 2 ] || fail "xl top: $(cat /tmp/out)"
awk '$1 == "Domain-0" { share = $4 } END { exit !(share > 0 && share < 900) }' /tmp/out || fail "xl top: dom0 has no share: $(cat /tmp/out)"
cat /tmp/out
[ "$(xentop -bi1 -d1 | awk '$1 == "tiny" && NF == 19' | wc -l)" -eq 1 ] || fail "xentop: $(xentop -b -i 1 -d 1 2>&1)"
# The view of a terminal: what it draws on the machine's console is in the log.
lam dmesg -c >/dev/null
TERM=linux lam top -i 1 -d 1 </dev/console >/dev/console || fail "lam top on a terminal fails"
lam dmesg | grep -q 'Sort order' || fail "lam top does not draw its keys: $(lam dmesg)"
xl list -c -n tiny | awk 'NR == 2 { exit !(NF == 8 && $7 == "Pool-0" && $8 == "all") }' || fail "xl list -c -n: $(xl list -c -n)"
xl info -n >/tmp/out
grep -q '^  0:       0        0        0$' /tmp/out && grep -Eq '^   0: +[0-9]+ +[0-9]+ +10$' /tmp/out || fail "xl info -n: $(cat /tmp/out)"
refused 2 "unknown argument 'x'" lam info -n x
# Written to the console it comes back as log: it ends all the same.
run lam dmesg
lam dmesg -c >/dev/null || fail "lam dmesg -c fails"
run lam debug-keys '*'
lam dmesg >/tmp/out
for key in q m r e g t d; do
	[ "$(grep -c "\] report $key: " /tmp/out)" -eq 2 ] && grep -q "\] report $key: end" /tmp/out || fail "debug-keys $key: $(cat /tmp/out)"
done
grep -q "\] d${id}v0: paused, cpu" /tmp/out && grep -q "  d0 port [0-9]*: VIRQ" /tmp/out && grep -q "  d$id grant 1: frame .* used by d0" /tmp/out ||
	fail "debug-keys does not show the paused domain: $(cat /tmp/out)"
refused 1 "there is no key 'x'; the keys are h, \*" lam debug-keys qx
refused 2 "keys are missing" lam debug-keys
[ -z "$(xl debug-keys xh 2>&1)" ] || fail "xl debug-keys says something"
lam dmesg | grep -q '\]   q  domains' || fail "xl debug-keys h: $(lam dmesg)"
run lam set-parameters "loglvl=debug guest_loglvl=none"
lam dmesg | grep -q 'parameters changed: loglvl=debug guest_loglvl=none' || fail "set-parameters: $(lam dmesg)"
refused 1 "guest_loglvl expects none, error, warning, info, debug or all, not 'loud'" lam set-parameters guest_loglvl=loud
refused 1 "dom0_mem can be given at boot only" xl set-parameters dom0_mem=1G
refused 1 "frob is not known" lam set-parameters "loglvl=all frob=1"
run lam set-parameters "loglvl=all guest_loglvl=all"
run lam sysrq tiny h
[ "$(xenstore-read "/local/domain/$id/control/sysrq")" = h ] || fail "sysrq wrote '$(xenstore-read "/local/domain/$id/control/sysrq")'"
refused 2 'is not one letter' lam sysrq tiny hh
modprobe_tun='/dev/net/tun is missing'
lam doctor >/tmp/out && status=0 || status=$?
grep -v "$modprobe_tun" /tmp/out | grep -q 'is missing\|is not running\|is gone' && fail "lam doctor finds: $(cat /tmp/out)"
xenstore-write /local/domain/777/name ghost
# Not names of domains: 65537 is not 1, 7x is not 7.
xenstore-write "/local/domain/$((65536 + id))/name" no
xenstore-write "/local/domain/${id}x/name" no
refused 1 'nodes of domain 777' lam doctor
lam doctor --apply >/tmp/out
grep -q '^    done$' /tmp/out || fail "lam doctor --apply: $(cat /tmp/out)"
xenstore-exists /local/domain/777 && fail "lam doctor --apply has left the nodes"
xenstore-exists "/local/domain/$id/name" && xenstore-exists "/local/domain/${id}x" || fail "lam doctor --apply took too much"
xenstore-rm "/local/domain/$((65536 + id))" "/local/domain/${id}x"
refused 2 'unknown argument' lam doctor now
# A console daemon that does not move keeps its page of a domain that is destroyed: doctor says who.
run lam create -q -p /guests/tiny.cfg 'name="held"'
console=$(pidof xenconsoled)
until_true 10 "the console daemon serves it" grep -q gntdev "/proc/$console/maps"
kill -STOP "$console"
lam destroy held
lam doctor >/tmp/out || :
kill -CONT "$console"
grep -q 'is dying and still has .* mapped in dom0 by [0-9]* grant' /tmp/out && grep -q "xenconsoled ($console)" /tmp/out ||
	fail "lam doctor does not say who holds it: $(cat /tmp/out)"
until_true 10 "the domain ends" no_dying
xenstore-control quota nodes 10 >/dev/null
lam doctor >/tmp/out || :
grep -q "domain $id uses [0-9]* of the 10 that it may have in the store of: nodes" /tmp/out || fail "lam doctor on quotas: $(cat /tmp/out)"
xenstore-control quota nodes 1000 >/dev/null

# What programs read: JSON of every table, the layout of xl's long list, s-expressions, the dry run.
has() {
	grep -q "$2" /tmp/out || fail "$1 has no line '$2': $(cat /tmp/out)"
}
for verb in list info uptime why help "block-list tiny" "network-list tiny"; do
	lam $verb --json >/tmp/out || fail "lam $verb --json fails"
	head -c 1 /tmp/out | grep -q '[[{]' || fail "lam $verb --json prints no JSON: $(cat /tmp/out)"
done
xl list --long tiny >/tmp/out || fail "xl list --long fails"
has "xl list --long" "^        \"domid\": $id,\$"
has "xl list --long" '^                "name": "tiny",$'
has "xl list --long" '^                "kernel": "/guests/tiny",$'
lam list -l >/tmp/out && has "lam list -l" '"name": "Domain-0",$'
lam list --format=sxp tiny >/tmp/out || fail "lam list --format=sxp fails"
has "lam list --format=sxp" "^    (domid $id)\$"
sed 's/^name.*/name = "dry"/' /guests/tiny.cfg >/tmp/dry.cfg
xl create --quiet --dryrun --defconfig /tmp/dry.cfg >/tmp/out || fail "xl create --dryrun fails"
[ "$(sed -n 's/^.*"name": "\(.*\)",$/\1/p' /tmp/out)" = dry ] || fail "xl create --dryrun names no domain: $(cat /tmp/out)"
lam create -n --json /tmp/dry.cfg >/tmp/out && has "lam create -n --json" '"domid": null,$'
# libvirt's XML: made from a configuration, read by the helper, created from.
lam config-convert /tmp/dry.cfg >/tmp/dry.xml || fail "lam config-convert fails"
lam config-convert /tmp/dry.xml >/tmp/out && has "lam config-convert" '^name = "dry"$'
run lam create -q -p /tmp/dry.xml memory=9 maxmem=9
xl list -l dry >/tmp/out && has "xl list -l dry" '"target_memkb": 9216,$'
destroy dry
refused 2 'does not print json' lam dmesg --json
refused 2 'go with -n only' lam create --json /tmp/dry.cfg
refused 1 'cannot be written' sh -c 'lam list >/dev/full'
run lam help
for verb in create list console destroy shutdown reboot pause unpause info dmesg; do
	lam help $verb >/dev/null || fail "lam help $verb fails"
done
run lam version
destroy tiny
pass
