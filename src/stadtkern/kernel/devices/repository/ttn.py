"""The layout of TheThingsNetwork/lorawan-devices: YAML descriptions, codecs with examples."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_noop as _

from stadtkern.kernel.devices.repository import examples, texts
from stadtkern.kernel.devices.repository.files import FileProblem, Files
from stadtkern.kernel.devices.repository.found import (
    DOWNLINK,
    ENCODER,
    UPLINK,
    Codec,
    Found,
    Part,
    Problem,
)
from stadtkern.kernel.devices.repository.joined import LONGEST, joined
from stadtkern.kernel.devices.repository.licence import licence
from stadtkern.kernel.devices.repository.naming import short, slug

FUNCTIONS = {"uplinkDecoder": UPLINK, "downlinkEncoder": ENCODER, "downlinkDecoder": DOWNLINK}
REGION = "EU863-870"


class LorawanDevices:
    """Reads vendor after vendor; holds no more than the names of the files."""

    name = "lorawan-devices"

    def __init__(self, files: Files, root: str) -> None:
        self._files = files
        self._root = root
        self._licence = licence(files, root)
        self._names = self._vendor_names()

    @classmethod
    def opened(cls, files: Files) -> "LorawanDevices | None":
        """The repository in these files, wherever its folder lies; None where there is none."""
        tops = [
            n for n in files.names if n == "vendor/index.yaml" or n.endswith("/vendor/index.yaml")
        ]
        if not tops:
            return None
        return cls(files, min(tops, key=len).removesuffix("vendor/index.yaml"))

    def _vendor_names(self) -> dict[str, str]:
        try:
            said = texts.read(self._files, f"{self._root}vendor/index.yaml")
        except FileProblem as problem:
            self._files.problems.append(Problem(path="vendor/index.yaml", reason=str(problem)))
            return {}
        listed = _list(said, "vendors")
        return {str(v["id"]): str(v.get("name") or v["id"]) for v in listed if v.get("id")}

    def vendors(self) -> list[str]:
        """Vendors with a folder of their own, also those that the index forgot."""
        top = f"{self._root}vendor/"
        inside = (n[len(top) :] for n in self._files.names if n.startswith(top))
        return sorted(
            {n.split("/")[0] for n in inside if n.count("/") == 1 and n.endswith("/index.yaml")}
        )

    def part(self, vendor: str) -> Part:
        """The vendor's devices and codecs."""
        return _Vendor(
            self._files,
            f"{self._root}vendor/{vendor}/",
            len(self._root),
            vendor,
            self._names.get(vendor, vendor),
            self._licence,
        ).part()


