"""Gates in words: what a release record asks, how sure we are, why protection cannot wait."""

from schemas.codes import ContactRule, Label, Reliability
from schemas.preflight import CODES, Check

WHETHER: dict[str, str] = {
    "caused_or_contributed": "they caused it, or had a part in it",
    "linked": "they are linked to it by their business",
    "business_case": "it is in their own interest",
    "moral_choice": "they can help, and choose to",
}

HOW: dict[str, str] = {
    "quiet_request": "a quiet request to each",
    "one_by_one": "one after the other",
    "together": "all together",
    "through_initiative": "through an initiative",
}

RISK: dict[str, str] = {"low": "low", "medium": "medium", "high": "high", "unknown": "unknown"}

CHECK: dict[Check, str] = {
    Check.CONVENOR_LEGITIMACY: "Do those concerned accept whoever calls for this?",
    Check.ACTORS_ABILITY: "Can those who would be asked do anything?",
    Check.POWER_DYNAMICS: "Can the person bear what follows, given who depends on whom?",
    Check.PREVIOUS_INTERVENTIONS: "What came of earlier interventions?",
    Check.CONTEXT: "Does this fit the place and the moment?",
    Check.REPRISAL_POTENTIAL: "What reprisal do you expect?",
}

FOUND: dict[str, str] = {
    "accepted": "they accept it",
    "contested": "some of them contest it",
    "able": "they can",
    "in_part": "they can in part",
    "balanced": "the person can bear it",
    "uneven_provided_for": "power is uneven, and the person is provided for",
    "none": "there were none",
    "helped": "they helped",
    "no_effect": "they had no effect",
    "did_harm": "they did harm",
    "fits": "it fits",
    "changing": "it fits for now, and changes quickly",
    "low": "little",
    "medium": "some",
    "high": "strong",
    "unknown": "nobody knows",
}

TITLE: dict[Check, str] = {
    Check.CONVENOR_LEGITIMACY: "legitimacy of whoever calls for it",
    Check.ACTORS_ABILITY: "what they can do",
    Check.POWER_DYNAMICS: "power",
    Check.PREVIOUS_INTERVENTIONS: "earlier interventions",
    Check.CONTEXT: "place and moment",
    Check.REPRISAL_POTENTIAL: "reprisal potential",
}

WHY_JUDGED: dict[str, str] = {
    "spoke_to_source": "we spoke with the source",
    "documents": "we saw documents",
    "second_source": "a second source says so",
    "doubts": "there are doubts",
    "contradicted": "somebody contradicts it",
    "other": "another reason",
}

RELIABILITY: dict[Reliability, str] = {
    Reliability.HIGH: "highly reliable so far",
    Reliability.MODERATE: "reliable for the most part",
    Reliability.LOW: "unreliable; does not count",
    Reliability.UNKNOWN: "nobody knows; does not count",
}

LABELS: dict[Label, str] = {
    Label.CLEAR: "anybody may hear of it",
    Label.GREEN: "colleagues in their field may hear of it, the public not",
    Label.AMBER: "those who must act on it, in their house and among its clients",
    Label.AMBER_STRICT: "those in their own house who must act on it",
    Label.RED: "the reader alone",
}
"""How far a reader may pass it on, as one says it to somebody on duty."""

SPEAK_TO: dict[ContactRule, str] = {
    ContactRule.NOBODY: "nobody but us",
    ContactRule.REPRESENTATIVE: "whoever represents the person, put through by us",
    ContactRule.ORGANISATION: "the person's organisation, put through by us",
}

WHY_SHARED: dict[str, str] = {
    "publisher_agreed": "whoever published it agreed",
    "person_agreed": "the person, or who may speak for them, agreed",
    "caution": "to be careful",
    "other": "another reason",
}

WHY_NECESSARY: dict[str, str] = {
    "unreachable": "the person cannot be reached",
    "life_at_stake": "a life is at stake",
    "no_time": "there is no time to ask",
    "other": "another reason",
}


def options(check: Check) -> list[tuple[str, str]]:
    """What can be said of a point of the pre-flight, in words."""
    return [(code, f"{FOUND[code][:1].upper()}{FOUND[code][1:]}") for code in CODES[check]]
