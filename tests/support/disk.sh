# Keeps an ext4 in a file of its own, mounted, for as long as somebody holds the other end of our standard input: when the
# tests end, however they end, the pipe closes, and the disk and its file go. Needs root and a free loop device.
#
#   sh disk.sh MEGABYTES
#
# Answers with the folder it is mounted at, or says what is wrong and ends. Then takes commands, a line each: `cut` (the power
# fails: what the filesystem has not given to the disk is gone; answered by `cut`), `away` (unmounts; `away`, or `busy` while
# somebody has a file open) and `back` (mounts again, which replays the journal; `back`).
set -u
trap '' HUP INT TERM PIPE
exec 2>&1
PATH=$PATH:/usr/sbin:/sbin
cd /

folder=$(mktemp -d "${TMPDIR:-/tmp}/countersign-disk.XXXXXX") || exit 1
image=$folder/image
at=$folder/at

finish() {
    umount -l "$at" >/dev/null 2>&1
    rm -rf --one-file-system "$folder"
    exit "$1"
}

attach() {
    mount -t ext4 -o loop "$image" "$at" </dev/null
}

mkdir "$at" && truncate -s "$1M" "$image" && mkfs.ext4 -q -F -O has_journal "$image" </dev/null && attach || finish 1
# For a database server, which runs as somebody else.
chmod 755 "$folder" && chmod 1777 "$at" && sync -f "$at" || finish 1
echo "$at"
while read -r command; do
    case $command in
        # EXT4_IOC_SHUTDOWN, which is _IOR('X', 125, __u32), with NOLOGFLUSH: not even the journal in memory is written.
        cut)
            python3 -c '
import fcntl, os, struct, sys
fcntl.ioctl(os.open(sys.argv[1], os.O_RDONLY), 0x8004587D, struct.pack("I", 2))' "$at" </dev/null && echo cut
            ;;
        away) if umount "$at" >/dev/null 2>&1; then echo away; else echo busy; fi ;;
        back) attach && echo back ;;
    esac
done
finish 0
