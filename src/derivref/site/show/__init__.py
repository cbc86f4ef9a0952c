"""What the pages show of the records: tables, entries, figures, the ledger."""
