"""Loads a rulebook: every mistake at once, each with its place and what to do about it.

A loaded rulebook is safe to run: its conditions are compiled, its duty ladders cannot be empty, and
no rule can address what does not exist.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from types import MappingProxyType
from typing import Any

from pydantic import ValidationError

from rules import duty, language
from rules.advice import advice
from rules.fields import why_never
from rules.lint import lint
from rules.paths import compile_all
from rules.source import At, Problem, Source, read
from rules.steps import Start, Walked
from rules.walks import NAMES, WALKS, Walk
from schemas.codes import Danger, FieldName, Severity, SubjectStatus, TrackName, threat_of
from schemas.event import ThreatEvent
from schemas.plan import CheckIns, Step, Track
from schemas.rulebook import DutyShape, Modifier, RulebookShape, RuleShape, StepShape, TellShape

UNKNOWN_CODE_SEVERITY = Severity.HIGH
"""An unknown code goes to a human, now."""


_REMEDY = {
    "model_type": "Write `key: value` lines here.",
    "dict_type": "Write `key: value` lines here.",
    "mapping_type": "Write `key: value` lines here.",
    "tuple_type": "Write a list here.",
    "string_type": "Write a text here.",
    "string_pattern_mismatch": "Use small letters, digits, _ and -, starting with a letter.",
}


class RulebookError(ValueError):
    """A rulebook that cannot be loaded. The message lists every problem, one a line."""

    def __init__(self, filename: str, problems: tuple[Problem, ...]) -> None:
        self.filename = filename
        self.problems = problems
        super().__init__(
            "\n".join(
                f"{filename}:{each.line}:{each.column}: {each.message} {each.remedy}"
                for each in problems
            )
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A rule ready to run."""

    shape: RuleShape
    condition: language.Condition


@dataclass(frozen=True, slots=True, kw_only=True)
class Rulebook:
    """A loaded rulebook. `version` is the digest of its content, whatever its layout."""

    version: str
    name: str
    shape: RulebookShape
    rules: tuple[Rule, ...]
    walks: Mapping[str, Walk] = field(default_factory=dict)
    """The rulebook's own, by their names."""

    def severity(
        self, event: ThreatEvent, *, ceiling: Severity | None = None
    ) -> tuple[Severity, bool]:
        """The event's severity, and whether the ceiling of its publisher's key lowered it.

        Never below what the code has by itself: a ceiling limits what is claimed, not what
        happened.
        """
        own = self._own(event.code)
        wanted = own
        for modifier in self._modifiers(event):
            wanted = _gravest(wanted, _raised(own, modifier))
        if event.severity is not None:
            wanted = _gravest(wanted, event.severity)
        if ceiling is None or ceiling.at_least(wanted):
            return wanted, False
        capped = _gravest(own, ceiling)
        return capped, capped is not wanted

    def duty_track(self, severity: Severity) -> Track:
        """The ladder that wakes our own people, frozen for this severity."""
        return duty.track(
            steps=_steps(self.shape.duty.steps[severity]),
            answer_holds_for=self.shape.duty.answer_holds_for[severity],
            repeat_every=self.shape.duty.repeat_every[severity],
            check_ins=_check_ins(self.shape.duty),
        )

    def track(self, policy: str, tell: TellShape, severity: Severity) -> Track:
        """The track of a policy, frozen for this severity and this rule's ask."""
        shape = self.shape.policies[policy].tracks[tell.track]
        answer_by = shape.answer_by[severity]
        holds = shape.answer_holds_for
        return Track(
            name=tell.track,
            gate=shape.gate,
            mode=shape.mode,
            anchor=shape.anchor,
            dates=shape.dates,
            steps=_steps(shape.steps),
            until=shape.until.what,
            enough=shape.until.enough,
            per_kind=shape.until.per_kind,
            answer_by=answer_by,
            answer_holds_for=answer_by if holds is None else holds[severity],
            graver=tuple(
                (graver, shape.answer_by[graver], (holds or shape.answer_by)[graver])
                for graver in Severity
                if graver.rank < severity.rank
            ),
            repeat_every=tuple(shape.repeat_every.get(severity, ())),
            release_at_most=shape.release_at_most,
            ask=tell.ask or shape.ask,
        )

    def has(self, policy: str, track: TrackName, severity: Severity) -> bool:
        """Whether cases this grave have this track at all."""
        only = self.shape.policies[policy].tracks[track].severity
        return not only or severity in only

    def walk(self, name: str, start: Start) -> Walked:
        """What this walk, built in or named in the rulebook, finds from here."""
        own = self.shape.walks.get(name)
        if own and own.states:
            start = replace(start, states=own.states)
        return self.walks[name](start) if name in self.walks else WALKS[name](start)

    def field_class(self, audience: TrackName) -> frozenset[FieldName]:
        """The fields this audience may ever be shown; none when the rulebook is silent."""
        return frozenset(self.shape.field_classes.get(audience, ()))

    def _own(self, code: str) -> Severity:
        threat = threat_of(code)
        known = threat.severity if threat else UNKNOWN_CODE_SEVERITY
        return self.shape.severity.codes.get(code, known)

    def _modifiers(self, event: ThreatEvent) -> list[Modifier]:
        risks = sorted({risk.value for each in event.subjects for risk in each.heightened_risk})
        names = ["danger_now"] if event.danger_now is Danger.YES else []
        names += ["heightened_risk", *risks] if risks else []
        table = self.shape.severity.modifiers
        return [table[name] for name in names if name in table]


