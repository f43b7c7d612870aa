# SPDX-License-Identifier: GPL-2.0-only
# Operator mistakes, one per row: the command, its exit status, and the exact first line it says. Nothing stays behind.
. /tests/lib
. /tests/lib-mistakes

row 2 "lam: there is no verb 'crate'; the nearest is 'create'" lam crate
row 2 "lam: there is no verb 'frobnicate'" lam frobnicate
row 2 "lam create: a configuration file is missing" lam create
row 2 "lam create: unknown option '-x'" lam create -x c.cfg
row 2 "lam create: 'b.cfg' is one argument too many" lam create a.cfg b.cfg
row 2 "lam destroy: a domain's name or number is missing" lam destroy
row 2 "lam destroy: 'b' is one argument too many" lam destroy a b
row 2 "lam list: unknown option '-q'" lam list -q
row 2 "lam shutdown: a domain's name or number is missing" lam shutdown -w
row 2 "lam shutdown: -a takes no domain" lam shutdown -a tiny
row 2 "lam uptime: unknown option '-q'" lam uptime -q
row 2 "lam dmesg: unknown argument 'x'" lam dmesg x
row 2 "lam top: -d needs a number from 1 to 86400" lam top -b -d 0
row 2 "lam top: -i needs a number from 1 to 86400" lam top -b -i
row 2 "lam top: unknown argument '-y'" lam top -bny
row 2 "lam top: unknown argument '--yes'" lam top -b --yes
row 2 "lam top: unknown argument 'y'" lam top -b y
row 2 "lam trigger: the signal is missing: nmi" lam trigger 0
row 2 "lam trigger: there is no signal 'x'; the only one is nmi" lam trigger 0 x
row 1 "lam trigger: not supported: reset concerns hardware-virtualised domains (EOPNOTSUPP)" lam trigger 0 reset
row 1 "lam trigger: Domain-0: has no virtual processor 99 that is online (EINVAL)" lam trigger 0 nmi 99
row 2 "lam dump-core: a domain's name or number is missing" lam dump-core
row 2 "lam dump-core: the file to write is missing" lam dump-core 0
row 2 "lam dump-core: 'c' is one argument too many" lam dump-core a b c
row 2 "lam dump-core: unknown option '-x'" lam dump-core -x 0 core
row 1 "lam dump-core: Domain-0: dom0 cannot dump itself (EPERM)" lam dump-core 0 core
row 1 "lam dump-core: domain 'none': there is no such domain (ESRCH)" lam dump-core none core
row 2 "lam domname: 'tiny' is not a domain's number" lam domname tiny
row 2 "lam help: there is no verb 'crate'; the nearest is 'create'" lam help crate
row 2 "lam help: there is no verb 'frobnicate'" lam help frobnicate
row 1 "lam help migrate: not yet: Lamina cannot save, restore or migrate domains (EOPNOTSUPP)" lam help migrate
row 1 "lam migrate: not yet: Lamina cannot save, restore or migrate domains (EOPNOTSUPP)" lam migrate a b
row 1 "lam cd-insert: not supported: it concerns hardware-virtualised domains, Lamina runs paravirtual ones (EOPNOTSUPP)" \
	lam cd-insert

