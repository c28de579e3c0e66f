"""Whose table it is, and which side of the trade: what titles, headers and last rows say, in crossed words."""

import re

from .lines import Names, listed

# SIPRI's armament categories as its tables spell them, over the years.
CATEGORIES = {
    "aircraft", "air defence systems", "air-defence systems", "anti-submarine warfare weapons", "armoured vehicles",
    "artillery", "engines", "missiles", "naval weapons", "other", "satellites", "sensors", "ships",
}  # fmt: skip
# "exports TO Pakistan" is Pakistan's import table.
_OLD_TITLE = re.compile(r'TIV of arms exports (to|from) ([^"\n]+?),\s*\d{4}\s*-\s*\d{4}', re.I)
# "Total imports FROM China" closes China's export table.
_NEW_TOTAL = re.compile(r"total (imports from|exports to) (.+)", re.I)
_WORLD_TOTAL = re.compile(r"total world (import|export)s?", re.I)


def whose(preamble: str, layout: dict, rows: list[dict], country: str | None, of: str | None, names: Names) -> dict:
    """Kind of a table, whose it is and which of its sides (imports or exports).

    SIPRI's own words are crossed: "exports to Pakistan" heads or closes Pakistan's imports.
    """
    labels = [row["names"][0].lower() for row in rows if row["role"] == "data"]
    said, side = _stated(preamble, layout, [name for row in rows if row["role"] == "total" for name in row["names"]])
    if layout["bank"]:
        return {"kind": "World Bank series", "country": None, "of": _indicator(rows)}
    if layout["rank"]:
        return {"kind": "top list", "country": None, "of": side}
    if layout["region"]:
        return {"kind": "regional table", "country": None, "of": side}
    if set(labels) <= CATEGORIES:
        return {"kind": "category table", "country": None if said == "all" else said, "of": side}
    if layout["rows_are"] == "pair":
        return _one_side([row["names"] for row in rows if row["role"] == "data"])
    rows_are = layout["rows_are"] or next(
        (word for word in ("supplier", "recipient") if f"unknown {word}(s)" in labels), None
    )
    said = _agreed(names([said])[0][said] if said else None, country, "country")
    if side is None and said and rows_are:
        side = "exports" if (rows_are == "supplier") == (said == "all") else "imports"
    side = _agreed(side, of, "of")
    _refuse_unsaid(said, side or rows_are)
    if said == "all":
        return {"kind": "all-countries table", "country": None, "of": side}
    return {"kind": "country table", "country": said, "of": side}


def _stated(preamble: str, layout: dict, totals: list[str]) -> tuple[str | None, str | None]:
    """Country ("all" for a table of all) and side that the title, the header or the last row state."""
    old = _OLD_TITLE.search(preamble)
    if old:
        everyone = old[2].strip().lower() in {"all", "all countries"}
        return "all" if everyone else old[2].strip(), "imports" if old[1].lower() == "to" else "exports"
    new = next(filter(None, map(_NEW_TOTAL.fullmatch, totals)), None)
    if new:
        return new[2].strip(), "exports" if new[1].lower() == "imports from" else "imports"
    world = next(filter(None, map(_WORLD_TOTAL.fullmatch, totals)), None) or layout["by"]
    if world:
        return "all", world[1].lower().rstrip("s") + "s"
    if layout["rank"] and layout["rows_are"]:
        return "all", "exports" if layout["rows_are"] == "supplier" else "imports"
    title = re.search(r"volume of (imports|exports) of", preamble, re.I)
    return None, title[1].lower() if title else None


def _one_side(pairs: list[list[str]]) -> dict:
    """Whose table a list of pairs is: the country that stands on one side of all of them."""
    recipients, suppliers = ({pair[i] for pair in pairs} for i in (0, 1))
    if len(suppliers) == 1:
        return {"kind": "country table", "country": suppliers.pop(), "of": "exports"}
    if len(recipients) == 1:
        return {"kind": "country table", "country": recipients.pop(), "of": "imports"}
    raise ValueError("the table has several recipients and several suppliers: SIPRI makes no such table.")


def _indicator(rows: list[dict]) -> str:
    """Side of a World Bank series, from its code."""
    codes = {row["names"][2] for row in rows if row["role"] == "data"}
    side = {"MS.MIL.MPRT.KD": "imports", "MS.MIL.XPRT.KD": "exports"}.get(min(codes))
    if len(codes) > 1 or side is None:
        raise ValueError(
            f"a World Bank file of {listed(sorted(codes), 3)}; read are MS.MIL.MPRT.KD (arms imports) and "
            "MS.MIL.XPRT.KD (arms exports), one per file."
        )
    return side


def _agreed(found: str | None, given: str | None, option: str) -> str | None:
    if found and given and found.lower() != given.lower():
        raise ValueError(f"{option}={given!r} was given, but the file itself says {found!r}. Leave the option out.")
    return found or given


def _refuse_unsaid(country: str | None, of: str | None) -> None:
    missing = [] if country else ["country='Pakistan' (or country='all' for a table of all countries)"]
    missing += [] if of else ["of='imports' or of='exports'"]
    if missing:
        raise ValueError(
            "the file does not say whose table it is: its title or its last row was cut off. "
            f"Say it: {' and '.join(missing)}."
        )
