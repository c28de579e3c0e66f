"""What a table finds: a headline of ten words or fewer, and the sentences that read it aloud.

A figure in a headline or in a paragraph comes from a row, so that both stay true when the country, the window or the
release changes.
"""

from collections.abc import Callable

import pandas as pd

from analysis import tables
from analysis.words.telling import capital, category, cited, edition, name, percent, possessive, sentence, used, window

MOST_WORDS = 10

#: What claims of one subject are about.
_SUBJECTS = {"share": "shares", "equipment": "equipment", "event": "events", "context": "the background"}


def finding(table: pd.DataFrame) -> str:
    """The finding of a table as a headline of ten words or fewer, for `draw.headline`.

    Parameters
    ----------
    table
        Rows of one of: printed or computed shares, `mutual`, `dependence` (of one country over time, or of many in
        one window), `without`, `windows`, `revisions`, `claims`, transfers, equipment.

    Returns
    -------
    str
        A sentence without a full stop. It speaks of the last window of the table; country names of several words may
        make it longer.

    Raises
    ------
    ValueError
        If the table has no rows, or is none that has a finding.

    Examples
    --------
    >>> from analysis import load
    >>> finding(load.shares(recipient="Pakistan", of="imports", edition=2026))
    "China supplied 80 % of Pakistan's arms imports in 2021–25"
    """
    return _tell(table, _FINDINGS, "finding")


def reading(table: pd.DataFrame) -> str:
    """What a table says, in whole sentences with their sources, for the text around a figure.

    Parameters
    ----------
    table
        Rows of any table that `finding` takes, or of `interval` or `around`.

    Returns
    -------
    str
        One paragraph.

    Raises
    ------
    ValueError
        If the table has no rows, or is none that can be read aloud.

    Examples
    --------
    >>> from analysis import load
    >>> reading(load.shares(recipient="India", supplier="Russia", of="imports", edition=2026))
    "Russia supplied 40 per cent of India's arms imports in 2021–25 (SIPRI, March 2026 edition)."
    """
    return _tell(table, _READINGS, "reading")


def _tell(table: pd.DataFrame, ways: dict[str, Callable[[pd.DataFrame], str]], what: str) -> str:
    """The words of the first kind of table whose own column this one has."""
    if table.empty:
        raise ValueError(f"A {what} needs rows: this table has none.")
    for column, tell in ways.items():
        if column in table.columns:
            return tell(table)
    raise ValueError(f"No {what} for this table: it has the columns {sorted(map(str, table.columns))}.")


def _short(*ways: str) -> str:
    """The first wording of ten words or fewer, or the last one; a number and its unit are one word."""
    ways = tuple(capital(way) for way in ways)
    return next((way for way in ways if len(way.replace(" %", "%").split()) <= MOST_WORDS), ways[-1])


def _last(table: pd.DataFrame) -> pd.DataFrame:
    """The rows of the last window."""
    return table[table["last_year"] == table["last_year"].max()]


def _years(row: pd.Series) -> str:
    return window(row["first_year"], row["last_year"])


def _listed(parts: list[str]) -> str:
    return " and ".join([", ".join(parts[:-1]), parts[-1]]) if len(parts) > 1 else parts[0]


def _side(of: str) -> tuple[str, str]:
    """What the partners of a direction are called, one and several."""
    partner = tables.ENDS[of][1]
    return partner, f"{partner}s"


def _ends(row: pd.Series) -> tuple[str, str]:
    """The partner, and the country whose total is divided."""
    country, partner = tables.ENDS[row["of"]]
    return row[partner], row[country]


def _pair_share(row: pd.Series) -> str:
    """Whose share of what, as the start of a sentence: China's share of Pakistan's arms imports."""
    partner, country = _ends(row)
    told = f"{possessive(partner)} share of {possessive(country)} arms {row['of']}"
    return capital(told)


def _largest_share(table: pd.DataFrame) -> pd.Series:
    return _last(table.dropna(subset="percent")).sort_values("percent", kind="stable").iloc[-1]


def _find_shares(table: pd.DataFrame) -> str:
    whole = table["recipient"].where(table["of"].eq("imports"), table["supplier"])
    if whole.nunique() > 1 and table["of"].nunique() == 1:
        return _find_side_by_side(table, whole)
    row = _largest_share(table)
    partner, country = _ends(row)
    verb = "supplied" if row["of"] == "imports" else "received"
    told = f"{name(partner)} {verb} {percent(row['percent'], row.get('decimals'))} % of {possessive(country)} arms"
    told = f"{told} {row['of']}"
    return _short(f"{told} in {_years(row)}", told, told.replace("the ", ""))


