"""Which image belongs to which part: splits by groups, as CSV files beside the records, and what leaks.

Begin at `protocols`; `kinds` has the splits themselves, `dealing` and `covering` find one wherever there is one.
"""
