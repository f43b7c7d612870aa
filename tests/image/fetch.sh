#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# Downloads Debian packages as an ordinary user and unpacks them into a folder; nothing is installed on this machine.
# usage: fetch.sh APT-FOLDER TARGET-FOLDER PACKAGE...
# Uses the machine's own apt sources with a list folder and a cache of its own under APT-FOLDER. A metapackage that
# names linux-image-* in its Depends stands for that package. Lists are refreshed when they are older than a day.
# Names of the unpacked packages with versions go to TARGET-FOLDER/.packages.
set -eu
apt=$(mkdir -p "$1" && cd "$1" && pwd)
target=$2
shift 2

mkdir -p "$apt/lists/partial" "$apt/cache/archives/partial" "$apt/debs" "$target"
aptget() {
	command=$1
	shift
	"$command" -q -o Dir::State::lists="$apt/lists" -o Dir::Cache="$apt/cache" -o Debug::NoLocking=1 \
		-o APT::Sandbox::User="$(id -un)" -o Acquire::Retries=3 -o Acquire::Languages=none "$@"
}

if [ -z "$(find "$apt/updated" -mtime -1 2>/dev/null)" ]; then
	echo "fetch: reading the package lists"
	aptget apt-get update >"$apt/update.log" 2>&1 || {
		tail -n 5 "$apt/update.log" >&2
		echo "fetch: apt-get update failed" >&2
		exit 1
	}
	touch "$apt/updated"
fi

# An epoch's colon stands as %3a in file names.
unpackable() {
	find "$apt/debs" -name "$1_$(echo "$2" | sed 's/:/%3a/')_*.deb" | head -n 1
}

: >"$target/.packages.new"
for p in "$@"; do
	real=$(aptget apt-cache depends "$p" 2>/dev/null | sed -n 's/^ *Depends: \(linux-image-[^ ]*\)$/\1/p' | head -n 1)
	[ -n "$real" ] || real=$p
	version=$(aptget apt-cache show --no-all-versions "$real" 2>/dev/null | sed -n 's/^Version: //p' | head -n 1)
	if [ -z "$version" ]; then
		echo "fetch: no package $real in this machine's apt sources" >&2
		exit 1
	fi
	echo "$real $version" >>"$target/.packages.new"
	deb=$(unpackable "$real" "$version")
	if [ -z "$deb" ]; then
		echo "fetch: downloading $real $version"
		(cd "$apt/debs" && aptget apt-get download "$real=$version") >"$apt/download.log" 2>&1 || {
			tail -n 5 "$apt/download.log" >&2
			echo "fetch: cannot download $real $version" >&2
			exit 1
		}
		deb=$(unpackable "$real" "$version")
	fi
	[ -n "$deb" ] || { echo "fetch: $real was downloaded but is not in $apt/debs" >&2; exit 1; }
	echo "fetch: unpacking $real"
	dpkg-deb -x "$deb" "$target"
done
mv "$target/.packages.new" "$target/.packages"
