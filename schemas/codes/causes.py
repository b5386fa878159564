"""What lies behind an attack: the conflict that will bring the next one."""

from enum import StrEnum


class RootCause(StrEnum):
    """Why it comes to such attacks there, as the publisher sees it (mission row L6).

    For rules and for the desk; never projected, and it makes nothing graver or quieter by itself.
    """

    FPIC_ABSENT = "fpic_absent"
    """The free, prior and informed consent of the people of the place was not sought, or denied."""
    LAND_TENURE = "land_tenure"
    """Who owns or may use the land is disputed."""
    CORRUPTION = "corruption"
    IMPUNITY = "impunity"
    """Attacks before this one were never punished."""
    LACK_OF_CONSULTATION = "lack_of_consultation"
    """A project was decided without hearing those whom it touches."""
