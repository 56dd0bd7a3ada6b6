#!/bin/sh
# Before the package goes. root can't decide for the users of the machine, so it is said how each of them does.
set -e
if [ "$1" = remove ]; then
  cat <<'SAID'
Holdfast: gateways keep running, and with them what starts Holdfast at login. Each user decides what becomes of them:
  holdfast uninstall                            before the package is removed, or afterwards:
  ~/.config/Holdfast/bin/holdfast uninstall
SAID
fi
