"""What a city can say in `[systems.environment]`."""

from stadtkern.kernel.city import Struct


class EnvironmentSettings(Struct, frozen=True, kw_only=True):
    """`air_index` names the version of the air-quality index; empty is the newest one."""

    air_index: str = ""
