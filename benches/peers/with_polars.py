"""The join in Polars, lazily and streaming."""

import sys

import polars as pl

ledger, records, out = sys.argv[1:]


def read(path, columns):
    frame = pl.scan_csv(path, infer_schema=False).select(columns)
    return frame.with_columns(pl.col("amount").cast(pl.Decimal(18, 2)))


both = read(ledger, ["id", "reference", "amount", "currency", "direction"]).join(
    read(records, ["id", "reference", "amount", "currency", "direction", "status"]),
    on="reference",
    how="full",
    coalesce=True,
    suffix="_record",
)
agrees = (
    (pl.col("amount") == pl.col("amount_record"))
    & (pl.col("currency") == pl.col("currency_record"))
    & (pl.col("direction") == pl.col("direction_record"))
    & (pl.col("status") == "succeeded")
).fill_null(False)
columns = ["id", "id_record", "amount", "amount_record", "currency"]
pl.collect_all(
    [
        both.filter(agrees).select(columns).sink_csv(f"{out}/matches.csv", lazy=True),
        both.filter(~agrees)
        .select(*columns, (pl.col("amount") - pl.col("amount_record")).alias("difference"))
        .sink_csv(f"{out}/breaks.csv", lazy=True),
    ],
    engine="streaming",
)
