"""Small forms about gates: how sure we are, how openly, necessity, acting together."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, get_args

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from engine.access import Permission
from engine.case import commands as c
from engine.web.console.case_page import CasePage, Loaded
from engine.web.console.fields import Errors, choice
from engine.web.console.shell import Shell
from engine.web.forms import Form
from engine.web.services import Visitor
from engine.web.words.gates import (
    LABELS,
    RELIABILITY,
    SPEAK_TO,
    WHY_JUDGED,
    WHY_NECESSARY,
    WHY_SHARED,
)
from engine.web.words.states import ACTION, CERTAINTY, MODE, TRACK
from schemas.codes import (
    ActionKind,
    Certainty,
    ContactRule,
    Label,
    Mode,
    Reliability,
    TrackName,
)
from schemas.facts import WhyShared

_CHOOSE = "Choose one."
_UNREAD = "This could not be read. Write it as said above."
_JOINT = (ActionKind.LETTER, ActionKind.MEETING, ActionKind.DEMARCHE, ActionKind.OTHER)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One question of a form: a choice, or a line to fill in where there are no options."""

    name: str
    words: str
    options: tuple[tuple[str, str], ...] = ()
    hint: str = ""
    optional: bool = False
    several: tuple[str, ...] | None = None
    """Those marked at first, where more than one may be; None: one of the options."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A form: what it is called, what it does, what it asks, and the command it leads to."""

    path: str
    title: str
    intro: str
    button: str
    asks: Callable[[Loaded, str], tuple[Asked, ...]]
    make: "Callable[[Loaded, c.Inbox, str, Form, str, str], c.Command | None]"
    needs: Permission
    did: str
    words: bool = True
    """Whether something may be written in words; it goes into the vault."""


class GateForms:
    """Pages of a few questions each; one that lacks something comes back with what it had."""

    def __init__(self, shell: Shell, case_page: CasePage, pages: tuple[Page, ...]) -> None:
        self._shell = shell
        self._cases = case_page
        self._pages = pages

    def routes(self) -> list[Route]:
        """A page and an act for each."""
        return [self._route(page) for page in self._pages]

    def _route(self, page: Page) -> Route:
        async def show(request: Request, visitor: Visitor) -> Response:
            return await self._show(page, request, visitor, Errors(), Form())

        async def act(request: Request, visitor: Visitor, form: Form) -> Response:
            return await self._act(page, request, visitor, form)

        acting = self._shell.acting(act, page.needs)
        return self._shell.route(f"/cases/{{ref}}/{page.path}", show=show, act=acting)

    async def _show(
        self,
        page: Page,
        request: Request,
        visitor: Visitor,
        errors: Errors,
        form: Form,
        status: int = 200,
    ) -> Response:
        found = await self._cases.load(request)
        track = request.path_params.get("track", "")
        if found is None or (track and track not in set(TrackName)):
            return await self._shell.not_found(visitor)
        asks = page.asks(found, track)
        about = f": {TRACK[TrackName(track)]}" if track else ""
        return await self._shell.render(
            "console/gate.html",
            visitor,
            status=status,
            ref=found.file.row.ref,
            title=f"{page.title}{about}",
            intro=page.intro,
            button=page.button,
            asks=[_as_sent(ask, form) for ask in asks],
            words=page.words,
            errors=errors,
            sent={ask.name: form.get(ask.name) for ask in asks} | {"note": form.get("note")},
        )

    async def _act(self, page: Page, request: Request, visitor: Visitor, form: Form) -> Response:
        found = await self._cases.load(request)
        track = request.path_params.get("track", "")
        if found is None or (track and track not in set(TrackName)):
            return await self._shell.not_found(visitor)
        errors = Errors(
            {
                ask.name: _CHOOSE if ask.options else "Fill this in."
                for ask in page.asks(found, track)
                if not ask.optional and not _answered(ask, form)
            }
        )
        if errors:
            return await self._show(page, request, visitor, errors, form, status=422)
        back = f"/cases/{found.file.row.ref}"
        inbox = self._shell.inbox(visitor, form, about=f"{back} {page.path} {track}")
        note = await self._shell.sealed(form) if page.words else ""
        command = page.make(found, inbox, visitor.person, form, note, track)
        if command is None:
            first = page.asks(found, track)[0]
            errors = Errors({first.name: _CHOOSE if first.options else _UNREAD})
            return await self._show(page, request, visitor, errors, form, status=422)
        if isinstance(command, c.LowerSeverity):
            ladder = self._shell.services.world.duty_track(command.severity)
            command = replace(command, duty=ladder)
        return await self._shell.send(visitor, command, to=back, did=page.did, urgent=True)


