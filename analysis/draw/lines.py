"""Charts over time: shares, transfers, the two-way mirror, concentration, revisions."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator, StrMethodFormatter

from analysis import tables, words
from analysis.draw import style
from analysis.page import Over, Panel

#: How many partners get a colour and a label of their own; the rest are drawn as one.
FOCUS = 4

#: From this share on, in per cent, a partner is labelled at the end of its line; below, where its line is highest.
END_LABEL = 5


def shares(shares: pd.DataFrame, *, focus: str | None = None, ax: Axes | None = None) -> Axes:
    """Lines of each partner's share over rolling windows, the largest four in colour, the rest together in grey.

    Parameters
    ----------
    shares
        Rows of `measure.shares`, of `load.shares`, or of both together, for one country and one direction: computed
        rows become lines, printed rows diamonds.
    focus
        A partner to draw for itself however small its share, in place of the fourth largest.
    ax
        Where to draw; without axes a new figure.

    Returns
    -------
    Axes
        Years against per cent of volume (TIV). A window is drawn at the end of its last year; where a partner has
        no row, its line has a gap.

    Raises
    ------
    ValueError
        If the rows are of several countries or directions, or computed from several releases; or if `focus` is none
        of the partners.

    Examples
    --------
    >>> from analysis import load, measure
    >>> ax = shares(measure.shares(load.transfers(recipient="Pakistan", source="sipri-atd-2026")))
    >>> ax.get_ylim()
    (np.float64(0.0), np.float64(100.0))
    """
    partner = _partner(shares)
    ax, panel = style.axes(ax)
    own, printed = _own_and_printed(shares)
    if len(own):
        tables.one_source(own, "a line of shares")
    names = _largest(shares, partner, focus)
    tints = [style.colour(name) for name in names]
    last_year = shares["last_year"].max()
    for place, (name, tint) in enumerate(zip(names, tints, strict=True)):
        line = own[own[partner] == name]
        dash = style.DASHES[tints[:place].count(tint)]
        _line(panel, _with_gaps(line, own), name, tint, dash, last_year)
        _diamonds(ax, printed[printed[partner] == name], tint)
    if not len(own):
        _label_diamonds(panel, printed, partner, names)
    else:
        _rest(panel, own[~own[partner].isin(names)], own, last_year)
        _window_bar(panel, own)
    style.clock(panel, *_window_limits(shares))
    style.percent_axis(ax)
    notes = [style.PRINTED_NOTE if len(own) and len(printed) else _reading(shares)]
    return style.tell(panel, shares, "shares", "Line chart", _leader_story(shares, partner), notes=notes)


def _partner(shares: pd.DataFrame) -> str:
    """The column of the partners of the one country whose trade is shared out in one direction, or an error."""
    found = sorted(shares["of"].unique())
    if len(found) != 1:
        raise ValueError(
            f"One chart shows one direction; these shares are of {found}: filter by of='imports' or 'exports'."
        )
    whose, partner = tables.ENDS[found[0]]
    countries = shares[whose].drop_duplicates().tolist()
    if len(countries) != 1:
        some = ", ".join(countries[:5]) + (", …" if len(countries) > 5 else "")
        raise ValueError(
            f"One chart shows one country's {found[0]}; these shares are of {len(countries)} ({some}): "
            f"filter by {whose}."
        )
    return partner


def _own_and_printed(rows: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The rows that we computed and those that SIPRI printed."""
    own = tables.is_own(rows)
    return rows[own], rows[~own]


def _largest(shares: pd.DataFrame, partner: str, focus: str | None) -> list[str]:
    """The partners with the largest shares over all windows, the leader of the last window and `focus` among them."""
    total = shares.groupby(partner)["percent"].sum().sort_values(ascending=False, kind="stable")
    last = shares[shares["last_year"] == shares["last_year"].max()]
    leader = last.sort_values("percent", ascending=False)[partner].iloc[0]
    names = [name for name in total.index if not name.startswith("unknown")]
    largest = list(dict.fromkeys([leader, *names]))[:FOCUS]
    if focus is None or focus in largest:
        return largest
    return [*largest[: FOCUS - 1], tables.known(focus, total.index, partner)]


def _with_gaps(line: pd.DataFrame, own: pd.DataFrame) -> pd.Series:
    """A partner's shares on every window of the chart, missing where it has no row."""
    every = np.arange(own["last_year"].min(), own["last_year"].max() + 1) if len(own) else []
    return line.set_index("last_year")["percent"].reindex(every)


