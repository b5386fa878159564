"""Where canaries end. No channel: it has no address, no settings, and nobody at the other side."""

from notifiers.channel import Capabilities, ChannelKind, Message, Outcome, OutcomeReason

CAPABILITIES = Capabilities(kind=ChannelKind.SMS, concurrency=1)
"""Written like an SMS, the form in which most people are told."""


class CanarySink:
    """Takes the message of a canary, and gives nothing on."""

    capabilities = CAPABILITIES

    def take(self, message: Message) -> Outcome:
        """It came through, if it is the drill it set out as."""
        if not message.exercise or not message.body:
            return Outcome.of(OutcomeReason.CHANNEL_FAULT)
        return Outcome.of(OutcomeReason.ACCEPTED)
