# Builds the root that Windows programs run in: wine-root.sh <draft folder>. Runs in a mount
# new namespace. RELEASE, PACKAGES (comma separated) and MIRROR come in the environment.
set -eu
draft=$1
root=$draft/root

# 32-bit programs (installers' stubs) need the i386 half of Wine's own libraries, and nothing else
# of that architecture; it has to be there before the prefix is made.
cat >"$draft/add-i386" <<'HOOK'
set -eu
cd "$1/tmp"
APT_CONFIG=$MMDEBSTRAP_APT_CONFIG apt-get -qq download libwine:i386
dpkg-deb --fsys-tarfile libwine_*_i386.deb | tar -x -C "$1" ./usr/lib/i386-linux-gnu/wine/i386-windows
mkdir -p "$1/usr/lib/x86_64-linux-gnu/wine/i386-windows"
mv "$1"/usr/lib/i386-linux-gnu/wine/i386-windows/* "$1/usr/lib/x86_64-linux-gnu/wine/i386-windows/"
rm -rf "$1/usr/lib/i386-linux-gnu" libwine_*_i386.deb
HOOK

mmdebstrap --quiet --mode=root --variant=minbase --architectures=amd64,i386 \
  --include="$PACKAGES" \
  --aptopt='Apt::Install-Recommends "false"' \
  --dpkgopt=force-unsafe-io \
  --dpkgopt='path-exclude=/usr/share/doc/*' \
  --dpkgopt='path-exclude=/usr/share/man/*' \
  --dpkgopt='path-exclude=/usr/share/locale/*' \
  --customize-hook="sh '$draft/add-i386' \"\$1\"" \
  "$RELEASE" "$root" "deb $MIRROR $RELEASE main"

# Without this, name look-ups of localhost fail.
printf '127.0.0.1 localhost\n::1 localhost\n' >"$root/etc/hosts"
mkdir -p "$root/holdfast" "$root/tmp/.X11-unix"

# A prefix (Windows's own folders and registry) that every run starts from.
mount -t proc proc "$root/proc"
mount --rbind /dev "$root/dev"
chroot "$root" env -i LIB=/usr/lib/wine PATH=/usr/bin:/bin HOME=/root WINEPREFIX=/prefix WINEDEBUG=-all XDG_RUNTIME_DIR=/run \
  WINEDLLOVERRIDES='mscoree,mshtml=' sh -c '$LIB/wine64 wineboot --init && $LIB/wineserver --wait'
umount -l "$root/dev" "$root/proc"