row 1 "lam create: none.cfg: cannot read the configuration: No such file or directory (ENOENT)" lam create none.cfg
row 1 "lam create: /tmp/m: is a folder, not a configuration (EISDIR)" lam create /tmp/m
: >empty.cfg
row 1 "lam create: the key 'name' is missing (EINVAL)" lam create empty.cfg
echo 'name = "x"' >c.cfg
row 1 "lam create: c.cfg: the key 'kernel' is missing (EINVAL)" lam create c.cfg
echo 'kernel = "/guests/tiny"' >>c.cfg
row 1 "lam create: c.cfg: the key 'memory' is missing (EINVAL)" lam create c.cfg
bad 'memory = "8M"' 10 "memory: '8M' is not a number (EINVAL)"
bad 'memory = 8M' 10 "'8M' is not a number; a string needs quotes (EINVAL)"
bad 'memory = -5' 10 "memory = -5 is out of range: 1 to 16777216 MiB are possible (ERANGE)"
bad 'memory = 0' 10 "memory = 0 is out of range: 1 to 16777216 MiB are possible (ERANGE)"
bad 'memory = [8]' 10 "memory must be a number, not a list (EINVAL)"
bad 'maxmem = 4' 1 "maxmem = 4 MiB is less than memory = 8 MiB (ERANGE)"
bad 'vcpus = 0' 9 "vcpus = 0 is out of range: 1 to 128 are possible (ERANGE)"
bad 'vcpus = 1000' 9 "vcpus = 1000 is out of range: 1 to 128 are possible (ERANGE)"
bad 'vcpus = "many"' 9 "vcpus: 'many' is not a number (EINVAL)"
bad 'cap = 99999' 7 "cap = 99999 is out of range: 0 to 12800 percent are possible (ERANGE)"
bad 'extra = 3' 9 "extra must be a quoted string, not a number (EINVAL)"
bad 'kernel = vmlinuz' 10 "expected a quoted string, a number or a list, found the word 'vmlinuz' (EINVAL)"
bad 'extra = "x' 9 'the string has no closing " on its line (EINVAL)'
with 'disk = [ "a"'
row 1 "lam create: c.cfg:$((first + 1)):1: expected ',' or ']' in a list, found the end of the text (EINVAL)" lam create c.cfg
bad 'extra = """x"""' 11 "a second string follows the value: strings are not joined, and there are no triple quotes (EINVAL)"
bad 'extra = "\q"' 11 "unknown escape in a string (EINVAL)"
bad 'memory 8' 8 "expected '=' or '+=' behind a key, found a number (EINVAL)"
bad '= 8' 1 "expected a key, found '=' (EINVAL)"
bad 'memory = 8 9' 12 "expected the end of the line or ';', found a number (EINVAL)"
bad 'memory += 8' 11 "'memory +=' cannot add a number to a number (EINVAL)"
bad 'on_crash = "explode"' 12 \
	"on_crash: unknown action 'explode'; there are destroy, restart, rename-restart, preserve, coredump-destroy and coredump-restart (EINVAL)"
bad 'type = "hvm"' 8 'type = "hvm": Lamina runs paravirtual domains only (EOPNOTSUPP)'
bad 'type = "foo"' 8 "type: unknown domain type 'foo'; the only one is \"pv\" (EINVAL)"
bad 'uuid = "x"' 8 "uuid: 'x' is not a UUID (EINVAL)"
with 'name = "7"'
row 1 "lam create: name '7': a name of digits only would be taken for a domain number (EINVAL)" lam create c.cfg
with 'name = "a b"'
row 1 "lam create: name 'a b': a name has no blanks, control characters and slashes (EINVAL)" lam create c.cfg
with 'name = ""'
row 1 "lam create: a domain's name must not be empty (EINVAL)" lam create c.cfg
with
row 1 "lam create: command line: vcpus: 'x' is not a number (EINVAL)" lam create c.cfg vcpus=x

bad 'vif = "bridge=xenbr0"' 7 "vif must be a list of quoted strings, not a string (EINVAL)"
bad 'vif = [ "mac=00:16:3e:xx" ]' 9 "vif 'mac=00:16:3e:xx': '00:16:3e:xx' is not a MAC address (EINVAL)"
bad 'vif = [ "mac=03:00:00:00:00:01" ]' 9 \
	"vif 'mac=03:00:00:00:00:01': '03:00:00:00:00:01' is the address of a group or of nobody, not of one interface (EINVAL)"
bad 'vif = [ "rate=quick" ]' 9 "vif 'rate=quick': 'quick' is not a rate (EINVAL)"
bad 'vif = [ "mtu=9" ]' 9 "vif 'mtu=9': '9' is not a number from 68 to 65535 (EINVAL)"
bad 'vif = [ "brigde=x" ]' 9 "vif 'brigde=x': unknown key 'brigde' (EINVAL)"
with 'vif = [ "bridge=nobr0" ]'
row 1 "lam create tiny: bridge 'nobr0': there is no such network device (ENODEV)" lam create c.cfg
with 'vif = [ "bridge=lo" ]'
row 1 "lam create tiny: bridge 'lo': this network device is not a bridge (EOPNOTSUPP)" lam create c.cfg
with 'vif = [ "script=/none" ]'
row 1 "lam create tiny: script '/none': cannot be run: No such file or directory (ENOENT)" lam create c.cfg
with 'vif = [ "script=/bin/busybox,mac=00:16:3e:00:00:01", "script=/bin/busybox,mac=00:16:3e:00:00:01" ]'
row 1 "lam create tiny: mac 00:16:3e:00:00:01: two interfaces are to have this address (EEXIST)" lam create c.cfg