def _line(panel: Panel, values: pd.Series, name: str, tint: str, dash: str | tuple, last_year: int) -> None:
    if values.isna().all():
        return
    x = style.middle_of(pd.Series(values.index))
    (line,) = panel.ax.plot(x, values, color=tint, linestyle=dash, label=name, zorder=3, solid_capstyle="butt")
    alone = values.notna() & values.shift().isna() & values.shift(-1).isna()
    panel.ax.plot(x[alone], values[alone], color=tint, marker="o", markersize=3, lw=0, zorder=3)
    last = values.get(last_year)
    if last is not None and last >= END_LABEL:
        style.end_label(panel, x[-1], last, f"{name} {words.percent(last)} %", tint)
    else:
        high = values.dropna().sort_values(ascending=False, kind="stable")
        style.inside_label(panel, style.middle_of(pd.Series(high.index)), high.to_numpy(), name, "label", line)


def _rest(panel: Panel, rest: pd.DataFrame, own: pd.DataFrame, last_year: int) -> None:
    """All other partners as one grey line."""
    if rest.empty:
        return
    together = rest.groupby("last_year", as_index=False)["percent"].sum()
    count = len(set(rest["supplier"]) if (rest["of"] == "imports").all() else set(rest["recipient"]))
    values = _with_gaps(together, own)
    x = style.middle_of(pd.Series(values.index))
    panel.ax.plot(x, values, color=style.PALE, linewidth=1.4, label="Others", zorder=2, solid_capstyle="butt")
    last = values.get(last_year)
    if pd.notna(last):
        style.end_label(panel, x[-1], last, f"{count} others {words.percent(last)} %", style.PALE)


def _window_bar(panel: Panel, own: pd.DataFrame) -> None:
    """A bar over the years that the last point of the leading line stands for, with their name."""
    last = own[own["last_year"] == own["last_year"].max()].sort_values("percent").iloc[-1]
    first, final = style.middle_of([last["first_year"], last["last_year"]])
    x = [first - 182, final + 182]
    y = [last["percent"]] * 2
    panel.ax.plot(x, y, color=style.PALE, linewidth=1.1, marker="|", markersize=7, zorder=2)
    told = words.window(last["first_year"], last["last_year"])
    style.inside_label(panel, np.linspace(x[0], x[1], 5), np.full(5, y[0]), told, "event")


def _diamonds(ax: Axes, printed: pd.DataFrame, tint: str) -> None:
    if len(printed):
        look = {"color": tint, "marker": "D", "markersize": 6, "markerfacecolor": "white", "markeredgewidth": 1.4}
        ax.plot(style.middle_of(printed["last_year"]), printed["percent"], linewidth=0, zorder=4, **look)


def _label_diamonds(panel: Panel, printed: pd.DataFrame, partner: str, focus: list[str]) -> None:
    """Names for series that are only points: at the last one of each."""
    for name in focus:
        last = printed[printed[partner] == name].sort_values(["last_year", "source"]).iloc[-1]
        x = style.middle_of(printed.loc[[last.name], "last_year"])[0]
        told = f"{name} {words.percent(last['percent'], last['decimals'])} %"
        style.end_label(panel, x, last["percent"], told, style.colour(name))


def _window_limits(shares: pd.DataFrame) -> tuple[float, float]:
    """From the first to the last year in which a window ends."""
    ends = style.middle_of([shares["last_year"].min(), shares["last_year"].max()])
    return ends[0] - 183, ends[1] + 183


def _reading(shares: pd.DataFrame) -> str:
    """How to read a point, for charts of windows."""
    years = int((shares["last_year"] - shares["first_year"]).mode().iloc[0]) + 1
    last = shares.loc[shares["last_year"].idxmax()]
    example = words.window(last["first_year"], last["last_year"])
    if last.get("basis", "printed") == "printed":
        return "Diamonds: as SIPRI printed them, edition by edition; no line joins editions."
    return f"A point stands for the {years} years that end there: the last one for {example}." if years > 1 else ""


