"""The join in DataFusion."""

import sys

import pyarrow as pa
from datafusion import SessionContext

ledger, records, out = sys.argv[1:]
context = SessionContext()


def register(name, path):
    with open(path, encoding="utf-8") as file:
        names = file.readline().strip().split(",")
    schema = pa.schema([(column, pa.string()) for column in names])
    context.register_csv(name, path, schema=schema)


register("ledger", ledger)
register("records", records)
both = context.sql(
    """
    SELECT l.id AS ledger_id, r.id AS record_id,
           CAST(l.amount AS DECIMAL(18, 2)) AS ledger_amount,
           CAST(r.amount AS DECIMAL(18, 2)) AS record_amount,
           l.currency AS currency,
           coalesce(
               CAST(l.amount AS DECIMAL(18, 2)) = CAST(r.amount AS DECIMAL(18, 2))
               AND l.currency = r.currency AND l.direction = r.direction
               AND r.status = 'succeeded', false) AS agrees
    FROM ledger l FULL JOIN records r ON l.reference = r.reference
    """
).cache()
context.register_table("joined", both)
columns = "ledger_id, record_id, ledger_amount, record_amount, currency"
for name, query in [
    ("matches", f"SELECT {columns} FROM joined WHERE agrees"),
    (
        "breaks",
        f"SELECT {columns}, ledger_amount - record_amount AS difference FROM joined WHERE NOT agrees",
    ),
]:
    context.sql(f"COPY ({query}) TO '{out}/{name}.csv' STORED AS CSV").collect()
