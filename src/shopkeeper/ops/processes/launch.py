"""Become another program whose end comes with its parent's: a short life of its own, between two programs.

    python -I -S launch.py PARENT SIGNAL UID GID PROGRAM NAME [ARGUMENT …]      (UID and GID -: stay who we are)

Started by `child.spawn`. A program that cannot be put in place is said in one line on stderr, with the status a shell gives: 126, or 127
where it is not there. What must be done after the fork is done here and not between fork and exec: in a process with threads and
libraries that run their own code at a fork, nothing of Python's is safe there. All imports stand above: whom we become may not reach them.
"""

import ctypes
import os
import signal
import sys

_PR_SET_PDEATHSIG = 1
# What a shell says of a program that is there and cannot be executed, and of one that is not there.
_CANNOT_RUN, _NOT_THERE = 126, 127


def main(arguments: list[str]) -> None:
    # Python's own handler only notes the signal, for a next step that never comes once the other program stands in its place.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    parent, ending, uid, gid, program, *argv = arguments
    libc = ctypes.CDLL(None)
    # Python ignores these, and what is ignored stays so in the next program.
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    signal.signal(signal.SIGXFSZ, signal.SIG_DFL)
    if uid != "-":
        os.setgroups([])
        os.setgid(int(gid))
        os.setuid(int(uid))
    if sys.platform == "linux":
        # After the privileges are dropped: dropping them clears the request.
        libc.prctl(_PR_SET_PDEATHSIG, int(ending), 0, 0, 0)
    if os.getppid() != int(parent):
        os.kill(os.getpid(), int(ending))
    try:
        os.execv(program, argv)  # noqa: S606 - the program was named by our own caller
    except OSError as error:
        sys.stderr.write(f"{program}: {error.strerror}\n")
        sys.exit(_NOT_THERE if isinstance(error, FileNotFoundError) else _CANNOT_RUN)


if __name__ == "__main__":
    main(sys.argv[1:])
