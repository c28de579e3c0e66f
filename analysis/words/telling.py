"""Numbers in sentences: a share never appears without its pair, direction, window, unit and edition.

Everything here turns rows into text. Nothing is computed, and nothing that SIPRI did not print is attributed to it.
"""

import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

import pandas as pd

from analysis import tables

#: What a five-year share is a share of, for subtitles.
VOLUME = tables.kinds.VOLUME

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


#: How a row stands to its source, for the words in front of the source.
_BASES = {
    "printed": "",
    "tabulated": "own tabulation from the ",
    "computed": "own calculation from the ",
    "estimate": "own calculation from the ",
    "example": "own calculation from an invented example in the shape of the ",
}

#: What every figure and sentence has to say besides, by the basis of its rows.
_CAVEATS = {"estimate": "estimate", "example": "invented numbers"}


def edition(source: str, basis: str = "printed", generated: str | None = None) -> str:
    """Where a figure comes from, for the brackets behind it; a calculation of ours says so.

    Parameters
    ----------
    source
        The key of a source.
    basis
        How the figure stands to it: printed, tabulated, computed, estimate or example.
    generated
        The day of a reader's own file.

    Examples
    --------
    >>> edition("sipri-factsheet-2022")
    'SIPRI, March 2022 edition'
    >>> edition("sipri-atd-2026", "computed", "2026-07-14")
    'own calculation from the SIPRI Arms Transfers Database, March 2026 release, file generated 14 July 2026'
    """
    told = f"{_BASES[basis]}{document(source, generated)}"
    return f"{told}, deliveries spread evenly: an estimate" if basis == "estimate" else told


def cited(row: pd.Series) -> str:
    """Where the figure of a row comes from, for the brackets behind it.

    Examples
    --------
    >>> cited(pd.Series({"source": "sipri-atd-2026", "basis": "computed"}))
    'own calculation from the SIPRI Arms Transfers Database, March 2026 release'
    """
    basis, generated = row.get("basis"), row.get("generated")
    return edition(row["source"], "printed" if pd.isna(basis) else basis, None if pd.isna(generated) else generated)


def short_edition(source: str, basis: str = "printed") -> str:
    """The edition alone, for labels: ``March 2022 edition``, ``March 2026 release``.

    Examples
    --------
    >>> short_edition("sipri-atd-2026"), short_edition("sipri-atd-2026", "estimate")
    ('March 2026 release', 'March 2026 release, estimate')
    """
    told = tables.record(source).edition or document(source)
    return ", ".join(filter(None, [told, _CAVEATS.get(basis)]))


def document(source: str, generated: str | None = None) -> str:
    """A source by its title and edition. A source that is no key (a reader's own file) speaks for itself.

    Examples
    --------
    >>> document("sipri-atd-2026")
    'SIPRI Arms Transfers Database, March 2026 release'
    """
    record = tables.record(source)
    if record.edition is None:
        told = (record.citation or record.key).rstrip(".")
    else:
        told = f"{'SIPRI' if record.kind == 'fact sheet' else record.title}, {record.edition}"
    return f"{told}, file generated {day(generated)}" if generated else told


def day(written: str) -> str:
    """A day as it reads in a sentence.

    Examples
    --------
    >>> day("2026-07-14")
    '14 July 2026'
    """
    found = pd.Timestamp(written)
    return f"{found.day} {found:%B %Y}"


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
    return f"{capital(told)} ({cited(row)})"


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
    >>> caveat(pd.DataFrame({"source": ["sipri-atd-2026"], "basis": ["estimate"]}))
    ', estimate'
    """
    found = dict.fromkeys(_CAVEATS.get(basis) for basis in tables.basis(table).unique())
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


def source_line(*frames: pd.DataFrame) -> str:
    """The line under a figure: every source of the frames drawn, what is our calculation, and how to read it.

    Examples
    --------
    >>> source_line(pd.DataFrame({"source": ["sipri-atd-2026"], "basis": ["computed"]}))
    'Source: own calculation from the SIPRI Arms Transfers Database, March 2026 release.'
    """
    uses = used(frames)
    if not uses:
        raise ValueError("A figure needs a source: none of the tables given has a row with one.")
    own = [use for use in uses if use.basis in tables.OWN]
    told = {(use.source, use.generated) for use in own}
    tabulated = [use for use in uses if use.basis == "tabulated" and (use.source, use.generated) not in told]
    printed = [use for use in uses if use.basis == "printed"]
    sheets = [use.source for use in printed if tables.record(use.source).kind == "fact sheet"]
    others = dict.fromkeys(use.source for use in printed if use.source not in sheets)
    parts = _databases(own) + _databases(tabulated) + _sheets(sheets) + _others(list(others))
    return f"Source: {'; '.join(parts)}."


class Use(NamedTuple):
    """One source, how its figures were made, and the day of a reader's own file."""

    source: str
    basis: str
    generated: str | None


def used(frames: Iterable[pd.DataFrame]) -> list[Use]:
    """Every source of these frames with what was made from it, each once; those of events last."""
    figures, events = [], []
    for frame in frames:
        rows = frame.assign(basis=tables.basis(frame)).dropna(subset="source")
        generated = rows["generated"] if "generated" in rows.columns else pd.Series(None, rows.index, dtype="object")
        uses = dict.fromkeys(zip(rows["source"], rows["basis"], generated, strict=True))
        found = [Use(source, basis, None if pd.isna(day) else day) for source, basis, day in uses]
        (events if "event" in frame.columns else figures).extend(found)
    return list(dict.fromkeys(figures + events))


def _databases(uses: list[Use]) -> list[str]:
    """What was made from releases of the database; several releases in one phrase."""
    shared = "SIPRI Arms Transfers Database, "
    if len({use.basis for use in uses}) == 1 and len(uses) > 1:
        documents = [document(use.source, use.generated) for use in uses]
        if uses[0].basis != "estimate" and all(told.startswith(shared) for told in documents):
            return [f"{_BASES[uses[0].basis]}{shared}{_joined((d.removeprefix(shared) for d in documents), most=6)}"]
    return list(dict.fromkeys(edition(*use) for use in uses))


def _sheets(keys: list[str]) -> list[str]:
    """One edition by its name; several by their years: they are one series of documents."""
    keys = list(dict.fromkeys(keys))
    if len(keys) < 2:
        return [f"SIPRI Fact Sheet, {short_edition(key)}" for key in keys]
    years = sorted(tables.record(key).year for key in keys)
    return [f"SIPRI Fact Sheets, {len(years)} editions {window(years[0], years[-1])}"]


def _others(keys: list[str]) -> list[str]:
    told = [document(key) for key in keys if tables.record(key).kind == "own file"]
    documents = [key for key in keys if tables.record(key).kind != "own file"]
    if len(documents) > 2:
        return [*told, f"events: {len(documents)} documents, listed with the data"]
    return told + [_by_title(key) for key in documents]


def _by_title(source: str) -> str:
    """A document by publisher and title: its address stands in the table of sources and has no room under a figure."""
    record = tables.record(source)
    return f"{record.publisher}, “{record.title}”"


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
