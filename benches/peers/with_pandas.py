"""The join in pandas, amounts as whole minor units."""

import sys

import pandas as pd

ledger, records, out = sys.argv[1:]


def read(path, columns):
    frame = pd.read_csv(path, usecols=columns, dtype=str)
    frame["amount"] = frame["amount"].str.replace(".", "", regex=False).astype("int64")
    return frame


both = read(ledger, ["id", "reference", "amount", "currency", "direction"]).merge(
    read(records, ["id", "reference", "amount", "currency", "direction", "status"]),
    on="reference",
    how="outer",
    suffixes=("", "_record"),
)
agrees = (
    (both["amount"] == both["amount_record"])
    & (both["currency"] == both["currency_record"])
    & (both["direction"] == both["direction_record"])
    & (both["status"] == "succeeded")
)
columns = ["id", "id_record", "amount", "amount_record", "currency"]
both.loc[agrees, columns].to_csv(f"{out}/matches.csv", index=False)
breaks = both.loc[~agrees, columns].copy()
breaks["difference"] = breaks["amount"] - breaks["amount_record"]
breaks.to_csv(f"{out}/breaks.csv", index=False)
