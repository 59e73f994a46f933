# Keeps a PostgreSQL cluster for as long as somebody holds the other end of our standard input: when the tests end,
# however they end, the pipe closes, and the cluster and its folder go.
#
#   sh postgres.sh BINARIES SETTINGS [PRIMARY]
#
# PRIMARY is the port of a cluster on this machine, of which this one becomes a standby.
#
# Answers `ready` on standard output, or says what is wrong and ends. Then takes commands, a line each: `crash` (answered
# by `crashed`), `kill` (by `killed`), `start` (by `ready`) and `promote` (by `promoted`).
set -u
# Ctrl-C is for the tests; we go when they have gone, and answering them when they have is not what we go by.
trap '' HUP INT TERM PIPE
exec 2>&1
umask 077
cd /

binaries=$1
settings=$2
primary=${3:-}

# The folder is made here and not by the tests because here we are already the user that PostgreSQL runs as.
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
    # Where nobody collects the dead, a killed server's number looks as if it lived.
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

# Its processes by their numbers, since its own files may be out of reach.
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

# A language's order of text (a < B < c), as most installations have: what leans on byte order without saying so is found.
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
