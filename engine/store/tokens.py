"""Answer tokens, as digests: one per alert and contact, renewed by every new tell."""

from sqlalchemy import bindparam, case, update

from engine.store.dialect import insert_or_update
from engine.store.tables import tokens

_t = tokens.c
_UPSERT = insert_or_update(tokens, keys=("digest",), changes={"issued_at": ...})
_new = _UPSERT.excluded
_renews = _new.issued_at > _t.issued_at
_lasts = _new.expires_at > _t.expires_at

ISSUE = insert_or_update(  # a try again changes nothing; a new tell may be answered anew
    tokens,
    keys=("digest",),
    changes={
        "issued_at": case((_renews, _new.issued_at), else_=_t.issued_at),
        "expires_at": case((_lasts, _new.expires_at), else_=_t.expires_at),
        "tries": case((_renews, 0), else_=_t.tries),
        "answered_at": case((_renews, None), else_=_t.answered_at),
    },
)

LAST_LONGER = (  # somebody promised: their page stays open until that is done, or missed
    update(tokens)
    .where(
        _t.alert_id == bindparam("of_alert"),
        _t.contact == bindparam("of_contact"),
        _t.expires_at < bindparam("until"),
    )
    .values(expires_at=bindparam("until"))
)
