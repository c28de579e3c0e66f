"""Numbers in sentences: a share never appears without its pair, direction, window, unit and edition.

Everything here turns rows into text. Nothing is computed, and nothing that SIPRI did not print is attributed to it.
"""

import re
from collections.abc import Iterable, Sequence

import pandas as pd

from analysis import tables

#: What a five-year share is a share of, for subtitles.
VOLUME = "% of volume (TIV)"

#: TIV is an index of military capability, so a currency beside it is always an error.
_MONEY = re.compile(r"[$€£¥₹]|\b(USD|EUR|dollars?|euros?|pounds?|rupees?|yuan|roubles?)\b", re.IGNORECASE)

#: The fewest and the most characters of an alt text (figure standards of Cesal and of the Analysis Function).
ALT_LEAST, ALT_MOST = 80, 300

_WINDOW_NAMES = {1: "single years", 3: "three-year windows", 5: "five-year windows", 10: "ten-year windows"}


def window(first_year: int, last_year: int) -> str:
    """The years from first to last as printed: 2017–21, 1998–2002, 2021.

    Examples
    --------
    >>> window(2017, 2021), window(1998, 2002), window(2021, 2021)
    ('2017–21', '1998–2002', '2021')
    """
    first, last = int(first_year), int(last_year)
    if first == last:
        return str(first)
    return f"{first}–{last if first // 100 != last // 100 else f'{last % 100:02d}'}"


def windows(years: int) -> str:
    """What windows of so many years are called.

    Examples
    --------
    >>> windows(5), windows(7)
    ('five-year windows', '7-year windows')
    """
    return _WINDOW_NAMES.get(years, f"{years}-year windows")


def percent(value: float, decimals: int | None = None) -> str:
    """A share as SIPRI writes it: whole from 10, one decimal below; a printed figure keeps its printed decimals.

    Examples
    --------
    >>> percent(72.004), percent(5.58), percent(9.97), percent(7.0, 1)
    ('72', '5.6', '10', '7.0')
    >>> percent(float("nan"))
    '–'
    """
    if pd.isna(value):
        return "–"
    if decimals is not None and not pd.isna(decimals):
        return f"{value:.{int(decimals)}f}"
    return f"{value:.1f}" if round(value, 1) < 10 else f"{value:.0f}"


def name(country: str) -> str:
    """How a country's name reads inside a sentence.

    Examples
    --------
    >>> name("United States"), name("India")
    ('the United States', 'India')
    """
    return tables.column("countries", "in_text").get(country, country)


def category(category: str) -> str:
    """How one of SIPRI's armament categories reads inside a sentence.

    Examples
    --------
    >>> category("Air defence systems"), category("Other")
    ('air defence systems', 'other arms')
    """
    return "other arms" if category == "Other" else f"{category[0].lower()}{category[1:]}"


def possessive(country: str) -> str:
    """The possessive of a country's name inside a sentence.

    Examples
    --------
    >>> possessive("Pakistan"), possessive("Netherlands")
    ("Pakistan's", "the Netherlands'")
    """
    text = name(country)
    return f"{text}'" if text.endswith("s") else f"{text}'s"


def edition(source: str) -> str:
    """Where a figure comes from, for the brackets behind it; a calculation of ours says so.

    Examples
    --------
    >>> edition("sipri-factsheet-2022")
    'SIPRI, March 2022 edition'
    >>> edition("own calculation from sipri-atd-2026")
    'own calculation from the SIPRI Arms Transfers Database, March 2026 release'
    """
    told = _document(tables.release(source))
    return f"{tables.OWN}the {told}" if tables.is_own(source) else told


def short_edition(source: str) -> str:
    """The edition alone, for labels: ``March 2022 edition``, ``March 2026 release``.

    Examples
    --------
    >>> short_edition("own calculation from sipri-atd-2026")
    'March 2026 release'
    >>> short_edition("SIPRI Arms Transfers Database, file generated 14 July 2026")
    'file generated 14 July 2026'
    """
    told = _document(tables.release(source)).removesuffix(tables.ESTIMATE).rpartition(", ")[2]
    return ", ".join(filter(None, [told, tables.caveat(source)]))


def _document(source: str) -> str:
    """A source by its title and edition. A source that is no key (a reader's own file) speaks for itself."""
    told = tables.column("sources", "edition").get(source)
    if told is None:
        return tables.column("sources", "citation").get(source, source).rstrip(".")
    return f"{'SIPRI' if 'edition' in told else 'SIPRI Arms Transfers Database'}, {told}"