def _find_side_by_side(table: pd.DataFrame, whole: pd.Series) -> str:
    """The largest partner of each of several countries."""
    way = "from" if table["of"].iloc[0] == "imports" else "to"
    tops = [_largest_share(rows) for _, rows in table.groupby(whole, sort=False)]
    each = [f"{name(_ends(row)[1])} {percent(row['percent'])} % {way} {name(_ends(row)[0])}" for row in tops]
    return _short(", ".join(each), ", ".join(each[:2]))


def _read_shares(table: pd.DataFrame) -> str:
    rows = [_largest_share(part) for _, part in table.groupby("of", sort=False)]
    return " ".join(f"{sentence(row)}." for row in sorted(rows, key=lambda row: row["of"], reverse=True))


def _fullest(table: pd.DataFrame) -> pd.Series:
    """A row of the last window, one with both sides if there is any."""
    last = _last(table)
    both = last.dropna(subset=["import_percent", "export_percent"])
    return (both if len(both) else last).iloc[0]


def _find_mutual(table: pd.DataFrame) -> str:
    row = _fullest(table)
    sides = {
        f"of {possessive(row['recipient'])} imports": row["import_percent"],
        f"of {possessive(row['supplier'])} exports": row["export_percent"],
    }
    told = ", ".join(f"{percent(value)} % {side}" for side, value in sides.items() if pd.notna(value))
    return _short(f"{told} in {_years(row)}", told)


def _read_mutual(table: pd.DataFrame) -> str:
    row = _fullest(table)
    recipient, supplier = row["recipient"], row["supplier"]
    sides = [
        f"{name(supplier)} supplied {percent(row['import_percent'])} per cent of {possessive(recipient)} arms imports",
        f"{name(recipient)} received {percent(row['export_percent'])} per cent of {possessive(supplier)} arms exports",
    ]
    known = [side for side, key in zip(sides, ("import_percent", "export_percent"), strict=True) if pd.notna(row[key])]
    told = f"In {_years(row)} {' and '.join(known)} ({cited(row)})."
    if pd.notna(row["gap"]):
        larger = recipient if row["gap"] > 0 else supplier
        gap = f"{abs(row['gap']):.0f} percentage points"
        if row["basis"] in tables.OWN:
            gap = f"{abs(row['gap']):.1f} percentage points before rounding"
        told += f" The gap is {gap}; the larger share is {possessive(larger)}."
    own = table[tables.is_own(table)]
    for key, whose in (("import_percent", recipient), ("export_percent", supplier)):
        if len(own) and own[key].isna().all():
            told += (
                f" The source holds only a part of {possessive(whose)} arms {key.partition('_')[0]}s, so no share "
                f"of them is computed{'' if len(own) == len(table) else '; what SIPRI printed stands alone'}."
            )
    return told


def _effective(row: pd.Series) -> str:
    low, high = f"{row['effective_low']:.1f}", f"{row['effective_high']:.1f}"
    return low if low == high else f"{low} to {high}"


def _find_dependence(table: pd.DataFrame) -> str:
    if table["country"].nunique() > 1:
        return _find_ranking(table)
    row = _last(table).iloc[-1]
    partners = _side(row["of"])[1]
    told = f"{possessive(row['country'])} arms {row['of']}: as concentrated as"
    return _short(f"{told} {_effective(row)} equal {partners}")


def _read_dependence(table: pd.DataFrame) -> str:
    if table["country"].nunique() > 1:
        return _read_ranking(table)
    row = _last(table).iloc[-1]
    partner, partners = _side(row["of"])
    told = (
        f"In {_years(row)} {possessive(row['country'])} arms {row['of']} were as concentrated as if {_effective(row)} "
        f"equal {partners} shared them ({cited(row)})."
    )
    if pd.isna(row["largest"]):
        return told
    told += f" The largest {partner} was {name(row['largest'])}, with {percent(row['largest_percent'])} per cent"
    ordered = table.sort_values("last_year", kind="stable")
    others = ordered[ordered["largest"] != row["largest"]]
    if others.empty:
        return f"{told}, as in every window since {_years(ordered.iloc[0])}."
    since, before = ordered[ordered["last_year"] > others["last_year"].max()].iloc[0], others.iloc[-1]
    return f"{told}, as in every window since {_years(since)}; before that it was {name(before['largest'])}."


