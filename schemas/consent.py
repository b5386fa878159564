"""Consent as it is recorded: who allowed what, to whom, until when, and how we know."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from schemas.codes import Audience, FieldName, Mode


class Basis(StrEnum):
    """Who gave consent, or why none was needed."""

    PERSON = "person"
    REPRESENTATIVE = "representative"
    GUARDIAN = "guardian"
    COMMUNITY = "community"
    NO_IDENTIFIABLE_PERSON = "no_identifiable_person"
    NECESSITY = "necessity"

    @property
    def proxy(self) -> bool:
        """Whether somebody else speaks for the person: then it is said why they cannot."""
        return self in (Basis.REPRESENTATIVE, Basis.GUARDIAN)


class Obtained(StrEnum):
    """How consent was given."""

    WRITTEN = "written"
    SPOKEN = "spoken"
    GESTURE = "gesture"
    STANDING_AGREEMENT = "standing_agreement"
    UNKNOWN = "unknown"


class Inability(StrEnum):
    """Why the person could not be asked, so that somebody speaks for them.

    The Inter-American Commission acts without the person's own word only where its absence is
    justified, and Canada's missions take that of representatives and families; the words of the
    justification lie in the vault.
    """

    DETAINED = "detained"
    INCOMMUNICADO = "incommunicado"
    DISAPPEARED = "disappeared"
    IN_HIDING = "in_hiding"
    INCAPACITATED = "incapacitated"
    """Unconscious, gravely ill, or not able to decide."""
    CHILD = "child"
    DECEASED = "deceased"
    UNSAFE_TO_ASK = "unsafe_to_ask"
    """Asking would itself put the person at risk."""
    OTHER = "other"


class ConsentDoor(StrEnum):
    """By which door a record came in."""

    UNKNOWN = "unknown"
    """Recorded before doors were noted."""
    EVENT = "event"
    """Said by the publisher: it tightens at once and widens nothing that was ever recorded."""
    TERMINAL = "terminal"
    CONSOLE = "console"
    HOLDER = "holder"
    """By the signed link of whoever holds the consent: it only takes back."""

    @property
    def personal(self) -> bool:
        """Whether a person of ours stands behind it, who may widen."""
        return self in (ConsentDoor.TERMINAL, ConsentDoor.CONSOLE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Community:
    """Consent of a community: it counts once `needed` of its `of` representatives agreed."""

    needed: int
    of: int
    agreed: tuple[str, ...] = ()
    """Opaque ids of those who agreed; the same one twice is one."""

    @property
    def enough(self) -> bool:
        """Whether as many different people agreed as are needed."""
        return 1 <= self.needed <= len(set(self.agreed)) <= self.of


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """What a consent allows: the part of a record that can be wider or narrower."""

    audiences: tuple[Audience, ...]
    mode: Mode
    basis: Basis
    fields: tuple[FieldName, ...] = ()
    until: datetime | None = None
    community: Community | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Wider:
    """More than counts now, that somebody says is allowed; it counts once enough people agreed."""

    scope: Scope
    given_at: datetime
    """When the subject is said to have allowed it."""
    asked_at: datetime
    """When it was recorded; whoever agrees much later asks the subject again."""
    needs: int
    """How many different people of ours: one, or two for companies, the public, and the like."""
    agreed: tuple[str, ...] = ()
    """Who agreed so far."""
    by: str = ""
    """Who said so: a person of ours, or the publisher."""
    door: ConsentDoor = ConsentDoor.UNKNOWN
    obtained: Obtained = Obtained.UNKNOWN
    holder: str = ""
    witness: str = ""
    inability: Inability | None = None
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Consent:
    """What one subject allows, as of its commit. A later record of the same subject replaces it.

    Every record is kept. Codes and opaque ids only: words, such as those that justify why the
    person could not be asked, lie in the vault.
    """

    id: str
    pseudonym: str
    """`source/pseudonym`: the subject, as its publisher calls it."""
    audiences: tuple[Audience, ...]
    mode: Mode
    basis: Basis
    given_at: datetime
    """When it was given, by the newest word that counts in it; never after `recorded_at`."""
    fields: tuple[FieldName, ...] = ()
    """Empty: what the audience's field class allows."""
    until: datetime | None = None
    revoked: bool = False
    obtained: Obtained = Obtained.UNKNOWN
    holder: str = ""
    """Opaque id of whoever holds this consent: only they get a signed link to see and to stop."""
    witness: str = ""
    """Opaque id of whoever was there when it was given."""
    inability: Inability | None = None
    """Why the person could not be asked themself, where somebody speaks for them."""
    note: str = ""
    """Vault id of what justifies that, or of how it was given, in words."""
    community: Community | None = None
    """Of a community's consent: how many are needed, and who agreed."""
    recorded_at: datetime | None = None
    """When it was recorded; None: when it was given, as in records of earlier releases."""
    by: str = ""
    """Who recorded it: a person of ours, the publisher, or the holder."""
    door: ConsentDoor = ConsentDoor.UNKNOWN
    agreed_by: tuple[str, ...] = ()
    """People of ours who agreed to widen it to this."""
    wider: Wider | None = None
    """More that somebody says is allowed, while people still have to agree to it."""

    @property
    def scope(self) -> Scope:
        """What it allows, apart from whether it was taken back."""
        return Scope(
            audiences=self.audiences,
            mode=self.mode,
            basis=self.basis,
            fields=self.fields,
            until=self.until,
            community=self.community,
        )

    @property
    def given(self) -> bool:
        """Whether everybody it takes has given it: of a community as many as it says."""
        if self.basis is not Basis.COMMUNITY:
            return True
        return self.community is not None and self.community.enough

    @property
    def stands(self) -> bool:
        """Whether it counts beyond protection.

        That nobody can be recognised takes two people of ours who looked. Whoever speaks for the
        person says why the person could not be asked: the Inter-American Commission wants consent,
        or its absence justified.
        """
        if self.basis is Basis.NO_IDENTIFIABLE_PERSON:
            return len(set(self.agreed_by)) > 1
        return not self.basis.proxy or self.inability is not None

    @property
    def opens(self) -> tuple[Audience, ...]:
        """Whom it opens the door to as it stands: protection waits for nobody's second look."""
        if self.stands:
            return self.audiences
        return tuple(each for each in self.audiences if not each.outward)
