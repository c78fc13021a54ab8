"""Build hook: front end and translations go into wheel and sdist, and nobody needs Node for it."""

from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


def _builder(root: str) -> ModuleType:
    """The build module of the package, loaded by its path: the package is not installed yet."""
    path = Path(root) / "src" / "stadtkern" / "kernel" / "ui" / "build.py"
    spec = spec_from_file_location("stadtkern_front_end", path)
    if spec is None or spec.loader is None:
        raise RuntimeError(f"{path} is missing")
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


class FrontEnd(BuildHookInterface[Any]):
    """Builds what is stale; asks for Node and Babel only then."""

    def dependencies(self) -> list[str]:
        """The wheels this very build needs."""
        requirements: list[str] = _builder(self.root).requirements()
        return requirements

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Runs before files are collected, for sdist, wheel and editable install alike."""
        _builder(self.root).run()
