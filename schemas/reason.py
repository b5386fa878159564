"""Why a party is told, or is not, and what would turn a refusal."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType


class Reason(StrEnum):
    """Why a party is told, or is not. Stored, shown on the case, and counted."""

    ALLOWED = "allowed"
    """Told: every check of the guard passed."""
    PERPETRATOR_CLOSURE = "perpetrator_closure"
    """Alleged to be behind the threat, or tied to somebody who is."""
    UNKNOWN_PERPETRATOR_GROUP = "unknown_perpetrator_group"
    """Nobody knows who did it and this is the operator's group; two people may lift it."""
    CONTROLLER_NEEDS_TWO = "controller_needs_two"
    """Controls somebody excluded: its headquarters only by two people, never by machine."""
    REPRESENTS = "represents"
    """A law firm that acts or acted for somebody excluded."""
    OFFICER_OF = "officer_of"
    """An association in which a person of somebody excluded holds office."""
    STATE_OF_PERPETRATOR = "state_of_perpetrator"
    """A body, mission or captured institution of the state behind the threat."""
    REQUESTING_STATE = "requesting_state"
    """The state that wants the person returned, or something it owns."""
    TRANSIT_STATE = "transit_state"
    """The state holding the person on the way."""
    PASSED_ON_INSIDE = "passed_on_inside"
    """It gave what it knew to somebody who must not know."""
    MECHANISM_OF_COMPLAINT = "mechanism_of_complaint"
    """Runs the complaint mechanism after which the reprisal happened."""
    CONSENT_NONE = "consent_none"
    """Nobody has consented to telling anybody but duty."""
    CONSENT_AUDIENCE = "consent_audience"
    """Consent was given, but not for this audience."""
    CONSENT_MODE = "consent_mode"
    """Consent was given for a quieter way of acting."""
    CONSENT_EXPIRED = "consent_expired"
    """Consent has run out."""
    CONSENT_REVOKED = "consent_revoked"
    """Consent was withdrawn."""
    NOBODY_UNCONFIRMED = "nobody_unconfirmed"
    """Only a report says that nobody can be recognised; protection may know, others not yet."""
    PROXY_UNJUSTIFIED = "proxy_unjustified"
    """Somebody spoke for the person, and nobody said why the person could not."""
    CONSENT_FROM_INSIDE = "consent_from_inside"
    """Consent came by a line that is run for whoever must not know."""
    CONFLICT = "conflict"
    """Declared a conflict of interest."""
    MODE = "mode"
    """Louder than the case's ceiling."""
    FROZEN = "frozen"
    """The case, the track or everything outgoing is frozen."""
    STOPPED = "stopped"
    """Somebody pressed Stop outgoing."""
    STALE = "stale"
    """Lay here for more than 12 hours before it could leave: a person says whether it may."""
    HELD = "held"
    """A person asked to wait."""
    LEVEL = "level"
    """A site, commercial or similar contact; never told by machine."""
    ENDPOINT_FANS_OUT = "endpoint_fans_out"
    """A list address with somebody on it who must not know."""
    CERTAINTY = "certainty"
    """Not yet sure enough for anybody but duty and protection."""
    SMALL_CELL = "small_cell"
    """A pattern about so few that somebody could be picked out of it (N20)."""
    PATTERN_ONLY = "pattern_only"
    """Gets patterns, and no case about a person (A20)."""
    LINK_NOT_CURRENT = "link_not_current"
    """The link that would include it has ended or has not begun."""
    LINK_UNVERIFIED = "link_unverified"
    """The link that would include it has not been verified."""
    COUNTRY_UNRESOLVED = "country_unresolved"
    """Nobody has said for certain in which country it happened."""
    GATE_CLOSED = "gate_closed"
    """Nobody on duty has released this track yet."""
    CASE_OVER = "case_over"
    """The case is resolved; nothing more is asked of anybody."""
    DECLINED = "declined"
    """Declined in this case; never asked again in it."""
    WISH = "wish"
    """The person asked that this kind of party is not told."""
    EXERCISE = "exercise"
    """A drill may reach exercise endpoints only, and real traffic never reaches those."""
    NO_ENDPOINT = "no_endpoint"
    """There is no way to reach it."""
    UNKNOWN_PARTY = "unknown_party"
    """Not in the registry: a person has to resolve the name first."""
    LINKED = "linked"
    """The case is linked with another one, whose people have not allowed this."""
    NOT_CHOSEN = "not_chosen"
    """No rule finds it any more: a re-plan left it out before it was told."""


