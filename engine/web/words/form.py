"""What the forms of mechanisms ask for, in words."""

from schemas.form import FormPoint

FORM_POINT: dict[FormPoint, str] = {
    FormPoint.STATE: "the state concerned",
    FormPoint.ACT: "what happened",
    FormPoint.WHEN: "when",
    FormPoint.WHERE: "where",
    FormPoint.SUBJECT: "whom it happened to",
    FormPoint.REPORTER: "who reports it",
    FormPoint.AUTHORITY: "that the person agrees, or who may act for them",
    FormPoint.ALLEGED: "who is said to be responsible",
    FormPoint.COMPANY: "a company involved",
    FormPoint.CERTAINTY: "how it is known, and how surely",
    FormPoint.URGENCY: "why it cannot wait, and what could not be undone",
    FormPoint.RIGHTS: "which rights or articles",
    FormPoint.REMEDIES: "what was tried at home",
    FormPoint.ELSEWHERE: "whether it was brought elsewhere",
    FormPoint.ASKED: "what is asked",
    FormPoint.REPLY_TO: "how to reach whoever reports it",
    FormPoint.DOCUMENTS: "documents",
}
"""Follows a number or a semicolon."""
