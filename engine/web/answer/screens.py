"""What each stage of the page says, and the buttons under it. None is chosen beforehand. Pure."""

from engine.web.answer import english
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
    ("minimum", "I may have a conflict, tell me the minimum first"),
    ("not_for_me", "Not for me"),
)
_KIND: Options = (("go_on", "Go on"), ("not_for_me", "Not for me"))
_ADVERSE: Options = (
    ("no_conflict", "No, I agree and read on"),
    ("conflict", "Yes, or it may look like it"),
)


def screen(stage: Stage, projection: Projection) -> tuple[str, tuple[Said, ...], Options]:
    """Heading, paragraphs and buttons of a stage, for the audience of the projection."""
    audience = projection.audience
    match stage:
        case Stage.UNDERTAKING:
            said: Said = (f"To read on, please agree: {UNDERTAKING}",)
            before = tuple((sentence,) for sentence in english.before_content(audience))
            heading = "Someone’s safety may depend on how this is handled."
            return heading, (*before, said), _UNDERTAKING
        case Stage.NOT_FOR_ME:
            please: Said = ("Please do not forward it. Tell us which it is.",)
            return "Not for you?", (please,), _NOT_FOR_ME
        case Stage.KIND:
            return "First, the least", english.staged(projection, stage), _KIND
        case Stage.ADVERSE:
            undertaking: Said = (f"By reading on you agree: {UNDERTAKING}",)
            told = english.staged(projection, stage)
            return "Is there a conflict?", (*told, undertaking), _ADVERSE
    answers = tuple((each.kind.value, each.words) for each in english.choices(audience))
    return "What we ask", english.content(projection), answers
