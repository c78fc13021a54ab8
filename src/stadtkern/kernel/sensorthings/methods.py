"""Which methods an address takes."""

from stadtkern.kernel.sensorthings.parse.path import Resource
from stadtkern.kernel.sensorthings.problem import Problem

READS = ("GET", "HEAD", "OPTIONS")


def allowed(resource: Resource | None) -> tuple[str, ...]:
    """The methods of an address; None is the service's root."""
    if resource is None or resource.field:
        return READS
    if resource.ref:
        return (*READS, *_of_links(resource))
    if resource.many:
        return (*READS, "POST", "DELETE")
    return (*READS, "PATCH", "PUT", "DELETE")


def _of_links(resource: Resource) -> tuple[str, ...]:
    link = resource.last.link
    if link is None:
        return ()
    if not link.many:
        return ("PUT", "DELETE")
    return ("POST", "DELETE") if resource.last.id is None else ("DELETE",)


def check(method: str, resource: Resource | None) -> None:
    """Check that an address takes a method.

    Raises Problem (405): it does not.
    """
    methods = allowed(resource)
    if method not in methods:
        raise Problem(405, f"{method} is not possible here", ("Allow", ", ".join(methods)))