class _Vendor:
    """One vendor's folder while it is read."""

    def __init__(
        self, files: Files, top: str, cut: int, vendor: str, name: str, licence: str
    ) -> None:
        self._files, self._top, self._cut = files, top, cut
        self._vendor, self._name, self._licence = vendor, name, licence
        self._codecs: dict[str, Codec | None] = {}
        self._problems: list[Problem] = []

    def part(self) -> Part:
        listed = [str(d) for d in self._listed()]
        devices = [found for name in listed if (found := self._device(name))]
        for name in self._codec_names():
            self._codec(name)
        return Part(
            vendor=self._vendor,
            listed=len(listed),
            devices=tuple(devices),
            codecs=tuple(c for c in self._codecs.values() if c),
            problems=tuple(self._problems),
        )

    def _listed(self) -> list[Any]:
        said = self._read("index.yaml")
        listed = said.get("endDevices") if isinstance(said, Mapping) else None
        return listed if isinstance(listed, list) else []

    def _codec_names(self) -> list[str]:
        inside = (n[len(self._top) :] for n in self._files.names if n.startswith(self._top))
        return sorted(n.removesuffix(".yaml") for n in inside if n.endswith("-codec.yaml"))

    def _device(self, name: str) -> Found | None:
        said = self._read(f"{name}.yaml")
        if not isinstance(said, Mapping):
            return None
        versions = _versions(said)
        used = next((v["codec"] for v in reversed(versions) if v["codec"]), "")
        codec = self._codec(used) if used else None
        if codec is None:
            return None
        title = str(said.get("name") or name)
        return Found(
            slug=slug(self._vendor, name),
            vendor=short(self._name, 120),
            model=short(name, 120),
            title=short(f"{self._name} {title}", 200),
            path=self._shown(f"{name}.yaml"),
            codec=codec,
            about=tuple(str(s) for s in _plain_list(said.get("sensors"))),
            origin=self._origin(name, said, versions, codec),
        )

    def _origin(
        self, name: str, said: Mapping[str, Any], versions: list[dict[str, str]], codec: Codec
    ) -> dict[str, Any]:
        return {
            "repository": LorawanDevices.name,
            "licence": self._licence,
            "path": self._shown(f"{name}.yaml"),
            "codec": codec.path,
            "firmware": versions,
            "sensors": [str(s) for s in _plain_list(said.get("sensors"))],
            "description": short(str(said.get("description") or ""), 1000),
            "product": _web(said.get("productURL")),
            "datasheet": _web(said.get("dataSheetURL")),
        }

    def _codec(self, name: str) -> Codec | None:
        if name not in self._codecs:
            self._codecs[name] = self._read_codec(name)
        return self._codecs[name]

    def _read_codec(self, name: str) -> Codec | None:
        path = f"{name}.yaml"
        said = self._read(path)
        if not isinstance(said, Mapping):
            return None
        scripts = {part: self._script(path, said.get(part)) for part in FUNCTIONS}
        source = self._source(path, scripts)
        if not source:
            return None
        found = [
            example
            for part, function in FUNCTIONS.items()
            if scripts[part] is not None and isinstance(said.get(part), Mapping)
            for example in examples.read(
                self._shown(path), function, said[part].get("examples"), self._problems
            )
        ]
        return Codec(path=self._shown(path), source=source, examples=tuple(found))

    def _script(self, path: str, part: Any) -> tuple[str, str] | None:
        """Name and source of the file behind one function, or None."""
        name = part.get("fileName") if isinstance(part, Mapping) else None
        if not isinstance(name, str) or not name:
            return None
        if ".." in name.split("/") or name.startswith("/"):
            self._problem(path, _("The name leads out of the vendor's folder."), name)
            return None
        try:
            return name, texts.text(self._files, self._top + name)
        except FileProblem as problem:
            self._problem(path, str(problem), name)
            return None

    def _source(self, path: str, scripts: Mapping[str, tuple[str, str] | None]) -> str:
        """One source for all three; the uplink's file as it is where it does everything."""
        first = scripts["uplinkDecoder"] or scripts["downlinkEncoder"] or scripts["downlinkDecoder"]
        if first is None:
            return ""
        others: dict[str, list[str]] = {}
        sources: dict[str, str] = {}
        for part, script in scripts.items():
            if script and script[0] != first[0]:
                others.setdefault(script[0], []).append(FUNCTIONS[part])
                sources[script[0]] = script[1]
        source = joined(first[1], [(name, sources[name], others[name]) for name in others])
        if len(source) > LONGEST and others:
            self._problem(path, _("With its downlink file the codec is longer than 128 kB."))
            source = first[1]
        if len(source) > LONGEST:
            self._problem(path, _("The codec is longer than 128 kB."))
            return ""
        return source

    def _read(self, name: str) -> Any:
        try:
            said = texts.read(self._files, self._top + name)
        except FileProblem as problem:
            self._problem(name, str(problem))
            return None
        if not isinstance(said, Mapping):
            self._problem(name, _("The file cannot be understood."))
        return said

    def _problem(self, name: str, reason: str, detail: str = "") -> None:
        self._problems.append(Problem(path=self._shown(name), reason=reason, detail=detail[:200]))

    def _shown(self, name: str) -> str:
        return f"{self._top[self._cut :]}{name}"


def _versions(said: Mapping[str, Any]) -> list[dict[str, str]]:
    """The firmware versions with the codec of each, the one for Europe before any other."""
    found = []
    for version in _list(said, "firmwareVersions"):
        regions = version.get("profiles")
        regions = regions if isinstance(regions, Mapping) else {}
        ordered = [regions.get(REGION), *regions.values()]
        codecs = [str(r["codec"]) for r in ordered if isinstance(r, Mapping) and r.get("codec")]
        found.append(
            {
                "version": short(str(version.get("version", "")), 40),
                "codec": codecs[0] if codecs else "",
            }
        )
    return found


def _list(said: Any, key: str) -> list[Mapping[str, Any]]:
    listed = said.get(key) if isinstance(said, Mapping) else None
    return [one for one in _plain_list(listed) if isinstance(one, Mapping)]


def _plain_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _web(value: Any) -> str:
    """An address that may become a link."""
    return (
        value[:500] if isinstance(value, str) and value.startswith(("https://", "http://")) else ""
    )