def _leader_story(shares: pd.DataFrame, partner: str) -> str:
    """Who leads in the first and in the last window, for alt texts."""
    told = []
    for year in (shares["last_year"].min(), shares["last_year"].max()):
        top = shares[shares["last_year"] == year].sort_values("percent").iloc[-1]
        years = words.window(top["first_year"], top["last_year"])
        told.append(f"{words.name(top[partner])} with {words.percent(top['percent'])} % in {years}")
    return f"the largest partner is {told[0]} and {told[1]}"


def transfers(transfers: pd.DataFrame, *, ax: Axes | None = None) -> Axes:
    """Stacked bars of what was delivered each year, by partner: the largest four in colour, the rest in grey.

    Parameters
    ----------
    transfers
        Rows of `load.transfers` of one release, for one recipient or one supplier.
    ax
        Where to draw; without axes a new figure.

    Returns
    -------
    Axes
        Years against million TIV, a volume of arms and not money.

    Raises
    ------
    ValueError
        If the rows are of several releases, or of several recipients and several suppliers.

    Examples
    --------
    >>> from analysis import load
    >>> ax = transfers(load.transfers(recipient="Pakistan", edition=2026))
    """
    tables.one_source(transfers, "bars of transfers")
    partner = _partner_of(transfers)
    ax, panel = style.axes(ax)
    totals = transfers.groupby(partner)["tiv_million"].sum().sort_values(ascending=False, kind="stable")
    focus = totals.index[:FOCUS].tolist()
    named = transfers.assign(partner=transfers[partner].where(transfers[partner].isin(focus), "Others"))
    years = np.arange(transfers["year"].min(), transfers["year"].max() + 1)
    stack = named.pivot_table(index="year", columns="partner", values="tiv_million", aggfunc="sum").reindex(years)
    order = [name for name in [*focus, "Others"] if name in stack]
    x = style.middle_of(years)
    greys = iter(style.GREYS)
    base = np.zeros(len(years))
    for name in order:
        tint = style.PALE if name == "Others" else style.COLOURS.get(name) or next(greys)
        values = stack[name].fillna(0).to_numpy()
        ax.bar(x, values, width=290, bottom=base, color=tint, label=name, zorder=3)
        told = f"{len(totals) - len(focus)} others" if name == "Others" else name
        style.end_label(panel, x[-1], base[-1] + values[-1] / 2, told, tint)
        panel.beside[-1].leader.set_alpha(0)
        base += values
    ax.set_ylim(0, base.max() * 1.05)
    ax.yaxis.set_major_locator(MaxNLocator(4, steps=[1, 2, 5, 10]))
    ax.yaxis.set_major_formatter(StrMethodFormatter("{x:,.0f}"))
    style.clock(panel, x[0] - 183, x[-1] + 183)
    high = years[int(base.argmax())]
    story = f"deliveries peak at {base.max():,.0f} million TIV in {high} and {focus[0]} is the largest partner overall"
    return style.tell(panel, transfers, "transfers", "Stacked bars", story, notes=[style.TIV_NOTE])


def _partner_of(transfers: pd.DataFrame) -> str:
    """The column of the partners: suppliers of the one recipient, or recipients of the one supplier."""
    for whose, partner in (("recipient", "supplier"), ("supplier", "recipient")):
        if transfers[whose].nunique() == 1:
            return partner
    raise ValueError(
        f"One chart shows one recipient or one supplier; these transfers have {transfers['recipient'].nunique()} "
        f"recipients and {transfers['supplier'].nunique()} suppliers: load.transfers(recipient=…)."
    )


