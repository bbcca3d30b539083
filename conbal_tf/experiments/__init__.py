"""Many runs: a table of them, trained one by one, by one process or by several that share a folder."""