def _find_ranking(table: pd.DataFrame) -> str:
    top = table.sort_values("largest_percent", kind="stable").iloc[-1]
    verb, partner = ("got", "supplier") if top["of"] == "imports" else ("sent", "recipient")
    way = "from" if top["of"] == "imports" else "to"
    told = f"{name(top['country'])} {verb} {percent(top['largest_percent'])} % {way} one {partner}"
    return _short(f"{told}, the highest of {table['largest_percent'].count()}", told)


def _read_ranking(table: pd.DataFrame) -> str:
    ranked = table.dropna(subset="largest_percent").sort_values("largest_percent", ascending=False, kind="stable")
    row = ranked.iloc[0]
    listed = [
        f"{name(country)} {percent(value)} ({name(largest)})"
        for country, value, largest in zip(ranked["country"], ranked["largest_percent"], ranked["largest"], strict=True)
    ]
    return (
        f"Share of the largest {_side(row['of'])[0]} in {len(ranked)} countries' arms {row['of']} in {_years(row)}, "
        f"per cent: {_listed(listed)} ({cited(row)})."
    )


def _find_windows(table: pd.DataFrame) -> str:
    rows = table[table["of"] == table["of"].max()]
    span = f"{percent(rows['percent'].min())} to {percent(rows['percent'].max())} %"
    partner, country = _ends(rows.iloc[0])
    whose = f"{possessive(partner)} share of {possessive(country)} {rows['of'].iloc[0]}"
    return _short(f"{whose}: {span}, by window", f"{span}, depending on the length of the window")


def _read_windows(table: pd.DataFrame) -> str:
    told = []
    for _, rows in sorted(table.groupby("of"), reverse=True):
        ordered = rows.sort_values("window_years")
        values = _listed([percent(value) for value in ordered["percent"]])
        years = _listed([str(length) for length in ordered["window_years"]])
        told.append(
            f"{_pair_share(rows.iloc[0])} is {values} per cent over the {years} years to {rows['last_year'].iloc[0]}"
        )
    return f"{'. '.join(told)} ({cited(table.iloc[0])})."


def _revised(table: pd.DataFrame) -> tuple[pd.Series, pd.Series]:
    """The first and the newest reading of the window whose reading has moved the most."""
    known = table.dropna(subset="percent")
    moved = known.dropna(subset="revision_points")
    key = moved.loc[moved["revision_points"].abs().idxmax()] if len(moved) else known.iloc[-1]
    rows = known[known["first_year"].eq(key["first_year"]) & known["last_year"].eq(key["last_year"])]
    return rows.iloc[0], rows.iloc[-1]


def _to_a_tenth(row: pd.Series) -> str:
    """A printed figure as printed, a computed one to a tenth: revisions are often smaller than one."""
    return percent(row["percent"], 1 if row["basis"] in tables.OWN else row.get("decimals"))


def _find_revisions(table: pd.DataFrame) -> str:
    first, last = _revised(table)
    told = f"{possessive(_ends(first)[0])} share in {_years(first)}: first {_to_a_tenth(first)} %"
    return _short(f"{told}, now {_to_a_tenth(last)} %")


def _read_revisions(table: pd.DataFrame) -> str:
    told = []
    for _, rows in sorted(table.groupby("of"), reverse=True):
        first, last = _revised(rows)
        points = last["percent"] - first["percent"]
        told.append(
            f"{_pair_share(first)} in {_years(first)}: {_to_a_tenth(first)} per cent at first "
            f"({cited(first)}), {_to_a_tenth(last)} per cent in the newest reading "
            f"({cited(last)}), {abs(points):.1f} percentage points {'more' if points > 0 else 'less'}."
        )
    return " ".join(told)


def _read_without(table: pd.DataFrame) -> str:
    told = []
    for _, rows in table.dropna(subset="percent").groupby("of", sort=False):
        row = _largest_share(rows)
        partner, country = _ends(row)
        told.append(
            f"Leave {name(row['without'])} out, and the largest {_side(row['of'])[0]} in what remains of "
            f"{possessive(country)} arms {row['of']} in {_years(row)} is {name(partner)}, with "
            f"{percent(row['percent'])} per cent of it ({cited(row)})."
        )
    return " ".join(told)


def _find_without(table: pd.DataFrame) -> str:
    row = _largest_share(table)
    partner, _ = _ends(row)
    told = f"without {name(row['without'])}, {percent(row['percent'])} % of the rest"
    return _short(f"{told} came from {name(partner)}" if row["of"] == "imports" else f"{told} went to {name(partner)}")