def load(text: str, *, filename: str) -> Rulebook:
    """Read, check and compile. Raises RulebookError with every problem found."""
    source = read(text)
    if source.problems:
        raise RulebookError(filename, tuple(sorted(source.problems)))
    try:
        shape = RulebookShape.model_validate(source.data)
    except ValidationError as error:
        problems = [_shape_problem(source, each) for each in error.errors()]
        problems += _compile_all_raw(source)
        raise RulebookError(filename, tuple(sorted(set(problems)))) from None
    rules, problems = _compile_all(shape, source)
    walks, wrong = _own_walks(shape, source)
    problems += wrong + lint(shape, source)
    if problems:
        raise RulebookError(filename, tuple(sorted(set(problems))))
    content = json.dumps(shape.model_dump(mode="json"), sort_keys=True)
    version = hashlib.sha256(content.encode()).hexdigest()[:32]
    return Rulebook(version=version, name=shape.name, shape=shape, rules=tuple(rules), walks=walks)


def advise(text: str) -> list[Problem]:
    """What of a rulebook that loads its author can hardly mean, in the order of the file."""
    source = read(text)
    return advice(RulebookShape.model_validate(source.data), source)


def _compile_all(shape: RulebookShape, source: Source) -> tuple[list[Rule], list[Problem]]:
    rules: list[Rule] = []
    problems: list[Problem] = []
    for index, rule in enumerate(shape.rules):
        try:
            rules.append(Rule(shape=rule, condition=language.compile(rule.when)))
        except language.ConditionError as error:
            problems.append(_condition_problem(source, index, error))
    return rules, problems


def _own_walks(shape: RulebookShape, source: Source) -> tuple[Mapping[str, Walk], list[Problem]]:
    """The rulebook's own walks, ready to run; a name in a path is another of them, or shipped."""
    paths = {name: walk.path for name, walk in shape.walks.items() if walk.path is not None}
    renamed = {
        name: walk.walk
        for name, walk in shape.walks.items()
        if walk.walk is not None and walk.path is None and walk.walk in WALKS
    }
    beside = {**NAMES, **{name: NAMES[walk] for name, walk in renamed.items()}}
    compiled = compile_all(paths, beside=beside)
    walks: dict[str, Walk] = {name: WALKS[walk] for name, walk in renamed.items()}
    placed = [
        Problem(
            *source.inside(("walks", name, "path"), line=each.line, column=each.column),
            each.message,
            each.remedy,
        )
        for name, wrong in compiled.problems.items()
        for each in wrong
    ]
    return MappingProxyType({**walks, **compiled.walks}), placed


def _compile_all_raw(source: Source) -> list[Problem]:
    """Conditions of a text whose shape is wrong: their mistakes are shown in the same pass."""
    problems: list[Problem] = []
    rules = source.data.get("rules") if isinstance(source.data, dict) else None
    for index, rule in enumerate(rules if isinstance(rules, list) else ()):
        when = rule.get("when") if isinstance(rule, dict) else None
        if isinstance(when, str):
            try:
                language.compile(when)
            except language.ConditionError as error:
                problems.append(_condition_problem(source, index, error))
    return problems


def _condition_problem(source: Source, index: int, error: language.ConditionError) -> Problem:
    line, column = source.inside(("rules", index, "when"), line=error.line, column=error.column)
    return Problem(line, column, error.message, error.remedy)


def _shape_problem(source: Source, error: Any) -> Problem:
    path: At = tuple(part for part in error["loc"] if part != "[key]")
    kind, text = str(error["type"]), str(error["msg"])
    if kind == "extra_forbidden":
        line, column = source.key_place(path)
        message, remedy = (
            f"The key {path[-1]!r} is not known here.",
            "Correct its spelling or remove it.",
        )
    elif kind == "missing":
        line, column = source.place(path[:-1])
        message, remedy = f"The key {path[-1]!r} is missing.", "Add it."
    elif path[:1] == ("field_classes",) and why_never(error["input"]):
        line, column = source.place(path)
        message = f"{error['input']!r} may be shown to nobody."
        remedy = why_never(error["input"])
    else:
        line, column = source.key_place(path) if "[key]" in error["loc"] else source.place(path)
        message = f"The value of {_dotted(path)} is wrong."
        remedy = _REMEDY.get(kind) or text.removeprefix("Value error, ").rstrip(".") + "."
        remedy = remedy[0].upper() + remedy[1:]
    return Problem(line, column, message, remedy)


def _dotted(path: At) -> str:
    return ".".join(str(part) for part in path) or "the file"


def _steps(shapes: tuple[StepShape, ...]) -> tuple[Step, ...]:
    return tuple(
        Step(
            offset=shape.after,
            roles=tuple(shape.roles),
            spread=shape.spread,
            only=shape.only,
            severities=shape.severity,
            contacts=shape.contacts,
        )
        for shape in shapes
    )


def _check_ins(shape: DutyShape) -> CheckIns | None:
    """The rulebook's own cadence of check-ins; None where it is the built-in one."""
    shipped = duty.CHECK_INS
    of_status = shape.by_status
    own = CheckIns(
        by_severity=tuple(
            (severity, tuple(shape.check_ins.get(severity, pauses)))
            for severity, pauses in shipped.by_severity
        ),
        by_status=shipped.by_status
        if of_status is None
        else tuple((each, tuple(of_status[each])) for each in SubjectStatus if each in of_status),
    )
    return None if own == shipped else own


def _gravest(a: Severity, b: Severity) -> Severity:
    return a if a.at_least(b) else b


def _raised(own: Severity, modifier: Modifier) -> Severity:
    order = list(Severity)
    raised = order[max(own.rank - modifier.raise_by, min(own.rank, modifier.up_to.rank))]
    return raised if modifier.at_least is None else _gravest(raised, modifier.at_least)


def day_of(event: ThreatEvent, *, otherwise: date | None) -> date | None:
    """The day on which links must hold for this event: its own, else the one given."""
    return event.occurred.at.date() if event.occurred.at else otherwise
