"""Two runs, or two methods of several seeds, compared on the same test images: what `compare` says. No TensorFlow.

Begin at `paired`, which measures the differences by `swaps` (two models) or `seeds` (two methods). `sides` reads both
from run folders, `verdicts` judges, `words` and `table` say it. No model is asked: what its runs have answered is all.
"""