def _read_interval(table: pd.DataFrame) -> str:
    rows = table.dropna(subset=["low", "high"])
    if rows.empty:
        return "What these sources leave open is not known, so no interval is given."
    row = _last(rows).iloc[-1]
    figure = percent(row["percent"], row["decimals"])
    low, high = f"{row['low']:.2f}".rstrip("0").rstrip("."), f"{row['high']:.2f}".rstrip("0").rstrip(".")
    told = f"{_pair_share(row)} in {_years(row)}: {figure} per cent"
    if row["basis"] in tables.OWN:
        told += f"; what the source leaves open reaches from {percent(row['low'], 1)} to {percent(row['high'], 1)}"
        return f"{told} per cent ({cited(row)})."
    return f"{told} stands for anything from {low} to {high} per cent ({cited(row)})."


def _read_around(table: pd.DataFrame) -> str:
    told = []
    for _, rows in table.groupby("of", sort=False):
        both = rows.dropna(subset="change_points")
        ends = dict.fromkeys([_signed(both["change_points"].min()), _signed(both["change_points"].max())])
        change = f"; between the two the share moves by {' to '.join(ends)} percentage points"
        told.append(
            f"{_pair_share(rows.iloc[0])}: {len(both)} of {len(rows)} events have both a window that ends before them "
            f"and one that begins after{change if len(both) else ''} ({cited(rows.iloc[0])})."
        )
    return " ".join(told)


def _signed(points: float) -> str:
    """A change with its sign; none for zero."""
    return "" if pd.isna(points) else f"{points:+.0f}".replace("-", "−") if round(points) else "0"


def _pair_of(table: pd.DataFrame) -> tuple[str, str]:
    """Recipients and suppliers as they stand in a sentence, several as a list."""
    return tuple(_listed([name(c) for c in table[end].drop_duplicates()]) for end in ("recipient", "supplier"))


def _per_year(table: pd.DataFrame) -> tuple[str, pd.Series]:
    """What is counted, and the volume of each year."""
    recipients, suppliers = table["recipient"].drop_duplicates(), table["supplier"].drop_duplicates()
    if len(recipients) == 1 and len(suppliers) == 1:
        told = f"{possessive(suppliers.iloc[0])} arms deliveries to {name(recipients.iloc[0])}"
    elif len(recipients) == 1:
        told = f"{possessive(recipients.iloc[0])} arms imports"
    else:
        told = f"{_listed([possessive(country) for country in suppliers])} arms exports"
    return told, table.groupby("year")["tiv_million"].sum()


def _find_transfers(table: pd.DataFrame) -> str:
    what, volume = _per_year(table)
    told = f"{what} peaked in {volume.idxmax()}"
    return _short(f"{told}, at {volume.max():,.0f} million TIV", told)


def _read_transfers(table: pd.DataFrame) -> str:
    what, volume = _per_year(table)
    last = volume.index.max()
    told = (
        f"{what} were largest in {volume.idxmax()}, at {volume.max():,.0f} million TIV; in {last}, the last year with "
        f"deliveries, they came to {volume[last]:,.0f} million TIV ({cited(table.iloc[0])})."
    )
    return capital(told)


def _find_categories(table: pd.DataFrame) -> str:
    """In how many categories of the last window one supplier leads, or how many suppliers lead."""
    last = _last(table)
    leads = last.sort_values("percent", kind="stable").groupby("category")["supplier"].last().value_counts()
    whose, count = possessive(last["recipient"].iloc[0]), int(leads.sum())
    if 2 * leads.iloc[0] > count:
        told = f"{name(leads.index[0])} leads in {leads.iloc[0]} of {count} categories"
        return _short(f"{told} of {whose} imports", told)
    told = f"{len(leads)} suppliers lead in {count} categories"
    return _short(f"{told} of {whose} imports", told)


def _read_categories(table: pd.DataFrame) -> str:
    """The largest supplier of each category of the last window, the largest category first."""
    last = _last(table).sort_values(["tiv_million", "category", "percent"], ascending=[False, True, False])
    tops = last.groupby("category", sort=False).head(1)
    told = [
        f"{category(row.category)} {percent(row.percent)} per cent ({name(row.supplier)})" for row in tops.itertuples()
    ]
    row = last.iloc[0]
    return (
        f"Share of the largest supplier in {possessive(row['recipient'])} imports of each category in {_years(row)}: "
        f"{_listed(told)} ({cited(row)})."
    )


