"""What must hold before a night may begin; everything else is a warning of `tocsin doctor`."""

from engine import import_names
from engine.bootstrap.refusals import CannotStartError
from engine.registry import World


def check_names() -> None:
    """Raises CannotStartError when somebody else owns one of our import names."""
    foreign = import_names.foreign_owners()
    if foreign:
        raise CannotStartError(
            import_names.complaint(foreign),
            next_step="Then start again.",
        )


def check_world(world: World) -> None:
    """Raises CannotStartError when nobody could be woken."""
    floor = world.roster.floor
    if floor is None or not floor.endpoints:
        raise CannotStartError(
            "The roster has no floor contact: an empty shift would wake nobody.",
            next_step="Name `floor` in the roster (settings: roster), with two ways to reach them.",
        )
    missing = [
        end for end in floor.endpoints if world.registry.endpoint(end.partition(":")[2]) is None
    ]
    if len(missing) == len(floor.endpoints):
        raise CannotStartError(
            "No way to reach the floor contact is in the registry.",
            next_step="Give roster.yaml a contact of your own desk with these endpoints: "
            + ", ".join(missing)
            + ". Then: tocsin registry import registry.yaml roster.yaml",
        )
