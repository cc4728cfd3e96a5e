"""Writes a CSV of the corpus as Parquet, amounts as decimals."""

import sys

import polars as pl

source, target = sys.argv[1:]
amounts = ["amount", "settled_amount", "fee"]
frame = pl.scan_csv(source, infer_schema=False)
found = [name for name in amounts if name in frame.collect_schema().names()]
frame.with_columns(pl.col(found).cast(pl.Decimal(18, 2))).sink_parquet(target, compression="snappy")