def _read_coverage(table: pd.DataFrame) -> str:
    """Of which countries every partner is at hand, and what would be needed for the others."""
    told = []
    for row in table.itertuples():
        partners = _side(row.of)[1]
        if row.whole:
            years = window(row.first_year, row.last_year)
            told.append(f"All {partners} of {name(row.country)} are at hand for {years}.")
        else:
            told.append(
                f"Not all {partners} of {name(row.country)} are at hand, so no share of its arms {row.of} is computed: "
                f"that needs SIPRI's import/export values of {name(row.country)} as "
                f"{'recipient' if row.of == 'imports' else 'supplier'}, or its trade register for all countries."
            )
    return f"{' '.join(told)} Read from: {cited(table.iloc[0])}."


def _read_report(table: pd.DataFrame) -> str:
    """What the lines of a file were read as, and what was set aside."""
    lines = (table["last_line"] - table["first_line"] + 1).groupby(table["read_as"], sort=False).sum()
    told = [f"{count:,} as {kind}" for kind, count in lines.items() if kind != "set aside"]
    aside = table[table["read_as"] == "set aside"]
    reasons = (aside["last_line"] - aside["first_line"] + 1).groupby(aside["reason"], sort=False).sum()
    rest = [f"{count:,} ({reason})" for reason, count in reasons.items()]
    told = f"The file has {lines.sum():,} lines; read were {_listed(told)}."
    return f"{told} Set aside: {_listed(rest)}." if rest else f"{told} Nothing was set aside."


def _find_equipment(table: pd.DataFrame) -> str:
    full = int(table["status"].eq("delivered").sum())
    kinds = sorted(table["category"].dropna().unique())
    if not kinds or table["status"].isna().any():
        started = int(table["delivered_from"].notna().sum())
        return _short(f"{len(table)} orders, {started} with recorded deliveries")
    kinds = _listed(kinds)
    return _short(
        f"{full} of {len(table)} {kinds} orders are delivered in full",
        f"{full} of {len(table)} {kinds} orders are delivered",
        f"{full} of the {len(table)} orders shown are delivered in full",
    )


def _read_equipment(table: pd.DataFrame) -> str:
    recipient, supplier = _pair_of(table)
    states = [f"{count} {status}" for status, count in table["status"].value_counts().items()]
    waiting = [
        f"{row.designation.partition(' (')[0]} (ordered in {row.ordered})"
        for row in table[table["number_delivered"].eq(0).fillna(False)].itertuples()
    ]
    states += [f"{count} not known to be complete"] if (count := int(table["status"].isna().sum())) else []
    told = f"{capital(possessive(recipient))} {len(table)} orders from {supplier}: {_listed(states)}"
    told += f"; none delivered of {_listed(waiting)}" if waiting else ""
    return f"{told} ({'; '.join(dict.fromkeys(edition(*use) for use in used([table])))})."


def _find_claims(table: pd.DataFrame) -> str:
    holds = table["verdict"].str.startswith("holds")
    rest = [f"{verdict}: {count}" for verdict, count in table.loc[~holds, "verdict"].value_counts().items()]
    subjects = table["subject"].unique()
    about = f" on {_SUBJECTS[subjects[0]]}" if len(subjects) == 1 else ""
    told = f"{int(holds.sum())} of {len(table)} statements{about} hold"
    return _short("; ".join([told, *rest]), told)


def _read_claims(table: pd.DataFrame) -> str:
    verdicts = [f"{verdict}: {count}" for verdict, count in table["verdict"].value_counts().items()]
    return f"{len(table)} statements checked. {'; '.join(verdicts).capitalize()}."


_FINDINGS = {
    "verdict": _find_claims,
    "local_production_percent": _find_categories,
    "window_years": _find_windows,
    "revision_points": _find_revisions,
    "without": _find_without,
    "import_percent": _find_mutual,
    "largest_percent": _find_dependence,
    "designation": _find_equipment,
    "tiv_million": _find_transfers,
    "percent": _find_shares,
}

_READINGS = {
    "verdict": _read_claims,
    "local_production_percent": _read_categories,
    "whole": _read_coverage,
    "read_as": _read_report,
    "window_years": _read_windows,
    "revision_points": _read_revisions,
    "without": _read_without,
    "low": _read_interval,
    "before_percent": _read_around,
    "import_percent": _read_mutual,
    "largest_percent": _read_dependence,
    "designation": _read_equipment,
    "tiv_million": _read_transfers,
    "percent": _read_shares,
}