def _as_sent(ask: Asked, form: Form) -> Asked:
    """With those marked that were marked when it was sent; a form not sent yet has no fields."""
    marked = ask.several is not None and any(form)
    return replace(ask, several=form.all(ask.name)) if marked else ask


def _answered(ask: Asked, form: Form) -> bool:
    said = form.get(ask.name)
    return said in dict(ask.options) if ask.options else bool(said)


def worded(table: Mapping[Any, str]) -> tuple[tuple[str, str], ...]:
    """Options of a vocabulary, each as a sentence begins."""
    return tuple((str(key), f"{words[:1].upper()}{words[1:]}") for key, words in table.items())


def _certainty(found: Loaded, track: str) -> tuple[Asked, ...]:
    return (
        Asked(name="certainty", words="How sure are we?", options=worded(CERTAINTY)),
        Asked(name="why", words="On what ground?", options=worded(WHY_JUDGED)),
    )


def _judge(
    found: Loaded, inbox: c.Inbox, me: str, form: Form, note: str, track: str
) -> c.Command | None:
    certainty = choice(form.get("certainty"), Certainty)
    if certainty is None:
        return None
    return c.JudgeCertainty(
        inbox=inbox, case=found.file.row.id, certainty=certainty, by=me, reason=form.get("why"),
        note=note,
    )  # fmt: skip


def _source(found: Loaded, track: str) -> tuple[Asked, ...]:
    return (
        Asked(
            name="source",
            words="Who said so?",
            hint="An id without a name, the same one each time: the same source counts once.",
        ),
        Asked(
            name="reliability", words="How reliable have they been?", options=worded(RELIABILITY)
        ),
    )


def _hear(
    found: Loaded, inbox: c.Inbox, me: str, form: Form, note: str, track: str
) -> c.Command | None:
    reliability = choice(form.get("reliability"), Reliability)
    if reliability is None:
        return None
    return c.HearSource(
        inbox=inbox, case=found.file.row.id, source=form.get("source"), reliability=reliability,
        by=me, note=note,
    )  # fmt: skip


def _mode(found: Loaded, track: str) -> tuple[Asked, ...]:
    case = found.file.case
    tracks = [s for s in case.tracks if s.track.name is not TrackName.DUTY]
    whole = ("", f"The whole case (now {case.mode_ceiling.value})")
    each = ((s.track.name.value, f"{TRACK[s.track.name]} (now {s.mode.value})") for s in tracks)
    return (
        Asked(name="mode", words="How openly may they act?", options=worded(MODE)),
        Asked(name="track", words="Which of them?", options=(whole, *each), optional=True),
    )


def _set_mode(
    found: Loaded, inbox: c.Inbox, me: str, form: Form, note: str, track: str
) -> c.Command | None:
    mode, case = choice(form.get("mode"), Mode), found.file.case
    if mode is None:
        return None
    name = choice(form.get("track"), TrackName)
    state = None if name is None else case.track(name)
    now = case.mode_ceiling if state is None else state.mode
    make = c.LowerMode if mode.within(now) else c.RaiseMode
    return make(inbox=inbox, case=case.id, mode=mode, by=me, track=name)


def _sharing(found: Loaded, track: str) -> tuple[Asked, ...]:
    case = found.file.case
    labels = [label.value for label in reversed(Label) if label is not case.label]
    now = case.may_contact or ContactRule.NOBODY
    rules = [rule.value for rule in ContactRule if rule is not now]
    asked = case.wider_sharing
    hint = ""
    if asked is not None:
        what = asked.label or f"to speak to {SPEAK_TO[asked.may_contact or ContactRule.NOBODY]}"
        hint = f"{found.names.person(asked.by).text} asks for: {what}."
    return (
        Asked(
            name="what",
            words=f"Now it is {case.label or 'without a label'}, and they may speak to "
            f"{SPEAK_TO[now]}. What shall it be?",
            hint=hint,
            options=(
                *((label, f"{label}: {LABELS[Label(label)]}") for label in labels),
                *((rule, f"Speak to {SPEAK_TO[ContactRule(rule)]}") for rule in rules),
            ),
        ),
        Asked(name="why", words="On what ground?", options=worded(WHY_SHARED)),
    )


