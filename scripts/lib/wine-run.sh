# One run of a Windows program: wine-run.sh <folder> <root> <natives> <project>
# <program> [args]. It is the
# first process of a mount and a process namespace: what it mounts and starts ends with
# it. Everything written outside the project goes to memory and is gone afterwards.
#
#   Z:\holdfast               the project, with Windows's natives laid over its node_modules
#   Z:\cache                  the cache of downloads, read-only
#   C:\                       a fresh prefix
#
# BINDS holds more folders, one `from=at` a line. VARIABLES holds the program's own environment,
# one NAME=value a line.
set -eu
run=$1 root=$2 natives=$3 project=$4
shift 4

mount --make-rprivate /
mount -t tmpfs -o mode=755 tmpfs "$run"
mkdir "$run/lower" "$run/upper" "$run/work" "$run/natives" "$run/root" \
  "$run/modules" "$run/modules-work"
mount --bind "$root" "$run/lower"
mount --bind "$natives" "$run/natives"
mount -t overlay -o "lowerdir=$run/lower,upperdir=$run/upper,workdir=$run/work" overlay "$run/root"
cd "$run/root"
mount -t proc proc proc
mount --rbind /dev dev
mount --bind "$project" holdfast
mount -t overlay -o "lowerdir=$run/natives:$project/node_modules,upperdir=$run/modules,workdir=$run/modules-work" overlay holdfast/node_modules
if [ -d "${CACHE:-}" ]; then
  mkdir -p cache
  mount --bind -o ro "$CACHE" cache
fi
printf '%s\n' "${BINDS:-}" | while IFS='=' read -r from at; do
  [ -n "$from" ] || continue
  mkdir -p "./$at"
  mount --bind "$from" "./$at"
done
if [ -n "${DISPLAY:-}" ] && [ -d /tmp/.X11-unix ]; then mount --bind /tmp/.X11-unix tmp/.X11-unix; fi
if [ -f "${XAUTHORITY:-}" ]; then cp "$XAUTHORITY" root/.Xauthority; fi
printf '127.0.1.1 %s\n' "$(uname -n)" >>etc/hosts

# Only what is meant for the program is handed on: our own NODE_OPTIONS, say, is not.
inside() {
  chroot . env -i PATH=/usr/bin:/bin HOME=/root WINEPREFIX=/prefix WINEDEBUG="${WINEDEBUG:--all}" XDG_RUNTIME_DIR=/run \
    WINEDLLOVERRIDES='mscoree,mshtml=' ${DISPLAY:+"DISPLAY=$DISPLAY"} ${XAUTHORITY:+XAUTHORITY=/root/.Xauthority} \
    ${LC_ALL:+"LC_ALL=$LC_ALL"} "$@"
}
printf '%s' "${VARIABLES:-}" >run/variables

stop() {
  : >"$run/stopping"
  inside /usr/lib/wine/wineserver -k 2>/dev/null || true
}
trap 'stop; exit 143' INT TERM HUP
trap 'exit 1' USR1

# Wine's server is every program's kernel, and they wait for its answers for ever. So it is started
# here, and when it ends before the program, the run ends: its code is left in <folder>.server-ended.
# No core: only without one it says that it has crashed.
(
  ulimit -c 0
  code=0
  inside setsid /usr/lib/wine/wineserver --foreground --persistent </dev/null || code=$?
  [ -e "$run/server-up" ] || code='never up'
  if [ ! -e "$run/stopping" ]; then
    echo "$code" >"$run.server-ended"
    kill -USR1 $$
  fi
) &
until ls tmp/wine-*/server-*/socket >/dev/null 2>&1; do sleep 0.01; done
: >"$run/server-up"

inside sh -c '
  while IFS= read -r line; do export "${line?}"; done </run/variables
  cd /holdfast && exec /usr/lib/wine/wine64 "$@"' wine "$@" </dev/null &
code=0
wait $! || code=$?
stop
exit "$code"
