"""How far the even split of deals over their years is from the deliveries themselves, on a register that has both.

Run from the repository: ``python tests/bench/even_split.py``. It uses a register by delivery of the March 2025 release
in ../shared/sipri-exports, of which it makes the register by deal: the volume of each deal and the years in which it
was delivered. Shares over five years of both are compared, for all windows that end in 1999–2024. The last line sets
the register by deal of the March 2026 release beside what SIPRI printed of that release.
"""

import sys
import warnings
from pathlib import Path

import pandas as pd

from analysis import load, measure, sipri

SHARED = Path(__file__).resolve().parents[3] / "shared" / "sipri-exports"
BY_DELIVERY = "nagehanrdogan__Global-Arms-Trade-Network-Analysis-1995-2024-__trade_register.csv"
BY_DEAL = "alexarui__network-analysis__trade-register.csv"
PRINTED = "sipri-factsheet-2026"
FAR = 4  # percentage points
LARGE, SHARE = 1000, 10  # million TIV imported in a window; per cent
_PAIR = ["recipient", "supplier", "of", "last_year"]


def main(folder: Path = SHARED) -> int:
    """Print the measurements, one per line."""
    if not (folder / BY_DELIVERY).exists() or not (folder / BY_DEAL).exists():
        print(f"nothing to measure: no registers in {folder}")
        return 0
    exact = read(folder / BY_DELIVERY)
    both = compared(exact, read_text(by_deal(exact.deliveries)))
    pair = both[both["recipient"].eq("Pakistan") & both["supplier"].eq("China")]
    importers = both[both["of"].eq("imports") & both["total"].ge(LARGE) & both["exact"].ge(SHARE)]
    print(_line("Pakistan and China, imports and exports", pair))
    print(_line(f"importers' shares of {SHARE} % or more, {LARGE:,} million TIV or more", importers))
    print(f"shares outside their bounds: {int((~within(both, both['exact'], 1e-9)).sum())} of {len(both)}")
    printed = beside_printed(read(folder / BY_DEAL))
    near = (printed["even"] - printed["percent"]).abs() <= 0.5 * 10.0 ** -printed["decimals"].astype(float)
    inside = within(printed, printed["percent"], 0.5 * 10.0 ** -printed["decimals"].astype(float))
    print(f"printed cells of {PRINTED}: {int(near.sum())} of {len(printed)} met, {int(inside.sum())} within bounds")
    return 0


def read(path: Path) -> sipri.Export:
    """A register, its deals spread evenly."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", sipri.ExportWarning)
        return sipri.read(path, allocate="even")


def read_text(text: str) -> sipri.Export:
    """A register of the whole world from its text."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", sipri.ExportWarning)
        return sipri.read(text.encode(), allocate="even", country="all")


def by_deal(deliveries: pd.DataFrame) -> str:
    """The register by deal in the site's shape: one row per deal, its years and its whole volume."""
    deals = deliveries.groupby("deal", as_index=False).agg(
        recipient=("recipient", "first"),
        supplier=("supplier", "first"),
        years=("year", lambda years: "; ".join(map(str, sorted(set(years))))),
        tiv=("tiv_million", "sum"),
    )
    head = (
        "Recipient,Supplier,Year of order, ,Number ordered, ,Weapon designation,Weapon description,Number delivered, ,"
        "Year(s) of delivery,status,Comments,SIPRI TIV per unit,SIPRI TIV for total order,"
        "SIPRI TIV of delivered weapons"
    )
    rows = [f"{d.recipient},{d.supplier},,,,,{d.deal},,,,{d.years},,,,,{d.tiv:.4f}" for d in deals.itertuples()]
    return "\n".join([head, *rows])


def compared(exact: sipri.Export, even: sipri.Export) -> pd.DataFrame:
    """Every share over five years that both registers give: exact, even, low, high, and the total of the window."""
    true = measure.shares(exact.transfers, years=exact.years).rename(columns={"percent": "exact"})
    spread = measure.interval(measure.shares(even.transfers, years=exact.years), deliveries=even.deliveries)
    spread = spread.rename(columns={"percent": "even"})
    both = spread[[*_PAIR, "even", "low", "high"]].merge(true[[*_PAIR, "exact"]], how="outer", on=_PAIR)
    both = both.merge(_totals(exact.transfers), how="left", on=["recipient", "last_year"])
    return both.fillna({"exact": 0.0, "even": 0.0})


def _totals(transfers: pd.DataFrame) -> pd.DataFrame:
    """Imports of each recipient over five years, million TIV."""
    yearly = transfers.groupby(["recipient", "year"], as_index=False)["tiv_million"].sum()
    windows = pd.concat([yearly.assign(last_year=yearly["year"] + step) for step in range(5)])
    return (
        windows.groupby(["recipient", "last_year"], as_index=False)["tiv_million"]
        .sum()
        .rename(columns={"tiv_million": "total"})
    )


def beside_printed(deals: sipri.Export) -> pd.DataFrame:
    """Printed shares of the release that a register by deal is of, with the even split and its bounds."""
    printed = load.shares(source=PRINTED)
    found = measure.interval(measure.shares(deals.transfers), deliveries=deals.deliveries)
    found = found.rename(columns={"percent": "even"})
    key = [*_PAIR, "first_year"]
    return printed[[*key, "percent", "decimals"]].merge(found[[*key, "even", "low", "high"]], how="left", on=key)


def within(rows: pd.DataFrame, percent: pd.Series, half: pd.Series | float) -> pd.Series:
    """Whether shares lie between low and high, give or take half a printed unit; a share without a row is 0."""
    return (rows["low"].fillna(0) <= percent + half) & (rows["high"].fillna(0) >= percent - half)


def _line(what: str, rows: pd.DataFrame) -> str:
    off = (rows["even"] - rows["exact"]).abs()
    worst = rows.loc[off.idxmax()]
    return (
        f"{what}: {int((off > FAR).sum())} of {len(rows)} ({100 * (off > FAR).mean():.1f} %) more than {FAR} points "
        f"off, {off.max():.1f} at most ({worst['supplier']} to {worst['recipient']}, {worst['of']} "
        f"{worst['last_year'] - 4}–{worst['last_year']}: {worst['exact']:.1f} exact, {worst['even']:.1f} even)"
    )


if __name__ == "__main__":
    sys.exit(main())
