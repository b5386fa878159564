"""Everything that can be asked, and what one needs for it."""

from collections.abc import Mapping
from types import MappingProxyType

from engine.access import Permission as P
from engine.admin import (
    acting,
    answering,
    aside,
    caring,
    clearing,
    consenting,
    dating,
    deciding,
    duty,
    forming,
    gating,
    holders,
    holding,
    importing,
    judging,
    keeping,
    lasting,
    linkage,
    looking,
    proving,
    reading,
    retaining,
    rounds,
    steering,
    tasking,
    unsound,
)
from engine.admin.operation import Nothing, Operation

OPERATIONS: Mapping[str, Operation] = MappingProxyType(
    {
        "whoami": Operation(run=keeping.whoami, takes=Nothing, needs=P.READ),
        "case.list": Operation(run=reading.list_cases, takes=reading.CaseList, needs=P.READ),
        "case.show": Operation(run=reading.show_case, takes=reading.OneCase, needs=P.READ),
        "case.told": Operation(run=holders.told, takes=reading.OneCase, needs=P.READ),
        "proof.make": Operation(run=proving.make, takes=proving.Proving, needs=P.READ),
        "proof.check": Operation(run=proving.check, takes=proving.Checking, needs=P.READ),
        "form.make": Operation(run=forming.make, takes=forming.Forming, needs=P.READ),
        "case.ledger": Operation(run=answering.ledger, takes=reading.OneCase, needs=P.READ),
        "answer.class": Operation(run=answering.judge, takes=answering.Classing, needs=P.RESPOND),
        "promise.withdraw": Operation(
            run=answering.withdraw, takes=answering.Withdrawing, needs=P.RESPOND
        ),
        "holder.told": Operation(run=holders.told_of_person, takes=holders.OnePerson, needs=P.READ),
        "holder.link": Operation(run=holders.make_link, takes=holders.MakingLink, needs=P.CONSENT),
        "holder.links": Operation(run=holders.list_links, takes=holders.OnePerson, needs=P.READ),
        "holder.end": Operation(run=holders.end_link, takes=holders.OneLink, needs=P.CONSENT),
        "case.take": Operation(run=acting.take_case, takes=reading.OneCase, needs=P.TAKE_TASKS),
        "task.list": Operation(run=reading.list_tasks, takes=Nothing, needs=P.READ),
        "task.take": Operation(run=acting.take, takes=acting.OnTask, needs=P.TAKE_TASKS),
        "task.add": Operation(run=tasking.add, takes=tasking.AddingTask, needs=P.TAKE_TASKS),
        "task.done": Operation(run=acting.finish, takes=acting.Finishing, needs=P.TAKE_TASKS),
        "respond": Operation(run=acting.respond, takes=acting.Answering, needs=P.RESPOND),
        "release": Operation(run=gating.release, takes=gating.Releasing, needs=P.RELEASE),
        "joint": Operation(run=gating.propose_joint, takes=gating.Joining, needs=P.FREEZE),
        "certainty": Operation(run=gating.judge, takes=gating.Judging, needs=P.JUDGE_CERTAINTY),
        "source": Operation(run=gating.hear, takes=gating.Hearing, needs=P.JUDGE_CERTAINTY),
        "step.jump": Operation(run=steering.jump, takes=steering.OnStep, needs=P.RELEASE),
        "step.skip": Operation(run=steering.skip, takes=steering.OnStep, needs=P.FREEZE),
        "release.withdraw": Operation(
            run=steering.withdraw, takes=steering.OnTrack, needs=P.FREEZE
        ),
        "duty.call": Operation(run=steering.call, takes=steering.Calling, needs=P.TAKE_TASKS),
        "case.hand": Operation(run=steering.hand_over, takes=steering.Handing, needs=P.TAKE_TASKS),
        "recipient.add": Operation(run=steering.add, takes=steering.Adding, needs=P.RELEASE),
        "replan.show": Operation(run=steering.show_replan, takes=reading.OneCase, needs=P.READ),
        "replan": Operation(run=steering.replan, takes=steering.Replanning, needs=P.RELEASE),
        "mode.raise": Operation(run=gating.raise_mode, takes=gating.Moding, needs=P.RAISE_MODE),
        "mode.lower": Operation(run=gating.lower_mode, takes=gating.Moding, needs=P.FREEZE),
        "sharing": Operation(run=gating.share, takes=gating.Sharing, needs=P.AGREE_TO_CONSENT),
        "necessity": Operation(run=gating.decide_necessity, takes=gating.Needing, needs=P.RELEASE),
        "necessity.withdraw": Operation(
            run=gating.withdraw_necessity, takes=reading.OneCase, needs=P.FREEZE
        ),
        "consent.show": Operation(run=consenting.show, takes=consenting.OneSubject, needs=P.READ),
        "consent.give": Operation(run=consenting.give, takes=consenting.Giving, needs=P.CONSENT),
        "consent.narrow": Operation(
            run=consenting.narrow, takes=consenting.Narrowing, needs=P.NARROW_CONSENT
        ),
        "consent.revoke": Operation(
            run=consenting.revoke, takes=consenting.OneSubject, needs=P.NARROW_CONSENT
        ),
        "consent.agree": Operation(
            run=consenting.agree, takes=consenting.Agreeing, needs=P.AGREE_TO_CONSENT
        ),
        "clear": Operation(run=clearing.clear, takes=clearing.Clearing, needs=P.CLEAR_EXCLUSION),
        "freeze": Operation(run=acting.freeze, takes=acting.Freezing, needs=P.FREEZE),
        "lift": Operation(run=acting.lift, takes=acting.Lifting, needs=P.LIFT),
        "stop": Operation(run=acting.stop, takes=Nothing, needs=P.STOP),
        "stop.drill": Operation(run=holding.drill, takes=Nothing, needs=P.READ),
        "hold.place": Operation(run=holding.place, takes=holding.Placing, needs=P.FREEZE),
        "hold.lift": Operation(run=holding.lift, takes=holding.LiftingHold, needs=P.LIFT),
        "hold.list": Operation(run=holding.show, takes=reading.OneCase, needs=P.READ),
        "date.add": Operation(run=dating.add, takes=dating.AddingDate, needs=P.TAKE_TASKS),
        "date.move": Operation(run=dating.move, takes=dating.MovingDate, needs=P.TAKE_TASKS),
        "date.remove": Operation(run=dating.remove, takes=dating.OnDate, needs=P.TAKE_TASKS),
        "date.list": Operation(run=dating.show, takes=reading.OneCase, needs=P.READ),
        "date.calendar": Operation(run=dating.calendar, takes=dating.Subscribing, needs=P.READ),
        "round.set": Operation(run=rounds.set_round, takes=rounds.SettingRound, needs=P.RELEASE),
        "round.end": Operation(run=rounds.end, takes=reading.OneCase, needs=P.RELEASE),
        "round.show": Operation(run=rounds.show, takes=reading.OneCase, needs=P.READ),
        "resume": Operation(run=acting.resume, takes=Nothing, needs=P.RESUME),
        "resolve.propose": Operation(
            run=acting.propose, takes=acting.Proposing, needs=P.PROPOSE_RESOLUTION
        ),
        "resolve.confirm": Operation(
            run=acting.confirm, takes=reading.OneCase, needs=P.CONFIRM_RESOLUTION
        ),
        "resolve.reopen": Operation(run=acting.reopen, takes=reading.OneCase, needs=P.REOPEN),
        "case.status": Operation(run=caring.note_status, takes=caring.Noting, needs=P.TAKE_TASKS),
        "case.contact": Operation(run=caring.set_owners, takes=caring.Owning, needs=P.CONTACT),
        "case.lower": Operation(run=caring.lower, takes=caring.Lowering, needs=P.LOWER_SEVERITY),
        "case.remedy": Operation(run=caring.note_remedy, takes=caring.Seeking, needs=P.TAKE_TASKS),
        "stand.propose": Operation(run=lasting.propose, takes=lasting.Standing, needs=P.STAND),
        "stand.agree": Operation(run=lasting.agree, takes=reading.OneCase, needs=P.AGREE_TO_STAND),
        "stand.end": Operation(run=lasting.end, takes=reading.OneCase, needs=P.REOPEN),
        "case.link": Operation(run=lasting.link, takes=lasting.Linking, needs=P.LINK_CASES),
        "case.unlink": Operation(run=lasting.unlink, takes=lasting.Unlinking, needs=P.UNLINK_CASES),
        "case.attempt": Operation(run=lasting.attempt, takes=lasting.Trying, needs=P.TAKE_TASKS),
        "case.review": Operation(run=lasting.look_back, takes=reading.OneCase, needs=P.READ),
        "review.record": Operation(run=lasting.review, takes=lasting.Reviewing, needs=P.REVIEW),
        "case.erase": Operation(run=acting.erase, takes=acting.Erasing, needs=P.ERASE),
        "keep": Operation(run=retaining.keep, takes=retaining.Keeping, needs=P.ERASE),
        "keep.end": Operation(run=retaining.end, takes=reading.OneCase, needs=P.ERASE),
        "quarantine.list": Operation(run=aside.show, takes=Nothing, needs=P.READ),
        "quarantine.open": Operation(run=aside.open_one, takes=aside.Opening, needs=P.REVEAL),
        "person.add": Operation(
            run=keeping.add_person, takes=keeping.Adding, needs=P.MANAGE_PEOPLE
        ),
        "person.list": Operation(run=keeping.people, takes=Nothing, needs=P.READ),
        "source.add": Operation(run=keeping.issue_key, takes=keeping.Issuing, needs=P.MANAGE_KEYS),
        "source.revoke": Operation(
            run=keeping.revoke_key, takes=keeping.OneKey, needs=P.MANAGE_KEYS
        ),
        "source.list": Operation(run=keeping.keys, takes=Nothing, needs=P.READ),
        "rules.preview": Operation(
            run=deciding.preview_event, takes=deciding.Previewing, needs=P.READ
        ),
        "registry.import": Operation(
            run=deciding.import_registry, takes=deciding.Importing, needs=P.MANAGE_KEYS
        ),
        "registry.begin": Operation(
            run=importing.begin_import, takes=importing.Beginning, needs=P.MANAGE_KEYS
        ),
        "registry.put": Operation(
            run=importing.put_versions, takes=importing.Putting, needs=P.MANAGE_KEYS
        ),
        "registry.finish": Operation(
            run=importing.finish_import, takes=importing.Finishing, needs=P.MANAGE_KEYS
        ),
        "registry.follow": Operation(
            run=importing.follow_import, takes=Nothing, needs=P.MANAGE_KEYS
        ),
        "registry.show": Operation(run=linkage.show, takes=linkage.OneParty, needs=P.READ),
        "registry.history": Operation(run=linkage.told, takes=linkage.OneRecord, needs=P.READ),
        "registry.why": Operation(run=linkage.why_linked, takes=linkage.TwoParties, needs=P.READ),
        "registry.walk": Operation(run=linkage.walk, takes=linkage.OneWalk, needs=P.READ),
        "registry.exclude": Operation(run=linkage.exclude, takes=linkage.OneEvent, needs=P.READ),
        "registry.doctor": Operation(run=unsound.doctor, takes=Nothing, needs=P.READ),
        "registry.look": Operation(run=looking.look, takes=Nothing, needs=P.VERIFY_LINKS),
        "registry.verify": Operation(
            run=judging.verify, takes=judging.OneLink, needs=P.VERIFY_LINKS
        ),
        "registry.refute": Operation(
            run=judging.refute, takes=judging.OneLink, needs=P.REFUTE_LINKS
        ),
        "registry.captured": Operation(
            run=judging.capture, takes=judging.OneInstitution, needs=P.REFUTE_LINKS
        ),
        "registry.forget": Operation(
            run=judging.forget_addresses, takes=judging.OneContact, needs=P.ERASE
        ),
        "registry.amend": Operation(
            run=judging.correct, takes=judging.OneAmendment, needs=P.REFUTE_LINKS
        ),
        "registry.proposed": Operation(run=judging.proposed, takes=Nothing, needs=P.READ),
        "duty.now": Operation(run=duty.now, takes=duty.At, needs=P.READ),
        "duty.absent": Operation(run=duty.absent, takes=duty.Absent, needs=P.CHANGE_DUTY),
        "duty.cover": Operation(run=duty.cover, takes=duty.Covering, needs=P.CHANGE_DUTY),
        "duty.swap": Operation(run=duty.swap, takes=duty.Swapping, needs=P.CHANGE_DUTY),
        "duty.withdraw": Operation(run=duty.withdraw, takes=duty.OneEntry, needs=P.CHANGE_DUTY),
        "duty.lint": Operation(run=duty.check, takes=Nothing, needs=P.READ),
        "duty.calendar": Operation(run=duty.calendar, takes=duty.OneCalendar, needs=P.CHANGE_DUTY),
        "event.report": Operation(run=keeping.report, takes=keeping.Reporting, needs=P.REPORT),
    }
)
