"""Lend the terminal to a watched program that reads from it."""

import os
import signal

STDIN = 0


class Terminal:
    """The terminal on stdin, if there is one.

    The program runs in a process group of its own, so that Ctrl-C comes to us and nothing of it is left behind. Such a group is
    stopped when it reads from the terminal; it gets the terminal then, as a shell would give it.
    """

    def __init__(self, group: int) -> None:
        self.group = group
        self.lent = False
        self.there = hasattr(os, "waitid") and os.isatty(STDIN) and os.tcgetpgrp(STDIN) == os.getpgrp()

    def lend_if_asked(self) -> None:
        """Hand the terminal over if the program was stopped for want of it."""
        if not self.there:
            return
        stopped = os.waitid(os.P_PID, self.group, os.WSTOPPED | os.WNOHANG)
        if stopped is not None and stopped.si_status in (signal.SIGTTIN, signal.SIGTTOU):
            os.tcsetpgrp(STDIN, self.group)
            os.killpg(self.group, signal.SIGCONT)
            self.lent = True

    def take_back(self) -> None:
        """Take the terminal back."""
        if not self.lent:
            return
        before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTTOU})  # which whoever takes it from behind is sent
        try:
            os.tcsetpgrp(STDIN, os.getpgrp())
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)
