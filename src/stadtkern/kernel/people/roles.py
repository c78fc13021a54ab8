"""Keeps roles in step with what kernel and systems declare."""

from stadtkern.kernel import registry
from stadtkern.kernel.people.models import Role

KERNEL_PERMISSIONS = (
    "devices.see",
    "devices.edit",
    "devices.send",
    "networks.edit",
    "alerts.see",
    "alerts.edit",
    "jobs.see",
    "jobs.edit",
    "audit.see",
    "boards.edit",
    "bookings.absences",
    "datasets.see",
    "datasets.edit",
    "datasets.publish",
    "effects.see",
    "effects.edit",
    "payments.see",
    "payments.refund",
    "payments.providers",
    "people.edit",
    "places.edit",
    "things.see",
    "things.edit",
)

DATA_PERMISSIONS = (
    "devices.see",
    "devices.edit",
    "devices.send",
    "alerts.see",
    "alerts.edit",
    "boards.edit",
    "datasets.see",
    "datasets.edit",
    "datasets.publish",
    "effects.see",
    "effects.edit",
    "places.edit",
    "things.see",
    "things.edit",
)

# Who runs the systems does not move the city's money: paying back is the treasury's.
OPERATOR_PERMISSIONS = tuple(one for one in KERNEL_PERMISSIONS if one != "payments.refund")

KERNEL_ROLES = {
    "operator": ("IT-Betrieb", OPERATOR_PERMISSIONS),
    "data": ("Datenteam", DATA_PERMISSIONS),
    "treasury": ("Stadtkasse", ("payments.see", "payments.refund", "jobs.see")),
    "reader": ("Lesender Zugriff", ("devices.see", "alerts.see", "effects.see", "jobs.see")),
}


def permissions() -> tuple[str, ...]:
    """Every permission there is: the kernel's and `<system>.<slug>` of installed systems."""
    declared = (f"{s.slug}.{p.slug}" for s in registry.installed() for p in s.permissions)
    return (*KERNEL_PERMISSIONS, *declared)


def sync() -> int:
    """Create missing default roles; what the city has changed stays. Returns how many are new."""
    wanted = {slug: (title, may) for slug, (title, may) in KERNEL_ROLES.items()}
    for system in registry.installed():
        for role in system.roles:
            grants = tuple(f"{system.slug}.{verb}" for verb in role.may)
            wanted[f"{system.slug}.{role.slug}"] = (str(role.title), grants)
    new = 0
    for slug, (title, may) in wanted.items():
        _, created = Role.objects.get_or_create(
            slug=slug, defaults={"title": title, "permissions": list(may)}
        )
        new += created
    return new
