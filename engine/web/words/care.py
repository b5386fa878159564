"""How the person is, whom a check-in heard, and why a case is less grave, in words."""

from schemas.codes import Heard, SubjectStatus
from schemas.facts import WhyLowered

STATUS: dict[SubjectStatus, str] = {
    SubjectStatus.DEAD: "dead",
    SubjectStatus.DISAPPEARED: "disappeared: nobody says where they are",
    SubjectStatus.DETAINED: "detained",
    SubjectStatus.INJURED: "injured",
    SubjectStatus.IN_HIDING: "in hiding",
    SubjectStatus.DISPLACED: "displaced",
    SubjectStatus.RESTRICTED: "restricted: house arrest, a travel ban, reporting duties",
    SubjectStatus.RELOCATED: "in a safer place for a while",
    SubjectStatus.RELEASED: "released from custody",
    SubjectStatus.FREE: "at liberty",
    SubjectStatus.UNKNOWN: "somewhere we do not know; nobody has said",
}

HEARD: dict[Heard, str] = {
    Heard.SAFE_CHANNEL: "The person, on the safe channel, and the code phrase was right",
    Heard.RELATIVE: "A relative; not the person",
    Heard.LAWYER: "A lawyer; not the person",
    Heard.NO_SIGN: "Nobody: no sign of the person",
}

WHY_LOWERED: dict[WhyLowered, str] = {
    "danger_passed": "the danger has passed",
    "misjudged": "it was judged too grave at first",
    "better_known": "more is known now",
    "other": "another reason",
}