def sentence(row: pd.Series) -> str:
    """One share as a sentence that can be quoted: pair, direction, window, unit and edition are always in it.

    Parameters
    ----------
    row
        A row of `load.shares`, `measure.shares` or another measure with the same columns.

    Raises
    ------
    ValueError
        If one of the columns without which a share means nothing is missing.

    Examples
    --------
    >>> from analysis import load
    >>> shares = load.shares(recipient="Pakistan", supplier="China", edition=2022)
    >>> sentence(shares[(shares["of"] == "imports") & (shares["first_year"] == 2017)].iloc[0])
    "China supplied 72 per cent of Pakistan's arms imports in 2017–21 (SIPRI, March 2022 edition)"
    """
    needed = ["recipient", "supplier", "of", "first_year", "last_year", "percent", "source"]
    missing = [column for column in needed if column not in row.index or pd.isna(row[column])]
    if missing:
        raise ValueError(f"A share is no number without its {', '.join(missing)}; this row has {list(row.index)}.")
    figure = f"{percent(row['percent'], row.get('decimals'))} per cent of"
    years = window(row["first_year"], row["last_year"])
    if pd.notna(row.get("without")):
        years += f", without {name(row['without'])},"
    if pd.notna(row.get("category")):
        whose = f"{possessive(row['recipient'])} imports of {category(row['category'])}"
        told = f"{name(row['supplier'])} supplied {figure} {whose} in {years}"
    elif row["of"] == "imports":
        told = f"{name(row['supplier'])} supplied {figure} {possessive(row['recipient'])} arms imports in {years}"
    else:
        told = f"{name(row['recipient'])} received {figure} {possessive(row['supplier'])} arms exports in {years}"
    return f"{capital(told)} ({edition(row['source'])})"


def capital(words: str) -> str:
    """Words as they stand at the beginning of a sentence.

    Examples
    --------
    >>> capital("the Soviet Union")
    'The Soviet Union'
    """
    return words[:1].upper() + words[1:]


def subject(table: pd.DataFrame) -> str:
    """What a table measures: measure, place, years and unit, for subtitles, captions and alt texts.

    Raises
    ------
    ValueError
        If the table is none that this package makes.

    Examples
    --------
    >>> from analysis import load
    >>> subject(load.shares(recipient="Pakistan", of="imports", edition=2026))
    "Suppliers' shares of Pakistan's arms imports, five-year windows 2016–20 to 2021–25, % of volume (TIV)"
    """
    columns = set(table.columns)
    for column, tell in _SUBJECTS.items():
        if column in columns:
            return f"{tell(table)}{caveat(table)}"
    raise ValueError(f"Cannot say what this table measures: it has the columns {sorted(map(str, columns))}.")


def caveat(table: pd.DataFrame) -> str:
    """What a subtitle has to add because of where its table comes from: that it is an estimate, or an example.

    Examples
    --------
    >>> caveat(pd.DataFrame({"source": ["own calculation from sipri-atd-2026"]}))
    ''
    """
    sources = table["source"].dropna().unique() if "source" in table.columns else []
    found = dict.fromkeys(map(tables.caveat, sources))
    return "".join(f", {told}" for told in found if told)


def _joined(names: Iterable[str], most: int = 3) -> str:
    """Names in a row: A, B and C; from the fourth on only their number."""
    names = list(dict.fromkeys(names))
    if len(names) > most:
        return f"{len(names)} countries"
    return " and ".join([", ".join(names[:-1]), names[-1]]) if len(names) > 1 else names[0]


def _years(table: pd.DataFrame) -> str:
    """The windows of a table: one window, or the first and the last with their kind."""
    found = table[["first_year", "last_year"]].drop_duplicates().sort_values(["last_year", "first_year"])
    first, last = found.iloc[0], found.iloc[-1]
    length = (found["last_year"] - found["first_year"] + 1).unique()
    if len(found) == 1:
        return window(*first)
    kind = f"{windows(int(length[0]))} " if len(length) == 1 else ""
    return f"{kind}{window(*first)} to {window(*last)}"


def _shares(table: pd.DataFrame) -> str:
    imports = (table["of"] == "imports").all()
    if imports or (table["of"] == "exports").all():
        whose, others = ("recipient", "Suppliers'") if imports else ("supplier", "Recipients'")
        places = _joined(possessive(c) for c in table[whose].drop_duplicates())
        partners = table["supplier" if imports else "recipient"].drop_duplicates()
        who = possessive(partners.iloc[0]) if len(partners) == 1 else others
        who = f"{capital(who)} share{'' if len(partners) == 1 else 's'}"
        return f"{who} of {places} arms {table['of'].iloc[0]}, {_years(table)}, {VOLUME}"
    places = _joined(name(c) for c in [*table["recipient"].drop_duplicates(), *table["supplier"].drop_duplicates()])
    return f"Shares of arms imports and exports between {places}, {_years(table)}, {VOLUME}"


