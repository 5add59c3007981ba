"""Known bugs, put back one by one into a copy of the bot: each must be caught by a test (T91).

    python tests/faults/mutations.py [words of a bug's name]

The checkout is left alone. Prints one line per bug and ends with 1 where one went unnoticed.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

ROOT = Path(__file__).parents[2]
PARTS = ("bot", "jobs", "tests", "pyproject.toml", "config.example.toml", "README.md", "docs")
PATIENCE = 120
SIDE_BY_SIDE = min(4, os.cpu_count() or 1)


@dataclass(frozen=True)
class Mutation:
    """A bug: in `file`, `before` (which stands there once) becomes `after`; `tests` are expected to notice.

    `bug` says which of BUGS it is.
    """

    bug: str
    name: str
    file: str
    before: str
    after: str
    tests: str

    def fits(self, copy: Path) -> bool:
        return (copy / self.file).read_text().count(self.before) == 1


BUGS = {
    "F1": "confirmed before it is stored",
    "F2": "one bad update stops all",
    "F3": "wrong when the clocks change",
    "F5": "sent again without end, or twice",
    "F6": "too many under way at once",
    "F7": "connections that are lost for good",
    "F8": "polling that dies silently",
    "F9": "Telegram's limits not kept",
    "F10": "secrets in the log",
    ">": "duplicates told by greater than",
    "done": "done before it is stored",
    "tick": "said before it is stored",
    "order": "one person's updates not in order",
}
"""What real bots suffer from."""

MUTATIONS = (
    Mutation(
        "F1",
        "polled updates are confirmed before they are stored",
        "bot/chat/receive.py",
        "            new = await self._take_in(raws)\n            self._offset = raws[-1][\"update_id\"] + 1\n",
        "            self._offset = raws[-1][\"update_id\"] + 1\n            new = await self._take_in(raws)\n",
        "tests/faults/test_receiving.py -k full",
    ),
    Mutation(
        "F1",
        "a pushed update is confirmed before it is stored",
        "bot/web/webhook.py",
        "            await self._accept(update)\n",
        "            asyncio.ensure_future(self._accept(update))\n",
        "tests/web/test_webhook.py -k stored",
    ),
    Mutation(
        "F2",
        "a batch is parsed as a whole",
        "bot/chat/receive.py",
        "        new = 0\n        if raws:\n",
        "        new = 0\n        if [__import__(\"telegram\").Update.de_json(dict(raw), None) for raw in raws]:\n",
        "tests/faults/test_receiving.py -k unreadable",
    ),
    Mutation(
        "F2",
        "what cannot be parsed is not set aside",
        "bot/chat/application.py",
        "            await self._turns.set_aside(update_id, person_of(raw), trouble)\n            return None\n",
        "            raise\n",
        "tests/faults/test_receiving.py -k unreadable",
    ),
    Mutation(
        "F3",
        "the doubled hour counts the second time",
        "bot/domain/schedule.py",
        "at.replace(fold=0)",
        "at.replace(fold=1)",
        "tests/domain/test_schedule.py",
    ),
    Mutation(
        "F3",
        "a time in the skipped hour skips the day",
        "bot/domain/schedule.py",
        "    return found if moved < NEVER_EXISTED else None\n",
        "    return found if not moved else None\n",
        "tests/domain/test_schedule.py",
    ),
    Mutation(
        "F3",
        "a day is where the clock stands in London",
        "bot/domain/schedule.py",
        "    wall = local(moment, zone).replace(tzinfo=None)\n",
        "    wall = moment.replace(tzinfo=None)\n",
        "tests/domain/test_schedule.py",
    ),
    Mutation(
        "F5",
        "a reminder of unknown fate is sent again",
        "bot/domain/reminders.py",
        "TIP_POLICY = Policy(timedelta(minutes=15), 1)\n",
        "TIP_POLICY = Policy(timedelta(minutes=15), 2)\n",
        "tests/faults/test_sending.py -k never_arrive",
    ),
    Mutation(
        "F5",
        "a card of unknown fate is sent until it works",
        "jobs/deliver.py",
        "owed.tries < policy(owed.kind).tries and ",
        "",
        "tests/stories/test_restart.py -k tried_once_more",
    ),
    Mutation(
        "F5",
        "a slot may be owed twice",
        "bot/store/outbox.py",
        ".on_conflict_do_nothing(index_elements=[outbox.c.user_id, outbox.c.kind, outbox.c.slot])\n",
        ".prefix_with(\"OR REPLACE\")\n",
        "tests/store/test_outbox.py -k owed_once",
    ),
    Mutation(
        "F5",
        "the claim is not asked for",
        "bot/store/outbox.py",
        "MINE = (outbox.c.id == bindparam(\"its_id\")) & ITS_CLAIM\n",
        "MINE = (outbox.c.id == bindparam(\"its_id\")) & (bindparam(\"its_claim\") != \"\")\n",
        "tests/store/test_outbox.py -k lost_the_claim",
    ),
    Mutation(
        "F6",
        "as many under way as a second may hold",
        "jobs/carry.py",
        "max(FEWEST_IN_FLIGHT, database.settings.sending.per_second // 10)",
        "max(FEWEST_IN_FLIGHT, database.settings.sending.per_second)",
        "tests/faults/test_kills.py -k under_load",
    ),
    Mutation(
        "F7",
        "a call is given up after a second",
        "bot/chat/send.py",
        "                answer = await self._ask(method, chat_id=chat_id, **what)\n",
        "                answer = await asyncio.wait_for(self._ask(method, chat_id=chat_id, **what), 1)\n",
        "tests/faults/test_network.py -k slow_telegram",
    ),
    Mutation(
        "F7",
        "a session whose connections are dead is kept",
        "bot/chat/transport.py",
        "line.timeouts >= MOST_TIMEOUTS",
        "line.timeouts >= 10_000",
        "tests/chat/test_transport.py",
    ),
    Mutation(
        "F8",
        "nobody watches over a question that hangs",
        "bot/chat/silence.py",
        "        self._renewing = asyncio.create_task(self._begin_anew())\n",
        "",
        "tests/faults/test_network.py -k no_timeout_ends",
    ),
    Mutation(
        "F8",
        "one failed question ends the polling",
        "bot/chat/receive.py",
        "                if not self._stopping:\n                    backoff",
        "                raise\n                if not self._stopping:\n                    backoff",
        "tests/chat/test_receive.py -k patient",
    ),
    Mutation(
        "F9",
        "a ban is not heard",
        "bot/chat/limits.py",
        "        self._closed_until = max(self._closed_until, self._clock.steady() + seconds + AFTER_BAN)\n",
        "        pass\n",
        "tests/chat/test_limits.py -k 429",
    ),
    Mutation(
        "F9",
        "a ban is forgotten at a restart",
        "bot/chat/application.py",
        "        await self.sender.recall_ban()\n",
        "",
        "tests/faults/test_sending.py -k 2282",
    ),
    Mutation(
        "F9",
        "all that waited goes out at once after a ban",
        "bot/chat/limits.py",
        "        return int(fewest + (self._per_second - fewest) * recovered)\n",
        "        return self._per_second\n",
        "tests/chat/test_limits.py -k 429",
    ),
    Mutation(
        "F9",
        "forty messages a second",
        "bot/chat/limits.py",
        "        if self._under_way + len(self._over) < self._allowed(now):\n",
        "        if self._under_way + len(self._over) < self._allowed(now) + 10:\n",
        "tests/chat/test_limits.py -k thirty",
    ),
    Mutation(
        "F9",
        "who blocked is asked again and again",
        "jobs/deliver.py",
        "            users.block(session, owed.user_id, now)\n",
        "            pass\n",
        "tests/stories/test_blocked.py",
    ),
    Mutation(
        "F10",
        "the libraries say what they send",
        "bot/logs.py",
        "setLevel(logging.CRITICAL + 1)",
        "setLevel(logging.DEBUG)",
        "tests/faults/test_canary.py",
    ),
    Mutation(
        "F10",
        "the network's own words are passed on, with the address",
        "bot/chat/transport.py",
        "            raise NetworkError(type(error).__name__) from error\n",
        "            raise NetworkError(str(error)) from error\n",
        "tests/chat/test_transport.py -k token_away",
    ),
    Mutation(
        ">",
        "only updates with greater numbers are new",
        "bot/chat/receive.py",
        "id_in(r.get(\"update_id\")) is not None]",
        "(id_in(r.get(\"update_id\")) or -1) >= (self._offset or 0)]",
        "tests/faults/test_receiving.py -k anew",
    ),
    Mutation(
        "done",
        "an update is done before what it does is stored",
        "bot/chat/turn.py",
        "            done = await self._in_order(work, update.update_id, person.id)\n",
        "            update_id = update.update_id\n"
        "            await self._database.write(lambda s: inbox.handled(s, update_id, now, card=None))\n"
        "            done = await self._in_order(work, update.update_id, person.id)\n",
        "tests/faults/test_power_cut.py",
    ),
    Mutation(
        "done",
        "an update is never marked with what it did",
        "bot/chat/turn.py",
        "            inbox.handled(session, update.update_id, now, card=card)\n",
        "            pass\n",
        "tests/stories/test_restart.py -k draws",
    ),
    Mutation(
        "tick",
        "the answer is told before the COMMIT",
        "bot/store/database.py",
        "                        outcomes.append((entry.future, result, None))\n",
        "                        entry.future.set_result(result)\n",
        "tests/store/test_database.py::test_a_result_comes_after_the_commit[sqlite]",
    ),
    Mutation(
        "tick",
        "a message is marked as sent before it is",
        "bot/store/outbox.py",
        "    .values(state=\"sending\", claim=bindparam(\"by\"), claimed_at=AT, tries=outbox.c.tries + 1)\n",
        "    .values(state=\"sent\", claim=bindparam(\"by\"), claimed_at=AT, tries=outbox.c.tries + 1)\n",
        "tests/jobs/test_deliver.py",
    ),
    Mutation(
        "order",
        "no order among one person's updates",
        "bot/chat/receive.py",
        "        key = person_of(raw) or 0\n",
        "        key = int(raw[\"update_id\"])\n",
        "tests/chat/test_receive.py -k order",
    ),
)  # fmt: skip


def noticed(mutation: Mutation) -> str:
    """Return "caught" or "NOT CAUGHT", or what is wrong with the mutation itself."""
    with TemporaryDirectory() as scratch:
        copy = copied(Path(scratch))
        if not mutation.fits(copy):
            return f"OUT OF DATE: {mutation.file} has changed"
        file = copy / mutation.file
        file.write_text(file.read_text().replace(mutation.before, mutation.after))
        code = tested(copy, mutation.tests)
    return {0: "NOT CAUGHT", 1: "caught", None: "caught (it hangs)"}.get(code, f"pytest ended with {code}")


def copied(to: Path) -> Path:
    for part in PARTS:
        source = ROOT / part
        if source.is_dir():
            shutil.copytree(source, to / part, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, to / part)
    return to


def tested(copy: Path, tests: str) -> int | None:
    """Run tests (a file, -k words) in a copy, on SQLite; returns pytest's exit code, None where they came to no end."""
    words = [sys.executable, "-m", "pytest", "-x", "-m", "not postgres", *tests.split()]
    environment = {"PYTHONPATH": str(copy), "PATH": os.environ["PATH"]}
    try:
        return subprocess.run(words, cwd=copy, env=environment, capture_output=True, timeout=PATIENCE).returncode
    except subprocess.TimeoutExpired:
        return None


def try_all(mutations: Sequence[Mutation]) -> dict[Mutation, str]:
    """Return the verdict on each. A test that fails without any bug, too, has caught nothing."""
    with TemporaryDirectory() as scratch, ThreadPoolExecutor(SIDE_BY_SIDE) as side_by_side:
        copy = copied(Path(scratch))
        tests = sorted({mutation.tests for mutation in mutations})
        sound = dict(zip(tests, side_by_side.map(lambda each: tested(copy, each) == 0, tests), strict=True))
        able = [mutation for mutation in mutations if sound[mutation.tests]]
        verdicts = dict(zip(able, side_by_side.map(noticed, able), strict=True))
    return {each: verdicts.get(each, f"FAILS WITHOUT IT: {each.tests}") for each in mutations}


def main(words: str) -> int:
    verdicts = try_all([mutation for mutation in MUTATIONS if words in f"{mutation.bug} {mutation.name}"])
    for mutation, verdict in verdicts.items():
        sys.stdout.write(f"{mutation.bug:<6}{mutation.name:<64}{verdict}\n")
    return int(not all(verdict.startswith("caught") for verdict in verdicts.values()))


if __name__ == "__main__":
    sys.exit(main(" ".join(sys.argv[1:])))