# libvirt's XML: errors name its lines.
xml() {
	printf '%s\n' "<domain type='xen'>" '<name>x</name>' "$@" '</domain>' >c.xml
}
echo '<domain' >c.xml
row 1 "lam create: c.xml: line 2: the XML is damaged: Couldn't find end of Start Tag domain line 1 (EINVAL)" lam create c.xml
echo '<domain type="kvm"/>' >c.xml
row 1 "lam create: c.xml: line 1: the domain's type is not 'xen' (EINVAL)" lam create c.xml
xml '<os><type>hvm</type></os>'
row 1 'lam create: c.xml:3: type = "hvm": Lamina runs paravirtual domains only (EOPNOTSUPP)' lam create c.xml
xml '<memory>8M</memory>'
row 1 "lam create: c.xml: line 3: <memory>: '8M' is not a number (EINVAL)" lam create c.xml
xml '<devices>' '<disk type="network"/></devices>'
row 1 "lam create: c.xml: line 4: <disk>: the type 'network' is not possible; there are file and block (EINVAL)" lam create c.xml
xml '<devices><hostdev/></devices>'
row 1 "lam create: c.xml:3: pci is refused: devices are not passed to guests: there is no IOMMU support (EOPNOTSUPP)" \
	lam create c.xml
printf '%s\n' '<!DOCTYPE d [<!ENTITY a SYSTEM "/etc/passwd">]>' '<domain type="xen"><name>&a;</name></domain>' >c.xml
row 1 "lam create: c.xml: line 1: a document type is not accepted here (EINVAL)" lam create c.xml

with 'kernel = "/none"'
row 1 "lam create tiny: kernel '/none': cannot be opened: No such file or directory (ENOENT)" lam create c.cfg
with 'kernel = "/tmp"'
row 1 "lam create tiny: kernel '/tmp': is not a regular file (EINVAL)" lam create c.cfg
with 'kernel = "/tmp/m/empty.cfg"'
row 1 "lam create tiny: kernel '/tmp/m/empty.cfg': is an empty file (ENOEXEC)" lam create c.cfg
with 'kernel = "/guests/tiny.cfg"'
row 1 "lam create tiny: kernel '/guests/tiny.cfg': neither an ELF image nor a bzImage (ENOEXEC)" lam create c.cfg
with 'kernel = "/usr/bin/lam"'
row 1 "lam create tiny: kernel '/usr/bin/lam': an ELF image without Xen notes: no paravirtual kernel (ENOEXEC)" \
	lam create c.cfg
head -c 9000 /guests/tiny >cut
with 'kernel = "cut"'
row 1 "lam create tiny: kernel 'cut': the file is truncated: it ends inside a segment (ENOEXEC)" lam create c.cfg
gzip -c /guests/tiny.cfg >text.gz
with 'kernel = "text.gz"'
row 1 "lam create tiny: kernel 'text.gz': what is packed in it is no ELF image (ENOEXEC)" lam create c.cfg
gzip -c /guests/tiny | head -c 1000 >cut.gz
with 'kernel = "cut.gz"'
row 1 "lam create tiny: kernel 'cut.gz': its gzip payload cannot be unpacked: the data is damaged or truncated (ENOEXEC)" \
	lam create c.cfg
with 'ramdisk = "/none"'
row 1 "lam create tiny: ramdisk '/none': cannot be opened: No such file or directory (ENOENT)" lam create c.cfg
with "memory = 900000"
row 1 "lam create tiny: not enough memory: the domain wants 900000 MiB, $before MiB are free (ENOMEM)" lam create c.cfg
dd if=/dev/zero of=rd bs=1M count=9 2>/dev/null
with 'ramdisk = "rd"'
row 1 "lam create tiny: kernel '/guests/tiny': does not fit: kernel, ramdisk, page tables and lists need 10 MiB, memory = 8 MiB (ENOMEM)" \
	lam create c.cfg

for verb in destroy console pause unpause shutdown reboot domid list why network-list block-list; do
	row 1 "lam $verb: domain 'nosuch': there is no such domain (ESRCH)" lam $verb nosuch
	row 1 "lam $verb: domain '99': there is no such domain (ESRCH)" lam $verb 99
done
row 1 "lam destroy Domain-0: domain 'Domain-0': is not destroyed: this tool runs in it (EPERM)" lam destroy 0
row 1 "lam pause: domain 'Domain-0': is not paused: this tool runs in it (EPERM)" lam pause 0
row 1 "lam shutdown: domain 'Domain-0': is not shut down: this tool runs in it (EPERM)" lam shutdown 0
row 1 "lam console: domain 'Domain-0': has no console of its own here (ENXIO)" lam console 0
run lam create -q -p /guests/tiny.cfg
row 1 "lam create tiny: name 'tiny': domain $(lam domid tiny) has this name already (EEXIST)" lam create /guests/tiny.cfg
row 1 "lam destroy: domain 'tinny': there is no such domain (ESRCH)" lam destroy tinny
destroy tiny
table_end
