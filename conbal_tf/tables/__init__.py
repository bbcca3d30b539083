"""Many runs: the tables of the paper and those beyond it, as `reproduce` makes them.

`paper` lists their rows, `expand` makes runs of them, `runner` trains what is missing, `results` writes the table.
"""
