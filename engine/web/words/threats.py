"""What was done, in words: a noun for the board, a verb phrase for a recipient's page."""

from dataclasses import dataclass

from schemas.codes import EventType, threat_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """One event code in English."""

    noun: str
    """Starts a line on the board: `Arrest`."""
    participle: str
    """Follows `was`, `were` or `may be`: `arrested`. Never a name, place or number."""


_ROWS: tuple[tuple[str, str, str], ...] = (
    ("killing", "Killing", "killed"),
    ("attempted_killing", "Attempted killing", "attacked by somebody who meant to kill"),
    ("disappearance", "Disappearance", "made to disappear"),
    ("abduction", "Abduction", "abducted"),
    ("torture", "Torture", "tortured"),
    ("sexual_violence", "Sexual violence", "attacked with sexual violence"),
    ("shots_fired", "Shots fired", "shot at"),
    ("assault", "Assault", "assaulted"),
    ("death_threat", "Death threat", "threatened with death"),
    ("threat", "Threat", "threatened"),
    ("surveillance", "Surveillance", "put under surveillance"),
    ("stalking", "Stalking", "followed and watched"),
    ("sexual_harassment", "Sexual harassment", "sexually harassed"),
    ("arrest", "Arrest", "arrested"),
    ("detention", "Detention", "detained"),
    ("house_arrest", "House arrest", "put under house arrest"),
    ("raid_search", "Raid or search", "raided or searched"),
    ("office_closure", "Office closed", "locked out of a closed office"),
    ("organisation_ban", "Organisation banned", "banned from working as an organisation"),
    ("assembly_ban", "Assembly banned", "forbidden to assemble"),
    ("censorship", "Censorship", "censored"),
    ("travel_ban", "Travel ban", "forbidden to travel"),
    ("exile", "Exile", "forced into exile"),
    ("eviction", "Eviction", "evicted"),
    ("displacement", "Displacement", "displaced"),
    ("property_destruction", "Property destroyed", "deprived of destroyed property"),
    ("theft", "Theft", "robbed"),
    ("confiscation", "Confiscation", "subjected to confiscation"),
    ("land_expropriation", "Land expropriated", "deprived of land"),
    ("extortion", "Extortion", "extorted"),
    ("smear", "Smear campaign", "smeared in public"),
    ("dismissal", "Dismissal", "dismissed from work"),
    ("blacklisting", "Blacklisting", "put on a blacklist"),
    ("union_restriction", "Union restricted", "kept from union work"),
    ("attack_on_union_meeting", "Attack on a union meeting", "attacked at a union meeting"),
    ("strike_breaking", "Strike broken", "forced to end a strike"),
    ("slapp", "Lawsuit meant to silence", "sued in order to be silenced"),
    ("criminal_prosecution", "Criminal prosecution", "prosecuted"),
    ("summons", "Summons", "summoned by the authorities"),
    ("extradition_risk", "Risk of extradition", "put at risk of being sent back"),
    ("forced_retraction", "Forced retraction", "forced to retract a statement"),
    ("funding_restriction", "Funding restricted", "cut off from funding"),
    ("deregistration", "Deregistration", "deregistered"),
    ("legal_restriction", "Legal restriction", "restricted by a new law or order"),
    ("doxxing", "Private data published", "exposed by publishing private data"),
    ("account_takeover", "Account taken over", "locked out of an account"),
    ("device_seizure", "Device seized", "deprived of a seized device"),
    ("spyware", "Spyware", "targeted with spyware"),
    ("ddos", "Website attacked", "knocked offline by an attack"),
    ("online_harassment", "Online harassment", "harassed online"),
    ("shutdown", "Network shut down", "cut off by a network shutdown"),
    ("community_security_incident", "Security incident", "caught in a security incident"),
    ("early_warning", "Early warning", "harmed soon"),
    ("eviction_announced", "Eviction announced", "evicted soon"),
    ("reprisal_risk", "Risk of reprisal", "punished for speaking up"),
    ("pattern", "Pattern", "affected by a pattern of threats"),
    ("enrichment", "More is known", "put at risk"),
    ("status_changed", "Status changed", "put at risk"),
    ("severity_changed", "Severity changed", "put at risk"),
    ("released_from_custody", "Released from custody", "released from custody"),
    ("suit_withdrawn", "Lawsuit withdrawn", "freed of a lawsuit"),
    ("retraction", "Retraction", "put at risk"),
    ("date_set", "Date set", "given a date"),
    ("date_moved", "Date moved", "given a new date"),
    ("date_cancelled", "Date cancelled", "told that a date was cancelled"),
    ("consent_granted", "Consent given", "put at risk"),
    ("consent_narrowed", "Consent narrowed", "put at risk"),
    ("consent_revoked", "Consent withdrawn", "put at risk"),
    ("exercise", "Exercise", "imagined for an exercise"),
)

ACTS: dict[str, Act] = {
    code: Act(noun=noun, participle=participle) for code, noun, participle in _ROWS
}

_BRANCHES: dict[str, str] = {
    "slapp": "civil defence against a lawsuit",
    "smear": "defamation",
    "dismissal": "labour law",
    "blacklisting": "labour law",
    "union_restriction": "labour law",
    "strike_breaking": "labour law",
    "attack_on_union_meeting": "labour and criminal law",
    "eviction": "land and housing law",
    "eviction_announced": "land and housing law",
    "displacement": "land and housing law",
    "land_expropriation": "land and housing law",
    "extradition_risk": "extradition law",
    "exile": "asylum and migration law",
    "travel_ban": "administrative law",
    "deregistration": "law of associations",
    "organisation_ban": "law of associations",
    "funding_restriction": "law of associations",
}


def noun_of(code: str) -> str:
    """What the board calls an event; a code we do not know is shown as it came."""
    act = ACTS.get(code)
    return act.noun if act else f"Unknown code {code}"


def happened(code: str, *, many: bool) -> str:
    """The verb phrase after the people concerned: `was arrested`, `may be evicted soon`."""
    act = ACTS.get(code)
    if act is None:
        return "are at risk" if many else "is at risk"
    threat = threat_of(code)
    if threat is not None and threat.type is EventType.WARNING:
        return f"may be {act.participle}"
    return f"{'were' if many else 'was'} {act.participle}"


def branch_of_law(code: str) -> str:
    """What kind of lawyer is looked for; told to a law firm before anything else."""
    return _BRANCHES.get(code, "criminal defence and human rights law")
