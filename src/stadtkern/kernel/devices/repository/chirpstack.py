"""The layout of chirpstack/chirpstack-device-profiles: TOML descriptions, codecs with tests."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_noop as _

from stadtkern.kernel.devices.repository import examples, texts
from stadtkern.kernel.devices.repository.files import FileProblem, Files
from stadtkern.kernel.devices.repository.found import ENCODER, UPLINK, Codec, Found, Part, Problem
from stadtkern.kernel.devices.repository.joined import LONGEST
from stadtkern.kernel.devices.repository.licence import licence
from stadtkern.kernel.devices.repository.naming import short, slug

TESTS = {"test_decode_": UPLINK, "test_encode_": ENCODER}


class ChirpstackProfiles:
    """Reads vendor after vendor."""

    name = "chirpstack-device-profiles"

    def __init__(self, files: Files, root: str) -> None:
        self._files = files
        self._root = root
        self._licence = licence(files, root)

    @classmethod
    def opened(cls, files: Files) -> "ChirpstackProfiles | None":
        """The repository in these files, or None."""
        tops = [n for n in files.names if n.endswith("/vendor.toml") and _in_vendors(n)]
        if not tops:
            return None
        top = min(tops, key=len)
        return cls(files, "/".join(top.split("/")[:-3]) + "/" if top.count("/") > 2 else "")

    def vendors(self) -> list[str]:
        """Folders with a description of their vendor."""
        top = f"{self._root}vendors/"
        inside = (n[len(top) :] for n in self._files.names if n.startswith(top))
        return sorted(
            n.split("/")[0] for n in inside if n.count("/") == 1 and n.endswith("/vendor.toml")
        )

    def part(self, vendor: str) -> Part:
        """The vendor's devices and codecs."""
        problems: list[Problem] = []
        top = f"{self._root}vendors/{vendor}/"
        codecs = self._codecs(top, problems)
        name = self._vendor_name(top, vendor, problems)
        paths = self._inside(f"{top}devices/", ".toml")
        devices = [
            found for path in paths if (found := self._device(path, vendor, name, codecs, problems))
        ]
        return Part(
            vendor=vendor,
            listed=len(paths),
            devices=tuple(devices),
            codecs=tuple(codecs.values()),
            problems=tuple(problems),
        )

    def _inside(self, top: str, ending: str) -> list[str]:
        return sorted(n for n in self._files.names if n.startswith(top) and n.endswith(ending))

    def _vendor_name(self, top: str, vendor: str, problems: list[Problem]) -> str:
        said = self._table(f"{top}vendor.toml", "vendor", problems)
        return str(said.get("name") or vendor) if said else vendor

    def _codecs(self, top: str, problems: list[Problem]) -> dict[str, Codec]:
        found = {}
        for path in self._inside(f"{top}codecs/", ".js"):
            name = path.rsplit("/", 1)[-1]
            try:
                source = texts.text(self._files, path)
            except FileProblem as problem:
                problems.append(Problem(path=self._shown(path), reason=str(problem)))
                continue
            if len(source) > LONGEST:
                problems.append(
                    Problem(path=self._shown(path), reason=_("The codec is longer than 128 kB."))
                )
                continue
            tests = self._tests(f"{top}codecs/", name, problems)
            found[name] = Codec(path=self._shown(path), source=source, examples=tuple(tests))
        return found

    def _tests(self, top: str, name: str, problems: list[Problem]) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        for prefix, function in TESTS.items():
            path = f"{top}{prefix}{name.removesuffix('.js')}.json"
            if path not in self._files.names:
                continue
            try:
                said = texts.read(self._files, path)
            except FileProblem as problem:
                problems.append(Problem(path=self._shown(path), reason=str(problem)))
                continue
            found += examples.read(self._shown(path), function, said, problems)
        return found

    def _device(
        self,
        path: str,
        vendor: str,
        name: str,
        codecs: Mapping[str, Codec],
        problems: list[Problem],
    ) -> Found | None:
        said = self._table(path, "device", problems)
        if said is None:
            return None
        versions = _versions(said)
        used = next((v["codec"] for v in reversed(versions) if v["codec"]), "")
        if used and used not in codecs:
            problems.append(
                Problem(path=self._shown(path), reason=_("There is no such file."), detail=used)
            )
        if used not in codecs:
            return None
        model = path.rsplit("/", 1)[-1].removesuffix(".toml")
        return Found(
            # Many files are called after their vendor already.
            slug=slug(vendor, model.removeprefix(f"{vendor}-")),
            vendor=short(name, 120),
            model=short(model, 120),
            title=short(_titled(name, str(said.get("name") or model)), 200),
            path=self._shown(path),
            codec=codecs[used],
            origin=self._origin(path, said, versions, codecs[used]),
        )

    def _origin(
        self, path: str, said: Mapping[str, Any], versions: list[dict[str, str]], codec: Codec
    ) -> dict[str, Any]:
        more = said.get("metadata")
        more = more if isinstance(more, Mapping) else {}
        return {
            "repository": self.name,
            "licence": self._licence,
            "path": self._shown(path),
            "codec": codec.path,
            "firmware": versions,
            "description": short(str(said.get("description") or ""), 1000),
            "product": _web(more.get("product_url")),
            "datasheet": _web(more.get("documentation_url")),
        }

    def _table(self, path: str, key: str, problems: list[Problem]) -> Mapping[str, Any] | None:
        try:
            said = texts.read(self._files, path)
        except FileProblem as problem:
            problems.append(Problem(path=self._shown(path), reason=str(problem)))
            return None
        table = said.get(key) if isinstance(said, Mapping) else None
        if not isinstance(table, Mapping):
            problems.append(
                Problem(path=self._shown(path), reason=_("The file cannot be understood."))
            )
            return None
        return table

    def _shown(self, path: str) -> str:
        return path[len(self._root) :]


def _in_vendors(name: str) -> bool:
    steps = name.split("/")
    return len(steps) >= 3 and steps[-3] == "vendors"


def _titled(vendor: str, name: str) -> str:
    return name if name.lower().startswith(vendor.lower()) else f"{vendor} {name}"


def _versions(said: Mapping[str, Any]) -> list[dict[str, str]]:
    listed = said.get("firmware")
    return [
        {
            "version": short(str(one.get("version", "")), 40),
            "codec": str(one["codec"]) if isinstance(one.get("codec"), str) else "",
        }
        for one in (listed if isinstance(listed, list) else [])
        if isinstance(one, Mapping)
    ]


def _web(value: Any) -> str:
    return (
        value[:500] if isinstance(value, str) and value.startswith(("https://", "http://")) else ""
    )
