"""The forms of planned works: each with its fields, and the service that it calls (R9)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from uuid import UUID

from watmos_desktop.models.kinds import Channel, ResponseKind
from watmos_desktop.services import (
    contractors,
    homes,
    programme_consulting,
    programmes,
    wording,
    works_rules,
)
from watmos_desktop.services.calendar import working_day_from
from watmos_desktop.services.clock import LONDON
from watmos_desktop.services.errors import Told
from watmos_desktop.services.homes import HomeQuery
from watmos_desktop.services.programme_answers import HOW_WORDS, Answer
from watmos_desktop.services.programme_cases import ProgrammeDetail
from watmos_desktop.services.programme_consulting import KIND_WORDS, ResponseDraft
from watmos_desktop.services.programme_homes import HomeRow
from watmos_desktop.services.programmes import Changed, ProgrammeDraft
from watmos_desktop.ui.desk import Desk
from watmos_desktop.ui.kit.chip import ChipRow, Choice
from watmos_desktop.ui.kit.form import Field
from watmos_desktop.ui.kit.inputs import DateInput, Line, Lines, Select
from watmos_desktop.ui.stepping import StepForm, Values

_WIDE = 820
_NONE = "none"


class Forms:
    """Makes forms. ``done(words)`` hears that one was saved; ``made(id)`` that works were planned."""

    def __init__(self, desk: Desk, done: Callable[[str], object], made: Callable[[UUID], object]) -> None:
        self._desk, self._done, self._made = desk, done, made

    def plan(self, one: ProgrammeDetail | None = None) -> StepForm:
        """What, where, when and how long; of new works or of these."""
        today = self._today()
        place = Select(self._places(one))
        firm = Select(self._firms())
        name = Line("For example: New kitchens in Lindley House A")
        what = Lines("What will be done, in plain words", rows=3)
        how_long = Line("For example: 8 working days")
        notice = Lines("Noise, dust, water or power off: when and how long", rows=3)
        starts = DateInput(working_day_from(today + timedelta(days=60)))
        ends = DateInput(working_day_from(today + timedelta(days=120)))
        if one is not None:
            place.choose(f"{one.estate_id} {one.block_id or ''}".strip())
            firm.choose(str(one.contractor_id or _NONE))
            name.setText(one.card.name)
            how_long.setText(one.how_long)
            for widget, text in ((what, one.what), (notice, one.disturbance)):
                widget.setPlainText(text)
            for day, known in ((starts, one.starts_on), (ends, one.ends_on)):
                if known is not None:
                    day.show_day(known)
        fields = [
            Field("name", "What is it called?", name),
            Field("block", "Where?", place),
            Field("what", "What will be done?", what),
            Field("starts_on", "When does it start?", starts),
            Field("ends_on", "When is all of it done?", ends),
            Field("how_long", "How long does it take in a home?", how_long),
            Field("disturbance", "What will people notice?", notice),
            Field("contractor", "Who does the work?", firm),
        ]

        def save(values: Values) -> None:
            estate, *block = str(values["block"]).split()
            contractor = str(values["contractor"])
            draft = ProgrammeDraft(
                UUID(estate),
                str(values["name"]),
                str(values["what"]),
                str(values["how_long"]),
                str(values["disturbance"]),
                UUID(block[0]) if block else None,
                UUID(contractor) if contractor != _NONE else None,
                _date(values["starts_on"]),
                _date(values["ends_on"]),
            )
            if one is None:
                self._made(self._desk.do("planned works", programmes.create, draft))
            else:
                self._said(
                    self._desk.do("changed planned works", programmes.edit, one.card.id, draft), "Saved."
                )

        said = "Everyone on the estate may read this: no names, no flat numbers."
        title, words = ("Plan works", "Plan them") if one is None else ("Change the works", "Save")
        return StepForm(title, fields, save, words, sentence=said, widest=_WIDE)

    def add_homes(self, one: ProgrammeDetail) -> StepForm:
        """Homes of the estate, of a block, or those with some words in their address."""
        blocks = [
            row for row in self._desk.look(homes.blocks, one.estate_id) if one.block_id in (None, row.id)
        ]
        every = [Choice(_NONE, "Every home of the estate")] if one.block_id is None else []
        block = Select(every + [Choice(str(row.id), row.name) for row in blocks])
        fields = [
            Field("block", "Which homes?", block),
            Field("homes", "Only those with these words", Line("A part of the address; empty for all")),
        ]

        def save(values: Values) -> None:
            key = str(values["block"])
            query = HomeQuery(str(values["homes"]), block_id=UUID(key) if key != _NONE else None)
            number = self._desk.do("added homes", programmes.add_homes, one.card.id, query)
            if not number:
                raise Told("All of those are in the list already.", "Choose others.", field="homes")
            self._done(f"{wording.count(number, 'home')} added.")

        said = "Homes that are in the list already stay as they are."
        return StepForm("Add homes", fields, save, "Add them", sentence=said, widest=_WIDE)

    def spread(self, one: ProgrammeDetail) -> StepForm:
        """A day for each home."""
        fields = [
            Field("first", "The first day", DateInput(one.starts_on or self._today())),
            Field("per_day", "How many homes begin on a day?", Line()),
            Field("days_each", "How many working days in a home?", Line()),
        ]
        fields[1].put("2")
        fields[2].put("5")

        def save(values: Values) -> None:
            numbers = [_whole(values[name], name) for name in ("per_day", "days_each")]
            first = _date(values["first"])
            changed = self._desk.do("planned the days", programmes.spread, one.card.id, first, *numbers)
            self._said(changed, "Every home has its day.")

        said = "Home by home, block by block, over working days. Homes that are done or refused are left out."
        return StepForm("Plan the days", fields, save, "Plan the days", sentence=said, widest=_WIDE)

    def consult(self, one: ProgrammeDetail) -> StepForm:
        """From when until when people can answer."""
        days = works_rules.load().consultation.days
        first = one.consults_from or self._today()
        until = one.consults_until or first + timedelta(days=days)
        fields = [
            Field("from", "From", DateInput(first)),
            Field("until", "Until", DateInput(until), help=f"{days} days is usual."),
        ]

        def save(values: Values) -> None:
            last = self._desk.do(
                "opened the consultation",
                programme_consulting.consult,
                one.card.id,
                _date(values["from"]),
                _date(values["until"]),
            )
            self._done(f"People can answer until {wording.day(last)}. Write to them next.")

        said = one.lease or "Everyone gets a letter, and everyone gets an answer."
        return StepForm(
            "Ask people for their view", fields, save, "Open the consultation", sentence=said, widest=_WIDE
        )

    def outcome(self, one: ProgrammeDetail) -> StepForm:
        """What came of asking."""
        text = Lines("What people said, and what we change for it", rows=5)
        text.setPlainText(one.outcome)

        def save(values: Values) -> None:
            said = str(values["outcome"])
            self._desk.do("wrote down what came of it", programme_consulting.outcome, one.card.id, said)
            self._done("Written down. It stands in the next letters.")

        fields = [Field("outcome", "What came of it?", text)]
        said = "Everyone on the estate may read this: no names, no flat numbers."
        return StepForm("What came of the consultation", fields, save, "Save", sentence=said, widest=_WIDE)

    def start(self, one: ProgrammeDetail) -> StepForm:
        """The start, while something of the consultation is open: only with a reason."""

        def save(values: Values) -> None:
            self._desk.do("started the works", programmes.start, one.card.id, str(values["reason"]))
            self._done("The works are under way.")

        fields = [Field("reason", "Why can it not wait?", Lines("For example: the pipes have burst", rows=4))]
        return StepForm(
            "Start without that?", fields, save, "Start them", sentence=" ".join(one.blockers), widest=_WIDE
        )

    def call_off(self, one: ProgrammeDetail) -> StepForm:
        """No works after all."""

        def save(values: Values) -> None:
            self._desk.do("called works off", programmes.call_off, one.card.id, str(values["reason"]))
            self._done("Called off. Tell the homes that were written to.")

        fields = [Field("reason", "Why?", Lines("Everyone on the estate may read it", rows=4))]
        return StepForm("Call the works off", fields, save, "Call them off", widest=_WIDE)

    def respond(self, programme_id: UUID, home: HomeRow) -> StepForm:
        """What a household said."""
        kind = ChipRow("What do they say?", [Choice(key.value, KIND_WORDS[key]) for key in ResponseKind])
        how = ChipRow("How?", [Choice(key.value, HOW_WORDS[key].capitalize()) for key in Channel])
        fields = [
            Field("kind", "What do they say?", kind),
            Field("text", "In their own words", Lines(rows=4)),
            Field("how", "How?", how),
            Field("received_on", "When?", DateInput(self._today())),
        ]

        def save(values: Values) -> None:
            draft = ResponseDraft(
                home.home_id,
                ResponseKind(str(values["kind"])),
                Channel(str(values["how"])),
                str(values["text"]),
                _date(values["received_on"]),
            )
            self._desk.do("recorded what a home said", programme_consulting.respond, programme_id, draft)
            self._done("Recorded.")

        return StepForm("What they say", fields, save, "Record it", sentence=home.address, widest=_WIDE)

    def home_done(self, home: HomeRow) -> StepForm:
        """A home that was done on a day gone by."""

        def save(values: Values) -> None:
            self._desk.do("finished a home", programmes.home_done, home.id, _date(values["done_on"]))
            self._done("Done.")

        fields = [Field("done_on", "When was it done?", DateInput(self._today()))]
        return StepForm("This home is done", fields, save, "Save", sentence=home.address, widest=_WIDE)

    def answer(self, one: Answer) -> StepForm:
        """What a household is answered."""

        def save(values: Values) -> None:
            said = str(values["answer"])
            self._desk.do("answered a household", programme_consulting.answer, one.id, said)
            self._done("Answered.")

        fields = [Field("answer", "What do we answer?", Lines("Each point they made", rows=5))]
        said = f"{one.address}, {one.received}: {one.text}"
        return StepForm("Answer them", fields, save, "Save the answer", sentence=said, widest=_WIDE)

    def _said(self, changed: Changed, words: str) -> None:
        again = changed.to_tell_again
        homes_ = wording.count(again, "home was told other days", "homes were told other days")
        self._done(f"{words} {homes_}: write to them again." if again else words)

    def _places(self, one: ProgrammeDetail | None) -> list[Choice]:
        found = []
        for estate in self._desk.look(homes.estates):
            if one is None or one.estate_id == estate.id:
                found.append(Choice(str(estate.id), f"{estate.name}, all of it"))
                blocks = self._desk.look(homes.blocks, estate.id)
                found += [Choice(f"{estate.id} {row.id}", f"{row.name}, {estate.name}") for row in blocks]
        return found

    def _firms(self) -> list[Choice]:
        firms = self._desk.look(contractors.listed)
        return [Choice(_NONE, "Not chosen yet")] + [Choice(str(row.id), row.name) for row in firms]

    def _today(self) -> date:
        return self._desk.store.clock.now().astimezone(LONDON).date()


def _date(value: object) -> date:
    assert isinstance(value, date)
    return value


def _whole(value: object, field: str) -> int:
    text = str(value).strip()
    if not (text.isascii() and text.isdecimal() and len(text) < 5):
        raise Told("That is no whole number.", "Write it in digits, for example 4.", field=field)
    return int(text)
