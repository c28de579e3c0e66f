"""Countries by the name that we use, from any name or spelling of them that we know."""

import difflib
import unicodedata
from collections.abc import Iterable
from functools import cache

from analysis.tables.schema import column, known, read

#: For each direction, the column of the country whose total is divided and that of the partner who has a share of it.
ENDS = {"imports": ("recipient", "supplier"), "exports": ("supplier", "recipient")}

#: Unicode's categories of characters that nobody sees: controls and formats, such as U+FEFF or direction marks.
_UNSEEN = ("Cc", "Cf")


@cache
def spellings() -> dict[str, str]:
    """Every name of a country that we know, as `_fold` leaves it, to our name for it.

    Examples
    --------
    >>> spellings()["turkiye"]
    'Türkiye'
    """
    lists = read("countries")[["country", "aliases", "sipri_names"]].fillna("")
    return {_fold(name): row[0] for row in lists.itertuples(index=False) for name in ";".join(row).split(";") if name}


@cache
def _codes() -> dict[str, str]:
    """The three-letter codes of ISO 3166, in capitals as nothing else is written, to our names."""
    return {code: country for country, code in column("countries", "iso3").items()}


def plain(name: str) -> str:
    """A name without what nobody sees: composed letters, single spaces, no zero-width or direction marks.

    Two files may write one name with and without a byte-order mark; kept as they are, the names would be two parties.

    Examples
    --------
    >>> plain("\\ufeffViet\\u00a0 Nam\\u200e")
    'Viet Nam'
    """
    composed = unicodedata.normalize("NFC", name)
    return " ".join("".join(c for c in composed if c.isspace() or unicodedata.category(c) not in _UNSEEN).split())


def _fold(name: str) -> str:
    """What names have in common that differ in capitals, accents, full stops, `&`, a leading `the` or asterisks."""
    letters = unicodedata.normalize("NFKD", plain(name).rstrip("* "))
    bare = "".join(c for c in letters if not unicodedata.combining(c))
    words = bare.replace("’", "'").replace("&", " and ").replace(".", "").casefold().split()
    return " ".join(words[1:] if words[:1] == ["the"] else words)


def spelled(name: str) -> str | None:
    """Our name for a country, from any name or spelling of it that we know; None if there is none.

    Known are SIPRI's spellings of all years, the names of the United Nations and of ISO 3166, its three-letter codes
    in capitals, and the usual short forms.

    Examples
    --------
    >>> spelled("Hezbollah (Lebanon)*"), spelled("PAK"), spelled("Burma")
    ('Hezbollah (Lebanon)', 'Pakistan', 'Myanmar')
    """
    return spellings().get(_fold(name)) or _codes().get(plain(name))


def country(name: str) -> str:
    """Our name for a country, from any name or spelling of it that we know; see `spelled`.

    Raises
    ------
    ValueError
        If the name is unknown; the nearest is given.

    Examples
    --------
    >>> country("Turkey"), country("pakistan"), country("U.S.")
    ('Türkiye', 'Pakistan', 'United States')
    """
    found = spelled(str(name)) or spelled(str(name).upper())
    if found is None:
        raise ValueError(f"Unknown country {str(name)!r}. {_nearest(str(name))}")
    return found


def party(name: str, present: Iterable[str], what: str) -> str:
    """A country among those present, from any name or spelling of it that we know.

    Raises
    ------
    ValueError
        If it is not among them; the nearest is given.

    Examples
    --------
    >>> party("Turkey", ["China", "Türkiye"], "supplier")
    'Türkiye'
    """
    present = list(present)
    if name in present:
        return name
    found = spelled(str(name)) or spelled(str(name).upper())
    return found if found in present else known(name, present, what)


def _nearest(name: str) -> str:
    """The countries whose names or codes come nearest, by our name for them."""
    codes = {code.casefold(): country for code, country in _codes().items()} if len(name) <= 4 else {}
    known_as = spellings() | codes
    near = difflib.get_close_matches(_fold(name), known_as, n=12, cutoff=0.6)
    if not near:
        return "load.countries() lists the names; those of the United Nations and ISO codes are known too."
    like = {spelling: difflib.SequenceMatcher(None, spelling, _fold(name)).ratio() for spelling in near}
    found = dict.fromkeys(known_as[spelling] for spelling in near if like[spelling] > like[near[0]] - 0.1)
    return "Did you mean " + " or ".join(map(repr, list(found)[:3])) + "?"
