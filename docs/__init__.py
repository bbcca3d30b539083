"""The pages, what makes their site (`conf.py`) and their pictures (`pictures.py`), and their code blocks as data."""
