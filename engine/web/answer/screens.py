"""What each stage of the page says, and the buttons under it. None is chosen beforehand. Pure."""

from dataclasses import dataclass

from engine.web.answer import english, ground_rules
from engine.web.answer.stages import Stage
from engine.web.words.sentence import Said
from schemas.projection import Projection

Options = tuple[tuple[str, str], ...]

_NOT_FOR_ME: Options = (
    ("someone_else", "I am the wrong person; someone else here is right"),
    ("not_us", "This is not for our organisation"),
    ("back", "Back"),
)
UNDERTAKING = (
    "I will keep this to those who must act; I will not contact the person, family, site, "
    "supplier or local authorities unless the desk agrees."
)
_UNDERTAKING: Options = (
    ("agree", "I agree"),
    ("minimum", "I agree, but I may have a conflict: tell me the least first"),
    ("not_for_me", "Not for me"),
)
_KIND: Options = (("go_on", "Go on"), ("not_for_me", "Not for me"))
_ADVERSE: Options = (
    ("no_conflict", "No, I agree and read on"),
    ("conflict", "Yes, or it may look like it"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Screen:
    """One stage as it is read, from top to bottom."""

    heading: str
    label: tuple[str, str] = ("", "")
    """How far what follows may be passed on: above anything of the case."""
    paragraphs: tuple[Said, ...] = ()
    keep_to: tuple[str, ...] = ()
    """Whom not to contact, and how openly to act: beside what is asked."""
    options: Options


def screen(stage: Stage, projection: Projection, *, promised: bool = False) -> Screen:
    """The stage for the audience of the projection. Only the first two say nothing of the case."""
    audience = projection.audience
    contact = ground_rules.contact_words(projection)
    match stage:
        case Stage.UNDERTAKING:
            said: Said = (f"To read on, please agree: {UNDERTAKING}",)
            before = tuple((sentence,) for sentence in english.before_content(audience))
            return Screen(
                heading="Someone’s safety may depend on how this is handled.",
                paragraphs=(*before, said),
                options=_UNDERTAKING,
            )
        case Stage.NOT_FOR_ME:
            please: Said = ("Please do not forward it. Tell us which it is.",)
            return Screen(heading="Not for you?", paragraphs=(please,), options=_NOT_FOR_ME)
        case Stage.KIND:
            return Screen(
                heading="First, the least",
                label=ground_rules.label_words(projection),
                paragraphs=english.staged(projection, stage),
                keep_to=(contact,),
                options=_KIND,
            )
        case Stage.ADVERSE:
            undertaking: Said = (f"By reading on you agree: {UNDERTAKING}",)
            return Screen(
                heading="Is there a conflict?",
                label=ground_rules.label_words(projection),
                paragraphs=(*english.staged(projection, stage), undertaking),
                keep_to=(contact,),
                options=_ADVERSE,
            )
    choices = english.choices(projection.audience, label=projection.label, promised=promised)
    answers = tuple((each.kind.value, each.words) for each in choices)
    return Screen(
        heading="What we ask",
        label=ground_rules.label_words(projection),
        paragraphs=english.content(projection),
        keep_to=tuple(filter(None, (contact, ground_rules.mode_words(projection)))),
        options=answers,
    )