def mutual(mutual: pd.DataFrame, *, ax: Axes | None = None) -> Axes:
    """The two-way mirror: the supplier's share of the recipient's imports upwards, the reverse share downwards.

    Parameters
    ----------
    mutual
        Rows of `measure.mutual` for one pair: computed rows of one release become lines, printed rows diamonds.
    ax
        Where to draw; without axes a new figure.

    Returns
    -------
    Axes
        Years against per cent of volume (TIV), both ways from a common zero.

    Raises
    ------
    ValueError
        If the rows are of several pairs, or computed from several releases.

    Examples
    --------
    >>> from analysis import load, measure
    >>> table = measure.shares(load.transfers(source="sipri-atd-2026"))
    >>> ax = mutual(measure.mutual(table, recipient="Pakistan", supplier="China"))
    """
    recipient, supplier = style.one_pair(mutual, "The mirror")
    ax, panel = style.axes(ax)
    own, printed = _own_and_printed(mutual)
    if len(own):
        tables.one_source(own, "a line of shares")
    short = {1: f"of {words.possessive(recipient)} imports", -1: f"of {words.possessive(supplier)} exports"}
    imports = f"of {words.possessive(recipient)} arms imports came from {words.name(supplier)}"
    exports = f"of {words.possessive(supplier)} arms exports went to {words.name(recipient)}"
    for column, sign, tint, told in (
        ("import_percent", 1, style.colour(supplier, style.NAVY), imports),
        ("export_percent", -1, style.colour(recipient, style.TEAL), exports),
    ):
        rows, how = (own, "") if own[column].notna().any() else (printed, ", as printed")
        values = _with_gaps(own.rename(columns={column: "percent"}), own)
        x = style.middle_of(pd.Series(values.index))
        ax.fill_between(x, sign * values, color=_tint(tint), linewidth=0, zorder=1)
        ax.plot(x, sign * values, color=tint, zorder=3, solid_capstyle="butt", label=told)
        _diamonds(ax, printed.assign(percent=sign * printed[column]).dropna(subset="percent"), tint)
        last = rows.dropna(subset=column).sort_values("last_year").iloc[-1:]
        for at, value in zip(style.middle_of(last["last_year"]), last[column], strict=True):
            style.end_label(panel, at, sign * value, told + how, tint, f"{words.percent(value)} %", short[sign] + how)
    ax.axhline(0, color=style.INK, linewidth=0.9, zorder=2)
    style.percent_axis(ax, -100, 100)
    style.clock(panel, *_window_limits(mutual))
    notes = [style.PRINTED_NOTE if len(own) and len(printed) else _reading(mutual)]
    return style.tell(panel, mutual, "mutual", "Mirror chart", _mirror_story(mutual, imports, exports), notes=notes)


def _tint(colour: str) -> str:
    """A solid light tint of a colour: an eighth of it on white."""
    parts = [int(colour[k : k + 2], 16) for k in (1, 3, 5)]
    return "#" + "".join(f"{round(255 - (255 - part) / 8):02X}" for part in parts)


def _mirror_story(mutual: pd.DataFrame, imports: str, exports: str) -> str:
    last = mutual.sort_values("last_year").iloc[-1]
    years = words.window(last["first_year"], last["last_year"])
    sides = [(last["import_percent"], imports), (last["export_percent"], exports)]
    told = [f"{words.percent(value)} % {side}" for value, side in sides if pd.notna(value)]
    return f"in {years} {' and '.join(told)}"


def dependence(dependence: pd.DataFrame, *, ax: Axes | None = None) -> Axes:
    """The effective number of partners over time, and under it who was the largest.

    Parameters
    ----------
    dependence
        Rows of `measure.concentration` for one country and one direction, from one release; or printed rows, whose
        unlisted partners leave a band between two bounds.
    ax
        Where to draw; without axes a new figure.

    Returns
    -------
    Axes
        Years against 1 / HHI: 1 is a single supplier, 4 is as concentrated as four equal ones.

    Raises
    ------
    ValueError
        If the rows are of several countries or directions, or from several releases.

    Examples
    --------
    >>> from analysis import load, measure
    >>> table = measure.shares(load.transfers(recipient="Pakistan", edition=2026))
    >>> ax = dependence(measure.concentration(table))
    """
    series = dependence[["country", "of"]].drop_duplicates()
    if len(series) != 1:
        raise ValueError(f"One chart shows one country and direction; these rows are of {series.values.tolist()[:4]}.")
    ax, panel = style.axes(ax)
    own = tables.is_own(dependence).all()
    if own:
        tables.one_source(dependence, "a line of concentration")
    table = dependence.sort_values("last_year")
    x, low, high = style.middle_of(table["last_year"]), table["effective_low"], table["effective_high"]
    if own:
        ax.plot(x, low, color=style.INK, zorder=3, label="effective number")
    else:
        ax.vlines(x, low, high, color=style.PALE, linewidth=5, zorder=3)
    partners = "suppliers" if series["of"].iloc[0] == "imports" else "recipients"
    told = f"{low.iloc[-1]:.1f}" if own else f"{low.iloc[-1]:.1f} to {high.iloc[-1]:.1f}"
    style.end_label(panel, x[-1], low.iloc[-1], f"effective number of {partners}", style.INK, told)
    top = max(float(high.max()) * 1.1, 4.0)
    ax.set_ylim(-0.14 * top, top)
    ax.set_yticks(np.arange(0, top, 1 if top < 8 else 2))
    _largest_strip(panel, table, x, -0.08 * top)
    style.clock(panel, *_window_limits(table))
    notes = [f"Effective number: 1 / HHI, as concentrated as that many equal {partners}. Strip: the largest."]
    first, last = table.iloc[0], table.iloc[-1]
    story = (
        f"the effective number of {partners} goes from {first['effective_low']:.1f} to {last['effective_low']:.1f} and "
        f"{words.name(last['largest'])} is the largest with {words.percent(last['largest_percent'])} %"
    )
    return style.tell(panel, table, "dependence", "Line chart", story, notes=notes)