class Remedy(StrEnum):
    """What would turn a refusal; `engine/web/words/remedies.py` has the sentence of each."""

    NOTHING = "nothing"
    """No consent, no release and no person turns it in this case."""
    LIFT_BY_TWO = "lift_by_two"
    """Two people may lift it, once it is known who did it."""
    CLEAR_BY_TWO = "clear_by_two"
    """It rests on an ended or unverified link: two people may clear that for this case."""
    RELEASE_BY_TWO = "release_by_two"
    """Two people may release its headquarters, each with a record."""
    HEADQUARTERS = "headquarters"
    """Another contact: one at headquarters."""
    ASK_THE_PERSON = "ask_the_person"
    """Ask the person, or whoever may speak for them, and record what they allow."""
    AGREE_NOBODY = "agree_nobody"
    """Two people look whether anybody could be recognised, and agree that nobody can."""
    JUSTIFY_PROXY = "justify_proxy"
    """Ask the person; where that is impossible, record why, and who speaks for them."""
    ASK_ANOTHER_WAY = "ask_another_way"
    """Ask the person by a way of their own, not through that line, and record it."""
    GIVEN_ANEW = "given_anew"
    """Only if they come to it themselves: nobody is pressed who withdrew."""
    QUIETER = "quieter"
    """Act more quietly, or let a person widen what is allowed."""
    LIFT_FREEZE = "lift_freeze"
    """Two people may lift the freeze."""
    LIFT_STOP = "lift_stop"
    """Two people may let messages out again."""
    END_HOLD = "end_hold"
    """Wait until the hold ends, or let a person end it."""
    TELL_MEMBERS = "tell_members"
    """Tell the members of the group one by one."""
    PERSONAL_ADDRESS = "personal_address"
    """Use the address of one person."""
    SECOND_SOURCE = "second_source"
    """Find a second independent, reliable source."""
    CURRENT_LINK = "current_link"
    """Record the link that holds now."""
    VERIFY_LINK = "verify_link"
    """Verify the link in the registry."""
    NAME_COUNTRY = "name_country"
    """Send a further report that names the country."""
    RELEASE = "release"
    """Look at the case and release the track."""
    SAME_KIND = "same_kind"
    """In a drill use what is there for drills, for the real thing what is real."""
    ADD_WAY = "add_way"
    """Record a way to reach it, or phone."""
    VERIFY_CONTACT = "verify_contact"
    """Verify the contact: nobody knows whose address it is now."""
    NEXT_CONTACT = "next_contact"
    """This one is away, or gone from the registry: use the next contact."""
    NAME_PARTY = "name_party"
    """Find out who it is, and add it to the registry."""
    OUTWARD_TRACK = "outward_track"
    """A party is told on a track of its own, never as if it were duty."""
    WIDER_CELL = "wider_cell"
    """Report it for a wider country, sector or period, so that more are in it."""
    ADD_BY_HAND = "add_by_hand"
    """Add it to the case by hand."""


REMEDIES: Mapping[Reason, Remedy] = MappingProxyType(
    {
        Reason.PERPETRATOR_CLOSURE: Remedy.NOTHING,
        Reason.UNKNOWN_PERPETRATOR_GROUP: Remedy.LIFT_BY_TWO,
        Reason.CONTROLLER_NEEDS_TWO: Remedy.RELEASE_BY_TWO,
        Reason.REPRESENTS: Remedy.NOTHING,
        Reason.OFFICER_OF: Remedy.NOTHING,
        Reason.STATE_OF_PERPETRATOR: Remedy.NOTHING,
        Reason.REQUESTING_STATE: Remedy.NOTHING,
        Reason.TRANSIT_STATE: Remedy.NOTHING,
        Reason.PASSED_ON_INSIDE: Remedy.NOTHING,
        Reason.MECHANISM_OF_COMPLAINT: Remedy.NOTHING,
        Reason.CONSENT_NONE: Remedy.ASK_THE_PERSON,
        Reason.CONSENT_AUDIENCE: Remedy.ASK_THE_PERSON,
        Reason.CONSENT_MODE: Remedy.QUIETER,
        Reason.CONSENT_EXPIRED: Remedy.ASK_THE_PERSON,
        Reason.CONSENT_REVOKED: Remedy.GIVEN_ANEW,
        Reason.NOBODY_UNCONFIRMED: Remedy.AGREE_NOBODY,
        Reason.PROXY_UNJUSTIFIED: Remedy.JUSTIFY_PROXY,
        Reason.CONSENT_FROM_INSIDE: Remedy.ASK_ANOTHER_WAY,
        Reason.CONFLICT: Remedy.NOTHING,
        Reason.MODE: Remedy.QUIETER,
        Reason.FROZEN: Remedy.LIFT_FREEZE,
        Reason.STOPPED: Remedy.LIFT_STOP,
        Reason.HELD: Remedy.END_HOLD,
        Reason.STALE: Remedy.RELEASE,
        Reason.LEVEL: Remedy.HEADQUARTERS,
        Reason.ENDPOINT_FANS_OUT: Remedy.PERSONAL_ADDRESS,
        Reason.CERTAINTY: Remedy.SECOND_SOURCE,
        Reason.SMALL_CELL: Remedy.WIDER_CELL,
        Reason.PATTERN_ONLY: Remedy.NOTHING,
        Reason.LINK_NOT_CURRENT: Remedy.CURRENT_LINK,
        Reason.LINK_UNVERIFIED: Remedy.VERIFY_LINK,
        Reason.COUNTRY_UNRESOLVED: Remedy.NAME_COUNTRY,
        Reason.GATE_CLOSED: Remedy.RELEASE,
        Reason.CASE_OVER: Remedy.NOTHING,
        Reason.DECLINED: Remedy.NOTHING,
        Reason.WISH: Remedy.ASK_THE_PERSON,
        Reason.EXERCISE: Remedy.SAME_KIND,
        Reason.NO_ENDPOINT: Remedy.ADD_WAY,
        Reason.UNKNOWN_PARTY: Remedy.NAME_PARTY,
        Reason.NOT_CHOSEN: Remedy.ADD_BY_HAND,
        Reason.LINKED: Remedy.ASK_THE_PERSON,
    }
)
"""What turns each refusal as a rule; the guard names a narrower one where it knows one."""
