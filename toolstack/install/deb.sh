#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# make deb: BUILD-FOLDER/lamina_VERSION_amd64.deb, made by dpkg-deb from what make install puts down. No root is needed.
# usage: deb.sh BUILD-FOLDER
# Installing it unpacks the installed kernels for dom0, adds GRUB entries and enables the daemons; it conflicts with the
# peer's tools, whose names it takes.
set -eu
cd "$(dirname "$0")/../.."
out=$1
stage=$out/deb
here=toolstack/install/deb
version=0.$(git log -1 --format=%cd --date=format:%Y%m%d.%H%M 2>/dev/null || echo 0)
SOURCE_DATE_EPOCH=$(git log -1 --format=%ct 2>/dev/null || echo 0)
export SOURCE_DATE_EPOCH

rm -rf "$stage"
sh toolstack/install/install.sh "$out" "$stage"
mkdir -p "$stage/DEBIAN"
cat >"$stage/usr/share/doc/lamina/copyright" <<'END'
Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/
Upstream-Name: Lamina

Files: *
Copyright: the Lamina authors
License: GPL-2
 On Debian systems the text of this licence is in /usr/share/common-licenses/GPL-2.
END
{
	sed '/^#/d' $here/control
	echo "Version: $version"
	echo "Installed-Size: $(du -sk --exclude=DEBIAN "$stage" | cut -f1)"
} >"$stage/DEBIAN/control"
for script in postinst prerm postrm; do
	install -m 755 $here/$script "$stage/DEBIAN/$script"
done
(cd "$stage" && find etc -type f | sed 's|^|/|') >"$stage/DEBIAN/conffiles"
(cd "$stage" && find . -path ./DEBIAN -prune -o -type f -printf '%P\0' | sort -z | xargs -0 md5sum) >"$stage/DEBIAN/md5sums"
chmod 644 "$stage/DEBIAN/control" "$stage/DEBIAN/conffiles" "$stage/DEBIAN/md5sums"
rm -f "$out"/lamina_*_amd64.deb
dpkg-deb --root-owner-group -Zxz --build "$stage" "$out/lamina_${version}_amd64.deb" >/dev/null
rm -rf "$stage"
echo "deb: $out/lamina_${version}_amd64.deb ($(($(wc -c <"$out/lamina_${version}_amd64.deb") >> 10)) KiB)"