def _largest_strip(panel: Panel, table: pd.DataFrame, x: np.ndarray, y: float) -> None:
    """A strip in the colour of the largest partner, with its name where there is room, or its code."""
    run = (table["largest"] != table["largest"].shift()).cumsum()
    codes = tables.column("countries", "iso3")
    for _, part in table.assign(x=x).groupby(run):
        name, start, end = part["largest"].iloc[0], part["x"].iloc[0] - 140, part["x"].iloc[-1] + 140
        panel.ax.plot([start, end], [y, y], color=style.colour(name), lw=7, solid_capstyle="butt", zorder=3, label=name)
        text = panel.text("event", color=style.INK)
        panel.over.append(Over(text, start, end, y, [name, codes[name]] if name in codes else [name]))


def revisions(revisions: pd.DataFrame, *, ax: Axes | None = None) -> Axes:
    """The same windows in every edition: a line for each release, a diamond for each printed figure.

    Parameters
    ----------
    revisions
        Rows of `measure.revisions` for one pair and one direction.
    ax
        Where to draw; without axes a new figure.

    Returns
    -------
    Axes
        Years against per cent of volume (TIV). No line joins two releases.

    Raises
    ------
    ValueError
        If the rows are of several pairs or directions.

    Examples
    --------
    >>> from analysis import load, measure
    >>> printed = load.shares(recipient="Pakistan", supplier="China", of="imports")
    >>> ax = revisions(measure.revisions(printed, load.transfers(recipient="Pakistan", edition="all")))
    """
    style.one_pair(revisions, "A chart of revisions", ("recipient", "supplier", "of"))
    ax, panel = style.axes(ax)
    printed = revisions[~tables.is_own(revisions)]
    first = printed["last_year"].min() if len(printed) else revisions["last_year"].min()
    computed = revisions[tables.is_own(revisions) & (revisions["last_year"] >= first)]
    releases = sorted(computed["source"].unique(), reverse=True)
    for place, source in enumerate(releases):
        line = computed[computed["source"] == source].sort_values("last_year")
        tint = style.NAVY if place == 0 else style.GREY
        x = style.middle_of(line["last_year"])
        ax.plot(x, line["percent"], color=tint, linestyle=style.DASHES[place % 4], lw=2.4 - 0.9 * (place > 0), zorder=3)
        told = f"{words.short_edition(source)} {words.percent(line['percent'].iloc[-1])} %"
        style.end_label(panel, x[-1], line["percent"].iloc[-1], told, tint)
    _diamonds(ax, printed, style.INK)
    for row in printed[printed["role"] == "printed"].itertuples():
        at = style.middle_of(pd.Series([row.last_year]))
        told = words.percent(row.percent, row.decimals)
        style.inside_label(panel, at, np.array([row.percent]), told, "event")
    shown = pd.concat([printed, computed])
    low, high = shown["percent"].min() // 25 * 25, -(-shown["percent"].max() // 25) * 25
    style.percent_axis(ax, min(low, 75), max(high, low + 25))
    style.clock(panel, *_window_limits(shown))
    notes = ["Lines: own calculation, one per release. Diamonds: as SIPRI printed them; figures: at first print."]
    last = computed[computed["source"] == releases[0]].sort_values("last_year").iloc[-1] if releases else None
    story = f"{len(printed)} printed figures stand beside {len(releases)} releases"
    if last is not None:
        years = words.window(last["first_year"], last["last_year"])
        story += f", the newest of which gives {words.percent(last['percent'])} % for {years}"
    return style.tell(panel, shown, "revisions", "Line chart", story, notes=notes)
