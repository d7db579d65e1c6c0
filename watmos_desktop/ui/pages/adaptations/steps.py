"""The forms of the steps of a request: each with its fields, and the service that it calls (R8)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from uuid import UUID

from watmos_desktop.models.kinds import AdaptationKind, Trade
from watmos_desktop.services import adaptations, repair_words
from watmos_desktop.services.adaptation_cases import AdaptationDetail
from watmos_desktop.services.adaptations import KIND_WORDS, Works
from watmos_desktop.services.clock import LONDON
from watmos_desktop.ui.desk import Desk
from watmos_desktop.ui.kit.chip import ChipRow, Choice
from watmos_desktop.ui.kit.form import Field
from watmos_desktop.ui.kit.inputs import DateInput, Line, Lines, Select
from watmos_desktop.ui.stepping import StepForm, Values

_TRADES = (Trade.CARPENTRY, Trade.PLUMBING, Trade.ELECTRICAL)


class Steps:
    """Makes the form of a step. ``done(words)`` hears that it was saved, in words that say what was done."""

    def __init__(self, desk: Desk, done: Callable[[str], object]) -> None:
        self._desk, self._done = desk, done

    def assess(self, one: AdaptationDetail) -> StepForm:
        """How large it is, who assessed, what they found."""
        kind = ChipRow("How large is it?", [Choice(key.value, words) for key, words in KIND_WORDS.items()])
        if one.kind is not None:
            kind.choose(one.kind.value)
        who = Line("Name, and what they are")
        who.setText(self._desk.actor.name)
        fields = [
            Field("kind", "How large is it?", kind),
            Field("assessed_by", "Who assessed it?", who),
            Field(
                "assessment", "What did they find?", Lines("What is needed, and where in the home", rows=4)
            ),
            self._day("assessed_on", "When?"),
        ]

        def save(values: Values) -> None:
            self._desk.do(
                "wrote down an assessment",
                adaptations.assess,
                one.card.id,
                AdaptationKind(str(values["kind"])),
                str(values["assessed_by"]),
                str(values["assessment"]),
                _date(values["assessed_on"]),
            )
            self._done("The assessment is written down.")

        return StepForm("Write down the assessment", fields, save, "Save the assessment")

    def decide(self, one: AdaptationDetail) -> StepForm:
        """Yes or no, with the reason as it will be told."""
        choice = ChipRow("What is decided?", [Choice("yes", "Approve"), Choice("no", "Decline")])
        fields = [
            Field("decision", "What is decided?", choice),
            Field("reason", "Why?", Lines("As the person will be told it", rows=4)),
            self._day("decided_on", "When?"),
        ]

        def save(values: Values) -> None:
            approve = values["decision"] == "yes"
            self._desk.do(
                "decided on an adaptation",
                adaptations.decide,
                one.card.id,
                approve,
                str(values["reason"]),
                _date(values["decided_on"]),
            )
            self._done("Approved." if approve else "Declined. Tell the person how they can question it.")

        found = f"Assessed by {one.assessed}: {one.assessment}"
        return StepForm("Decide", fields, save, "Record the decision", sentence=found)

    def look_again(self, one: AdaptationDetail) -> StepForm:
        """The person questions a no."""

        def save(values: Values) -> None:
            self._desk.do("looks at it again", adaptations.look_again, one.card.id, str(values["why"]))
            self._done("It waits for a decision by someone else.")

        return StepForm(
            "Look at it again",
            [Field("why", "Why does the person ask again?", Lines("In their own words", rows=4))],
            save,
            "Ask for a new decision",
            sentence="Someone who did not take the first decision decides.",
        )

    def order(self, one: AdaptationDetail) -> StepForm:
        """What a contractor is to fit; nothing of why."""
        trades = [Choice(key.value, repair_words.TRADE_WORDS[key]) for key in _TRADES]
        trades += [Choice(key.value, repair_words.TRADE_WORDS[key]) for key in Trade if key not in _TRADES]
        fields = [
            Field("title", "What is to be fitted?", Line("For example: grab rail left of the bath")),
            Field("trade", "Which trade?", Select(trades)),
            Field("description", "What the contractor should know", Lines("Sizes, the wall, access", rows=3)),
        ]

        def save(values: Values) -> None:
            works = Works(str(values["title"]), Trade(str(values["trade"])), str(values["description"]))
            self._desk.do("ordered an adaptation", adaptations.order, one.card.id, works)
            self._done("A repair is raised for it.")

        said = "It becomes a routine repair of this home. Write what to fit, never why: others read it."
        return StepForm("Order the works", fields, save, "Raise the repair", sentence=said)

    def link(self, one: AdaptationDetail) -> StepForm:
        """A repair that does the works already."""

        def save(values: Values) -> None:
            self._desk.do("linked the works", adaptations.link, one.card.id, str(values["reference"]))
            self._done("The repair is linked.")

        fields = [Field("reference", "Reference of the repair", Line("R-7K3M-9D4T"))]
        return StepForm("The works are a repair already", fields, save, "Link it")

    def fit(self, one: AdaptationDetail) -> StepForm:
        """When it was fitted; the review is asked for by itself."""

        def save(values: Values) -> None:
            self._desk.do("recorded the fitting", adaptations.fitted, one.card.id, _date(values["fitted_on"]))
            self._done("Recorded as fitted.")

        fields = [self._day("fitted_on", "When was it fitted?")]
        said = "We ask after six weeks how it works in use."
        return StepForm("Record the fitting", fields, save, "It is fitted", sentence=said)

    def review(self, one: AdaptationDetail) -> StepForm:
        """How it works in use."""

        def save(values: Values) -> None:
            self._desk.do("reviewed an adaptation", adaptations.review, one.card.id, str(values["review"]))
            self._done("Reviewed.")

        hint = "Does it do what it should? Is anything else needed?"
        fields = [Field("review", "How does it work in use?", Lines(hint, rows=4))]
        return StepForm("Write the review", fields, save, "Save the review")

    def assign(self, one: AdaptationDetail) -> StepForm:
        """Who looks after it."""
        people = self._desk.look(adaptations.officers)
        chosen = Select([Choice(str(key), name) for key, name in people])
        chosen.choose(str(one.officer_id))

        def save(values: Values) -> None:
            self._desk.do(
                "gave it to an officer", adaptations.assign, one.card.id, UUID(str(values["officer"]))
            )
            self._done("Another officer looks after it.")

        fields = [Field("officer", "Who looks after it?", chosen)]
        return StepForm("Give it to an officer", fields, save, "Give it to them")

    def withdraw(self, one: AdaptationDetail) -> None:
        """At once: it can be taken back."""
        self._desk.do("withdrew a request", adaptations.withdraw, one.card.id)
        self._done("Withdrawn.")

    def _day(self, name: str, label: str) -> Field:
        today = self._desk.store.clock.now().astimezone(LONDON).date()
        return Field(name, label, DateInput(today))


def _date(value: object) -> date:
    assert isinstance(value, date)
    return value