def _share(
    found: Loaded, inbox: c.Inbox, me: str, form: Form, note: str, track: str
) -> c.Command | None:
    label = choice(form.get("what"), Label)
    rule = choice(form.get("what"), ContactRule)
    why = next((each for each in get_args(WhyShared) if each == form.get("why")), None)
    if why is None or (label is None and rule is None):
        return None
    return c.SetSharing(
        inbox=inbox, case=found.file.row.id, by=me, why=why, label=label, may_contact=rule,
        note=note,
    )  # fmt: skip


def _necessity(found: Loaded, track: str) -> tuple[Asked, ...]:
    take_back = (("withdraw", "No: take it back, at once"),) if found.file.case.necessity else ()
    return (
        Asked(
            name="why",
            words="Why can protection not wait for consent?",
            options=(*worded(WHY_NECESSARY), *take_back),
        ),
    )


def _decide(
    found: Loaded, inbox: c.Inbox, me: str, form: Form, note: str, track: str
) -> c.Command | None:
    if form.get("why") == "withdraw":
        return c.WithdrawNecessity(inbox=inbox, case=found.file.row.id, by=me)
    return c.DecideNecessity(
        inbox=inbox, case=found.file.row.id, by=me, why=form.get("why"), note=note
    )


def _joint(found: Loaded, track: str) -> tuple[Asked, ...]:
    kinds = {kind.value: ACTION[kind] for kind in _JOINT}
    return (Asked(name="action", words="What are they to do together?", options=worded(kinds)),)


def _propose(
    found: Loaded, inbox: c.Inbox, me: str, form: Form, note: str, track: str
) -> c.Command | None:
    action = choice(form.get("action"), ActionKind)
    if action is None:
        return None
    return c.ProposeJoint(
        inbox=inbox, case=found.file.row.id, track=TrackName(track), action=action, by=me
    )


PAGES = (
    Page(
        path="certainty",
        title="How sure are we?",
        intro="Below likely, only duty and protection may know. Less sure holds at once; surer "
        "tells nobody by itself.",
        button="Record it",
        asks=_certainty,
        make=_judge,
        needs=Permission.JUDGE_CERTAINTY,
        did="certainty",
    ),
    Page(
        path="heard",
        title="Somebody else said so too",
        intro="Two independent reliable sources stand in for certainty. Whoever published the "
        "report is counted already.",
        button="Record it",
        asks=_source,
        make=_hear,
        needs=Permission.JUDGE_CERTAINTY,
        did="heard",
    ),
    Page(
        path="mode",
        title="How openly may they act?",
        intro="Quieter holds at once. Louder tells nobody by itself. Public is not possible: it "
        "would need consent, the local partner's sign-off, a forecast of the harm, two people who "
        "release it, and a public channel, which this release has not.",
        button="Set it",
        asks=_mode,
        make=_set_mode,
        needs=Permission.RAISE_MODE,
        did="mode",
        words=False,
    ),
    Page(
        path="sharing",
        title="How far may it be passed on?",
        intro="Stricter holds at once. Wider counts once a second person says the same: first ask "
        "whoever published it, or the person. Nobody is ever put through to the person or the "
        "family, and companies and investors to nobody.",
        button="Set it",
        asks=_sharing,
        make=_share,
        needs=Permission.AGREE_TO_CONSENT,
        did="sharing",
    ),
    Page(
        path="necessity",
        title="Ask protection without consent",
        intro="Only vetted providers of protection, only the country and what is asked. In a "
        "critical case one person decides now and a second agrees within two hours, or it is "
        "withdrawn. Otherwise two agree first. It never overrules a no.",
        button="Decide",
        asks=_necessity,
        make=_decide,
        needs=Permission.RELEASE,
        did="necessity",
    ),
    Page(
        path="together/{track}",
        title="Ask them to act together",
        intro="The gate closes until two other people release it, with the whole record. Whoever "
        "proposes it is not one of them.",
        button="Propose it",
        asks=_joint,
        make=_propose,
        needs=Permission.FREEZE,
        did="together",
        words=False,
    ),
)
