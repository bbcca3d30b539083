"""Two runs, or two methods of several seeds, compared on the same test images: what `compare` says. No TensorFlow.

`sides` reads them, `paired` measures the differences, `verdicts` judges, `words` and `table` say it.
"""
