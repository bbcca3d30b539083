"""Many runs: the tables of the paper and those beyond it, as `reproduce` makes them.

`paper` lists their rows, `expand` makes runs of them, `progress` knows which are finished. `runner` makes jobs of those
that are missing, and an engine does them: `process.one_by_one` here, `tasks` on a Ray cluster that `cluster` has
joined. `measured` makes numbers of the finished ones, `results` writes the table.
"""
