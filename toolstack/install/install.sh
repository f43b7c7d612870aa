#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# Puts hypervisor, tools, manual pages, completion and units where a Debian system looks for them.
# usage: install.sh BUILD-FOLDER DESTINATION    DESTINATION is the root of a file system, "" the running one
# Programs are static: nothing else is needed. Configuration that is there already stays.
set -eu
cd "$(dirname "$0")/../.."
out=$1 to=$2
here=toolstack/install

folder() {
	install -d -m 755 "$to$1"
}

# put MODE FILE TARGET: as install(1), stripped when it is a program of ours.
put() {
	folder "$(dirname "$3")"
	install -m "$1" "$2" "$to$3"
}

program() {
	put 755 "$out/bin/$1" "$2/$1"
	strip "$to$2/$1"
}

# keep FILE TARGET: configuration, unless it is there.
keep() {
	[ -e "$to$2" ] || put 644 "$1" "$2"
}

put 644 "$out/lamina" /boot/lamina/lamina
strip -g "$to/boot/lamina/lamina"
program lam /usr/sbin
ln -sf lam "$to/usr/sbin/xl"
ln -sf lam "$to/usr/sbin/xentop"
for name in lamd xenstored xenconsoled lam-blkd lam-netd lam-export lam-unpack lam-domain-xml; do
	program $name /usr/lib/lamina
done
program xenstore /usr/bin
for link in "$out"/bin/xenstore-*; do
	ln -sf xenstore "$to/usr/bin/$(basename "$link")"
done
for script in dom0-start domains kernel-hook; do
	put 755 $here/$script /usr/lib/lamina/$script
done
put 755 $here/grub-entry /etc/grub.d/20_lamina
for hook in postinst postrm; do
	folder /etc/kernel/$hook.d
	ln -sf /usr/lib/lamina/kernel-hook "$to/etc/kernel/$hook.d/lamina"
done
keep $here/grub-defaults /etc/default/grub.d/lamina.cfg
keep toolstack/etc/lam.conf /etc/lamina/lam.conf
folder /etc/lamina/auto
for unit in toolstack/systemd/*; do
	put 644 "$unit" "/lib/systemd/system/$(basename "$unit")"
done
put 644 toolstack/etc/lam.bash /usr/share/bash-completion/completions/lam
ln -sf lam "$to/usr/share/bash-completion/completions/xl"
put 644 toolstack/etc/lam.zsh /usr/share/zsh/vendor-completions/_lam
for page in docs/man/*; do
	section=${page##*.}
	folder /usr/share/man/man$section
	gzip -9nc "$page" >"$to/usr/share/man/man$section/$(basename "$page").gz"
	chmod 644 "$to/usr/share/man/man$section/$(basename "$page").gz"
done
put 644 README.md /usr/share/doc/lamina/README.md
put 644 docs/limits.md /usr/share/doc/lamina/limits.md
