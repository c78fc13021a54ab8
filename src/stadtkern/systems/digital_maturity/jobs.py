"""What happens by itself."""

from stadtkern.systems.digital_maturity.again import look_again


def look() -> str:
    """Look at the configuration again; say what has changed."""
    marked, cleared, fresh = look_again()
    return (
        f"{marked} assessments to be looked at again, {cleared} as before, {fresh} drafts fresher"
    )
