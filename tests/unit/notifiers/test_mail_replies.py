"""An answer by mail: one digit on the first line, under the name of the message it answers."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifiers.email.inbound import BYTES_MOST, NoAnswerError, parse_mail
from notifiers.sms.codes import ReplyCode

KEY = "0123456789abcdef0123456789abcdef01234567"
OTHER = "f" * 40
BELOW = "\r\n\r\nOn Tue, 2 Mar 2027 the desk wrote:\r\n> please answer 7K3Q-92\r\n> 4 done\r\n"


def _mail(body: str = "1 7K3Q-92" + BELOW, **headers: str) -> bytes:
    given = {
        "From": "Lea Example <lea@embassy.example>",
        "To": "desk@desk.example",
        "Subject": "Re: Please answer",
        "Message-ID": "<a1@embassy.example>",
        "In-Reply-To": f"<{KEY}@desk.example>",
        "Content-Type": 'text/plain; charset="utf-8"',
    }
    given |= {name.replace("_", "-"): value for name, value in headers.items()}
    head = "".join(f"{name}: {value}\r\n" for name, value in given.items() if value)
    return f"{head}\r\n{body}".encode()


def test_a_digit_and_the_reference_are_an_answer() -> None:
    reply = parse_mail(_mail())
    assert (reply.answer.code, reply.reference) == (ReplyCode.GOT_IT, "7K3Q-92")
    assert (reply.keys, reply.sender, reply.id) == (
        (KEY,),
        "lea@embassy.example",
        "<a1@embassy.example>",
    )


@pytest.mark.parametrize("line", ["1", " 1. ", "1 7k3q–92", "7K3Q-92: 1", "\r\n\r\n1", "\uff11"])
def test_the_line_may_be_written_as_people_write(line: str) -> None:
    assert parse_mail(_mail(line + BELOW)).answer.code is ReplyCode.GOT_IT


@pytest.mark.parametrize(
    "body",
    [
        "",
        "Thank you, we will see.",
        "1 but please do not call Lea",
        "1 2",
        "12",
        "10",
        "8 and please do not call Lea",
        "8?",
        "9 пожалуйста",
        "9 unfortunately",
        "0 24",
        "0 tomorrow",
        "0 24h or 48h",
        "I will be back on 1 April",
        "> 1 7K3Q-92",
        BELOW,
        "-----Original Message-----\r\n1",
        "From: the desk\r\n1",
        "1 7K3Q-92 9ZZZ-22 and more words than anybody needs to say it with one digit",
    ],
)
def test_words_are_no_answer_and_a_person_reads_them(body: str) -> None:
    with pytest.raises(NoAnswerError):
        parse_mail(_mail(body))


@pytest.mark.parametrize(
    "header",
    [
        {"Auto-Submitted": "auto-replied"},
        {"Auto-Submitted": "auto-generated"},
        {"Precedence": "bulk"},
        {"X-Autoreply": "yes"},
        {"List-Id": "<quick.list.example>"},
        {"Return-Path": "<>"},
        {"Content-Type": "multipart/report; boundary=x"},
    ],
)
def test_an_away_note_is_nobodys_answer(header: dict[str, str]) -> None:
    with pytest.raises(NoAnswerError, match="by itself"):
        parse_mail(_mail(**header))


@pytest.mark.parametrize("sender", ["", "lea@embassy.example, vik@embassy.example", "undisclosed"])
def test_a_mail_without_one_sender_is_no_answer(sender: str) -> None:
    with pytest.raises(NoAnswerError):
        parse_mail(_mail(From=sender))


def test_a_long_thread_names_its_nearest_message_first() -> None:
    mail = _mail(References=f"<{OTHER}@desk.example> <{KEY}@desk.example>")
    assert parse_mail(mail).keys == (KEY, OTHER)


def test_a_mail_that_answers_none_of_ours_names_none() -> None:
    assert parse_mail(_mail(In_Reply_To="<hello@elsewhere.example>")).keys == ()


def test_a_mail_as_large_as_a_film_is_not_read() -> None:
    with pytest.raises(NoAnswerError, match="too large"):
        parse_mail(b"x" * (BYTES_MOST + 1))


def test_what_is_wrong_never_repeats_what_was_written() -> None:
    with pytest.raises(NoAnswerError) as refused:
        parse_mail(_mail("The person is at the third gate"))
    assert "gate" not in str(refused.value)


def test_the_plain_part_of_a_mail_with_two_forms_is_read() -> None:
    body = (
        '--x\r\nContent-Type: text/plain; charset="utf-8"\r\n\r\n1 7K3Q-92\r\n'
        '--x\r\nContent-Type: text/html; charset="utf-8"\r\n\r\n<p>4</p>\r\n--x--\r\n'
    )
    mail = _mail(body, Content_Type="multipart/alternative; boundary=x")
    assert parse_mail(mail).answer.code is ReplyCode.GOT_IT


@given(st.binary(max_size=400), st.binary(max_size=200))
def test_whatever_is_piped_in_is_an_answer_or_is_refused(head: bytes, body: bytes) -> None:
    for raw in (head, head + b"\r\n\r\n" + body, _mail("1\r\n")[:-3] + body):
        try:
            reply = parse_mail(raw)
        except NoAnswerError:
            continue
        assert reply.answer.code in set(ReplyCode)
