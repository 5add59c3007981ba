"""The grammar of typed answers: how what is said makes up answers to the questions, in any order."""

from collections.abc import Sequence

from bot.domain.checkin import ALL_FINE, NO_PAIN
from bot.domain.freetext_readings import Contradiction, Refused
from bot.domain.freetext_values import GRADES, HIGHEST, JOINTS, TOPICS, Said
from bot.domain.freetext_words import SEVERAL, Token
from bot.domain.questions import BY_KEY, WELL_SLEPT, Answers, Hours, Value, allowed


class Reader(Said):
    """Reads part after part from left to right; `about` is the pain or the night that was spoken of last."""

    def __init__(self, folded: str, said: Sequence[Token]) -> None:
        super().__init__(folded, said)
        self.day = ""
        self.about = ""
        self.found: dict[str, Value] = {}
        self.back_has_region: bool | None = None

    def clause(self) -> None:
        role = self.peek().role
        if role in (*JOINTS, "filler") or (role == "slash" and self.peek(1).role != "number"):
            self.at += 1
            if role in JOINTS:
                self.begun = self.at
            return
        if role == "all_fine":
            self.take()
            self.put_all(ALL_FINE)
        elif role == "no_pain":
            self.take()
            self.put_all(NO_PAIN)
        elif role == "no":
            self.none_of()
        elif role in ("number", "clock", "under", "over"):
            self.number_first()
        elif role in GRADES:
            self.grade_first()
        elif role in ("region", "side") or (role == "topic" and self.peek().word == "back"):
            self.back()
        elif role == "topic":
            self.topic()
        elif role == "shot" and self.about in ("", "back"):
            self.put_regions(self.regions())
            self.about = "back"
        elif role in ("for", "lasted", "ongoing", "impact"):
            self.headache_detail()
        elif role == "day" and self.peek().word == self.day:
            self.take()
        elif role == "night" and self.peek(self.next_topic()).word == "sleep_hours":
            self.take()  # "last night I slept 7 hours"
        else:
            self.take()
            raise self.refuse()

    def none_of(self) -> None:
        """`no headache`, `no headache or back pain`. The neck alone cannot be answered with none: the back may hurt."""
        self.take()
        while True:
            topic = self.take() if self.peek().role in TOPICS else Token("unknown")
            if topic.word not in NO_PAIN:
                raise self.refuse()
            self.score(topic.word, 0)
            if self.peek().role != "or":
                return
            self.take()
            self.skip("no", "filler")

    def number_first(self) -> None:
        """`6 headache`, `7 hours of sleep`."""
        if self.peek().role != "number" or self.peek(1).role in ("unit", "half", "to"):
            hours = self.hours(need_unit=False)
            self.skip("of", "filler")
            if hours is not None and self.peek().role in GRADES and self.peek(1).word == "sleep_hours":
                self.put("sleep_quality", int(self.take().number))  # "7 hours of good sleep"
            slept = self.peek().role == "topic" and self.take().word == "sleep_hours"
            if hours is None or not slept:
                raise self.refuse()
            self.put("sleep_hours", hours)
            self.night(parts=1)
            return
        ahead = self.next_topic()
        topic = self.peek(ahead)
        key = "back" if topic.role == "region" else topic.word
        if not ahead or topic.role not in TOPICS or key == "sleep_hours":
            raise self.refuse()
        token, counted = self.peek(), self.peek(1).role not in ("of", "slash") or self.peek(2).role != "number"
        score = self.figure(key)
        self.skip("of", "filler")
        if score and counted and (topic.number == SEVERAL or score == 1 or not token.word):
            self.take()  # "2 headaches", "one headache": how many, or how bad?
            raise self.refuse()
        if self.peek() != topic or score is None:
            raise self.refuse()
        if key == "back":
            regions = self.regions()
            if topic.role == "topic":
                self.take()
                regions = self.regions(on=True)
            self.score(key, score, regions)
        else:
            self.take()
            self.score(key, score)

    def next_topic(self) -> int:
        """Return how far ahead the next topic, region or joint stands; 0 where none does within the next words."""
        return next((n for n in range(1, 7) if self.peek(n).role in ("topic", "region", *JOINTS)), 0)

    def grade_first(self) -> None:
        """`good posture`, `very bad sleep`."""
        grade = int(self.take().number)
        topic = self.take().word if self.peek().role == "topic" else ""
        if topic not in ("sleep_hours", "sleep_quality", "posture"):
            raise self.refuse()
        if topic == "posture":
            self.put("posture", grade)
        else:
            self.put("sleep_quality", grade)
            self.night(parts=1)
        self.about = topic

    def topic(self) -> None:
        key = self.take().word
        self.skip("colon", "dash", "of", "filler")
        if key == "sleep_hours":
            self.night(parts=0)
            return
        score = self.level(key)
        if score is None:
            raise self.refuse()
        self.score(key, score)

    def back(self) -> None:
        """`back 4 lower left`, `lower back 4`, `neck and upper back 4`, or only where it hurt after a back score."""
        scored = self.peek().role == "topic"
        joined = self.at > 0 and self.said[self.at - 1].role == "and"
        regions = self.regions()
        if self.peek().role == "topic" and self.peek().word == "back":
            self.take()
            scored = True
        self.skip("colon", "dash", "of", "filler")
        score = self.level("back") if scored or regions else None
        if score is None:
            # "Back 4 and neck" leaves open where the first pain was.
            open_ = joined and "back_region" not in self.found
            if scored or not regions or self.about != "back" or open_:
                raise self.refuse()
            self.put_regions(regions)
            return
        self.score("back", score, regions | self.regions(on=True))

    def night(self, *, parts: int) -> None:
        """Take how long and how well one slept, in any order, from behind "slept"."""
        self.about = "sleep_hours"
        while True:
            start = self.at
            self.skip("filler", "for", "night", "in", *(JOINTS if parts else ()))
            apart = any(token.role in JOINTS for token in self.said[start : self.at])
            follows = self.peek(1).role in TOPICS
            if self.peek().role == "how" or (self.peek().role in GRADES and not apart and not follows):
                self.put("sleep_quality", int(self.take().number))
            elif (hours := self.hours(need_unit=parts > 0)) is not None:
                end = self.at
                self.skip("of", "filler")
                if self.peek().role == "topic" and self.peek().word == "sleep_hours":
                    self.take()
                elif self.peek().role in TOPICS and self.at == end and apart:
                    self.at = start
                    return
                else:
                    self.at = end
                self.put("sleep_hours", hours)
            else:
                self.at = start
                break
            parts += 1
        self.skip("night")
        if not parts:
            raise self.refuse()

    def headache_detail(self) -> None:
        """`for 3 hours`, `still going on`, `had to lie down`: all of them are asked of headaches only."""
        if self.peek().word == "headache":
            self.about = "headache"
        if self.about not in ("", "headache"):
            raise self.refuse(self.at)
        token = self.take()
        if token.role == "impact":
            self.put("impact", token.word)
        elif token.role == "ongoing":
            self.put("duration", "ongoing")
        else:
            self.skip("for", "filler", "colon")
            self.put("duration", self.duration())
        self.about = "headache"

    def single(self, question: str) -> Value | None:
        """Read all of the line as a value of one question; None where it is not one."""
        kind = BY_KEY[question].kind
        value: Value | None = None
        self.skip("filler")
        if kind == "hours":
            value = self.hours(need_unit=False)
        elif kind in HIGHEST:
            value = self.level(question)
        elif question == "duration":
            self.skip("for", "lasted", "filler")
            value = self.take().role if self.peek().role == "ongoing" else self.duration()
        elif question == "impact" and self.peek().role in ("impact", "extent", "no"):
            value = self.take().word or "0"
        elif question == "back_region":
            value = self.regions() or None
        if value is None or self.at < len(self.said) or self.unkept:
            return None
        return value if allowed(BY_KEY[question], value) else None

    def score(self, key: str, score: int, regions: frozenset[str] = frozenset()) -> None:
        """Keep a score. One of the neck and one of the back are not one, be they the same: where did the back hurt?"""
        if regions and not score:
            raise self.refuse()  # "neck 0" leaves open how the back was
        if key == "back":
            self.put(key, score)
            if self.back_has_region not in (None, bool(regions)) and score:
                raise self.refuse()
            self.back_has_region = bool(regions)
        self.put(key, score)
        self.put_regions(regions)
        self.about = key

    def put_all(self, answers: Answers) -> None:
        for key, value in answers.items():
            if value is not None:
                self.put(key, value)

    def put_regions(self, regions: frozenset[str]) -> None:
        before = self.found.get("back_region", frozenset())
        if regions and isinstance(before, frozenset):
            self.found["back_region"] = before | regions

    def put(self, key: str, value: Value) -> None:
        before = self.found.get(key, value)
        if before == WELL_SLEPT and isinstance(value, Hours) and value.low >= WELL_SLEPT.low:
            before = value  # "all fine, slept 8": the figure says more and does not contradict
        elif value == WELL_SLEPT and isinstance(before, Hours) and before.low >= WELL_SLEPT.low:
            value = before
        if before != value:
            raise Refused(Contradiction(key))
        self.found[key] = value
