"""Who can sign in here: all invented; Erika Mustermann is the specimen of the identity card."""

from dataclasses import dataclass, field


@dataclass(frozen=True, kw_only=True)
class Person:
    """`subject` is the pseudonym that never changes; `said` is told by the names of attributes."""

    id: str
    title: str
    subject: str
    said: dict[str, str] = field(default_factory=dict)


def _citizen(number: int, given: str, family: str, born: str, place: str, street: str) -> Person:
    name = f"{given.lower()}-{family.lower()}"
    return Person(
        id=name, title=f"{given} {family}", subject=f"BPK2-TEST-{number:06d}",
        said={
            "family_name": family, "given_names": given, "birth_date": born, "birth_place": place,
            "street": street, "postal_code": "44623", "city": "Herne",
            "email": f"{name}@example.org",
        },
    )  # fmt: skip


CITIZENS = (
    _citizen(1, "Erika", "Mustermann", "1964-08-12", "Berlin", "Heidestraße 17"),
    _citizen(2, "Max", "Mustermann", "1961-02-03", "Herne", "Heidestraße 17"),
    _citizen(3, "Leyla", "Beispiel", "1992-11-30", "Gelsenkirchen", "Musterweg 4"),
    _citizen(4, "Jan", "Probe", "2001-05-19", "Bochum", "Testallee 9a"),
)
COMPANIES = (
    Person(id="musterbau", title="Petra Beispiel für Musterbau GmbH", subject="ELSTER-TEST-0001",
           said={"family_name": "Beispiel", "given_name": "Petra", "email": "info@example.org",
                 "organization_id": "TEST-ORG-0001", "organization_name": "Musterbau GmbH",
                 "street": "Werkstraße 1", "postal_code": "44625", "city": "Herne"}),
    Person(id="probehandel", title="Tim Muster für Probehandel OHG", subject="ELSTER-TEST-0002",
           said={"family_name": "Muster", "given_name": "Tim", "email": "post@example.org",
                 "organization_id": "TEST-ORG-0002", "organization_name": "Probehandel OHG",
                 "street": "Marktgasse 2", "postal_code": "44649", "city": "Herne"}),
)  # fmt: skip
STAFF = tuple(
    Person(id=name, title=title, subject=f"STAFF-TEST-{name}", said={"preferred_username": name})
    for name, title in (("amt", "Sachbearbeitung (amt)"), ("leitung", "Leitung (leitung)"),
                        ("niemand", "Jemand ohne Konto (niemand)"))
)  # fmt: skip
REALMS = {"organisation": COMPANIES, "staff": STAFF}
# How somebody signs in: the level that it reaches, and how the BundID calls it.
WAYS = {
    "password": (1, "Benutzername"), "elster": (3, "Elster"), "eid": (4, "eID"),
}  # fmt: skip
FAULTS = {
    "": "keine", "unsigned": "nicht unterschrieben", "audience": "für jemand anderen",
    "expired": "abgelaufen", "replay": "eine frühere Antwort noch einmal",
    "downgrade": "schwächer angemeldet als verlangt", "cancel": "abgebrochen",
    "plain": "nicht verschlüsselt", "weak": "schwach verschlüsselt",
}  # fmt: skip


def find(people: tuple[Person, ...], number: str) -> Person:
    """Raises KeyError: nobody is called so."""
    for one in people:
        if one.id == number:
            return one
    raise KeyError(number)