def _mutual(table: pd.DataFrame) -> str:
    recipient, supplier = table["recipient"].iloc[0], table["supplier"].iloc[0]
    return (
        f"Each side's share of the other's arms trade: {possessive(recipient)} imports and "
        f"{possessive(supplier)} exports, {_years(table)}, {VOLUME}"
    )


def _transfers(table: pd.DataFrame) -> str:
    recipients, suppliers = table["recipient"].drop_duplicates(), table["supplier"].drop_duplicates()
    whole = len(recipients) > 1 and len(suppliers) == 1
    place = f"{possessive(suppliers.iloc[0])} exports" if whole else f"{_joined(map(possessive, recipients))} imports"
    what = f"{place} of major arms"
    if len(recipients) == len(suppliers) == 1:
        what = f"major arms from {name(suppliers.iloc[0])} to {name(recipients.iloc[0])}"
    years = f"{table['year'].min()} to {table['year'].max()}"
    return f"Volume of {what} by year of delivery, {years}, million TIV"


def _dependence(table: pd.DataFrame) -> str:
    place = _joined(map(possessive, table["country"].drop_duplicates()))
    of = " and ".join(sorted(table["of"].unique(), reverse=True))
    return f"Effective number of partners in {place} arms {of}, {_years(table)}, by volume (TIV)"


def _categories(table: pd.DataFrame) -> str:
    places = _joined(map(possessive, table["recipient"].drop_duplicates()))
    return f"Suppliers' shares of {places} arms imports by armament category, {_years(table)}, {VOLUME}"


def _events(table: pd.DataFrame) -> str:
    years = tables.span(table)
    return f"{len(table)} dated events, {years['start'].dt.year.min()} to {years['end'].dt.year.max()}"


def _equipment(table: pd.DataFrame) -> str:
    recipient, supplier = _joined(map(possessive, table["recipient"])), _joined(map(name, table["supplier"]))
    first, last = table["ordered"].min(), table["ordered"].max()
    years = "years not known" if pd.isna(first) else f"{first} to {last}"
    return f"{recipient} orders of major arms from {supplier}, {years}: years of order and delivery, number of items"


_SUBJECTS = {
    "designation": _equipment,
    "local_production_percent": _categories,
    "event": _events,
    "import_percent": _mutual,
    "largest_percent": _dependence,
    "percent": _shares,
    "tiv_million": _transfers,
}


#: How the sources of a reader's own files from the database begin.
_FILES = ("SIPRI Arms Transfers Database, ", tables.EXAMPLE)


def source_line(*frames: pd.DataFrame) -> str:
    """The line under a figure: every source of the frames drawn, what is our calculation, and how to read it.

    Examples
    --------
    >>> source_line(pd.DataFrame({"source": ["own calculation from sipri-atd-2026"]}))
    'Source: own calculation from the SIPRI Arms Transfers Database, March 2026 release.'
    """
    figures = _keys(frame for frame in frames if "event" not in frame.columns)
    events = [key for key in _keys(frame for frame in frames if "event" in frame.columns) if key not in figures]
    keys = figures + events
    if not keys:
        raise ValueError("A figure needs a source: none of the tables given has a row with one.")
    own = [key for key in keys if tables.is_own(key)]
    sheets = [key for key in keys if key.startswith("sipri-factsheet-")]
    releases = [key for key in figures if key.startswith(("sipri-atd-", "sipri-register-", *_FILES))]
    others = [key for key in keys if key not in own + sheets + releases]
    told = {_document(tables.release(key)) for key in own}
    releases = [key for key in releases if _document(key) not in told]
    parts = _own(own) + _releases(releases) + _sheets(sheets) + _others(others)
    return f"Source: {'; '.join(parts)}."


def _keys(frames: Iterable[pd.DataFrame]) -> list[str]:
    return list(dict.fromkeys(key for frame in frames for key in frame["source"].dropna()))


def _own(keys: list[str]) -> list[str]:
    if not keys:
        return []
    documents = [_document(tables.release(key)) for key in keys]
    shared = "SIPRI Arms Transfers Database, "
    if len(keys) > 1 and all(told.startswith(shared) for told in documents):
        return [f"{tables.OWN}the {shared}{_joined((d.removeprefix(shared) for d in documents), most=6)}"]
    return [edition(key) for key in keys]


