"""Units as codecs write them, and the conversion into those of the table."""

import re
from dataclasses import dataclass

# Unit (UCUM) -> dimension, and the straight line `base = value * factor + offset`.
UNITS: dict[str, tuple[str, float, float]] = {
    "Cel": ("temperature", 1, 0),
    "[degF]": ("temperature", 5 / 9, -160 / 9),
    "K": ("temperature", 1, -273.15),
    "%": ("share", 1, 0),
    "m3/m3": ("share", 100, 0),
    "dS/m": ("conductivity", 1, 0),
    "S/m": ("conductivity", 10, 0),
    "mS/cm": ("conductivity", 1, 0),
    "mS/m": ("conductivity", 0.01, 0),
    "uS/cm": ("conductivity", 0.001, 0),
    "hPa": ("pressure", 1, 0),
    "Pa": ("pressure", 0.01, 0),
    "kPa": ("pressure", 10, 0),
    "mbar": ("pressure", 1, 0),
    "bar": ("pressure", 1000, 0),
    "V": ("voltage", 1, 0),
    "mV": ("voltage", 0.001, 0),
    "A": ("current", 1, 0),
    "mA": ("current", 0.001, 0),
    "W": ("power", 1, 0),
    "kW": ("power", 1000, 0),
    "W.h": ("energy", 0.001, 0),
    "kW.h": ("energy", 1, 0),
    "MW.h": ("energy", 1000, 0),
    "L": ("volume", 1, 0),
    "m3": ("volume", 1000, 0),
    "L/h": ("flow", 1, 0),
    "m3/h": ("flow", 1000, 0),
    "L/min": ("flow", 60, 0),
    "um": ("length", 0.001, 0),
    "mm": ("length", 1, 0),
    "cm": ("length", 10, 0),
    "m": ("length", 1000, 0),
    "mm/h": ("rain", 1, 0),
    "m/s": ("speed", 1, 0),
    "km/h": ("speed", 1 / 3.6, 0),
    "m/s2": ("acceleration", 1, 0),
    "[g]": ("acceleration", 9.80665, 0),
    "ug/m3": ("concentration", 1, 0),
    "mg/m3": ("concentration", 1000, 0),
    "[ppm]": ("fraction", 1, 0),
    "[ppb]": ("fraction", 0.001, 0),
    "lx": ("illuminance", 1, 0),
    "klx": ("illuminance", 1000, 0),
    "dB": ("level", 1, 0),
    "deg": ("angle", 1, 0),
    "W/m2": ("irradiance", 1, 0),
    "[pH]": ("ph", 1, 0),
    "1": ("number", 1, 0),
}

SPELLINGS = {
    "°c": "Cel", "c": "Cel", "degc": "Cel", "celsius": "Cel", "℃": "Cel",
    "°f": "[degF]", "f": "[degF]", "degf": "[degF]", "fahrenheit": "[degF]", "℉": "[degF]",
    "k": "K", "kelvin": "K",
    "percent": "%", "pct": "%", "%rh": "%", "%vwc": "%", "m3/m3": "m3/m3",
    "us/cm": "uS/cm", "ms/cm": "mS/cm", "ds/m": "dS/m", "ms/m": "mS/m", "s/m": "S/m",
    "hpa": "hPa", "pa": "Pa", "kpa": "kPa", "mbar": "mbar", "bar": "bar",
    "v": "V", "volt": "V", "volts": "V", "mv": "mV", "millivolt": "mV",
    "a": "A", "ma": "mA", "w": "W", "kw": "kW",
    "wh": "W.h", "kwh": "kW.h", "mwh": "MW.h",
    "l": "L", "liter": "L", "litre": "L", "liters": "L", "litres": "L", "m3": "m3",
    "l/h": "L/h", "m3/h": "m3/h", "l/min": "L/min",
    "um": "um", "mm": "mm", "cm": "cm", "m": "m", "meter": "m",
    "mm/h": "mm/h", "mm/hr": "mm/h",
    "m/s": "m/s", "km/h": "km/h", "m/s2": "m/s2", "g": "[g]",
    "ug/m3": "ug/m3", "mg/m3": "mg/m3", "ppm": "[ppm]", "ppb": "[ppb]",
    "lx": "lx", "lux": "lx", "klux": "klx",
    "db": "dB", "dba": "dB", "db(a)": "dB",
    "°": "deg", "deg": "deg", "degree": "deg", "degrees": "deg",
    "w/m2": "W/m2", "ph": "[pH]",
}  # fmt: skip
# What people write where UCUM has a code of its own.
SHOWN = {
    "Cel": "°C", "[degF]": "°F", "m3/m3": "m³/m³", "uS/cm": "µS/cm", "W.h": "Wh", "kW.h": "kWh",
    "MW.h": "MWh", "L": "l", "m3": "m³", "L/h": "l/h", "m3/h": "m³/h", "L/min": "l/min",
    "um": "µm", "m/s2": "m/s²", "[g]": "g", "ug/m3": "µg/m³", "mg/m3": "mg/m³", "[ppm]": "ppm",
    "[ppb]": "ppb", "dB": "dB(A)", "deg": "°", "W/m2": "W/m²", "[pH]": "pH",
}  # fmt: skip
SUPERSCRIPTS = str.maketrans({"²": "2", "³": "3", "µ": "u", "μ": "u", "⋅": "·", ".": "·"})
INVERSE = re.compile(r"·?([a-z]+)⁻([¹23])")


@dataclass(frozen=True, kw_only=True, slots=True)
class Conversion:
    """`value * factor + offset` gives the wanted unit."""

    factor: float
    offset: float

    def of(self, value: float) -> float:
        """The converted value."""
        return value * self.factor + self.offset


def known_unit(text: str) -> str:
    """UCUM for a unit as somebody wrote it (`µS⋅cm⁻¹`, `°F`, `kWh`); empty where not known."""
    if text in UNITS:
        return text
    plain = text.strip().translate(SUPERSCRIPTS)
    # Which letter is large decides between milli and mega, so energy is looked at as written.
    if plain == "MWh":
        return "MW.h"
    if plain == "mWh":
        return ""
    plain = INVERSE.sub(lambda m: f"/{m[1]}{m[2] if m[2] != '¹' else ''}", plain.lower())
    return SPELLINGS.get(plain.replace("·", "").replace(" ", ""), "")


def shown(ucum: str) -> str:
    """A unit as people write it."""
    return SHOWN.get(ucum, ucum)


def conversion(given: str, wanted: str) -> Conversion | None:
    """From one unit (UCUM) to another of the same dimension, or None."""
    if given not in UNITS or wanted not in UNITS:
        return None
    dimension, factor, offset = UNITS[given]
    other, wanted_factor, wanted_offset = UNITS[wanted]
    if dimension != other:
        return None
    return Conversion(
        factor=_tidy(factor / wanted_factor), offset=_tidy((offset - wanted_offset) / wanted_factor)
    )


def _tidy(value: float) -> float:
    """Without the noise of the last digits: 0.01 and not 0.010000000000000002."""
    return float(f"{value:.12g}")
