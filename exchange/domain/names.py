"""
What a name is made of, so that two records of one person can be laid side by side.

One register has "María de los Ángeles Núñez", the next "NUNEZ, MA ANGELES", a passport's
machine-readable line "NUNXXEZ". Read here, all three are the same words: without marks,
particles, abbreviations and placeholders. How alike two names are is a figure between 0 and 1;
it is a cross-check between two records of one handoff and never a way to find one.
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from rapidfuzz.distance import OSA

WORDS_MAX = 12
"""More words than anybody has: what stands after them is not read, and costs no time."""


class Word(NamedTuple):
    """One word of a name: by itself, and with what stood before it."""

    core: str
    glued: str

    @property
    def sound(self) -> str:
        """How the word sounds, whoever spelled it."""
        sound = self.core
        for spelled, heard in _SOUNDS:
            sound = spelled.sub(heard, sound)
        return sound

    @property
    def weight(self) -> float:
        """What the word says of who bears it."""
        return _WEIGHT_LIGHT if self.core in _LIGHT else 1.0


# Letters that Unicode does not take apart into a plain one and a mark.
_PLAIN = str.maketrans(
    {"Æ": "AE", "Œ": "OE", "Ø": "O", "Ł": "L", "Đ": "D", "Ð": "D", "Þ": "TH", "Ħ": "H", "Ŧ": "T"},
)
# Marks that a letter is taken apart into, and both apostrophes.
_SILENT = re.compile("[\u0300-\u036f'\u2019]+")
_SPACED = re.compile(r"[ .\-]+")
# ICAO Doc 9303-3 §6: the machine-readable line may write Ñ and Ü so.
_MACHINE_READABLE = re.compile(r"(?<=[NU])XX")
_PHRASE = re.compile(r"\bSIN (?:NOMBRES?|(?:PRIMER |SEGUNDO )?APELLIDOS?)\b")
_PLACEHOLDERS = frozenset(
    "FNU LNU NFN NLN NMN NMI UNK UNKNOWN DESCONOCIDO DESCONOCIDA X XX XXX".split(),  # noqa: SIM905 - a list of words reads as one
)
_PARTICLES = frozenset(
    "DE DEL LA LAS LO LOS EL Y E DA DAS DO DOS DI DU LE VON VAN DER DEN".split(),  # noqa: SIM905 - a list of words reads as one
)
_BINDERS = frozenset(("SAN", "SANTA", "SANTO", "SAINT", "MC", "MAC", "O", "D"))
_SUFFIXES = frozenset(("JR", "SR", "II", "III", "VDA", "VIUDA", "FILHO", "NETO", "SOBRINHO"))
_LIGHT = frozenset(("MARIA", "JOSE"))
_ABBREVIATED = {
    "MA": "MARIA",
    "GPE": "GUADALUPE",
    "FCO": "FRANCISCO",
    "FCA": "FRANCISCA",
    "DGUEZ": "DOMINGUEZ",
    "FDEZ": "FERNANDEZ",
    "GLEZ": "GONZALEZ",
    "GZZ": "GONZALEZ",
    "GTZ": "GUTIERREZ",
    "HDEZ": "HERNANDEZ",
    "HDZ": "HERNANDEZ",
    "MTZ": "MARTINEZ",
    "RGUEZ": "RODRIGUEZ",
    "RDZ": "RODRIGUEZ",
    "RMZ": "RAMIREZ",
    "VZQZ": "VAZQUEZ",
}
# Spellings that one ear writes for the other: seseo, yeísmo, b and v, the silent h.
_SOUNDS = (
    (re.compile("PH"), "F"),
    (re.compile("[CS]H"), "Ç"),
    (re.compile("H"), ""),
    (re.compile("QU(?=[EI])"), "K"),
    (re.compile("C(?=[EI])|Z"), "S"),
    (re.compile("[CQ]"), "K"),
    (re.compile("[GX](?=[EI])"), "J"),
    (re.compile("V"), "B"),
    (re.compile("LL"), "Y"),
    (re.compile("Y(?![AEIOU])"), "I"),
    (re.compile(r"(.)\1+"), r"\1"),
)
# What makes of Mario a Maria, of Luis a Luisa, of Martín a Martínez: another name, no slip.
_ENDING = re.compile("(?<=..)(?:ES|O|A)$")

_WEIGHT_LIGHT = 0.4
_SOUNDS_ALIKE = 0.95
_CUT = 0.85
_INITIAL = 0.7
_SLIPPED = (1.0, 0.85, 0.7)
_CUT_LETTERS_MIN = 6
_SLIP_LETTERS_MIN, _SECOND_SLIP_LETTERS_MIN = 5, 9
_MISSING = 0.3


def read_words(name: str) -> tuple[Word, ...]:
    """
    Return the words of a name as any register may have it; none where it only holds a place.

    María and José say little, since half of the region bears one of them (the CURP skips them
    too): they weigh less than what stands beside them.
    """
    pieces = [_ABBREVIATED.get(piece, piece) for piece in _plain(name).split()]
    pieces = [piece for piece in pieces if piece not in _PLACEHOLDERS]
    kept = [piece for piece in pieces if piece not in _SUFFIXES] or pieces
    return tuple(_words(kept[:WORDS_MAX]))


def likeness(one: Sequence[Word], other: Sequence[Word]) -> float | None:
    """
    Return how alike two names are, whatever the order of their words; None where one is unknown.

    Words that only one of them has cost little: registers drop second names and surnames. Words
    that contradict each other cost all of their weight.
    """
    if not one or not other:
        return None
    return _paired(_run_together(one, other), _run_together(other, one))


def _plain(name: str) -> str:
    apart = unicodedata.normalize("NFKD", name.upper().translate(_PLAIN))
    spaced = _SPACED.sub(" ", _SILENT.sub("", apart))
    return _PHRASE.sub(" ", _MACHINE_READABLE.sub("", spaced))


def _words(pieces: Sequence[str]) -> Iterator[Word]:
    before, bound, found = "", "", False
    for piece in pieces:
        if piece in _PARTICLES:
            before += piece
        elif piece in _BINDERS:
            bound += piece
        else:
            yield Word(bound + piece, before + bound + piece)
            before, bound, found = "", "", True
    if bound or (before and not found):
        yield Word(bound or before, before + bound)


def _run_together(words: Sequence[Word], other: Sequence[Word]) -> tuple[Word, ...]:
    """Return *words*, those joined of which the other name has the letters without the space."""
    wanted = {spelling for word in other for spelling in (word.core, word.glued)}
    joined: list[Word] = []
    for word in words:
        if joined and (together := joined[-1].glued + word.glued) in wanted:
            joined[-1] = Word(together, together)
        else:
            joined.append(word)
    return tuple(joined)


def _paired(one: Sequence[Word], other: Sequence[Word]) -> float:
    alike, weight = 0.0, 0.0
    for mine, theirs, value in _pairs(one, other):
        heavier = max(mine.weight, theirs.weight)
        alike += heavier * value
        weight += heavier
    heavy, light = sorted((_weight(one), _weight(other)), reverse=True)
    return alike / weight * (1 - _MISSING * (heavy - light) / heavy)


def _weight(words: Sequence[Word]) -> float:
    return sum(word.weight for word in words)


def _pairs(one: Sequence[Word], other: Sequence[Word]) -> Iterator[tuple[Word, Word, float]]:
    """Give each word of the shorter name its partner, the most alike first."""
    mine, theirs = list[Word](), sorted(other)
    for word in sorted(one):
        equal = next((partner for partner in theirs if partner.core == word.core), None)
        if equal is None:
            mine.append(word)
        else:
            theirs.remove(equal)
            yield word, equal, 1.0
    sounds = {word: word.sound for word in (*mine, *theirs)}
    candidates = sorted(
        (1 - _alike(word, partner, sounds), min(word, partner), max(word, partner), word, partner)
        for word in mine
        for partner in theirs
    )
    for unlike, _, _, word, partner in candidates:
        if word in mine and partner in theirs:
            mine.remove(word)
            theirs.remove(partner)
            yield word, partner, 1 - unlike


def _alike(one: Word, other: Word, sounds: Mapping[Word, str]) -> float:
    if one.glued == other.glued:
        return 1.0
    shorter, longer = sorted((sounds[one], sounds[other]), key=len)
    if shorter == longer:
        return _SOUNDS_ALIKE
    if 1 in (len(one.core), len(other.core)):
        return _INITIAL if one.core[0] == other.core[0] else 0.0
    if _ENDING.sub("", shorter) == _ENDING.sub("", longer):
        return 0.0
    if len(shorter) >= _CUT_LETTERS_MIN and longer.startswith(shorter):
        return _CUT
    slips = (len(longer) >= _SLIP_LETTERS_MIN) + (len(longer) >= _SECOND_SLIP_LETTERS_MIN)
    distance = OSA.distance(shorter, longer, score_cutoff=len(_SLIPPED))
    return _SLIPPED[distance] if distance <= slips else 0.0
