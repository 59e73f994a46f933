"""Keeps an ext4 in a file of its own, mounted, for as long as somebody holds the other end of our standard input: when the
tests end, however they end, the pipe closes, and the disk and its file go. Needs root and a free loop device.

    python3 disk.py MEGABYTES

Answers with the folder it is mounted at, or says what is wrong and ends. Then takes commands, a line each: `cut` (the power
fails: what the filesystem has not given to the disk is gone; answered by `cut`), `away` (unmounts; `away`, or `busy` while
somebody has a file open), `back` (mounts again, which replays the journal; `back`), `read only` (`read only`, or `busy`) and
`error` (the filesystem finds itself damaged, and is read only from then on, whoever writes; `error`, or what is wrong).
"""

import fcntl
import os
import shutil
import signal
import struct
import subprocess
import sys
import tempfile

# EXT4_IOC_SHUTDOWN, which is _IOR('X', 125, __u32), with NOLOGFLUSH: the journal in memory is not written either.
SHUTDOWN = 0x8004587D
NOLOGFLUSH = struct.pack("I", 2)


def run(*command):
    """What is wrong, or nothing."""
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True)
    return done.stderr.strip() or f"{command[0]}: {done.returncode}" if done.returncode else ""


def say(text):
    print(text, flush=True)


for name in (signal.SIGHUP, signal.SIGINT, signal.SIGTERM):
    signal.signal(name, signal.SIG_IGN)
os.environ["PATH"] += ":/usr/sbin:/sbin"
folder = tempfile.mkdtemp(prefix="countersign-disk.")
image, at = os.path.join(folder, "image"), os.path.join(folder, "at")
os.chdir("/")
try:
    os.mkdir(at)
    with open(image, "wb") as file:
        file.truncate(int(sys.argv[1]) << 20)
    attach = ("mount", "-t", "ext4", "-o", "loop,errors=remount-ro", image, at)
    wrong = run("mkfs.ext4", "-q", "-F", "-O", "has_journal", image) or run(*attach)
    if wrong:
        sys.exit(wrong)
    # For a database server, which runs as another user.
    os.chmod(folder, 0o755)
    os.chmod(at, 0o1777)
    say(at)
    for line in sys.stdin:
        command = line.strip()
        if command == "cut":
            disk = os.open(at, os.O_RDONLY)
            fcntl.ioctl(disk, SHUTDOWN, NOLOGFLUSH)
            os.close(disk)
            say("cut")
        elif command == "away":
            say("busy" if run("umount", at) else "away")
        elif command == "back":
            say(run(*attach) or "back")
        elif command == "read only":
            say("busy" if run("mount", "-o", "remount,ro", at) else "read only")
        elif command == "error":
            device = os.stat(at).st_dev
            name = os.path.basename(os.readlink(f"/sys/dev/block/{os.major(device)}:{os.minor(device)}"))
            try:
                with open(f"/sys/fs/ext4/{name}/trigger_fs_error", "w", encoding="ascii") as trigger:
                    trigger.write("a test")
                say("error")
            except OSError as wrong:
                say(wrong)
except (OSError, BrokenPipeError) as wrong:
    say(wrong)
finally:
    run("umount", "-l", at)
    if not os.path.ismount(at):
        shutil.rmtree(folder, ignore_errors=True)
