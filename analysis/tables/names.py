"""Countries by the name that we use, from any spelling that SIPRI has used."""

from functools import cache

from analysis.tables.schema import known, read

#: For each direction, the column of the country whose total is divided and that of the partner who has a share of it.
ENDS = {"imports": ("recipient", "supplier"), "exports": ("supplier", "recipient")}


@cache
def spellings() -> dict[str, str]:
    """Every spelling of a country that we know, case-folded and without SIPRI's asterisks, to our name for it.

    Examples
    --------
    >>> spellings()["turkiye"]
    'Türkiye'
    """
    countries = read("countries")
    found = {}
    for row in countries.itertuples():
        every = [row.country, *(row.sipri_names.split(";") if isinstance(row.sipri_names, str) else [])]
        found |= {_fold(spelling): row.country for spelling in every}
    return found


def _fold(name: str) -> str:
    return name.strip().rstrip("*").strip().casefold()


def spelled(name: str) -> str | None:
    """Our name for a country, from any spelling that SIPRI has used; None if the spelling is not known.

    Examples
    --------
    >>> spelled("Hezbollah (Lebanon)*")
    'Hezbollah (Lebanon)'
    """
    return spellings().get(_fold(name))


def country(name: str) -> str:
    """Our name for a country, from any spelling that SIPRI has used.

    Raises
    ------
    ValueError
        If the name is unknown; the nearest is given.

    Examples
    --------
    >>> country("Turkey"), country("pakistan")
    ('Türkiye', 'Pakistan')
    """
    return spelled(str(name)) or known(str(name), dict.fromkeys(spellings().values()), "country")
