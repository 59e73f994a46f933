# Runs a PostgreSQL cluster until its standard input is closed: when the tests end in any way, the pipe closes, and the cluster
# is stopped and its folder deleted.
#
#   sh postgres.sh BINARIES SETTINGS [PRIMARY]
#
# PRIMARY is the port of a cluster on this machine, of which this one becomes a standby.
#
# Prints `ready` on standard output, or an error and ends. Then it accepts commands, a line each: `crash` (answered by
# `crashed`), `kill` (by `killed`), `start` (by `ready`) and `promote` (by `promoted`).
set -u
# Ctrl-C is for the tests: this script ends after them, and ignores errors of writing to them.
trap '' HUP INT TERM PIPE
exec 2>&1
umask 077
cd /

binaries=$1
settings=$2
primary=${3:-}

# The folder is created here and not by the tests, since this script runs as PostgreSQL's user already.
folder=$(mktemp -d "${TMPDIR:-/tmp}/countersign-postgres.XXXXXX") ||
    folder=$(mktemp -d /tmp/countersign-postgres.XXXXXX) || exit 1
data=$folder/data
log=$folder/log
is_killed=

initialise() {
    "$binaries/initdb" --pgdata="$data" --username=countersign --auth=trust --encoding=UTF8 --no-locale --no-sync "$@" \
        >"$log" 2>&1
}

start() {
    : >"$log"
    # Without a reaper, the process id of a killed server stays as a zombie.
    [ -z "$is_killed" ] || rm -f "$data/postmaster.pid"
    is_killed=
    if "$binaries/pg_ctl" start --wait --timeout=60 --pgdata="$data" --log="$log" </dev/null >"$folder/pg_ctl" 2>&1; then
        postmaster=$(head -n 1 "$data/postmaster.pid")
        echo ready
    else
        cat "$folder/pg_ctl" "$log"
        return 1
    fi
}

stop() {
    "$binaries/pg_ctl" stop --wait --mode=immediate --pgdata="$data" >/dev/null 2>&1
}

# Its processes by their ids, since its own files may be unreachable.
kill_all() {
    children=$(pgrep -P "$postmaster")
    # One word a process.
    # shellcheck disable=SC2086
    kill -9 "$postmaster" $children 2>/dev/null
    is_killed=yes
}

finish() {
    stop
    rm -rf "$folder"
    exit "$1"
}

copy_primary() {
    "$binaries/pg_basebackup" --pgdata="$data" --host=127.0.0.1 --port="$primary" --username=countersign \
        --write-recovery-conf --wal-method=stream --checkpoint=fast --no-sync >"$log" 2>&1
}

# A language's collation (a < B < c), as most installations have, so that code that depends on byte order fails.
# PostgreSQL before 15, or built without ICU, orders by bytes.
if [ -n "$primary" ]; then
    copy_primary
else
    initialise --locale-provider=icu --icu-locale=en || initialise
fi || {
    cat "$log"
    finish 1
}
echo "$settings" >>"$data/postgresql.conf"

start || finish 1
while read -r command; do
    case $command in
        crash) stop && echo crashed ;;
        kill) kill_all; echo killed ;;
        start) start || finish 1 ;;
        promote) "$binaries/pg_ctl" promote --wait --pgdata="$data" >/dev/null 2>&1 && echo promoted ;;
    esac
done
finish 0
