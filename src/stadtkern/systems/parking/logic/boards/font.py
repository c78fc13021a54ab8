"""Letters of five by seven lamps, and arrows of seven by seven: one number for each row."""

from typing import Final

from stadtkern.systems.parking.logic.boards.faces import ARROWS

ROWS: Final = 7
LETTERS: Final = {
    "0": "0E11131519110E", "1": "040C040404040E", "2": "0E11010204081F", "3": "1F02040201110E",
    "4": "02060A121F0202", "5": "1F101E0101110E", "6": "0608101E11110E", "7": "1F010204080808",
    "8": "0E11110E11110E", "9": "0E11110F01020C", "A": "0E1111111F1111", "B": "1E11111E11111E",
    "C": "0E11101010110E", "D": "1C12111111121C", "E": "1F10101E10101F", "F": "1F10101E101010",
    "G": "0E11101711110F", "H": "1111111F111111", "I": "0E04040404040E", "J": "0702020202120C",
    "K": "11121418141211", "L": "1010101010101F", "M": "111B1515111111", "N": "11111915131111",
    "O": "0E11111111110E", "P": "1E11111E101010", "Q": "0E11111115120D", "R": "1E11111E141211",
    "S": "0F10100E01011E", "T": "1F040404040404", "U": "1111111111110E", "V": "11111111110A04",
    "W": "1111111515150A", "X": "11110A040A1111", "Y": "1111110A040404", "Z": "1F01020408101F",
    "a": "00000E010F110F", "b": "1010161911111E", "c": "00000E1010110E", "d": "01010D1311110F",
    "e": "00000E111F100E", "f": "0609081C080808", "g": "000F11110F010E", "h": "10101619111111",
    "i": "04000C0404040E", "j": "0200060202120C", "k": "10101214181412", "l": "0C04040404040E",
    "m": "00001A15151111", "n": "00001619111111", "o": "00000E1111110E", "p": "00001E111E1010",
    "q": "00000D130F0101", "r": "00001619101010", "s": "00000E100E011E", "t": "08081C08080906",
    "u": "0000111111130D", "v": "00001111110A04", "w": "0000111115150A", "x": "0000110A040A11",
    "y": "000011110F010E", "z": "00001F0204081F", "ä": "0A000E010F110F", "ö": "0A000E1111110E",
    "ü": "0A00111111130D", "Ä": "0A000E111F1111", "Ö": "0A0E111111110E", "Ü": "0A00111111110E",
    "ß": "0E111116111116", "+": "0004041F040400", "-": "0000001F000000", ".": "00000000000C0C",
    ",": "000000000C0408", ":": "000C0C000C0C00", "/": "00010204081000", "!": "04040404000004",
    "?": "0E110102040004", "(": "02040808080402", ")": "08040202020408", "%": "18190204081303",
    "&": "0C12140815120D", "'": "0C040800000000", '"': "0A0A0A00000000", "=": "00001F001F0000",
    "*": "0004150E150400", "<": "02040810080402", ">": "08040201020408", " ": "00000000000000",
}  # fmt: skip
POINTING: Final = {
    "ahead": "081C2A08080808", "right": "0804027F020408", "half_right": "1F030509102040",
}  # fmt: skip


def letter(sign: str) -> list[int]:
    """The rows of a letter, five lamps wide; a question mark for what there is none for."""
    return _rows(LETTERS.get(sign, LETTERS["?"]))


def arrow(name: str) -> list[int]:
    """The rows of an arrow, seven lamps wide; those not drawn are others turned over."""
    if name not in ARROWS or not name:
        return [0] * ROWS
    if name in POINTING:
        return _rows(POINTING[name])
    if name in ("back", "back_right"):
        return arrow("ahead" if name == "back" else "half_right")[::-1]
    return [_mirrored(row) for row in arrow(name.replace("left", "right"))]


def _rows(text: str) -> list[int]:
    return [int(text[i : i + 2], 16) for i in range(0, 2 * ROWS, 2)]


def _mirrored(row: int) -> int:
    return int(f"{row:07b}"[::-1], 2)