def _releases(keys: list[str]) -> list[str]:
    """Releases of the database, from which the tables at hand are our own tabulation."""
    return list(dict.fromkeys(f"own tabulation from the {_document(key)}" for key in keys))


def _sheets(keys: list[str]) -> list[str]:
    """One edition by its name; several by their years: they are one series of documents."""
    if len(keys) < 2:
        return [f"SIPRI Fact Sheet, {short_edition(key)}" for key in keys]
    years = sorted(int(key.rpartition("-")[2]) for key in keys)
    return [f"SIPRI Fact Sheets, {len(years)} editions {window(years[0], years[-1])}"]


def _others(keys: list[str]) -> list[str]:
    known = tables.column("sources", "title")
    told = [key for key in keys if key not in known]
    documents = [key for key in keys if key in known]
    if len(documents) > 2:
        return [*told, f"events: {len(documents)} documents, listed with the data"]
    return told + [_by_title(key) for key in documents]


def _by_title(source: str) -> str:
    """A document by publisher and title: its address stands in the table of sources and has no room under a figure."""
    publisher, title = (tables.column("sources", name)[source] for name in ("publisher", "title"))
    return f"{publisher}, “{title}”"


def caption(headline: str, *frames: pd.DataFrame, note: str = "", subjects: Iterable[str] = ()) -> str:
    """A caption that stands alone: the finding, what is measured, how to read it, where it comes from.

    `subjects` are what the charts measure, where that is more or other than the subject of the first frame.

    Examples
    --------
    >>> shares = tables.read("shares").query("recipient == 'Pakistan' and source == 'sipri-factsheet-2022'")
    >>> caption("China leads", shares).startswith("China leads. ")
    True
    """
    told = [refuse_money(headline).rstrip("."), *(list(subjects) or [subject(frame) for frame in frames[:1]])]
    return ". ".join(filter(None, told)) + ". " + (f"{note} " if note else "") + source_line(*frames)


def alt(chart: str, of: str, where: str) -> str:
    """An alt text, 80 to 300 characters: chart type of data where finding.

    Raises
    ------
    ValueError
        If the finding is empty: an alt text that says only what is drawn serves nobody.

    Examples
    --------
    >>> alt("Line chart", "shares of Pakistan's arms imports, 2000–04 to 2021–25", "China's share ends at 80 %")
    "Line chart of shares of Pakistan's arms imports, 2000–04 to 2021–25, where China's share ends at 80 %."
    """
    if not where.strip():
        raise ValueError("An alt text needs the finding: what does a reader see in this figure?")
    countries = tuple(tables.column("countries", "kind"))
    of = of[0].lower() + of[1:] if of[1:2].islower() and not of.startswith(countries) else of
    told = f"{chart} of {of}, where {where.rstrip('.')}."
    return told if len(told) <= ALT_MOST else told[: ALT_MOST - 3].rpartition(" ")[0].rstrip(",;") + " …"


def alts(told: Sequence[str]) -> str:
    """The alt texts of several charts as one of at most 300 characters: later charts give up their finding first.

    Examples
    --------
    >>> alts(["Line chart of shares, where one leads.", "Timeline of events, where one is first."])
    'Line chart of shares, where one leads. Timeline of events, where one is first.'
    """
    told = list(told)
    for k in range(len(told) - 1, -1, -1):
        if len(" ".join(told)) > ALT_MOST:
            told[k] = f"{told[k].partition(', where ')[0].rstrip('.')}."
    while len(told) > 1 and len(" ".join(told)) > ALT_MOST:
        told.pop()
    return " ".join(told)


def money(text: str) -> str:
    """The currency that a text names; empty where it names none.

    Examples
    --------
    >>> money("$5.28 billion"), money("Million TIV")
    ('$', '')
    """
    found = _MONEY.search(text)
    return found.group() if found else ""


def refuse_money(text: str) -> str:
    """`text` itself, unless it names a currency: TIV is a volume and cannot be labelled as money.

    Raises
    ------
    ValueError
        With the words found and the reason.

    Examples
    --------
    >>> refuse_money("Million TIV")
    'Million TIV'
    >>> refuse_money("Pakistan spent $5.28 billion")
    Traceback (most recent call last):
    ...
    ValueError: 'Pakistan spent $5.28 billion' names a currency ('$'). SIPRI's trend-indicator value (TIV) measures ...
    """
    found = money(text)
    if found:
        raise ValueError(
            f"{text!r} names a currency ({found!r}). SIPRI's trend-indicator value (TIV) measures the volume "
            "of arms transferred, from what the weapons can do, not what was paid for them: it is not money and has "
            "no exchange rate. Write 'TIV' or '% of volume (TIV)'."
        )
    return text
