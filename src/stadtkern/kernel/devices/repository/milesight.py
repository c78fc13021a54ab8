"""The layout of Milesight-IoT/SensorDecoders: a folder per device, without examples."""

import re

from django.utils.translation import gettext_noop as _

from stadtkern.kernel.devices.repository import texts
from stadtkern.kernel.devices.repository.files import FileProblem, Files
from stadtkern.kernel.devices.repository.found import ENCODER, Codec, Found, Part, Problem
from stadtkern.kernel.devices.repository.joined import LONGEST, joined
from stadtkern.kernel.devices.repository.licence import licence
from stadtkern.kernel.devices.repository.naming import slug

VENDOR = "Milesight"
DECODER = re.compile(r"^(?P<top>.*/)?(?P<folder>[^/]+)/(?P<name>[^/]+)-decoder\.js$")


class SensorDecoders:
    """All devices of one vendor; its series are read one after the other."""

    name = "SensorDecoders"

    def __init__(self, files: Files, decoders: list[str]) -> None:
        self._files = files
        self._series: dict[str, list[str]] = {}
        for path in sorted(decoders):
            self._series.setdefault(path.split("/")[-3] if path.count("/") > 1 else "", []).append(
                path
            )
        top = min(decoders, key=len).split("/")
        self._root = "/".join(top[:-3]) + "/" if len(top) > 3 else ""
        self._licence = licence(files, self._root)

    @classmethod
    def opened(cls, files: Files) -> "SensorDecoders | None":
        """The repository in these files, or None."""
        decoders = [n for n in files.names if (m := DECODER.match(n)) and m["folder"] == m["name"]]
        return cls(files, decoders) if decoders else None

    def vendors(self) -> list[str]:
        """The series of devices."""
        return list(self._series)

    def part(self, vendor: str) -> Part:
        """The devices of one series."""
        problems: list[Problem] = []
        found = [one for path in self._series[vendor] if (one := self._device(path, problems))]
        return Part(
            vendor=vendor or VENDOR,
            listed=len(self._series[vendor]),
            devices=tuple(found),
            codecs=tuple(one.codec for one in found),
            problems=tuple(problems),
        )

    def _device(self, path: str, problems: list[Problem]) -> Found | None:
        name = path.rsplit("/", 1)[-1].removesuffix("-decoder.js")
        shown = path[len(self._root) :]
        try:
            source = self._source(path, name)
        except FileProblem as problem:
            problems.append(Problem(path=shown, reason=str(problem)))
            return None
        if len(source) > LONGEST:
            problems.append(Problem(path=shown, reason=_("The codec is longer than 128 kB.")))
            return None
        model = name.upper()
        return Found(
            slug=slug(VENDOR, name),
            vendor=VENDOR,
            model=model,
            title=f"{VENDOR} {model}",
            path=shown,
            codec=Codec(path=shown, source=source),
            origin={
                "repository": self.name,
                "licence": self._licence,
                "path": shown,
                "codec": shown,
                "firmware": [],
            },
        )

    def _source(self, path: str, name: str) -> str:
        decoder = texts.text(self._files, path)
        encoder = path.removesuffix("-decoder.js") + "-encoder.js"
        if encoder not in self._files.names:
            return decoder
        both = joined(
            decoder, [(f"{name}-encoder.js", texts.text(self._files, encoder), [ENCODER])]
        )
        return both if len(both) <= LONGEST else decoder
