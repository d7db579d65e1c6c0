"""The demo landlord's past: walks kept by their schedules, good months and bad, defects followed until fixed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from watmos_desktop.models.kinds import (
    DefectState,
    Grade,
    InspectionStatus,
    NotScored,
    Role,
    Scale,
    Scorer,
    Sighting,
    Subject,
)
from watmos_desktop.services import calendar, schedules, scoring, signing, templates
from watmos_desktop.services.attachments import StoredPhoto
from watmos_desktop.services.clock import LONDON
from watmos_desktop.services.demo import pictures, works
from watmos_desktop.services.demo.landlord import Place
from watmos_desktop.services.demo.rows import Row, Rows, hash_of
from watmos_desktop.services.demo.series import Open, Series
from watmos_desktop.services.templates import Item, Phrase, Template

Photos = Mapping[tuple[str, int, bool], StoredPhoto]
_SATURDAY = 5
PLACES_PER_SCENE = 2  # how many different places there are of each scene

# When the next inspections of the first estate fall due, in days from today, so that its caretaker has a full day.
_BUSY = (0, -2, 0, 1, 4, 0, -6, 2, 0, 3, -1, 5, 0, 9, 2, 0, 6, -3, 1, 12)
_JOINT = {"block_internal": 0.22, "estate_grounds": 0.35, "community_space": 0.3}
_SEALED = ("answer", "defect_sighting", "signature", "attendance", "photos")
_NOTES = (
    "By the second landing.",
    "Told to us by a resident at the door.",
    "Same place as last spring.",
    "Tape put up until it is mended.",
    "Worse after the weekend.",
    "Photo taken from the street side.",
)
_NOT_SEEN = ("The room was locked.", "A delivery van stood in front of it.", "The lift was out of use.")


class History:
    """Makes the past of one place after another; ``photos`` are stored already, by scene, seed and state."""

    def __init__(
        self, rows: Rows, photos: Photos, contractors: Mapping[Any, str], now: datetime, years: float
    ) -> None:
        self.rows, self.photos, self.contractors, self.now, self.years = rows, photos, contractors, now, years
        self.chance = rows.random
        self.today = now.astimezone(LONDON).date()
        self.walks = self.defects = self.repairs = 0
        self._busy = list(_BUSY)

    def forms(self, since: datetime) -> None:
        """Keep the forms that the walks use."""
        for template in templates.load_all().values():
            body = templates.to_dict(template)
            self.rows.add("template_version", since, key=template.key, version=template.version, body=body)

    def place(self, place: Place, *, busy: bool) -> None:
        """All walks of an estate, its blocks and its hall; ``busy``: with much due today."""
        for template in templates.load_all().values():
            if template.subject is Subject.BLOCK:
                for block in place.blocks:
                    self._walk_through(template, place, block, None, busy=busy)
            elif template.subject is Subject.SPACE:
                for space in place.spaces:
                    self._walk_through(template, place, None, space, busy=busy)
            elif template.key != "play_area" or place.plan["play"]:
                self._walk_through(template, place, None, None, busy=busy)

    def _walk_through(
        self, template: Template, place: Place, block: Row | None, space: Row | None, *, busy: bool
    ) -> None:
        cadence = template.every
        days = cadence.weeks * 7 or cadence.months * 30
        due = self.today + timedelta(days=self._next_due(days, busy=busy))
        times = max(1, int(self.years * 365.25 / days))
        start = cadence.after(due, -times)
        series = Series(
            template,
            place,
            block,
            space,
            quality=self.chance.uniform(0.5, 0.75 if busy else 0.97),
            bad_months=self._bad_months(busy=busy),
            schedule=Row(),
        )
        series.schedule = self.rows.add(
            "schedule",
            datetime.combine(start, time(9), UTC),
            **series.ids,
            template_key=template.key,
            every_months=cadence.months,
            every_weeks=cadence.weeks,
            starts_on=start,
            last_done_on=None,
            due_on=start,
        )
        last = None
        for n in range(times):
            day = self._day_of(cadence.after(start, n), days, last=n == times - 1)
            if day is not None and day < self.today and (last is None or day > last):
                self._walk(series, day)
                last = day
        series.schedule.update(last_done_on=last, due_on=schedules.due_after(cadence, start, last))

    def _bad_months(self, *, busy: bool) -> frozenset[int]:
        """Two months of the year when more is wrong; on the busy estate one of them is now."""
        months = self.chance.sample(range(1, 13), 2)
        return frozenset({self.today.month, months[0]} if busy else months)

    def _next_due(self, days: int, *, busy: bool) -> int:
        if busy and self._busy:
            return self._busy.pop(0) if days > 7 else max(-4, min(5, self._busy.pop(0)))
        return -self.chance.randint(1, 4) if self.chance.random() < 0.05 else self.chance.randrange(days)

    def _day_of(self, occasion: date, days: int, *, last: bool) -> date | None:
        """When the walk for an occasion was made: mostly in time, sometimes late, now and then not at all."""
        luck = self.chance.random()
        if luck < 0.03 and not last:
            return None
        late = self.chance.randint(1, max(1, days // 3)) if luck < 0.1 and not last else 0
        day = occasion + timedelta(days=late)
        step = timedelta(days=-1 if day.weekday() == _SATURDAY else 1)
        while not calendar.is_working_day(day):
            day += step
        return day

    # --- one walk ---

    def _walk(self, series: Series, day: date) -> None:
        chance, template = self.chance, series.template
        start = datetime.combine(day, time(8, 30), LONDON) + timedelta(minutes=chance.randrange(400))
        start = start.astimezone(UTC)
        joint = chance.random() < _JOINT.get(template.key, 0)
        walk = self.rows.add(
            "inspection",
            start,
            prefix="I",
            template_key=template.key,
            template_version=template.version,
            **series.ids,
            place_key=series.key,
            schedule_id=series.schedule.id,
            status=InspectionStatus.SIGNED,
            joint=joint,
            started_at=start,
            finished_at=start + timedelta(seconds=40 * len(template.items) + chance.randrange(600)),
            started_by=series.place.caretaker.id,
        )
        record = _Record(self, series, walk)
        record.look_again()
        given = {
            item.key: record.answer(area.key, area.name, item)
            for area in template.areas
            for item in area.items
        }
        if joint:
            record.second_scores(given)
        record.finish(scoring.score(template, given))
        self.walks += 1


@dataclass
class _Record:
    """One walk as it is written down."""

    history: History
    series: Series
    walk: Row
    rows: dict[str, list[Row]] = field(default_factory=lambda: {name: [] for name in _SEALED})
    items: int = 0
    defects: int = 0

    @property
    def now(self) -> datetime:
        """The moment of the item being answered."""
        moment: datetime = self.walk.started_at + timedelta(seconds=35 * self.items)
        return moment

    @property
    def poor(self) -> float:
        """How likely things are wrong here this month, from 0 to 1."""
        bad = self.walk.started_at.month in self.series.bad_months
        return min(1.0, (1 - self.series.quality) * (2.2 if bad else 1))

    def add(self, table: str, /, **values: Any) -> Row:
        """Write a row of this walk; it is sealed with it."""
        row = self.history.rows.add(table, self.walk.started_at, **values)
        self.rows[table].append(row)
        return row

    def look_again(self) -> None:
        """See what became of the defects of earlier walks."""
        chance = self.history.chance
        for key, found in list(self.series.open.items()):
            defect, mended = found.defect, False
            if found.mended_at is not None:
                mended = found.mended_at < self.walk.started_at
            elif not defect.repair_id:
                mended = chance.random() < 0.5
            outcome = (
                Sighting.FIXED if mended else Sighting.WORSE if chance.random() < 0.06 else Sighting.NOT_FIXED
            )
            self._sighting(defect, outcome)
            if mended:
                defect.update(state=DefectState.FIXED, fixed_at=self.now)
                del self.series.open[key]
                if chance.random() < 0.5:
                    self._photo(key, defect.area_key, wrong=False, caption="Mended")

    def answer(self, area_key: str, area: str, item: Item) -> scoring.Answer:
        """Answer one item as it is found."""
        self.items += 1
        chance = self.history.chance
        given, phrase, reason = scoring.ok_answer(item), None, ""
        if known := self.series.open.get(item.key):
            phrase = known.phrase
        elif self.series.block and not self.series.block.lift and "lift" in item.key:
            given = scoring.Answer("", NotScored.NOT_APPLICABLE)
        elif item.phrases and chance.random() < self.poor * (0.05 if item.safety_critical else 0.09):
            phrase = self._phrase(item)
        elif chance.random() < 0.004:
            given, reason = scoring.Answer("", NotScored.NOT_SEEN), chance.choice(_NOT_SEEN)
        elif item.scale is Scale.GRADE and chance.random() < self.poor * 0.7:
            given = scoring.Answer(item.choices[1].value)
        elif not item.safety_critical and self._in_bulk(area_key):
            given = scoring.ok_answer(item, bulk=True)
        note = ""
        if phrase is not None:
            given = scoring.Answer(item.value_of(phrase))
            if not known:
                note = chance.choice(_NOTES) if chance.random() < 0.35 else ""
                self._found(area_key, area, item, phrase, note)
        self._given(item.key, Scorer.OFFICER, given, phrase.key if phrase else "", note, reason)
        return given

    def _in_bulk(self, area_key: str) -> bool:
        return hash_of(self.walk.reference, area_key) % 10 < 4

    def _phrase(self, item: Item) -> Phrase:
        weights = [{Grade.B: 4, Grade.C: 4, Grade.D: 1}.get(one.grade, 1) for one in item.phrases]
        return self.history.chance.choices(item.phrases, weights)[0]

    def _given(
        self,
        key: str,
        scorer: Scorer,
        given: scoring.Answer,
        phrase: str = "",
        note: str = "",
        reason: str = "",
    ) -> None:
        self.add(
            "answer",
            inspection_id=self.walk.id,
            item_key=key,
            scorer=scorer,
            value=given.value,
            not_scored=given.not_scored,
            bulk=given.bulk,
            phrase_key=phrase,
            note=note,
            reason=reason,
            answered_at=self.now,
        )

    def _found(self, area_key: str, area: str, item: Item, phrase: Phrase, note: str) -> None:
        """Write a new defect down, raise its repair, take its photo."""
        history = self.history
        self.defects += 1
        history.defects += 1
        defect = history.rows.add(
            "defect",
            self.now,
            prefix="D",
            place_key=self.series.key,
            template_key=self.series.template.key,
            area_key=area_key,
            item_key=item.key,
            phrase_key=phrase.key,
            title=phrase.title or phrase.words,
            place=area,
            grade=phrase.grade.value,
            state=DefectState.OPEN,
            inspection_id=self.walk.id,
            repair_id=None,
            seen_at=self.now,
            fixed_at=None,
        )
        mended_at = None
        if phrase.raises_repair:
            history.repairs += 1
            firm = history.contractors[phrase.trade]
            mended_at = works.raise_repair(history.rows, defect, phrase, self.walk, note, firm, history.now)
        self.series.open[item.key] = Open(defect, phrase, mended_at)
        self._sighting(defect, Sighting.NEW)
        needed = item.photo_required is not None and phrase.grade >= item.photo_required
        if needed or (phrase.grade is not Grade.B and history.chance.random() < 0.5):
            self._photo(item.key, area_key, wrong=True, caption="", also=defect)

    def _sighting(self, defect: Row, outcome: Sighting) -> None:
        self.add(
            "defect_sighting",
            defect_id=defect.id,
            inspection_id=self.walk.id,
            outcome=outcome,
            note="",
            seen_at=self.now,
        )

    def _photo(self, key: str, area_key: str, *, wrong: bool, caption: str, also: Row | None = None) -> None:
        scene = pictures.scene_of(key, area_key)
        # The same place looks the same before and after.
        stored = self.history.photos[scene, hash_of(str(self.series.key), key) % PLACES_PER_SCENE, wrong]
        owners: list[tuple[str, UUID, str]] = [("inspection", self.walk.id, key)]
        if also is not None:
            owners.append(("defect", also.id, ""))
            if also.repair_id:
                owners.append(("repair", also.repair_id, ""))
        for table, owner, item_key in owners:
            values = {
                "owner_table": table,
                "owner_id": owner,
                "item_key": item_key,
                "sha256": stored.sha256,
                "size": stored.size,
                "width": stored.width,
                "height": stored.height,
                "caption": caption,
                "marks": [],
                "taken_at": self.now,
                "added_by": self.series.place.caretaker.id,
            }
            row = self.history.rows.add("attachment", self.walk.started_at, **values)
            if table == "inspection":
                self.rows["photos"].append(row)

    def second_scores(self, given: Mapping[str, scoring.Answer]) -> None:
        """What the ambassador scored beside the officer: mostly the same, here and there a grade apart."""
        chance = self.history.chance
        for item in self.series.template.items:
            first = given[item.key]
            if first.not_scored:
                continue
            values = [choice.value for choice in item.choices]
            place = values.index(first.value) if first.value in values else 0
            if chance.random() < 0.12:
                place = max(0, min(len(values) - 1, place + chance.choice((-1, 1, 1))))
            self._given(item.key, Scorer.AMBASSADOR, scoring.Answer(values[place]))

    def finish(self, score: scoring.Score) -> None:
        """Who was there, who signed, and the seal."""
        series, walk = self.series, self.walk
        self._attended(series.place.caretaker, Role.CARETAKER, None)
        self._signed(series.place.caretaker, Scorer.OFFICER, Role.CARETAKER)
        if walk.joint:
            self._attended(series.place.ambassador, Role.AMBASSADOR, walk.finished_at)
            self._signed(series.place.ambassador, Scorer.AMBASSADOR, Role.AMBASSADOR)
        walk.update(
            grade=score.grade.value if score.grade else None,
            percent=score.percent,
            area_grades={area.key: area.grade.value if area.grade else None for area in score.areas},
            defects=self.defects,
        )
        walk["checksum"] = signing.checksum_of(walk, self.rows)

    def _attended(self, person: Row, role: Role, thanked_at: datetime | None) -> None:
        self.add(
            "attendance",
            inspection_id=self.walk.id,
            staff_id=person.id,
            name=person.name,
            role=role,
            thanked_at=thanked_at,
        )

    def _signed(self, person: Row, scorer: Scorer, role: Role) -> None:
        self.add(
            "signature",
            inspection_id=self.walk.id,
            staff_id=person.id if scorer is Scorer.OFFICER else None,
            scorer=scorer,
            name=person.name,
            role=role,
            strokes=works.signature(person.name),
            signed_at=self.walk.finished_at,
        )
