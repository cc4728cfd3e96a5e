"""The join in DuckDB."""

import sys

import duckdb

ledger, records, out = sys.argv[1:]
database = duckdb.connect()
database.execute(
    f"""
    CREATE TABLE joined AS
    SELECT l.id AS ledger_id, r.id AS record_id,
           CAST(l.amount AS DECIMAL(18, 2)) AS ledger_amount,
           CAST(r.amount AS DECIMAL(18, 2)) AS record_amount,
           l.currency,
           coalesce(
               CAST(l.amount AS DECIMAL(18, 2)) = CAST(r.amount AS DECIMAL(18, 2))
               AND l.currency = r.currency AND l.direction = r.direction
               AND r.status = 'succeeded', false) AS agrees
    FROM read_csv('{ledger}', all_varchar = true) l
    FULL JOIN read_csv('{records}', all_varchar = true) r ON l.reference = r.reference
    """
)
database.execute(
    f"""
    COPY (SELECT ledger_id, record_id, ledger_amount, record_amount, currency
          FROM joined WHERE agrees) TO '{out}/matches.csv';
    COPY (SELECT ledger_id, record_id, ledger_amount, record_amount,
                 ledger_amount - record_amount AS difference, currency
          FROM joined WHERE NOT agrees) TO '{out}/breaks.csv';
    """
)
