"""What would turn a refusal, as one would say it to somebody on duty."""

from schemas.reason import Remedy

REMEDY: dict[Remedy, str] = {
    Remedy.NOTHING: "Nothing turns this in this case.",
    Remedy.LIFT_BY_TWO: "Two people may lift it, once it is known who did it.",
    Remedy.CLEAR_BY_TWO: "The link ended or is unverified: two people may clear it for this case.",
    Remedy.RELEASE_BY_TWO: "Two people may release its headquarters, each with a record.",
    Remedy.HEADQUARTERS: "Choose a contact at headquarters.",
    Remedy.ASK_THE_PERSON: (
        "Ask the person, or whoever may speak for them, and record what they allow."
    ),
    Remedy.AGREE_NOBODY: "Two people look whether anybody could be recognised, and agree.",
    Remedy.JUSTIFY_PROXY: (
        "Ask the person. If that is impossible, record why, and who speaks for them."
    ),
    Remedy.ASK_ANOTHER_WAY: "Ask the person another way, never through that line, and record it.",
    Remedy.GIVEN_ANEW: "Only if they give it anew of their own accord. Do not press them.",
    Remedy.QUIETER: "Act more quietly, or ask whether it may be louder.",
    Remedy.LIFT_FREEZE: "Two people may lift the freeze.",
    Remedy.LIFT_STOP: "Two people may let messages out again.",
    Remedy.END_HOLD: "Wait until the hold ends, or ask whoever set it.",
    Remedy.TELL_MEMBERS: "Tell its members one by one.",
    Remedy.PERSONAL_ADDRESS: "Use the address of one person.",
    Remedy.SECOND_SOURCE: "Find a second independent source.",
    Remedy.CURRENT_LINK: "Record the link that holds now.",
    Remedy.VERIFY_LINK: "Verify the link in the registry.",
    Remedy.NAME_COUNTRY: "Send a further report that names the country.",
    Remedy.RELEASE: "Look at the case and release the track.",
    Remedy.SAME_KIND: "In a drill use what is there for drills; otherwise what is real.",
    Remedy.ADD_WAY: "Record a way to reach it, or phone.",
    Remedy.VERIFY_CONTACT: "Verify the contact: nobody knows whose address it is now.",
    Remedy.NEXT_CONTACT: "Use the next contact; this one is away or gone from the registry.",
    Remedy.NAME_PARTY: "Find out who it is, and add it to the registry.",
    Remedy.OUTWARD_TRACK: "Tell it on a track of its own.",
    Remedy.WIDER_CELL: "Report it for a wider region, sector or period, so that more are in it.",
    Remedy.ADD_BY_HAND: "Add it to the case by hand, if it should be asked all the same.",
}
