#!/bin/sh
# The deb as a user meets it on a terminal: installed, a gateway added, waited for, broken, reported, all removed.
# Runs as root, in a root of its own (scripts/lib/deb-tests.mjs). $1: the deb; $2: a free port.
set -eu
node=/opt/Holdfast/resources/holdfast-stage/runtime/watcher-node
export HOME=/home/holdfast-user

# Runs the words as an ordinary user, and wants their exit code to be the first one.
want() {
  code=$1; shift; got=0
  setpriv --reuid 65534 --regid 65534 --clear-groups "$@" || got=$?
  [ "$got" = "$code" ] || { echo "FAIL: \"$*\" ended with $got, not $code"; exit 1; }
  echo "PASS: $code from ${*%%$node*}"
}

# The window's libraries need not be here: only the terminal is used.
dpkg --force-depends -i "$1" >/dev/null
mkdir -p "$HOME"; chown 65534:65534 "$HOME"; cd "$HOME"
want 0 holdfast --version
want 0 sh -c 'zcat /usr/share/man/man1/holdfast.1.gz | grep -q "^.TH HOLDFAST 1"'
want 0 holdfast add Box --health "http://127.0.0.1:$2/" -- "$node" -e \
  "require('node:http').createServer((_, answer) => answer.end('ok')).listen($2, '127.0.0.1')"
want 0 holdfast wait box --for healthy --timeout 60
want 0 holdfast status
want 0 holdfast edit box -- /usr/bin/false
want 1 holdfast restart box
want 4 holdfast status box
want 0 holdfast diagnostics report.zip
want 0 test -s report.zip
want 0 holdfast remove box --yes
want 0 holdfast status
want 2 holdfast uninstall
want 0 holdfast uninstall --gateways stop --data --yes
want 1 test -e "$HOME/.config/Holdfast"
dpkg -r holdfast | grep -q 'holdfast uninstall' || { echo "FAIL: nothing says what becomes of gateways"; exit 1; }
want 1 test -e /usr/bin/holdfast
want 1 test -e /opt/Holdfast/holdfast
