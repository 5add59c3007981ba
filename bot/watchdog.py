"""What systemd is told: that the bot runs, that it is still alive, that it stops (sd_notify's protocol)."""

import os
import socket
from collections.abc import Mapping


class Watchdog:
    """Tells whoever started this process, where they asked to be told: one datagram to the socket in `NOTIFY_SOCKET`.

    `every`: seconds between two signs of life, half of what systemd waits; None where nobody waits for any.
    """

    def __init__(self, environ: Mapping[str, str] = os.environ) -> None:
        self._address = environ.get("NOTIFY_SOCKET", "")
        waits = environ.get("WATCHDOG_USEC", "")
        mine = environ.get("WATCHDOG_PID", str(os.getpid())) == str(os.getpid())
        self.every = int(waits) / 2_000_000 if self._address and waits.isdecimal() and mine else None

    def runs(self) -> None:
        self._tell("READY=1")

    def lives(self) -> None:
        self._tell("WATCHDOG=1")

    def stops(self) -> None:
        self._tell("STOPPING=1")

    def _tell(self, what: str) -> None:
        if self._address:
            # An address that begins with @ lies in Linux's abstract namespace, where a zero byte stands for it.
            address = "\0" + self._address[1:] if self._address.startswith("@") else self._address
            with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as to:
                to.sendto(what.encode(), address)
