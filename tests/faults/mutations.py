"""Known bugs, put back one by one into a copy of the bot: each must be caught by a test (T91).

    python tests/faults/mutations.py [words of a mutation's name]

The checkout is left alone. Prints one line per bug and ends with 1 where one went unnoticed.
"""

import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

ROOT = Path(__file__).parents[2]
PARTS = ("bot", "jobs", "tests", "pyproject.toml", "config.example.toml", "README.md", "docs")
PATIENCE = 60


@dataclass(frozen=True)
class Mutation:
    """A bug: in `file`, `before` (which stands there once) becomes `after`; `tests` are expected to notice."""

    name: str
    file: str
    before: str
    after: str
    tests: str


MUTATIONS = (
    Mutation(
        "updates confirmed before they are stored",
        "bot/chat/receive.py",
        "        new = await self.take_in(raws)\n        self._offset = raws[-1][\"update_id\"] + 1\n",
        "        self._offset = raws[-1][\"update_id\"] + 1\n        new = await self.take_in(raws)\n",
        "tests/faults/test_receiving.py -k full",
    ),
    Mutation(
        "duplicates told by greater than",
        "bot/chat/receive.py",
        "            if raw[\"update_id\"] in new:\n",
        "            if raw[\"update_id\"] in new and raw[\"update_id\"] >= (self._offset or 0):\n",
        "tests/faults/test_receiving.py",
    ),
    Mutation(
        "a batch parsed as a whole",
        "bot/chat/application.py",
        "            await self._turns.set_aside(update_id, person_of(raw), trouble)\n            return None\n",
        "            raise\n",
        "tests/faults/test_receiving.py",
    ),
    Mutation(
        "handled is not marked with what was done",
        "bot/chat/turn.py",
        "                inbox.handled(session, update.update_id, now, card=card)\n",
        "                pass\n",
        "tests/stories/test_restart.py",
    ),
    Mutation(
        "no order among one person's updates",
        "bot/chat/receive.py",
        "        key = person_of(raw) or 0\n",
        "        key = int(raw[\"update_id\"])\n",
        "tests/chat/test_receive.py",
    ),
    Mutation(
        "a slot may be owed twice",
        "bot/store/outbox.py",
        "        .on_conflict_do_nothing(index_elements=[outbox.c.user_id, outbox.c.kind, outbox.c.slot])\n",
        "        .prefix_with(\"OR REPLACE\")\n",
        "tests/store/test_outbox.py",
    ),
    Mutation(
        "the claim is not asked for",
        "bot/store/outbox.py",
        "    mine = (outbox.c.id == owed.id) & (outbox.c.claim == owed.claim) & (outbox.c.state == \"sending\")\n",
        "    mine = outbox.c.id == owed.id\n",
        "tests/store/test_outbox.py",
    ),
    Mutation(
        "a reminder of unknown fate is sent again",
        "bot/domain/reminders.py",
        "TIP_POLICY = Policy(timedelta(minutes=15), 1)\n",
        "TIP_POLICY = Policy(timedelta(minutes=15), 2)\n",
        "tests/faults/test_sending.py -k never_arrive",
    ),
    Mutation(
        "a card of unknown fate is sent until it works",
        "jobs/deliver.py",
        "owed.tries < policy(owed.kind).tries and ",
        "",
        "tests/stories/test_restart.py",
    ),
    Mutation(
        "a ban is not heard",
        "bot/chat/limits.py",
        "        self._closed_until = max(self._closed_until, self._clock.steady() + seconds + AFTER_BAN)\n",
        "        pass\n",
        "tests/faults/test_sending.py -k ban",
    ),
    Mutation(
        "a ban is forgotten at a restart",
        "bot/chat/application.py",
        "        await self.sender.recall_ban()\n",
        "",
        "tests/faults/test_sending.py -k ban",
    ),
    Mutation(
        "stale things are sent all the same",
        "jobs/deliver.py",
        "        if now >= owed.too_late_at:\n",
        "        if False:\n",
        "tests/jobs/test_deliver.py",
    ),
    Mutation(
        "the doubled hour counts the second time",
        "bot/domain/schedule.py",
        "fold=0",
        "fold=1",
        "tests/domain/test_schedule.py",
    ),
    Mutation(
        "forty messages a second",
        "bot/chat/limits.py",
        "        if self._under_way + len(self._over) < self._allowed(now):\n",
        "        if self._under_way + len(self._over) < self._allowed(now) + 10:\n",
        "tests/faults/test_downtime.py",
    ),
    Mutation(
        "who blocked is asked again and again",
        "jobs/deliver.py",
        "                users.change(session, owed.user_id, state=\"blocked\")\n",
        "                pass\n",
        "tests/stories/test_blocked.py tests/jobs/test_deliver.py",
    ),
)  # fmt: skip


def noticed(mutation: Mutation) -> str:
    """Return "caught" or "NOT CAUGHT", or what is wrong with the mutation itself."""
    with TemporaryDirectory() as scratch:
        copy = copied(Path(scratch))
        file = copy / mutation.file
        text = file.read_text()
        if mutation.before not in text:
            return f"OUT OF DATE: {mutation.file} has changed"
        file.write_text(text.replace(mutation.before, mutation.after))
        try:
            code = tested(copy, mutation.tests, PATIENCE)
        except subprocess.TimeoutExpired:
            return "caught (it hangs)"
    return {0: "NOT CAUGHT", 1: "caught"}.get(code, f"pytest ended with {code}")


def copied(to: Path) -> Path:
    for part in PARTS:
        source = ROOT / part
        if source.is_dir():
            shutil.copytree(source, to / part, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, to / part)
    return to


def tested(copy: Path, tests: str, patience: float) -> int:
    """Run tests in a copy, fault sweeps and others alike; returns pytest's exit code."""
    words = [sys.executable, "-m", "pytest", "-x", "-m", "", *tests.split()]
    environment = {"PYTHONPATH": str(copy), "PATH": "/usr/bin:/bin"}
    return subprocess.run(words, cwd=copy, env=environment, capture_output=True, timeout=patience).returncode


def main(words: str) -> int:
    chosen = [mutation for mutation in MUTATIONS if words in mutation.name]
    with TemporaryDirectory() as scratch:
        # Without this control a test that fails for another reason would seem to catch everything.
        copy = copied(Path(scratch))
        failing = {tests for tests in {each.tests for each in chosen} if tested(copy, tests, 4 * PATIENCE) != 0}
    missed = len(failing)
    for tests in failing:
        tell("without any bug", f"FAILS ALREADY: {tests}")
    for mutation in chosen:
        verdict = noticed(mutation)
        missed += not verdict.startswith("caught")
        tell(mutation.name, verdict)
    return int(missed > 0)


def tell(name: str, verdict: str) -> None:
    sys.stdout.write(f"{name:<48} {verdict}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(" ".join(sys.argv[1:])))
